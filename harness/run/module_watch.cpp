#include "harness/run/module_watch.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <set>

#include "harness/load/profile.h"
#include "hosts/base/deadline.h"

namespace harness::run {

using hosts::base::Error;
using hosts::base::ErrorKind;
using hosts::base::Result;

namespace {

constexpr const char* kPath = "/.wsgilab/modules";
constexpr int kTriesForEachProcess = 8;

}  // namespace

Result<ModulesThere> ParseModules(std::string_view body) {
  try {
    const auto object = nlohmann::json::parse(body);
    return ModulesThere{object.at("pid").get<pid_t>(),
                        object.at("before_script").get<int>(),
                        object.at("by_script").get<int>(),
                        object.at("since").get<std::vector<std::string>>()};
  } catch (const nlohmann::json::exception& error) {
    return Error{ErrorKind::InvalidInput,
                 fmt::format("the list of modules is not understood: {}", error.what())};
  }
}

std::vector<std::string> NewNames(const std::vector<std::string>& before,
                                  const std::vector<std::string>& after) {
  const std::set<std::string_view> known(before.begin(), before.end());
  std::vector<std::string> names;
  for (const std::string& name : after) {
    if (!known.contains(name)) names.push_back(name);
  }
  return names;
}

std::optional<ModulesThere> ModuleWatch::Ask() {
  const int tries = processes_ == 1 ? 1 : kTriesForEachProcess * processes_;
  for (int time = 0; time < tries; ++time) {
    const auto answer = tour::Exchange(site_,
                                       load::FormatGet(site_.host(), site_.mount + kPath),
                                       hosts::base::Deadline::After(patience_));
    if (!answer || answer->status != 200) return std::nullopt;
    auto there = ParseModules(answer->body);
    if (!there) return std::nullopt;
    if (!process_ || process_ == there->pid) return std::move(*there);
  }
  return std::nullopt;
}

std::vector<std::string> ModuleWatch::News() {
  if (!last_) return {};
  auto now = Ask();
  if (!now) return {};
  std::vector<std::string> names = NewNames(last_->since, now->since);
  last_ = std::move(*now);
  return names;
}

void ModuleWatch::AfterFirstRequests(std::optional<pid_t> process) {
  process_ = process;
  last_ = Ask();
  if (last_) {
    process_ = last_->pid;
    seen_ = reports::record::Modules{last_->before_script, last_->by_script, last_->since, {}, {}};
  }
}

void ModuleWatch::AfterTour() {
  if (seen_) seen_->by_tour = News();
}

void ModuleWatch::AfterLoad() {
  if (seen_) seen_->by_load = News();
}

}  // namespace harness::run
