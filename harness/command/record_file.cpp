#include "harness/command/record_file.h"

#include <fmt/format.h>

#include <cstdio>

#include "hosts/base/files.h"
#include "reports/record/reader.h"

namespace harness::command {

namespace fs = std::filesystem;
using hosts::base::Error;
using hosts::base::ErrorKind;
using hosts::base::Result;

Result<fs::path> RecordFileOf(const std::string& run) {
  const fs::path given(run);
  fs::path file = fs::is_directory(given) ? given / "record.jsonl" : given;
  if (fs::exists(file)) return file;
  return Error{
      ErrorKind::NotFound,
      fmt::format("there is no record {}: name a run's folder or its record.jsonl", file.string())};
}

Result<reports::record::Record> ReadRun(const std::string& run) {
  const auto file = RecordFileOf(run);
  if (!file) return file.error();
  return reports::record::ReadRecord(*file);
}

Result<reports::compare::SideBySide> PutSideBySide(const reports::record::Record& base,
                                                   const reports::record::Record& candidate) {
  auto both = reports::compare::PutSideBySide(base, candidate);
  if (!both.rows.empty()) return both;
  return Error{ErrorKind::NotFound, "the records have no cell in common: nothing can be compared"};
}

Result<void> WriteForm(const std::string& output, const RenderForm& render) {
  const size_t equals = output.find('=');
  if (equals == std::string::npos || equals + 1 == output.size()) {
    return Error{ErrorKind::InvalidInput,
                 fmt::format("'{}' names no form and file: write -o html=report.html", output)};
  }
  const auto text = render(output.substr(0, equals));
  if (!text) return text.error();
  const std::string file = output.substr(equals + 1);
  if (file == "-") {
    if (std::fwrite(text->data(), 1, text->size(), stdout) == text->size() &&
        std::fflush(stdout) == 0) {
      return {};
    }
    return Error{ErrorKind::System, "standard output takes no more: the report is not whole"};
  }
  if (auto written = hosts::base::WriteFile(file, *text); !written) return written;
  fmt::print(stderr, "wrote {}\n", file);
  return {};
}

}  // namespace harness::command
