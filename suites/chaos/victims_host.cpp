#include "suites/chaos/victims_host.h"

#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <utility>

#include "hosts/base/files.h"

namespace suites::chaos {

using hosts::base::Result;
using hosts_under_test::HostUnderTest;
using hosts_under_test::Stage;

namespace {

constexpr std::string_view kSource = R"(
import ctypes, os, signal, sys, threading, time

def endless():
    while True:
        pass

def keep_gil():
    ctypes.PyDLL(None).usleep(ctypes.c_uint(300000))

def hoard():
    global HOARD
    HOARD = [bytearray(1 << 20) for _ in range(50)]

def leave_thread():
    threading.Thread(target=time.sleep, args=(3600,)).start()

FAULTS = {
    '/segv': lambda: ctypes.string_at(0),
    '/abort': os.abort,
    '/os_exit': lambda: os._exit(3),
    '/sys_exit': lambda: sys.exit(3),
    '/raise': lambda: 1 / 0,
    '/endless': endless,
    '/gil': keep_gil,
    '/hoard': hoard,
    '/thread': leave_thread,
    '/close': lambda: os.closerange(3, 1000),
    '/chdir': lambda: os.chdir('/'),
    '/term': lambda: os.kill(os.getpid(), signal.SIGTERM),
    '/kill': lambda: os.kill(os.getpid(), signal.SIGKILL),
}

def application(environ, start_response):
    fault = FAULTS.get(environ['PATH_INFO'])
    if fault is not None:
        fault()
    size = len(environ['wsgi.input'].read())
    answer = f"{environ['QUERY_STRING']} {size}".encode()
    start_response('200 OK', [('Content-Type', 'text/plain'), ('Content-Length', str(len(answer)))])
    return [answer]
)";

constexpr std::array<std::string_view, 6> kBadLines{"WSGIScriptAlias /a",
                                                    "WSGIDaemonProcess x threds=3",
                                                    "WSGIDaemonProcess x python-home=/nowhere",
                                                    "WSGIDaemonProcess x user=nobody-of-that-name",
                                                    "ErrorLog /nowhere/error.log",
                                                    "</VirtualHost>"};

// A title that starts with the group's name is how its processes are told from others.
std::string ConfigurationOf(const Numbers& numbers) {
  return fmt::format(
      "StartServers {0}\nThreadsPerChild 4\nTimeout 15\nKeepAliveTimeout 5\n"
      "WSGISocketPrefix {{stage}}/sockets/s\n"
      "WSGIDaemonProcess victim processes={1} threads={3} display-name=chaos-victim "
      "deadlock-timeout=2 request-timeout=2 interrupt-timeout=1 graceful-timeout=2 "
      "shutdown-timeout=2 maximum-requests=2000\n"
      "WSGIDaemonProcess calm processes={2} threads={3} display-name=chaos-calm "
      "connect-timeout=50 socket-timeout=50 graceful-timeout=5 shutdown-timeout=5 "
      "maximum-requests=3000\n"
      "WSGIScriptAlias /victim {{stage}}/victim.wsgi process-group=victim "
      "application-group=%{{GLOBAL}}\n"
      "WSGIScriptAlias /calm {{stage}}/calm.wsgi process-group=calm application-group=%{{GLOBAL}}\n"
      "WSGIScriptAlias /embedded {{stage}}/embedded.wsgi process-group=%{{GLOBAL}} "
      "application-group=%{{GLOBAL}}\n",
      numbers.servers,
      numbers.victims,
      numbers.calm,
      numbers.threads);
}

Result<void> Written(Result<std::filesystem::path> written) {
  if (!written) return written.error();
  return {};
}

// By renaming: nobody sees half of it.
Result<void> Replace(const Stage& stage, const std::string& name, const std::string& text) {
  auto beside = stage.Write(name + ".next", text);
  if (!beside) return beside.error();
  std::error_code problem;
  std::filesystem::rename(*beside, stage.path(name), problem);
  if (problem) return hosts::base::SystemError("rename " + name, problem.value());
  return {};
}

}  // namespace

Numbers NumbersFrom(std::uint32_t which) {
  constexpr std::uint32_t kMost = 3;
  const auto digit = [&which] {
    const auto value = static_cast<int>(which % kMost) + 1;
    which /= kMost;
    return value;
  };
  Numbers numbers;
  numbers.servers = digit();
  numbers.victims = digit();
  numbers.calm = digit();
  numbers.threads = digit() + 1;
  return numbers;
}

const std::vector<std::string>& Faults() {
  static const std::vector<std::string> faults{"/segv",
                                               "/abort",
                                               "/os_exit",
                                               "/sys_exit",
                                               "/raise",
                                               "/endless",
                                               "/gil",
                                               "/hoard",
                                               "/thread",
                                               "/close",
                                               "/chdir",
                                               "/term",
                                               "/kill"};
  return faults;
}

Result<VictimsHost> VictimsHost::Start(const std::string& calm) {
  auto stage = Stage::Make();
  if (!stage) return stage.error();
  const std::string source(kSource);
  for (const auto& [name, text] : {std::pair<std::string, std::string>{"victim.wsgi", source},
                                   {"calm.wsgi", calm.empty() ? source : calm},
                                   {"embedded.wsgi", source}}) {
    if (auto written = Written(stage->Write(name, text)); !written) return written.error();
  }
  std::error_code problem;
  std::filesystem::create_directory(stage->path("sockets"), problem);
  if (problem) return hosts::base::SystemError("a directory for sockets", problem.value());
  auto host = HostUnderTest::Start(*stage, ConfigurationOf(Numbers()));
  if (!host) return host.error();
  return VictimsHost(std::move(*stage), std::move(*host), calm.empty() ? source : calm);
}

pid_t VictimsHost::One(const std::string& group, std::uint32_t which) const {
  const std::string title = "chaos-" + group;
  std::vector<pid_t> found;
  for (const pid_t pid : host_.Children()) {
    const auto line = hosts::base::ReadFile(fmt::format("/proc/{}/cmdline", pid));
    if (!line) continue;
    const bool is_groups = line->starts_with("chaos-");
    if (group.empty() ? !is_groups : line->starts_with(title)) found.push_back(pid);
  }
  return found.empty() ? 0 : found[which % found.size()];
}

std::size_t VictimsHost::SocketFiles() const {
  std::error_code problem;
  std::filesystem::directory_iterator files(stage_.path("sockets"), problem);
  return static_cast<std::size_t>(
      std::ranges::count_if(files, [](const auto& file) { return file.is_socket(); }));
}

Result<void> VictimsHost::Restart(const Numbers& numbers, int signal) {
  numbers_ = numbers;
  auto written = HostUnderTest::Rewrite(stage_, ConfigurationOf(numbers_));
  if (written) ::kill(host_.supervisor(), signal);
  return written;
}

Result<void> VictimsHost::RestartBadly(std::uint32_t which) {
  const auto bad =
      fmt::format("{}{}\n", ConfigurationOf(numbers_), kBadLines[which % kBadLines.size()]);
  auto written = HostUnderTest::Rewrite(stage_, bad);
  if (written) ::kill(host_.supervisor(), SIGHUP);
  return written;
}

Result<void> VictimsHost::BreakVictim() {
  return Replace(stage_, "victim.wsgi", "raise RuntimeError('broken on purpose')\n");
}

Result<void> VictimsHost::Rewrite(const std::string& application) {
  const std::string text = application == "calm" ? calm_ : std::string(kSource);
  return Replace(
      stage_, application + ".wsgi", fmt::format("{}\nVERSION = {}\n", text, ++version_));
}

}  // namespace suites::chaos
