// Writes the reports of sample records into a folder, for the tests in a browser: report_pages FOLDER

#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <string_view>
#include <utility>
#include <vector>

#include "hosts/base/files.h"
#include "reports/html/html.h"
#include "reports/record/reader.h"
#include "reports/samples/samples.h"

namespace {

using reports::record::Record;

int Fail(std::string_view what) {
  fmt::print(stderr, "report_pages: {}\n", what);
  return 3;
}

int WritePages(const std::filesystem::path& folder) {
  namespace samples = reports::samples;
  const auto cut_off = reports::record::ReadRecordText(samples::CutOffText(), "cut_off");
  if (!cut_off) return Fail(cut_off.error().Text());
  const std::vector<std::pair<std::string_view, Record>> records{
      {"complete", samples::RecordOf(samples::CompleteRun())},
      {"failing", samples::RecordOf(samples::FailingRun())},
      {"cut_off", *cut_off},
      {"check", samples::RecordOf(samples::CheckRun())},
      {"comparison", samples::RecordOf(samples::ComparisonRun())},
      {"pythons", samples::RecordOf(samples::PythonsRun())},
      {"hosts", samples::RecordOf(samples::HostsRun(40, 200))},
      {"many_checks", samples::RecordOf(samples::HostsRun(3125, 3000))},  // 25,000
      {"hostile", samples::RecordOf(samples::HostileRun(1 << 20))}};
  for (const auto& [name, record] : records) {
    const auto page = reports::html::RenderHtml(record);
    if (!page) return Fail(page.error().Text());
    const auto written = hosts::base::WriteFile(folder / fmt::format("{}.html", name), *page);
    if (!written) return Fail(written.error().Text());
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    fmt::print(stderr, "usage: report_pages FOLDER\n");
    return 2;
  }
  return WritePages(argv[1]);
}
