// null_server: answers every GET at once, for generators that are compared (compare_generators.py). Prints its port;
// ends when its standard input does.

#include "harness/load/null_server.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>

namespace suites::micro {
namespace {

int Run(int count, char** words) {
  using harness::load::NullServer;
  const bool spins = count == 2 && std::strcmp(words[1], "--spin") == 0;
  if (count > 1 && !spins) {
    fmt::print(stderr, "usage: null_server [--spin]\n");
    return 2;
  }
  const auto server =
      NullServer::Start(spins ? NullServer::Waiting::Spinning : NullServer::Waiting::Asleep);
  if (!server) {
    fmt::print(stderr, "null_server: {}\n", server.error().Text());
    return 70;
  }
  fmt::print("{}\n", (*server)->port());
  std::fflush(stdout);
  char byte = 0;
  while (::read(STDIN_FILENO, &byte, 1) > 0) {
  }
  return 0;
}

}  // namespace
}  // namespace suites::micro

int main(int count, char** words) {
  return suites::micro::Run(count, words);
}
