#include "hosts/applications/dispatcher.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "hosts/applications/process_state.h"
#include "hosts/base/check.h"

namespace hosts::applications {

namespace {

// What is written into the pipe: a signal's number, or one of these.
constexpr unsigned char kEnd = 0;
constexpr unsigned char kNothingMore = 255;

void Put(int fd, unsigned char byte) {
  [[maybe_unused]] const ssize_t written = ::write(fd, &byte, 1);
}

// "SIGUSR2"
std::string NameOfSignal(int number) {
  const char* name = ::sigabbrev_np(number);
  return name != nullptr ? std::string("SIG") + name : std::to_string(number);
}

}  // namespace

Dispatcher::Dispatcher(ApplicationProcess& process) : process_(process) {
  int ends[2] = {-1, -1};
  CHECK(::pipe2(ends, O_CLOEXEC) == 0, "no pipe for the dispatcher");
  read_ = base::UniqueFd(ends[0]);
  write_ = base::UniqueFd(ends[1]);
  CHECK(::fcntl(ends[1], F_SETFL, O_NONBLOCK) == 0, "no flag for the dispatcher's pipe");
  thread_ = std::thread([this] { Run(); });
}

Dispatcher::~Dispatcher() {
  Put(write_.get(), kNothingMore);
  thread_.join();
}

void Dispatcher::TellSignal(int number) const {
  Put(write_.get(), static_cast<unsigned char>(number));
}

void Dispatcher::TellEnd(std::string_view shutdown_reason) {
  {
    const std::lock_guard lock(mutex_);
    shutdown_reason_ = shutdown_reason;
  }
  Put(write_.get(), kEnd);
}

void Dispatcher::Run() {
  interpreters::WorkerStates states(*process_.state_->pool,
                                    interpreters::WorkerStates::Thread::Other);
  unsigned char byte = 0;
  while (true) {
    const ssize_t size = ::read(read_.get(), &byte, 1);
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0 || byte == kNothingMore) return;
    if (byte != kEnd) {
      process_.state_->PublishSignal(states, byte, NameOfSignal(byte));
      continue;
    }
    std::string reason;
    {
      const std::lock_guard lock(mutex_);
      reason = shutdown_reason_;
    }
    process_.state_->PublishEnd(states, reason);
    return;
  }
}

}  // namespace hosts::applications
