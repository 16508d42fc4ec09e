#include "hosts/applications/dispatcher.h"

#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "hosts/applications/process_state.h"
#include "hosts/base/check.h"

namespace hosts::applications {

namespace {

// Bits beside those of the signals, which begin with 1.
constexpr std::uint64_t kEnd = 1;
constexpr int kFirstSignal = 1;
constexpr int kLastSignal = 62;
constexpr std::uint64_t kNothingMore = std::uint64_t{1} << 63U;

std::uint64_t BitOf(int signal) {
  return std::uint64_t{1} << static_cast<unsigned>(signal);
}

// "SIGUSR2"
std::string NameOfSignal(int number) {
  const char* name = ::sigabbrev_np(number);
  return name != nullptr ? std::string("SIG") + name : std::to_string(number);
}

}  // namespace

Dispatcher::Dispatcher(ApplicationProcess& process)
    : process_(process), wake_(::eventfd(0, EFD_CLOEXEC)) {
  CHECK(wake_.is_open(), "no eventfd for the dispatcher");
  thread_ = std::thread([this] { Run(); });
}

Dispatcher::~Dispatcher() {
  Ask(kNothingMore);
  thread_.join();
}

void Dispatcher::Ask(std::uint64_t what) const {
  asked_.fetch_or(what);
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = ::write(wake_.get(), &one, sizeof one);
}

void Dispatcher::TellSignal(int number) const {
  Ask(BitOf(number));
}

void Dispatcher::TellEnd(std::string_view shutdown_reason) {
  {
    const std::lock_guard lock(mutex_);
    shutdown_reason_ = shutdown_reason;
  }
  Ask(kEnd);
}

void Dispatcher::Run() {
  interpreters::WorkerStates states(*process_.state_->pool,
                                    interpreters::WorkerStates::Thread::Other);
  while (true) {
    std::uint64_t written = 0;
    if (::read(wake_.get(), &written, sizeof written) < 0 && errno != EINTR) return;
    const std::uint64_t asked = asked_.exchange(0);
    for (int signal = kFirstSignal; signal <= kLastSignal; ++signal) {
      if ((asked & BitOf(signal)) != 0) {
        process_.state_->PublishSignal(states, signal, NameOfSignal(signal));
      }
    }
    if ((asked & kEnd) != 0) {
      const std::string reason = [this] {
        const std::lock_guard lock(mutex_);
        return shutdown_reason_;
      }();
      process_.state_->PublishEnd(states, reason);
      return;
    }
    if ((asked & kNothingMore) != 0) return;
  }
}

}  // namespace hosts::applications
