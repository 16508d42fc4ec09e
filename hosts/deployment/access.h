#pragma once
// Access: who may be served (Require …), as a tree of demands. Demands that only other modules can
// judge (users, groups) are kept and judged Unknown.
//
// Several demands of one scope without a container: one of them suffices, as Apache says.
//
// Source:  LOAD-6.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hosts/expressions/expression.h"

namespace hosts::deployment {

struct Demand {
  enum class Kind {
    AllGranted,  // Require all granted
    AllDenied,
    Local,       // Require local: the client is this machine
    Address,     // Require ip …: arguments are addresses, networks, or the beginning of one
    Method,      // Require method GET …
    Variable,    // Require env NAME …: SetEnvIf or its kin set one of them
    Expression,  // Require expr …
    Foreign,     // anything else
    AllOf,       // <RequireAll>
    AnyOf,       // <RequireAny>
    NoneOf,      // <RequireNone>
    Limit,       // <Limit GET …>: the inner demands are there for these methods only
    LimitExcept,
  };
  Kind kind = Kind::AllDenied;
  bool is_negated = false;  // Require not …
  std::vector<std::string> arguments = {};
  std::vector<Demand> inner = {};
  std::optional<expressions::Expression> expression = {};
};

// Order, Allow and Deny of Apache 2.2: who is allowed and who is denied, as addresses; "all" is
// everybody. What is neither depends on the order; so does what is both.
struct OldAccess {
  bool allows_by_default = true;  // Order Deny,Allow
  std::vector<Demand> allowed;
  std::vector<Demand> denied;
};

struct Access {
  Demand demand{.kind = Demand::Kind::AnyOf};
  std::optional<OldAccess> old = {};  // if there is both, both must grant
};

// Unknown: the answer depends on what this engine cannot judge.
enum class Judgement { Granted, Denied, Unknown };

struct Client {
  std::string_view address;
  std::string_view local_address;
  std::string_view method;
  expressions::Values* values = nullptr;  // what env and expr ask; null: nothing is known
};

[[nodiscard]] Judgement Judge(const Access& access, const Client& client);

// It says the same to every client and every method.
[[nodiscard]] bool IsForEverybody(const Access& access);

// As it is written: "all granted", "any of (ip 10.0.0.0/8, local)".
[[nodiscard]] std::string AsWritten(const Access& access);

}  // namespace hosts::deployment
