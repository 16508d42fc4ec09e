#include "harness/examine/loading.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <string_view>

namespace harness::examine {

namespace record = reports::record;

namespace {

constexpr std::string_view kBegins = "wsgilab: the script begins";
constexpr std::string_view kTook = "wsgilab: the script took ";
constexpr std::string_view kImport = "import time:";
// What is below both is not worth a name.
constexpr std::size_t kMostPackages = 12;
constexpr double kLeastShare = 0.01;

std::optional<double> NumberIn(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  double number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem != std::errc()) return std::nullopt;
  return number;
}

struct ModuleTime {
  std::string package;
  double own_us = 0;
};

// "import time:       687 |        687 |   django.utils.encoding"
std::optional<ModuleTime> ParseModule(std::string_view line) {
  line.remove_prefix(kImport.size());
  const auto own = NumberIn(line);
  const size_t bar = line.rfind('|');
  if (!own || bar == std::string_view::npos) return std::nullopt;
  std::string_view name = line.substr(bar + 1);
  name.remove_prefix(std::min(name.find_first_not_of(' '), name.size()));
  name = name.substr(0, name.find('.'));
  if (name.empty()) return std::nullopt;
  return ModuleTime{std::string(name), *own};
}

}  // namespace

std::optional<record::Loading> ParseLoading(const std::vector<std::string>& log) {
  const auto begins = std::ranges::find(log, kBegins);
  const auto took = std::find_if(
      begins, log.end(), [](const std::string& line) { return line.starts_with(kTook); });
  if (begins == log.end() || took == log.end()) return std::nullopt;
  const auto whole_us = NumberIn(std::string_view(*took).substr(kTook.size()));
  if (!whole_us) return std::nullopt;

  std::map<std::string, record::LoadedPackage> packages;
  double imports_us = 0;
  for (auto line = begins; line != took; ++line) {
    if (!line->starts_with(kImport)) continue;
    const auto module = ParseModule(*line);
    if (!module) continue;
    imports_us += module->own_us;
    record::LoadedPackage& package = packages[module->package];
    package.package = module->package;
    package.ms += module->own_us / 1e3;
    ++package.modules;
  }
  record::Loading loading;
  loading.ms = *whole_us / 1e3;
  loading.own_ms = std::max(0.0, *whole_us - imports_us) / 1e3;
  for (auto& [name, package] : packages) {
    if (package.ms >= kLeastShare * loading.ms) loading.packages.push_back(std::move(package));
  }
  std::ranges::stable_sort(loading.packages, std::ranges::greater(), &record::LoadedPackage::ms);
  if (loading.packages.size() > kMostPackages) loading.packages.resize(kMostPackages);
  return loading;
}

}  // namespace harness::examine
