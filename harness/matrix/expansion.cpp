#include "harness/matrix/expansion.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <regex>

#include "harness/matrix/mode_names.h"

namespace harness::matrix {

using hosts::base::Error;
using hosts::base::ErrorKind;
using hosts::base::Result;

namespace {

bool Passes(const std::vector<std::string>& patterns, const std::string& name) {
  return patterns.empty() ||
         std::any_of(patterns.begin(), patterns.end(), [&name](const std::string& pattern) {
           return Matches(pattern, name);
         });
}

// A pattern that fits no name at all is a slip of the pen, not a wish for nothing.
Result<void> RefuseStrangers(std::string_view what,
                             const std::vector<std::string>& patterns,
                             const std::vector<std::string>& names) {
  for (const std::string& pattern : patterns) {
    const bool fits = std::any_of(names.begin(), names.end(), [&pattern](const std::string& name) {
      return Matches(pattern, name);
    });
    if (fits) continue;
    return Error{
        ErrorKind::InvalidInput,
        fmt::format("no {} is called '{}': there are {}", what, pattern, fmt::join(names, ", "))};
  }
  return {};
}

Result<std::regex> Compile(const std::string& pattern) {
  try {
    return std::regex(pattern);
  } catch (const std::regex_error& error) {
    return Error{ErrorKind::InvalidInput,
                 fmt::format("'{}' is no regular expression: {}", pattern, error.what())};
  }
}

Result<void> CheckNames(const std::vector<MatrixHost>& hosts,
                        const std::vector<App>& apps,
                        const Filter& filter) {
  std::vector<std::string> names;
  for (const MatrixHost& host : hosts)
    names.push_back(host.name);
  if (auto known = RefuseStrangers("host", filter.hosts, names); !known) return known;
  names.clear();
  for (const hosts::deployment::Mode& mode : hosts::deployment::AllModes())
    names.push_back(Name(mode));
  if (auto known = RefuseStrangers("mode", filter.modes, names); !known) return known;
  names.clear();
  for (const App& app : apps)
    names.push_back(app.name);
  return RefuseStrangers("app", filter.apps, names);
}

}  // namespace

std::string Cell::id() const {
  return fmt::format("{}/{}/{}", host, Name(mode), app.name);
}

Result<Expansion> Expand(const std::vector<MatrixHost>& hosts,
                         const std::vector<App>& apps,
                         const Filter& filter) {
  if (const auto known = CheckNames(hosts, apps, filter); !known) return known.error();
  const auto id_regex = Compile(filter.id_regex);
  if (!id_regex) return id_regex.error();
  Expansion expansion;
  for (const MatrixHost& host : hosts) {
    if (!Passes(filter.hosts, host.name)) continue;
    for (const hosts::deployment::Mode& mode : hosts::deployment::AllModes()) {
      const std::string name = Name(mode);
      if (!Passes(filter.modes, name)) continue;
      const auto why_not = host.why_not_offered(mode);
      if (why_not && IsOnlyWhereOffered(mode) && filter.modes.empty()) continue;
      for (const App& app : apps) {
        const std::string id = fmt::format("{}/{}/{}", host.name, name, app.name);
        if (!Passes(filter.apps, app.name) || !std::regex_search(id, *id_regex)) continue;
        if (why_not) {
          expansion.not_offered.push_back({id, *why_not});
        } else {
          expansion.cells.push_back({host.name, mode, app});
        }
      }
    }
  }
  return expansion;
}

}  // namespace harness::matrix
