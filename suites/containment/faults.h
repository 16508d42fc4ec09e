#pragma once
// Fault:      one thing that an application may do to its process, as data: the Python that does it, what its group
//             is told as a remedy, and what the rules allow to come of it.
// FaultTable: all of them. The checks play each row; page.h makes a page for people of the same rows.
//
// What the rules never allow is no column: a request of another group or of an embedded application that is lost,
// another process there, a state of theirs that has changed, a process or descriptor too many afterwards.

#include <ostream>
#include <span>
#include <string_view>
#include <vector>

namespace suites::containment {

// Of the process in which it happens.
enum class Fate {
  LivesOn,
  IsReplaced,  // it ends, and another one is started
};

// Who sees to it that a process ends when it cannot go on, or is told to. ByTheEngine: of mod_wsgi it is chance whether it ends,
// or lives on and answers nobody until whoever runs the server kills it.
enum class Ends { ByRule, ByTheEngine };

// What the next request of a process that lives on finds of it: in directory, umask, signals, environment, limits,
// priority and locale.
enum class Trace {
  None,
  Left,
  OfItsThread,  // another thread finds none
};

// What the check does when the fault has been answered, as whoever runs the server would.
enum class Afterwards {
  Nothing,
  Terminate,  // SIGTERM to the process: its successor must be as the first one was
  Kill,       // SIGKILL to the process: as above
  Continue,   // SIGCONT to the process: it must serve
};

enum class Needs { Nothing, NoSanitizer, Root, RootAndNoSanitizer };

struct Fault {
  std::string_view name;
  std::string_view what;   // the application ...
  std::string_view rules;  // of the specification, which allow what comes of it
  std::string_view python;
  std::string_view remedy = {};  // options of its group, without which it would last
  int status = 502;              // of its request
  int beside = 502;              // of a request that is inside the same process meanwhile
  int beside_too = 0;  // what mod_wsgi may answer it as well: it interrupts one request at a time
  Fate fate = Fate::IsReplaced;
  Ends ends = Ends::ByRule;
  Trace trace = Trace::None;
  Afterwards afterwards = Afterwards::Nothing;
  std::vector<std::string_view> logged = {};  // codes, "H0131: and words of that line"
  std::string_view remark = {};               // for the page
  Needs needs = Needs::Nothing;
};

[[nodiscard]] std::span<const Fault> FaultTable();
void PrintTo(const Fault& fault, std::ostream* out);

}  // namespace suites::containment
