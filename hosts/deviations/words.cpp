// What the table's columns are called, for people.

#include "hosts/deviations/table.h"

namespace hosts::deviations {

Seen SeenWhere(Bearing bearing) {
  switch (bearing) {
    case Bearing::Refused:
      return Seen::WhenRead;
    case Bearing::Reading:
    case Bearing::ProcessEnd:
    case Bearing::Request:
    case Bearing::Application:
      return Seen::InTheTable;
    default:
      return Seen::InExplain;
  }
}

std::string_view InWords(Bearing bearing) {
  switch (bearing) {
    case Bearing::DefaultInterpreterName:
      return "an interpreter with the default name";
    case Bearing::SeveralInterpreters:
      return "several interpreters in a process";
    case Bearing::MainBesideOthers:
      return "the main interpreter beside others";
    case Bearing::SubInterpreter:
      return "a sub-interpreter";
    case Bearing::DaemonGroup:
      return "daemon processes";
    case Bearing::NoRequire:
      return "no Require";
    case Bearing::EncodedSlash:
      return "an encoded slash";
    case Bearing::ForeignHandler:
      return "a script for another module's handler";
    case Bearing::RepeatedSlashes:
      return "MergeSlashes";
    case Bearing::ForeignCondition:
      return "a condition that asks other modules";
    case Bearing::AddressCondition:
      return "a condition that asks for an address";
    case Bearing::HeaderCondition:
      return "a condition that asks for a header";
    case Bearing::RequireExpression:
      return "Require expr";
    case Bearing::RandomHashes:
      return "WSGIPythonHashSeed random";
    case Bearing::FreeThreading:
      return "WSGIFreeThreading On";
    case Bearing::SwitchInterval:
      return "a switch interval";
    case Bearing::ForwardedPort:
      return "X-Forwarded-Port";
    case Bearing::DispatchScript:
      return "a dispatch script";
    case Bearing::ForeignDirectives:
      return "directives of other modules";
    case Bearing::Refused:
      return "what the engine refuses or warns of";
    case Bearing::Reading:
      return "how lines are read";
    case Bearing::ProcessEnd:
      return "when a daemon process ends";
    case Bearing::Request:
      return "what comes over the wire";
    case Bearing::Application:
      return "what the application answers";
  }
  return {};
}

std::string_view InWords(Kind kind) {
  return kind == Kind::OnPurpose ? "on purpose" : "not yet";
}

}  // namespace hosts::deviations
