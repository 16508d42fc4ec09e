#pragma once
// DeviationTable: where the engine does something else than mod_wsgi, a row for each: what mod_wsgi
//                 does, what the engine does, and why.
//
// A row that bears on something a configuration says is shown by `explain` where it bears
// (hosts/explain/bearing.h). The others say so themselves: what Seen::WhenRead is told by the error or
// the warning when the configuration is read, and of what is Seen::InTheTable no configuration tells.
//
// Threads: constant data.

#include <string_view>
#include <vector>

namespace hosts::deviations {

enum class Kind {
  OnPurpose,
  NotYet,  // the engine ought to do as mod_wsgi does
};

// What a row is about.
enum class Bearing {
  DefaultInterpreterName,
  SeveralInterpreters,
  MainBesideOthers,
  SubInterpreter,
  DaemonGroup,
  NoRequire,
  EncodedSlash,
  ForeignHandler,
  RepeatedSlashes,
  ForeignCondition,
  AddressCondition,
  HeaderCondition,
  RequireExpression,
  RandomHashes,
  FreeThreading,
  SwitchInterval,
  ForwardedPort,
  DispatchScript,
  ForeignDirectives,
  Refused,     // the configuration is an error, or there is a warning
  Reading,     // how lines are read that are not kept
  ProcessEnd,  // when a process ends, and how
  Request,     // what comes over the wire, and when
  Application  // what an application answers
};

enum class Seen { InExplain, WhenRead, InTheTable };
[[nodiscard]] Seen SeenWhere(Bearing bearing);

// "daemon processes": for people.
[[nodiscard]] std::string_view InWords(Bearing bearing);
[[nodiscard]] std::string_view InWords(Kind kind);

struct Deviation {
  std::string_view id;     // "busy-process-is-passed-over": the row's own
  std::string_view rules;  // "DAEMON-3"
  Kind kind = Kind::OnPurpose;
  Bearing bears_on = Bearing::Request;
  std::string_view theirs;  // Markdown, without links
  std::string_view ours;
  std::string_view why;
  std::string_view clause = {};  // ours, for `explain`, which says InWords(bears_on) before it
};

// In the order in which people read them.
[[nodiscard]] const std::vector<Deviation>& DeviationTable();

}  // namespace hosts::deviations
