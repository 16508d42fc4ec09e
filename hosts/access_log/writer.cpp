#include "hosts/access_log/writer.h"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "hosts/base/deadline.h"
#include "hosts/base/log.h"

namespace hosts::access_log {

namespace {

constexpr std::string_view kTooSlow = "it is not written as fast as requests come";

std::uint64_t LinesIn(std::string_view text) {
  return static_cast<std::uint64_t>(std::ranges::count(text, '\n'));
}

// A thread that is made while it lives gets no signals: they are for the process's own threads.
class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t all;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;
  ~SignalsBlocked() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_{};
};

}  // namespace

Writer::Writer(const std::vector<OpenFile>& files) : Writer(files, Limits()) {}

Writer::Writer(const std::vector<OpenFile>& files, const Limits& limits) : limits_(limits) {
  for (const OpenFile& file : files)
    files_.push_back({.open = file, .waiting = {}});
  const SignalsBlocked blocked;
  thread_ = std::thread([this] { Run(); });
}

void Writer::Append(std::size_t file_number, std::string_view lines) {
  bool is_first = false;
  bool becomes_enough = false;
  {
    const std::lock_guard lock(mutex_);
    File& file = files_[file_number];
    if (file.waiting.size() + lines.size() > limits_.waiting_bytes) {
      file.lost += LinesIn(lines);
      return;
    }
    file.waiting += lines;
    is_first = !std::exchange(is_any_, true);
    becomes_enough = file.waiting.size() >= limits_.batch_bytes && !std::exchange(is_enough_, true);
  }
  if (is_first || becomes_enough) changed_.notify_one();
}

void Writer::Stop() {
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
  }
  changed_.notify_one();
  if (thread_.joinable()) thread_.join();
}

std::uint64_t Writer::lost() {
  const std::lock_guard lock(mutex_);
  std::uint64_t lost = 0;
  for (const File& file : files_)
    lost += file.lost;
  return lost;
}

void Writer::Run() {
  bool is_written = true;
  auto told_at = base::Clock::time_point();
  constexpr std::chrono::seconds kTellAgain{1};
  while (true) {
    {
      std::unique_lock lock(mutex_);
      if (is_written) changed_.wait(lock, [this] { return is_any_ || is_stopping_; });
      changed_.wait_for(
          lock, limits_.gather, [&] { return is_stopping_ || (is_enough_ && is_written); });
      if (is_stopping_) break;
      is_any_ = is_enough_ = false;
    }
    is_written = WriteAll();
    if (const auto now = base::Clock::now(); now - told_at >= kTellAgain) {
      TellLost();
      told_at = now;
    }
  }
  const auto deadline = base::Deadline::After(limits_.last_words);
  while (!WriteAll() && !deadline.has_passed()) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, limits_.gather / 10);
  }
  for (File& file : files_) {
    GiveUp(file, kTooSlow);
    const std::lock_guard lock(mutex_);
    file.lost += LinesIn(std::exchange(file.waiting, {}));
  }
  TellLost();
}

bool Writer::WriteAll() {
  bool is_all = true;
  for (File& file : files_) {
    if (!Write(file)) {  // of the batch before
      is_all = false;
      continue;
    }
    {
      const std::lock_guard lock(mutex_);
      std::swap(file.writing, file.waiting);
    }
    if (!Write(file)) is_all = false;
  }
  return is_all;
}

bool Writer::Write(File& file) {
  if (file.writing.empty()) return true;
  if (std::exchange(file.is_within_line, false)) file.writing.insert(0, "\n");
  while (file.written < file.writing.size()) {
    const ssize_t written = ::write(
        file.open.fd, file.writing.data() + file.written, file.writing.size() - file.written);
    if (written >= 0) {
      file.written += static_cast<std::size_t>(written);
      continue;
    }
    if (errno == EINTR) continue;
    if (errno == EAGAIN) return false;
    GiveUp(file, ::strerrordesc_np(errno));
    return true;
  }
  file.writing.clear();
  file.written = 0;
  return true;
}

void Writer::GiveUp(File& file, std::string_view why) {
  const std::string_view rest = std::string_view(file.writing).substr(file.written);
  if (!rest.empty()) {
    file.why_lost = why;
    file.is_within_line = file.written > 0 && file.writing[file.written - 1] != '\n';
    const std::lock_guard lock(mutex_);
    file.lost += LinesIn(rest);
  }
  file.writing.clear();
  file.written = 0;
}

void Writer::TellLost() {
  for (File& file : files_) {
    std::uint64_t lost = 0;
    {
      const std::lock_guard lock(mutex_);
      lost = file.lost;
    }
    if (lost == file.lost_told) continue;
    base::Log(base::LogLevel::Warning,
              "H0240",
              "{} lines of the access log {} are lost: {}",
              lost - file.lost_told,
              file.open.name,
              file.why_lost.empty() ? kTooSlow : file.why_lost);
    file.lost_told = lost;
    file.why_lost = {};
  }
}

}  // namespace hosts::access_log
