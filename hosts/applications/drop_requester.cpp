#include "hosts/applications/drop_requester.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace hosts::applications {

namespace {

// Whatever sys.setswitchinterval() says: not so often that looking is work.
constexpr std::chrono::microseconds kShortest{1000};
// That found the GIL free, one after the other: those inside wait for something else, and it is enough to look now and
// then whether one of them has begun to compute.
constexpr int kFreeLooks = 20;
constexpr std::chrono::microseconds kNowAndThen{20000};

bool IsSomebodyStillInside(const Stays::Entries& before, const Stays::Entries& now) {
  for (std::size_t i = 0; i < std::min(before.size(), now.size()); ++i) {
    if (now[i] % 2 == 1 && now[i] == before[i]) return true;
  }
  return false;
}

}  // namespace

DropRequester::DropRequester(python::Interpreter& main,
                             const python::Attached& attached,
                             Stays& stays)
    : turns_(main, attached), stays_(stays), thread_([this] { Run(); }) {}

DropRequester::~DropRequester() {
  {
    const std::lock_guard lock(mutex_);
    must_stop_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void DropRequester::NoteHeldUp() {
  if (is_noted_.exchange(true)) return;
  { const std::lock_guard lock(mutex_); }  // it sees it, or waits already
  changed_.notify_all();
}

void DropRequester::Run() {
  std::unique_lock lock(mutex_);
  while (!must_stop_) {
    changed_.wait(lock, [this] { return must_stop_ || is_noted_.exchange(false); });
    LookWhileSomebodyIsInside(lock);
  }
}

void DropRequester::LookWhileSomebodyIsInside(std::unique_lock<std::mutex>& lock) {
  Stays::Entries before = stays_.Look();
  python::GilHolder held_before = python::GilHolderNow();
  int free_looks = 0;
  while (true) {
    const auto pause =
        free_looks < kFreeLooks ? std::max(python::SwitchInterval(), kShortest) : kNowAndThen;
    changed_.wait_for(lock, pause, [this] { return must_stop_ || is_noted_; });
    if (must_stop_) return;
    const bool is_somebody_new =
        is_noted_.exchange(false);  // and inside, which the next look compares
    const Stays::Entries now = stays_.Look();
    const python::GilHolder holder = python::GilHolderNow();
    free_looks = holder == nullptr ? free_looks + 1 : 0;
    if (is_somebody_new) {
      free_looks = 0;
    } else if (!IsSomebodyStillInside(before, now)) {
      return;
    }
    if (holder != nullptr && holder == held_before) turns_.Ask(holder);
    before = now;
    held_before = holder;
  }
}

}  // namespace hosts::applications
