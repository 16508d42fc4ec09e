// wsgilab: runs applications through every hosting mode, measures, judges and reports.

#include <CLI/CLI.hpp>

#include <functional>
#include <string>

#include "harness/command/compare_command.h"
#include "harness/command/exit.h"
#include "harness/command/explain_command.h"
#include "harness/command/hosts_command.h"
#include "harness/command/list_command.h"
#include "harness/command/load_command.h"
#include "harness/command/report_command.h"
#include "harness/command/run_command.h"
#include "harness/command/selftest_command.h"
#include "harness/command/serve_command.h"

namespace {

using namespace harness::command;  // NOLINT: this file is the command

// What was typed, with the program's plain name.
std::string CommandOf(int count, char** words) {
  std::string command = "wsgilab";
  for (int index = 1; index < count; ++index) {
    const std::string word = words[index];
    const bool is_plain =
        !word.empty() && word.find_first_of(" *?$&|;<>()'\"\\") == std::string::npos;
    command += is_plain ? " " + word : " '" + word + "'";
  }
  return command;
}

}  // namespace

int main(int count, char** words) {
  CLI::App program("How should this Python web application be hosted? With evidence.", "wsgilab");
  program.require_subcommand(1);
  program.footer("Example:\n  wsgilab run --mode 'daemon/*' --app hello");
  std::function<int()> chosen;
  AddRunCommand(program, chosen, CommandOf(count, words));
  AddListCommand(program, chosen);
  AddHostsCommand(program, chosen);
  AddExplainCommand(program, chosen);
  AddServeCommand(program, chosen);
  AddCompareCommand(program, chosen, CommandOf(count, words));
  AddLoadCommand(program, chosen);
  AddReportCommand(program, chosen);
  AddSelftestCommand(program, chosen);
  try {
    program.parse(count, words);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return program.exit(error);  // --help
    return Complain(std::string(error.what()) + ": see wsgilab --help", kMisuse);
  }
  return chosen();
}
