#include "suites/hosting/changing_script.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <sstream>

#include "hosts/base/files.h"
#include "suites/hosting/held_requests.h"
#include "suites/hosts_under_test/check.h"

namespace suites::hosting {

using hosts_under_test::Need;

namespace {

constexpr std::string_view kHelper = "import os\nLOAD = os.urandom(4).hex()\n";

// /wait is held (held_requests.h); /unread answers without its body.
constexpr std::string_view kSource = R"(
import hashlib, os, sys
if HERE not in sys.path:
    sys.path.insert(0, HERE)
import helper
LOAD = os.urandom(4).hex()
if VERSION == 1:
    LEFT_OVER = 'left'
def application(environ, start_response):
    if environ['PATH_INFO'] == '/wait':
        wait()
    body = b'' if environ['PATH_INFO'] == '/unread' else environ['wsgi.input'].read()
    left_over = globals().get('LEFT_OVER', 'none')
    answer = (f"{VERSION} {os.getpid()} {LOAD} {helper.LOAD} {left_over} "
              f"{len(body)}-{hashlib.md5(body).hexdigest()}").encode()
    start_response('200 OK', [('Content-Length', str(len(answer)))])
    return [answer]
handle_request = application
)";

}  // namespace

VersionAnswer ParseVersionAnswer(const client::Answer& answer) {
  VersionAnswer parsed;
  parsed.status = answer.status;
  std::istringstream words(answer.body);
  words >> parsed.version >> parsed.pid >> parsed.load >> parsed.helper_load >> parsed.left_over >>
      parsed.body;
  return parsed;
}

ChangingScript::ChangingScript(const hosts_under_test::Stage& stage,
                               std::string_view name,
                               std::string more)
    : path_(stage.path(fmt::format("{}.wsgi", name))), more_(std::move(more)) {
  (void)Need(stage.Write("helper.py", kHelper));
  Write(Source());
}

int ChangingScript::Change() {
  ++version_;
  Write(Source());
  return version_;
}

int ChangingScript::Break() {
  ++version_;
  Write("raise RuntimeError('broken on purpose')\n");
  return version_;
}

std::string ChangingScript::Source() const {
  return fmt::format("VERSION = {}{}{}{}", version_, kWaitInPython, kSource, more_);
}

void ChangingScript::Write(std::string_view source) const {
  constexpr int kHours = 97;  // now later, now earlier than the one before, and never the same
  const auto beside = path_.parent_path() / (path_.filename().string() + ".next");
  Need(hosts::base::WriteFile(beside, source));
  const timespec time{1'600'000'000 + version_ * 37 % kHours * 3600, version_};
  const timespec times[2] = {time, time};
  if (::utimensat(AT_FDCWD, beside.c_str(), times, 0) != 0 ||
      ::rename(beside.c_str(), path_.c_str()) != 0) {
    hosts_under_test::EndCheck(hosts::base::SystemError("a script cannot be changed"));
  }
}

void ChangingScript::Touch(timespec changed_at) const {
  const timespec times[2] = {changed_at, changed_at};
  if (::utimensat(AT_FDCWD, path_.c_str(), times, 0) != 0) {
    hosts_under_test::EndCheck(hosts::base::SystemError("a script cannot be touched"));
  }
}

}  // namespace suites::hosting
