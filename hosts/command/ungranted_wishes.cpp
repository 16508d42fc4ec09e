#include "hosts/command/ungranted_wishes.h"

#include <fmt/format.h>

#include <cstdio>

#include "hosts/base/log.h"

namespace hosts::command {

using base::Log;
using base::LogLevel;

namespace {

std::string_view CodeOf(deployment::UngrantedWish::Kind kind) {
  using Kind = deployment::UngrantedWish::Kind;
  switch (kind) {
    case Kind::OwnGil:
      return "H0120";
    case Kind::FreeThreading:
      return "H0121";
    case Kind::FreeThreadingOfOneInterpreter:
      return "H0122";
  }
  return {};
}

}  // namespace

void WarnOfUngrantedWishes(const deployment::Deployment& deployment) {
  for (const auto& wish : deployment::UngrantedWishes(deployment)) {
    Log(LogLevel::Warning,
        CodeOf(wish.kind),
        "{} ({}:{})",
        wish.text,
        wish.origin.file,
        wish.origin.line);
  }
}

void PrintUngrantedWishes(const deployment::Deployment& deployment) {
  for (const auto& wish : deployment::UngrantedWishes(deployment)) {
    fmt::print(stderr,
               "wsgilab-host: {}:{}: warning: {}\n",
               wish.origin.file,
               wish.origin.line,
               wish.text);
  }
}

}  // namespace hosts::command
