#include "harness/adapters/engine_adapter.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "harness/adapters/ask_program.h"
#include "harness/adapters/directive_writer.h"
#include "harness/matrix/mode_names.h"
#include "hosts/base/letters.h"

namespace harness::adapters {

namespace fs = std::filesystem;
using hosts::base::Error;
using hosts::base::ErrorKind;
using hosts::base::Result;

namespace {

Error Unsupported(const fs::path& program, std::string_view why) {
  return {ErrorKind::Unsupported, fmt::format("{}: {}", program.string(), why)};
}

// Nothing: it is from before it could say.
std::vector<Deviation> AskDeviations(const fs::path& program, const Environment& environment) {
  const auto text = AskProgram(program, environment, {"deviations", "--json"});
  std::vector<Deviation> deviations;
  if (!text) return deviations;
  const auto answer = nlohmann::json::parse(*text);
  for (const auto& row : answer.at("deviations")) {
    deviations.push_back(
        {row.at("rule"), row.at("kind"), row.at("theirs"), row.at("ours"), row.at("why")});
  }
  return deviations;
}

std::vector<std::string> GilsOf(bool has_own_gils, bool is_free_threaded) {
  std::vector<std::string> gils = {"shared"};
  if (has_own_gils) gils.emplace_back("own");
  if (is_free_threaded) gils.emplace_back("off");
  return gils;
}

}  // namespace

EngineAdapter::EngineAdapter(fs::path program,
                             std::vector<std::pair<std::string, std::string>> environment)
    : EngineAdapter(FoundEngine{.python = {}, .program = std::move(program)},
                    std::move(environment)) {}

EngineAdapter::EngineAdapter(FoundEngine found,
                             std::vector<std::pair<std::string, std::string>> environment)
    : found_(std::move(found)), name_(found_.name()), environment_(std::move(environment)) {}

Result<HostVersion> EngineAdapter::Probe() const {
  if (!found_.wrong.empty()) return Error{ErrorKind::Unsupported, found_.wrong};
  if (!fs::exists(program())) {
    return Unsupported(program(),
                       found_.python.empty()
                           ? "no such program: build wsgilab-host, or set WSGILAB_HOST"
                           : "no such program: see WSGILAB_ENGINES; scripts/python-leg --engine "
                             "builds one");
  }
  const auto text = AskProgram(program(), environment_, {"version"});
  if (!text) return Unsupported(program(), text.error().Text());
  try {
    const auto object = nlohmann::json::parse(*text);
    const bool is_free_threaded = object.value("free_threaded", false);
    const std::string series =
        PythonSeries(object.at("python").get<std::string>(), is_free_threaded);
    if (!found_.python.empty() && found_.python != series) {
      return Unsupported(program(), fmt::format("it has Python {}, not {}", series, found_.python));
    }
    return HostVersion{.version = object.at("engine").get<std::string>(),
                       .python = object.at("python"),
                       .library = object.value("library", ""),
                       .program = program(),
                       .build = object.value("build", ""),
                       .modes = object.value("modes", std::vector<std::string>{}),
                       .deviations = AskDeviations(program(), environment_),
                       .sanitizer = object.value("sanitizer", ""),
                       .gils = GilsOf(object.value("own_gils", false), is_free_threaded)};
  } catch (const nlohmann::json::exception& error) {
    return Unsupported(program(), fmt::format("its version is not understood: {}", error.what()));
  }
}

const Result<HostVersion>& EngineAdapter::known() const {
  std::call_once(is_known_, [this] { known_.emplace(Probe()); });
  return *known_;
}

std::optional<std::string> EngineAdapter::WhyNotOffered(const hosts::deployment::Mode& mode) const {
  if (!matrix::IsOnlyWhereOffered(mode)) return std::nullopt;  // it has all of these
  constexpr std::string_view kNeed =
      "a sub-interpreter with its own GIL needs Python 3.12 or later";
  const auto& version = known();
  if (!version) return fmt::format("{}, and nobody knows: {}", kNeed, version.error().Text());
  if (std::ranges::find(version->modes, Name(mode)) != version->modes.end()) return std::nullopt;
  return fmt::format("{}; this engine has {}", kNeed, version->python);
}

bool EngineAdapter::is_there_to_be_seen_without_gil() const {
  if (!found_.python.empty()) return IsFreeThreaded(found_.python);
  const auto& version = known();
  return version && std::ranges::find(version->gils, "off") != version->gils.end();
}

Provable EngineAdapter::provable() const {
  return {.runs_without_gil = is_there_to_be_seen_without_gil()};
}

ServedDeployment EngineAdapter::WithItsGil(const ServedDeployment& deployment) const {
  constexpr std::string_view kDirective = "wsgifreethreading";
  ServedDeployment served = deployment;
  const bool is_said =
      std::ranges::any_of(deployment.extra_directives, [&](const std::string& directive) {
        return hosts::base::Lowered(directive).find(kDirective) != std::string::npos;
      });
  const bool has_own_gil = std::ranges::any_of(deployment.scripts, &ServedScript::has_own_gil);
  if (is_there_to_be_seen_without_gil() && !is_said && !has_own_gil) {
    served.extra_directives.emplace_back("WSGIFreeThreading On");
  }
  return served;
}

Result<launch::LaunchPlan> EngineAdapter::Plan(const ServedDeployment& deployment,
                                               const fs::path& directory) const {
  const fs::path configuration = directory / "host.conf";
  auto text = WriteDirectives(WithItsGil(deployment));
  if (!text) return text.error().While("writing " + configuration.string());
  launch::LaunchPlan plan;
  plan.argv = {program().string(), "serve", configuration.string(), "--ready-fd", "{ready_fd}"};
  plan.environment = environment_;
  // Temporary files and sockets go where the cell's clean-up finds them.
  plan.environment.emplace_back("TMPDIR", (directory / "tmp").string());
  for (const auto& variable : deployment.environment)
    plan.environment.push_back(variable);
  plan.directory = directory;
  plan.files.push_back({configuration, std::move(*text)});
  plan.log = directory / "host.log";
  return plan;
}

fs::path FindEngine() {
  if (const char* told = std::getenv("WSGILAB_HOST"); told != nullptr && *told != '\0') {
    return fs::absolute(told);
  }
  std::error_code problem;
  const fs::path own = fs::read_symlink("/proc/self/exe", problem).parent_path();
  const fs::path beside = own / "wsgilab-host";
  return fs::exists(beside) ? beside : own.parent_path() / "bin" / "wsgilab-host";
}

std::vector<std::pair<std::string, std::string>> InheritedEnvironment() {
  // The last two are for the fake host, in the engine's place, and for an engine with mutants in it.
  constexpr std::array kNames{"PATH",
                              "HOME",
                              "LD_LIBRARY_PATH",
                              "ASAN_OPTIONS",
                              "LSAN_OPTIONS",
                              "TSAN_OPTIONS",
                              "UBSAN_OPTIONS",
                              "PYTHONMALLOC",
                              "WSGILAB_FAKE",
                              "WSGILAB_MUTANT"};
  std::vector<std::pair<std::string, std::string>> environment;
  for (const char* name : kNames) {
    if (const char* value = std::getenv(name)) environment.emplace_back(name, value);
  }
  environment.emplace_back("LANG", "C.UTF-8");
  return environment;
}

}  // namespace harness::adapters
