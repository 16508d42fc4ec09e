#include "harness/command/mock_command.h"

#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "harness/command/comparison.h"
#include "harness/command/exit.h"
#include "harness/command/run_folder.h"
#include "hosts/base/files.h"
#include "hosts/base/pattern.h"
#include "reports/mock/mock.h"
#include "reports/record/json.h"

namespace harness::command {

namespace fs = std::filesystem;
namespace mock = reports::mock;
using hosts::base::Error;
using hosts::base::ErrorKind;
using hosts::base::Result;

namespace {

struct MockOptions {
  mock::MockOrder order;
  std::string regex;
  std::vector<std::string> slower;  // "daemon/*=5%"
  std::string shard;
  std::string output;
};

// "daemon/*=5%"; "5%" is of everything.
Result<mock::Slower> ParseSlower(const std::string& text) {
  const size_t equals = text.rfind('=');
  std::string share = equals == std::string::npos ? text : text.substr(equals + 1);
  if (const std::string problem = Share()(share); !problem.empty())
    return Error{ErrorKind::InvalidInput, fmt::format("--slower: {}", problem)};
  return mock::Slower{equals == std::string::npos ? "*" : text.substr(0, equals),
                      1 + std::stod(share)};
}

Result<mock::MockOrder> OrderOf(const MockOptions& options) {
  mock::MockOrder order = options.order;
  for (const std::string& text : options.slower) {
    auto slower = ParseSlower(text);
    if (!slower) return slower.error();
    order.slower.push_back(std::move(*slower));
  }
  if (!options.regex.empty()) {
    const auto regex = hosts::base::Regex::Compile(options.regex);
    if (!regex) return regex.error().While("-k");
    order.wants_cell = [regex = *regex](const std::string& cell) { return regex.Fits(cell); };
  }
  if (!options.shard.empty()) {
    const auto shard = reports::plan::ParseShard(options.shard);
    if (!shard) return shard.error();
    order.shard = *shard;
  }
  return order;
}

// The folder of one of several runs: "history/007".
fs::path FolderOf(const fs::path& output, size_t run, size_t runs) {
  return runs == 1 ? output : output / fmt::format("{:03}", run + 1);
}

Result<void> Write(const mock::Lines& lines, const fs::path& folder) {
  const auto made = MakeFolder(folder);
  if (!made) return made.error();
  std::string text;
  for (const reports::record::Line& line : lines)
    text += reports::record::ToJsonLine(line) + '\n';
  return hosts::base::WriteFile(*made / "record.jsonl", text);
}

int MockIt(const MockOptions& options) {
  const auto order = OrderOf(options);
  if (!order) return Complain(order.error());
  const auto runs = mock::MakeUp(*order);
  if (!runs) return Complain(runs.error());
  for (size_t run = 0; run < runs->size(); ++run) {
    const auto written = Write((*runs)[run], FolderOf(options.output, run, runs->size()));
    if (!written) return Complain(written.error());
  }
  const auto& header = std::get<reports::record::Header>(runs->front().front());
  fmt::print("{}\n", *header.synthetic);
  if (runs->size() == 1) {
    fmt::print("record: {}\n", (fs::path(options.output) / "record.jsonl").string());
  } else {
    fmt::print("records: {} to {}\n",
               FolderOf(options.output, 0, runs->size()).string(),
               FolderOf(options.output, runs->size() - 1, runs->size()).string());
  }
  return kPass;
}

void AddWhatIsMadeUp(CLI::App& verb, MockOptions& options) {
  verb.add_option("--seed", options.order.seed, "the same seed makes the same records")
      ->capture_default_str();
  verb.add_option("--host", options.order.hosts, "hosts by name (default: engine)")
      ->expected(1)
      ->take_all()
      ->type_name("NAME");
  verb.add_option("--mode", options.order.modes, "modes, with wildcards (default: all)")
      ->expected(1)
      ->take_all()
      ->type_name("GLOB");
  verb.add_option("--app", options.order.apps, "applications, with wildcards (default: all)")
      ->expected(1)
      ->take_all()
      ->type_name("GLOB");
  verb.add_option("-k", options.regex, "only cells whose id matches")->type_name("REGEX");
  verb.add_option("--slower",
                  options.slower,
                  "what takes longer, and by how much: a host, a mode, an application or a cell, "
                  "with wildcards; alone: everything")
      ->expected(1)
      ->take_all()
      ->type_name("[GLOB=]5%");
  verb.add_option(
          "--noise", options.order.noise, "how much runs and values differ by themselves (2%)")
      ->transform(Share())
      ->type_name("SHARE");
  verb.add_option("--fail", options.order.failing_checks, "so many checks fail")
      ->check(CLI::NonNegativeNumber)
      ->type_name("N");
}

}  // namespace

void AddMockCommand(CLI::App& program, std::function<int()>& chosen, const std::string& command) {
  CLI::App* verb = program.add_subcommand(
      "mock", "make up records, to try gates, reports and trends before anything is measured");
  auto options = std::make_shared<MockOptions>();
  AddWhatIsMadeUp(*verb, *options);
  verb->add_option("--runs", options->order.runs, "so many runs, a day after the other")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  verb->add_option("--step", options->order.step, "the run from which on --slower is so")
      ->check(CLI::PositiveNumber)
      ->type_name("K");
  verb->add_option("--shard", options->shard, "only the I-th of N shares, for wsgilab merge")
      ->type_name("I/N");
  verb->add_option(
          "-o", options->output, "the folder for record.jsonl; with --runs for a folder of each")
      ->required()
      ->expected(1)
      ->type_name("DIR");
  verb->footer(
      "The record says that it is synthetic, and so does every report of it. No host is faster "
      "than another.\n"
      "Examples:\n"
      "  wsgilab mock --slower 'daemon/*=5%' --fail 2 -o made-up && wsgilab gate made-up\n"
      "  wsgilab mock --runs 30 --step 21 --slower 'django_accounts=8%' -o history && wsgilab "
      "trend "
      "history/*");
  verb->callback([options, command, &chosen] {
    options->order.command = command;
    chosen = [options] { return MockIt(*options); };
  });
}

}  // namespace harness::command
