#pragma once
// Place: where the application of a check runs: in the server or in a daemon process, in the main
// interpreter or in a sub-interpreter.

#include <ostream>
#include <string>
#include <string_view>

#include "hosts/deployment/modes.h"

namespace suites::hosts_under_test {

struct Place {
  hosts::deployment::ProcessKind process = hosts::deployment::ProcessKind::Embedded;
  hosts::deployment::InterpreterKind interpreter = hosts::deployment::InterpreterKind::Main;
};

inline constexpr Place kPlaces[] = {
    {hosts::deployment::ProcessKind::Embedded, hosts::deployment::InterpreterKind::Main},
    {hosts::deployment::ProcessKind::Embedded, hosts::deployment::InterpreterKind::Sub},
    {hosts::deployment::ProcessKind::Daemon, hosts::deployment::InterpreterKind::Main},
    {hosts::deployment::ProcessKind::Daemon, hosts::deployment::InterpreterKind::Sub},
};
// Where the interpreter cannot matter: the rule is about what passes between client and host.
inline constexpr Place kPlacesMain[] = {kPlaces[0], kPlaces[2]};

[[nodiscard]] std::string NameOf(const Place& place);  // "daemon_sub"
[[nodiscard]] std::string ModeOf(const Place& place);  // "daemon/sub"
void PrintTo(const Place& place, std::ostream* out);

// Ends the check, as not applicable, if the chosen host has no such place, or reads no directives and these are some.
void EndUnlessOffered(const Place& place, std::string_view directives);

// Whether a rule is one of a PEP or an RFC ("RFC 9112, 9.3"), and not one of mod_wsgi's hosting ("ENV-43").
[[nodiscard]] bool IsOfAStandard(std::string_view rule);
// Ends the check, as not applicable, if the chosen host is not held to the rule: one that reads no directives is held to
// those of standards alone.
void EndUnlessHeldTo(std::string_view rule);
// What the chosen host is held to where a standard says the same as a rule of mod_wsgi's: the rule, if it reads directives;
// otherwise the standard. standard: "" where none does.
[[nodiscard]] std::string_view RuleFor(std::string_view rule, std::string_view standard);
// Ends the check, as not applicable, unless the engine is chosen: of what the standard leaves to each host, and the engine
// has decided. choice: what that is; "" is nothing.
void EndIfFreeToChoose(std::string_view choice);

// The directives that place what follows there; the daemon processes are the group `one`, the
// sub-interpreter is the application group `sub`.
[[nodiscard]] std::string PlacedIn(const Place& place);

}  // namespace suites::hosts_under_test
