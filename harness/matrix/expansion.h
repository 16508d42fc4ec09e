#pragma once
// Cell:      host x mode x app: what is launched, checked, measured and reported.
// Expansion: the cells of a run, and those that were asked for and are not offered, with the reason.
//
// Fails:   InvalidInput when a name was asked for that no host, mode or app has.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "harness/matrix/app.h"
#include "hosts/base/result.h"
#include "hosts/deployment/modes.h"

namespace harness::matrix {

struct Cell {
  std::string host;
  hosts::deployment::Mode mode;
  App app;

  // "engine/daemon/sub/preload/django_accounts"
  [[nodiscard]] std::string id() const;
};

struct NotOffered {
  std::string id;
  std::string reason;
};

// Empty lists let everything pass. Hosts, modes and apps are patterns with * and ?.
struct Filter {
  std::vector<std::string> hosts;
  std::vector<std::string> modes;
  std::vector<std::string> apps;
  std::string id_regex;  // -k: found anywhere in the id

  [[nodiscard]] bool narrows() const {
    return !hosts.empty() || !modes.empty() || !apps.empty() || !id_regex.empty();
  }
};

// A host as the matrix knows it: its name, and why it has not a mode.
struct MatrixHost {
  std::string name;
  std::function<std::optional<std::string>(const hosts::deployment::Mode&)> why_not_offered;
};

struct Expansion {
  std::vector<Cell> cells;
  std::vector<NotOffered> not_offered;
};

[[nodiscard]] hosts::base::Result<Expansion> Expand(const std::vector<MatrixHost>& hosts,
                                                    const std::vector<App>& apps,
                                                    const Filter& filter);

}  // namespace harness::matrix
