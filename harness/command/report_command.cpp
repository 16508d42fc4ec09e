#include "harness/command/report_command.h"

#include <fmt/format.h>

#include <filesystem>
#include <memory>

#include "harness/command/exit.h"
#include "harness/command/side_by_side_report.h"
#include "hosts/base/files.h"
#include "reports/google_benchmark/google_benchmark.h"
#include "reports/html/html.h"
#include "reports/record/reader.h"
#include "reports/text/summary.h"

namespace harness::command {

namespace fs = std::filesystem;
using hosts::base::Error;
using hosts::base::ErrorKind;
using hosts::base::Result;
using reports::record::Record;

namespace {

constexpr int kColumns = 100;

struct ReportOptions {
  std::string run;
  std::vector<std::string> compared;  // two runs, in place of it
  std::vector<std::string> outputs;   // "html=FILE"
};

Result<std::string> Render(const std::string& form, const Record& record) {
  if (form == "html") return reports::html::RenderHtml(record);
  if (form == "text") return reports::text::RenderSummary(record, kColumns);
  if (form == "benchmark") return reports::google_benchmark::WriteResults(record);
  return Error{ErrorKind::InvalidInput,
               fmt::format("no report has the form '{}': there are html, text, benchmark", form)};
}

Result<void> WriteReport(const std::string& output, const Record& record) {
  const size_t equals = output.find('=');
  if (equals == std::string::npos || equals + 1 == output.size()) {
    return Error{ErrorKind::InvalidInput,
                 fmt::format("'{}' names no form and file: write -o html=report.html", output)};
  }
  const auto text = Render(output.substr(0, equals), record);
  if (!text) return text.error();
  return hosts::base::WriteFile(output.substr(equals + 1), *text);
}

int ReportIt(const ReportOptions& options) {
  if (options.run.empty() == options.compared.empty())
    return Complain("name one run, or two with --compare: see wsgilab report --help", kMisuse);
  if (!options.compared.empty()) return ReportSideBySide(options.compared, options.outputs);
  const fs::path given(options.run);
  const fs::path file = fs::is_directory(given) ? given / "record.jsonl" : given;
  if (!fs::exists(file)) {
    return Complain(fmt::format("there is no record {}: name a run's folder or its record.jsonl",
                                file.string()),
                    kMisuse);
  }
  const auto record = reports::record::ReadRecord(file);
  if (!record) return Complain(record.error().Text(), kBadConfiguration);
  if (options.outputs.empty()) fmt::print("{}", reports::text::RenderSummary(*record, kColumns));
  for (const std::string& output : options.outputs) {
    if (const auto written = WriteReport(output, *record); !written) {
      return Complain(written.error());
    }
  }
  return kPass;
}

}  // namespace

void AddReportCommand(CLI::App& program, std::function<int()>& chosen) {
  CLI::App* verb =
      program.add_subcommand("report", "make reports of a run's record, again or in another form");
  auto options = std::make_shared<ReportOptions>();
  verb->add_option("run", options->run, "the folder of a run, or its record.jsonl")
      ->type_name("RUN");
  verb->add_option("--compare", options->compared, "two runs side by side, in place of one")
      ->expected(2)
      ->type_name("A B");
  verb->add_option("-o", options->outputs, "a form and a file; without any, text on the terminal")
      ->type_name("html=F|text=F|benchmark=F")
      ->expected(1)
      ->take_all()
      ->allow_extra_args(false);  // the run may follow
  verb->footer(
      "benchmark is the JSON of Google Benchmark, for its tools/compare.py.\n"
      "With --compare there are html, text and json (wsgilab schema side-by-side). Nothing is "
      "judged then, and times\n"
      "of different machines are left out: exit code 4 when the runs have nothing in common.\n"
      "Examples:\n"
      "  wsgilab report out -o html=report.html\n"
      "  wsgilab report --compare monday tuesday -o html=both.html");
  verb->callback([options, &chosen] { chosen = [options] { return ReportIt(*options); }; });
}

}  // namespace harness::command
