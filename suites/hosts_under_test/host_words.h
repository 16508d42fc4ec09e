#pragma once
// What the chosen host says in its log, and answers, where a rule leaves that to the host: LOG-7 has the words of mod_wsgi.
//
// `reason`: a value of shutdown_reason (SHUT-5).
//
// Threads: any.

#include <string>
#include <string_view>

namespace suites::hosts_under_test {

// A process comes to its end for this reason, at once or later.
[[nodiscard]] std::string WordsOf(std::string_view reason);
// It begins to end.
[[nodiscard]] std::string WordsOfEnd(std::string_view reason);
// It will end when no request is inside.
[[nodiscard]] std::string WordsOfDrain(std::string_view reason);
// It begins to end, for whichever reason.
[[nodiscard]] std::string_view WordsOfAnyEnd();
// It did not end by itself in the time it had, and was ended by force.
[[nodiscard]] std::string_view WordsOfAbort();
// It has changed scripts to load, and sends a request on to its successor (RELOAD-3).
[[nodiscard]] std::string_view WordsOfRefusal();
// A request has been sent on as often as is allowed (ERR-27).
[[nodiscard]] std::string_view WordsOfTooManyRefusals();
// A process has ended, for whichever reason.
[[nodiscard]] std::string_view WordsOfAnEndedProcess();
// Python does not start in a process.
[[nodiscard]] std::string_view WordsOfNoPython();
// A request has waited for too long and is not run.
[[nodiscard]] std::string_view WordsOfQueueTimeout();

// What a client is answered whose process died before its answer began (ERR-24).
[[nodiscard]] int StatusOfADeath();

// How many threads a process of the server needs for `wanted` requests at once of `clients` that keep their connections:
// Apache closes connections that are kept, when it has no idle thread, under a client that writes.
[[nodiscard]] int ThreadsPerChildFor(int wanted, int clients);

}  // namespace suites::hosts_under_test
