// wsgilab: runs applications through every hosting mode, measures, judges and reports.

#include <CLI/CLI.hpp>

#include <cerrno>
#include <cstdio>
#include <functional>
#include <memory>
#include <string>
#include <system_error>

#include "harness/command/check_command.h"
#include "harness/command/command_line.h"
#include "harness/command/compare_command.h"
#include "harness/command/exit.h"
#include "harness/command/explain_command.h"
#include "harness/command/gate_command.h"
#include "harness/command/hosts_command.h"
#include "harness/command/list_command.h"
#include "harness/command/load_command.h"
#include "harness/command/merge_command.h"
#include "harness/command/mock_command.h"
#include "harness/command/report_command.h"
#include "harness/command/run_command.h"
#include "harness/command/schema_command.h"
#include "harness/command/selftest_command.h"
#include "harness/command/serve_command.h"
#include "harness/command/trend_command.h"
#include "harness/launch/keeper.h"

namespace {

using namespace harness::command;  // NOLINT: this file is the command

// What a program that was killed cannot do itself (harness/launch/keeper.h); nothing that somebody types.
void AddKeepCommand(CLI::App& program, std::function<int()>& chosen) {
  CLI::App* verb = program.add_subcommand("keep")->group("");
  auto pipe = std::make_shared<int>(0);
  auto mark = std::make_shared<std::string>();
  verb->add_option("pipe", *pipe)->required();
  verb->add_option("mark", *mark)->required();
  verb->callback([pipe, mark, &chosen] {
    chosen = [pipe, mark] {
      harness::launch::KeepWatch(*pipe, *mark);
      return kPass;
    };
  });
}

// What was said must have got there: a report that is not in the file it was sent to is none.
int AfterTheLastWord(int exit_code) {
  const bool has_failed = std::fflush(stdout) != 0 || std::ferror(stdout) != 0;
  if (!has_failed || errno == EPIPE || exit_code != kPass) return exit_code;
  return Complain("cannot write to standard output: " + std::generic_category().message(errno),
                  kHarnessFault);
}

}  // namespace

int main(int count, char** words) {
  CLI::App program("How should this Python web application be hosted? With evidence.", "wsgilab");
  program.require_subcommand(1);
  program.footer("Example:\n  wsgilab run --mode 'daemon/*' --app hello");
  std::function<int()> chosen;
  AddRunCommand(program, chosen, CommandOf({words, words + count}));
  AddCheckCommand(program, chosen, CommandOf({words, words + count}));
  AddListCommand(program, chosen);
  AddHostsCommand(program, chosen);
  AddExplainCommand(program, chosen);
  AddServeCommand(program, chosen);
  AddCompareCommand(program, chosen, CommandOf({words, words + count}));
  AddGateCommand(program, chosen, CommandOf({words, words + count}));
  AddLoadCommand(program, chosen);
  AddReportCommand(program, chosen);
  AddMergeCommand(program, chosen);
  AddTrendCommand(program, chosen);
  AddMockCommand(program, chosen, CommandOf({words, words + count}));
  AddSchemaCommand(program, chosen);
  AddSelftestCommand(program, chosen);
  AddKeepCommand(program, chosen);
  try {
    program.parse(count, words);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return program.exit(error);  // --help
    return Complain(std::string(error.what()) + ": see wsgilab --help", kMisuse);
  }
  return AfterTheLastWord(chosen());
}
