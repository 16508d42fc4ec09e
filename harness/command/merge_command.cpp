#include "harness/command/merge_command.h"

#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "harness/command/exit.h"
#include "hosts/base/files.h"
#include "reports/merge/merge.h"
#include "reports/record/json.h"
#include "reports/record/reader.h"

namespace harness::command {

namespace fs = std::filesystem;
namespace record = reports::record;
using hosts::base::Error;
using hosts::base::ErrorKind;
using hosts::base::Result;

namespace {

struct MergeOptions {
  std::vector<std::string> runs;
  std::string output;
  bool partial = false;
};

Result<reports::merge::ShardRecord> Read(const std::string& run) {
  const fs::path file = fs::is_directory(run) ? fs::path(run) / "record.jsonl" : fs::path(run);
  if (!fs::exists(file)) {
    return Error{ErrorKind::NotFound,
                 fmt::format("there is no record {}: name a shard's folder or its record.jsonl",
                             file.string())};
  }
  auto lines = record::ReadLines(file);
  if (!lines) return lines.error();
  return reports::merge::ShardRecord{file.string(), std::move(*lines)};
}

// A folder gets what a run's folder has; everything else is the file itself.
Result<fs::path> FileFor(const std::string& output) {
  const bool is_folder = fs::is_directory(output) || output.ends_with('/');
  fs::path file = is_folder ? fs::path(output) / "record.jsonl" : fs::path(output);
  if (fs::exists(file)) {
    return Error{ErrorKind::InvalidInput,
                 fmt::format("{} is there already: name another file with -o", file.string())};
  }
  if (!file.parent_path().empty()) {
    std::error_code problem;
    fs::create_directories(file.parent_path(), problem);
    if (problem) {
      return Error{ErrorKind::InvalidInput,
                   fmt::format("cannot make {}: {}: name another file with -o",
                               file.parent_path().string(),
                               problem.message())};
    }
  }
  return file;
}

// What the run is called: the folder, if the file has the usual name.
std::string NameOf(const fs::path& file) {
  const fs::path whole = fs::absolute(file).lexically_normal();
  return whole.filename() == "record.jsonl" ? whole.parent_path().filename().string()
                                            : whole.stem().string();
}

int MergeThem(const MergeOptions& options) {
  std::vector<reports::merge::ShardRecord> shards;
  for (const std::string& run : options.runs) {
    auto shard = Read(run);
    if (!shard) return Complain(shard.error());
    shards.push_back(std::move(*shard));
  }
  const auto file = FileFor(options.output);
  if (!file) return Complain(file.error());
  const reports::merge::MergeOrder order{.run = NameOf(*file),
                                         .missing = options.partial
                                                        ? reports::merge::Missing::Said
                                                        : reports::merge::Missing::Refused};
  const auto merged = reports::merge::Merge(std::move(shards), order);
  if (!merged) return Complain(merged.error());
  std::string text;
  for (const record::Line& line : *merged)
    text += record::ToJsonLine(line) + '\n';
  if (const auto written = hosts::base::WriteFile(*file, text); !written) {
    return Complain(written.error());
  }
  const auto& footer = std::get<record::Footer>(merged->back());
  fmt::print("{}\nrecord: {}\n", footer.verdict, file->string());
  return footer.exit_code;
}

}  // namespace

void AddMergeCommand(CLI::App& program, std::function<int()>& chosen) {
  CLI::App* verb = program.add_subcommand(
      "merge", "make one record of those of the shards of a run (wsgilab run --shard)");
  auto options = std::make_shared<MergeOptions>();
  verb->add_option("run", options->runs, "the folders of all shards, or their record.jsonl")
      ->required()
      ->type_name("RUN");
  verb->add_option("-o", options->output, "the merged record; or a folder for it, ending with /")
      ->required()
      ->expected(1)
      ->type_name("F");
  verb->add_flag("--partial",
                 options->partial,
                 "also when shards are missing or not finished: the record says which");
  verb->footer(
      "Ends as the run would have: 0 when all is well, 1 when something failed, 3 when shards are "
      "missing.\n"
      "Example:\n  wsgilab merge shard1 shard2 shard3 -o merged/\n"
      "  wsgilab report merged -o html=report.html");
  verb->callback([options, &chosen] { chosen = [options] { return MergeThem(*options); }; });
}

}  // namespace harness::command
