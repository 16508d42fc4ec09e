// wsgilab-host: the hosting engine. One program for every Python it is built against.

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "hosts/applications/about_python.h"
#include "hosts/base/log.h"
#include "hosts/command/process_title.h"
#include "hosts/command/serve.h"
#include "hosts/command/ungranted_wishes.h"
#include "hosts/deployment/modes.h"
#include "hosts/deviations/page.h"
#include "hosts/directives/configuration.h"
#include "hosts/directives/machine.h"
#include "hosts/directives/reference.h"
#include "hosts/events/page.h"
#include "hosts/explain/render.h"

namespace {

constexpr int kUsage = 2;
constexpr int kBadConfiguration = 78;
constexpr int kOurFailure = 70;

int Report(const hosts::base::Error& error, int code) {
  fmt::print(stderr, "wsgilab-host: {}\n", error.Text());
  return code;
}

using SayNote = std::function<void(const std::string& note)>;
using hosts::deployment::Listen;

hosts::deployment::PythonAbilities AbilitiesOf(const hosts::applications::PythonAbout& python) {
  return {.version = python.version,
          .has_own_gils = python.has_own_gils,
          .is_free_threaded = python.is_free_threaded};
}

// For the Python of this program.
hosts::base::Result<hosts::deployment::Deployment> Read(const std::string& file,
                                                        const SayNote& say) {
  auto configuration = hosts::directives::ReadConfigurationWithNotes(file);
  if (!configuration) return configuration.error();
  for (const auto& [where, text] : configuration->notes)
    say(fmt::format("{}:{}:{}: warning: {}", where.file, where.line, where.column, text));
  configuration->deployment.python = AbilitiesOf(hosts::applications::AboutPython());
  return std::move(configuration->deployment);
}

// The same, to be served: it listens somewhere, at `elsewhere` when it does not say where itself.
hosts::base::Result<hosts::deployment::Deployment> ReadToServe(
    const std::string& file, const std::optional<Listen>& elsewhere, const SayNote& say) {
  auto deployment = Read(file, say);
  if (!deployment) return deployment;
  if (deployment->listens.empty() && elsewhere) deployment->listens.push_back(*elsewhere);
  if (!deployment->listens.empty()) return deployment;
  return hosts::base::Error{
      hosts::base::ErrorKind::InvalidInput,
      fmt::format("{}: it listens nowhere: write Listen 127.0.0.1:8000 into it, or say --listen "
                  "127.0.0.1:8000",
                  file)};
}

// The address of --listen, unless the configuration has one itself.
hosts::base::Result<void> CheckListen(const hosts::deployment::Deployment& deployment,
                                      const std::optional<Listen>& said) {
  const Listen& first = deployment.listens.front();
  if (!said || first.origin.file == said->origin.file) return {};
  return hosts::base::Error{
      hosts::base::ErrorKind::InvalidInput,
      fmt::format(
          "--listen {}:{}: the configuration says itself where it listens, at {}:{}: change "
          "it there, or leave the option out",
          said->address,
          said->port,
          first.origin.file,
          first.origin.line)};
}

void SayOnStandardError(const std::string& note) {
  fmt::print(stderr, "wsgilab-host: {}\n", note);
}

void SayInLog(const std::string& note) {
  hosts::base::Log(hosts::base::LogLevel::Warning, "H0118", "{}", note);
}

struct ServeArguments {
  int ready_fd = -1;
  std::string status;  // empty: no page
  bool is_status_for_anybody = false;
  std::string listen;  // empty: where the configuration says
};

int RunServe(const std::string& configuration, const ServeArguments& arguments) {
  using hosts::command::StatusReaders;
  hosts::command::ServeOptions options{.ready_fd = arguments.ready_fd};
  if (!arguments.status.empty()) {
    auto address = hosts::command::ParseStatusAddress(
        arguments.status,
        arguments.is_status_for_anybody ? StatusReaders::Anybody : StatusReaders::OnThisMachine);
    if (!address) return Report(address.error(), kUsage);
    options.status = std::move(*address);
  }
  std::optional<Listen> listen;
  if (!arguments.listen.empty()) {
    auto address = hosts::directives::ReadListenAddress(arguments.listen, "--listen");
    if (!address) return Report(address.error(), kUsage);
    listen = std::move(*address);
  }
  auto deployment = ReadToServe(configuration, listen, SayOnStandardError);
  if (!deployment) return Report(deployment.error(), kBadConfiguration);
  if (const auto fits = CheckListen(*deployment, listen); !fits)
    return Report(fits.error(), kUsage);
  const auto served = hosts::command::Serve(
      std::move(*deployment),
      [&] { return ReadToServe(configuration, listen, SayInLog); },
      options);
  if (!served) return Report(served.error(), kOurFailure);
  return *served;
}

int RunCheck(const std::string& configuration) {
  const auto deployment = Read(configuration, SayOnStandardError);
  if (!deployment) return Report(deployment.error(), kBadConfiguration);
  hosts::command::PrintUngrantedWishes(*deployment);
  if (deployment->listens.empty()) {
    SayOnStandardError(fmt::format(
        "{}: warning: it listens nowhere: that may be said in a file that includes this "
        "one; to serve it alone write Listen 127.0.0.1:8000, or say serve --listen",
        configuration));
  }
  fmt::print("{}: syntax and groups are fine\n", configuration);
  return 0;
}

int RunExplain(const std::string& configuration, const std::vector<std::string>& urls, bool json) {
  const auto deployment = Read(configuration, [](const std::string& /*note*/) {});
  if (!deployment) return Report(deployment.error(), kBadConfiguration);
  hosts::directives::Machine machine(*deployment);
  const auto explanation = hosts::explain::Explain(*deployment, urls, machine);
  if (!explanation) return Report(explanation.error(), kUsage);
  if (json) {
    const auto line = hosts::explain::ToJson(*deployment, *explanation, configuration);
    fmt::print("{}\n", line.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
    return 0;
  }
  using hosts::explain::Colours;
  const bool is_terminal = ::isatty(STDOUT_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr;
  fmt::print(
      "{}",
      hosts::explain::ToText(*deployment, *explanation, is_terminal ? Colours::On : Colours::Off));
  return 0;
}

// The whole page, what is said of some, or all of it as JSON.
int Print(const hosts::base::Result<std::string>& text) {
  if (!text) return Report(text.error(), kUsage);
  fmt::print("{}", *text);
  return 0;
}

int RunReference(const std::vector<std::string>& directives, bool json) {
  if (json) return Print(hosts::directives::ReferenceAsJson().dump(2) + "\n");
  if (directives.empty()) return Print(hosts::directives::Reference());
  for (const std::string& name : directives) {
    if (const int code = Print(hosts::directives::ReferenceOf(name)); code != 0) return code;
  }
  return 0;
}

int RunEvents(const std::vector<std::string>& codes, bool json) {
  if (json) return Print(hosts::events::ToJson().dump(2) + "\n");
  if (codes.empty()) return Print(hosts::events::Page());
  for (const std::string& code : codes) {
    if (const int exit_code = Print(hosts::events::About(code)); exit_code != 0) return exit_code;
  }
  return 0;
}

int RunDeviations(bool json) {
  if (json) {
    fmt::print("{}\n", hosts::deviations::ToJson().dump(2));
  } else {
    fmt::print("{}", hosts::deviations::Page());
  }
  return 0;
}

int RunVersion() {
  const auto about = hosts::applications::AboutPython();
  nlohmann::json line;
  line["schema"] = "wsgilab-version/1";
  line["engine"] = WSGILAB_VERSION;
  line["python"] = about.version;
  line["library"] = about.library;
  line["own_gils"] = about.has_own_gils;
  line["free_threaded"] = about.is_free_threaded;
  line["build"] = WSGILAB_BUILD_TYPE;
#ifdef WSGILAB_SANITIZE
  line["sanitizer"] = WSGILAB_SANITIZE;
#endif
  line["modes"] = nlohmann::json::array();
  for (const auto& mode : hosts::deployment::AllModes()) {
    const bool is_own_gil = mode.interpreter == hosts::deployment::InterpreterKind::SubOwnGil;
    if (is_own_gil && !about.has_own_gils) continue;
    line["modes"].push_back(hosts::deployment::Name(mode));
  }
  fmt::print("{}\n", line.dump());
  return 0;
}

int Run(int argc, char** argv) {
  CLI::App program{"wsgilab-host runs WSGI applications as an Apache-style configuration says."};
  program.require_subcommand(1);
  program.footer("Example: wsgilab-host serve site.conf");
  std::string configuration;
  ServeArguments arguments;
  CLI::App* serve = program.add_subcommand(
      "serve", "serve the configuration until SIGTERM; SIGHUP: read it again");
  serve->add_option("CONFIG", configuration, "configuration file")->required();
  serve->add_option(
      "--ready-fd", arguments.ready_fd, "write a line of JSON here when every process serves");
  serve
      ->add_option(
          "--status",
          arguments.status,
          "a page at / and /status.json here: processes, requests, waits, restarts; PORT alone: on "
          "127.0.0.1")
      ->type_name("ADDR:PORT");
  serve->add_flag("--status-for-anybody",
                  arguments.is_status_for_anybody,
                  "the address of --status may be one that other machines reach");
  serve
      ->add_option("--listen",
                   arguments.listen,
                   "where to listen, of a configuration that has no Listen itself")
      ->type_name("ADDR:PORT");
  CLI::App* check = program.add_subcommand("check", "read the configuration, say what is wrong");
  check->add_option("CONFIG", configuration, "configuration file")->required();
  check->footer("Example: wsgilab-host check site.conf");
  CLI::App* explain = program.add_subcommand(
      "explain", "for each URL: process, user, interpreter, loading, and the line that decided it");
  std::vector<std::string> urls;
  bool json = false;
  explain->add_option("CONFIG", configuration, "configuration file")->required();
  explain->add_option("URL", urls, "http://name[:port]/path or /path; without any, every mount");
  explain->add_flag("--json", json, "for programs: explain.schema.json");
  explain->footer("Example: wsgilab-host explain /etc/apache2/apache2.conf http://example.org/app");
  CLI::App* reference =
      program.add_subcommand("reference", "every directive, or those that are named, as Markdown");
  std::vector<std::string> asked;
  reference->add_option("DIRECTIVE", asked, "what is said of these alone");
  reference->add_flag("--json", json, "every directive, for programs");
  reference->footer("Example: wsgilab-host reference WSGIDaemonProcess");
  CLI::App* events =
      program.add_subcommand("events", "what the codes of the log mean, and what to do about them");
  events->add_option("CODE", asked, "these alone, e.g. H0104; without any, a page of Markdown");
  events->add_flag("--json", json, "every code, for programs");
  events->footer("Example: wsgilab-host events H0104");
  CLI::App* deviations = program.add_subcommand(
      "deviations", "where the engine differs from mod_wsgi, and why, as Markdown");
  deviations->add_flag("--json", json, "for programs");
  deviations->footer("Example: wsgilab-host deviations --json");
  CLI::App* version = program.add_subcommand("version", "engine, Python and modes as JSON");
  version->footer("Its schema: wsgilab schema version.\nExample: wsgilab-host version");
  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return program.exit(error) == 0 ? 0 : kUsage;
  }
  if (*serve) return RunServe(configuration, arguments);
  if (*check) return RunCheck(configuration);
  if (*explain) return RunExplain(configuration, urls, json);
  if (*reference) return RunReference(asked, json);
  if (*events) return RunEvents(asked, json);
  if (*deviations) return RunDeviations(json);
  if (*version) return RunVersion();
  return kUsage;
}

}  // namespace

int main(int argc, char** argv) {
  hosts::command::RememberArguments(argc, argv);
  try {
    return Run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "wsgilab-host: %s\n", error.what());
    return kOurFailure;
  }
}
