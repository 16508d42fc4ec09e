#include "harness/command/gated_record.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <string>
#include <string_view>
#include <variant>

#include "harness/command/finish.h"
#include "harness/command/run_folder.h"
#include "hosts/base/files.h"
#include "reports/record/json.h"
#include "reports/record/writer.h"

namespace harness::command {

namespace fs = std::filesystem;
namespace gate = reports::gate;
namespace record = reports::record;
using hosts::base::Result;

namespace {

// The text of the record with the rules in it: its lines as they are written, without those of an earlier gate and without half a
// line at its end.
std::string WithRules(std::string_view text, const gate::Judgement& judgement, int exit_code) {
  std::string lines;
  std::string footer;  // where the last line is one
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view written = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    auto line = record::ParseLine(written);
    if (!line || std::holds_alternative<record::Rule>(*line)) continue;
    if (auto* last = std::get_if<record::Footer>(&*line); last != nullptr && text.empty()) {
      last->exit_code = exit_code;
      footer = record::ToJsonLine(*last) + "\n";
    } else {
      lines += fmt::format("{}\n", written);
    }
  }
  for (const record::Rule& rule : gate::LinesOf(judgement))
    lines += record::ToJsonLine(rule) + "\n";
  return lines + footer;
}

}  // namespace

Result<void> FinishGate(const fs::path& path,
                        const record::Record& measured,
                        const gate::Judgement& judgement,
                        int exit_code) {
  {
    auto writer = record::RecordWriter::Open(path, record::OpenMode::Append);
    if (!writer) return writer.error();
    for (const record::Rule& rule : gate::LinesOf(judgement)) {
      if (auto written = writer->Write(rule); !written) return written;
    }
  }
  const std::string verdict = judgement.problems.empty()
                                  ? "a gate"
                                  : fmt::format("{}", fmt::join(judgement.problems, "; "));
  return FinishRecord(path, measured, verdict, exit_code);
}

Result<void> WriteGatedRecord(const fs::path& run,
                              const gate::Judgement& judgement,
                              int exit_code,
                              const fs::path& folder) {
  const auto text = hosts::base::ReadFile(run);
  if (!text) return text.error();
  const auto made = MakeFolder(folder);
  if (!made) return made.error();
  if (auto written =
          hosts::base::WriteFile(*made / "record.jsonl", WithRules(*text, judgement, exit_code));
      !written) {
    return written;
  }
  return WriteHtmlReport(*made);
}

}  // namespace harness::command
