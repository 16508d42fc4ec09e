#include "harness/command/explain_command.h"

#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "harness/command/exit.h"
#include "harness/command/places.h"

namespace harness::command {

namespace {

struct ExplainOptions {
  std::string configuration;
  std::vector<std::string> urls;
  bool json = false;
};

int BecomeHost(const ExplainOptions& options) {
  const std::string program = FindPlaces().host.string();
  if (!std::filesystem::exists(program)) {
    return Complain(fmt::format("there is no {}: build wsgilab-host, or set WSGILAB_HOST", program),
                    kHarnessFault);
  }
  std::vector<std::string> words = {program, "explain", options.configuration};
  words.insert(words.end(), options.urls.begin(), options.urls.end());
  if (options.json) words.emplace_back("--json");
  std::vector<char*> argv;
  for (std::string& word : words)
    argv.push_back(word.data());
  argv.push_back(nullptr);
  ::execv(program.c_str(), argv.data());
  return Complain(hosts::base::SystemError(fmt::format("cannot start {}", program)));
}

}  // namespace

void AddExplainCommand(CLI::App& program, std::function<int()>& chosen) {
  CLI::App* verb = program.add_subcommand(
      "explain",
      "process, user, interpreter and loading of each URL, and the line that decided it");
  auto options = std::make_shared<ExplainOptions>();
  verb->add_option("CONFIG", options->configuration, "a configuration in Apache's language")
      ->required();
  verb->add_option(
      "URL", options->urls, "http://name[:port]/path or /path; without any, every mount");
  verb->add_flag("--json", options->json, "for programs: wsgilab schema explain");
  verb->footer(
      "Examples:\n"
      "  wsgilab explain site.conf\n"
      "  wsgilab explain /etc/apache2/apache2.conf http://example.org/app");
  verb->callback([options, &chosen] { chosen = [options] { return BecomeHost(*options); }; });
}

}  // namespace harness::command
