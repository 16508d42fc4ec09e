// limit_server: the limit that the engine is compared with: a bare event loop around a WSGI call.
//
//   limit_server SCRIPT CALLABLE PORT
//
// listens on 127.0.0.1, says the port on standard output, and ends at SIGTERM. It is one of the peers of
// scripts/compare-hosts.

#include <fmt/format.h>
#include <signal.h>

#include <cstdio>
#include <string>
#include <utility>

#include "hosts/base/handled_signals.h"
#include "hosts/base/numbers.h"
#include "hosts/micro/bare_call.h"
#include "hosts/micro/bare_loop.h"
#include "hosts/python/error.h"
#include "hosts/python/runtime.h"

namespace hosts::micro {
namespace {

constexpr int kUsage = 2;

int Fail(const std::string& why) {
  fmt::print(stderr, "limit_server: {}\n", why);
  return 1;
}

// The GIL is never let go: nobody else wants it.
base::Result<void> Serve(const python::Attached& attached,
                         const std::string& script,
                         const std::string& callable,
                         int port) {
  try {
    BareCall call(attached, LoadApplication(attached, script, callable));
    BareLoop loop([&](const exchange::RequestHead& head, std::string& out) {
      const auto path = head.target.substr(0, head.target.find('?'));
      call.Call(attached, head.method, path, head.query, out);
    });
    const auto listening = loop.Listen(port);
    if (!listening) return listening.error();
    const base::HandledSignals stop({SIGTERM, SIGINT}, [&loop](int) { loop.RequestStop(); });
    fmt::print("127.0.0.1:{}\n", *listening);
    std::fflush(stdout);
    loop.Run();
    return {};
  } catch (const python::PythonError& error) {
    std::string lines;
    for (const std::string& line : error.Describe(attached).lines)
      lines += line + '\n';
    return base::Error{base::ErrorKind::InvalidInput, lines};
  }
}

int Main(const std::string& script, const std::string& callable, int port) {
  const auto runtime = python::Runtime::Start();
  if (!runtime) return Fail(runtime.error().Text());
  const python::Attached attached((*runtime)->starting_thread());
  const auto served = Serve(attached, script, callable, port);
  return served ? 0 : Fail(served.error().Text());
}

}  // namespace
}  // namespace hosts::micro

int main(int count, char** words) {
  const auto port = count == 4 ? hosts::base::ParseWhole<std::uint16_t>(words[3]) : std::nullopt;
  if (!port) {
    fmt::print(stderr, "usage: limit_server SCRIPT CALLABLE PORT\n");
    return hosts::micro::kUsage;
  }
  return hosts::micro::Main(words[1], words[2], *port);
}
