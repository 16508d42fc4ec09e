#include "suites/hosting/read_only.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "hosts/base/child_process.h"
#include "hosts/base/files.h"
#include "suites/hosts_under_test/check.h"
#include "suites/hosts_under_test/chosen_host.h"

namespace suites::hosting {

using hosts_under_test::Need;

namespace {

std::string PlaceOf(const std::filesystem::path& file, std::ptrdiff_t line) {
  return hosts_under_test::IsEngineChosen()
             ? fmt::format("{}:{}", file.string(), line)
             : fmt::format("Syntax error on line {} of {}:", line, file.string());
}

}  // namespace

Verdict ReadOnly(const hosts_under_test::Stage& stage, const std::string& text) {
  const auto plan = hosts_under_test::PlanFor(stage, text);
  auto [file, whole] = plan.files.front();
  constexpr std::string_view kPort = "{port}";  // nobody listens
  for (size_t at = whole.find(kPort); at != std::string::npos; at = whole.find(kPort, at))
    whole.replace(at, kPort.size(), "80");
  const auto end_of_text =
      whole.begin() + static_cast<std::ptrdiff_t>(whole.find(text) + text.size());
  Need(hosts::base::WriteFile(file, whole));
  const auto output = stage.path("said");
  std::filesystem::remove(output);
  hosts::base::SpawnOptions options;
  if (hosts_under_test::IsEngineChosen()) {
    options.argv = {plan.argv.front(), "check", file};
  } else {
    options.argv = {plan.argv.front(), "-t", "-f", file};
  }
  options.environment = hosts::base::CurrentEnvironment();
  options.output = output;
  auto process = Need(hosts::base::ChildProcess::Start(std::move(options)));
  const auto status = Need(process.Wait(hosts_under_test::Soon()));
  return {status.is_success(),
          Need(hosts::base::ReadFile(output)),
          PlaceOf(file, std::count(whole.begin(), end_of_text, '\n'))};
}

}  // namespace suites::hosting
