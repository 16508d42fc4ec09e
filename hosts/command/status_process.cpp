#include "hosts/command/status_process.h"

#include <signal.h>
#include <sys/prctl.h>

#include <memory>
#include <utility>

#include "hosts/base/log.h"
#include "hosts/command/descriptors.h"
#include "hosts/command/loop_signals.h"
#include "hosts/command/status_service.h"
#include "hosts/daemon/generation.h"
#include "hosts/serving/http_connection.h"
#include "hosts/serving/listener.h"
#include "hosts/serving/loop.h"

namespace hosts::command {

namespace {

// Nothing here is worth waiting for.
constexpr auto kStopGrace = std::chrono::milliseconds(500);

void CloseWhatIsOthers(RunningServer& server) {
  DetachStandardInput();
  server.clients.clear();
  server.access_logs.clear();
  server.leave_notice.Close();
  server.KeepOnlyLog(0);
  for (auto& group : server.groups) {
    group.sockets.clear();
    group.board.reset();
    group.WipeToken();
  }
}

}  // namespace

int RunStatusProcess(RunningServer& server, StatusPage& page, const std::function<void()>& ready) {
  CloseWhatIsOthers(server);
  if (auto taken = daemon::TakeOn({server.identity, std::nullopt, {}, "/"}); !taken) {
    base::Log(base::LogLevel::Error, "H0110", "{}", taken.error().Text());
    return daemon::kCannotStart;
  }
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // forgotten when the user changed
  page.boards.OnlyRead();
  serving::Loop loop({.threads = 0, .stop_grace = kStopGrace});
  const LoopSignals signals(loop);
  using Hosts = StatusService::Hosts;
  StatusService service(page.boards, page.is_loopback ? Hosts::OfThisMachine : Hosts::Any);
  serving::HttpSettings settings;
  settings.limits.keep_alive = false;  // who keeps a connection keeps a process of before
  const serving::Listener listener(loop, page.socket.fd.get(), [&](base::UniqueFd socket) {
    return std::make_unique<serving::HttpConnection>(loop, service, settings, std::move(socket));
  });
  ready();
  (void)loop.Run({});
  return 0;
}

}  // namespace hosts::command
