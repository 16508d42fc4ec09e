#include "hosts/daemon/group_links.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <utility>

#include "hosts/base/check.h"
#include "hosts/base/log.h"
#include "hosts/base/unique_fd.h"

namespace hosts::daemon {

namespace {

// Not open: errno says why.
base::UniqueFd ConnectTo(const std::string& path) {
  base::UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket.is_open()) return socket;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  CHECK(path.size() < sizeof address.sun_path, "the supervisor listens at a path that cannot be");
  std::copy(path.begin(), path.end(), address.sun_path);
  if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    const int error = errno;
    socket.reset();
    errno = error;
  }
  return socket;
}

// What waiting does not mend (ERR-21).
bool IsForGood(int error) {
  return error == ENOENT || error == ENOTDIR || error == EACCES || error == EPERM;
}

}  // namespace

GroupLinks::GroupLinks(serving::Loop& loop, GroupEndpoint endpoint)
    : loop_(loop), endpoint_(std::move(endpoint)), held_answers_(loop, endpoint_.flush_delay) {
  links_.resize(endpoint_.socket_paths.size());
  away_until_tick_.resize(links_.size());
  for (std::uint32_t i = 0; i < endpoint_.links(); ++i) {
    free_cells_.push_back(endpoint_.first_cell + i);
  }
  loop_.OnTick([this] { OnTick(); });
  loop_.OnFineTick([this] { OnFineTick(); });
}

void GroupLinks::Assign(Errand& errand) {
  if (waiting_.empty()) {
    if (Link* link = FreeLink(errand)) {
      errand.StartOn(*link);
      return;
    }
    if (is_unreachable() && is_unreachable_for_good_) {
      errand.FailBecauseUnreachable();
      return;
    }
  }
  waiting_.push_back(&errand);
}

void GroupLinks::AssignFirst(Errand& errand) {
  if (Link* link = FreeLink(errand)) return errand.StartOn(*link);
  waiting_.push_front(&errand);
}

void GroupLinks::OnProcessLeaving(std::size_t process) {
  constexpr std::uint64_t kTicksToReplaceIt = 2;
  away_until_tick_[process] = ticks_ + kTicksToReplaceIt;
  for (const auto& link : links_[process])
    link->CloseIfIdle();
}

void GroupLinks::OnLinkChanged() {
  while (!waiting_.empty()) {
    Errand* errand = waiting_.front();
    Link* link = FreeLink(*errand);
    if (link == nullptr) return;
    waiting_.pop_front();
    errand->StartOn(*link);
  }
}

std::size_t GroupLinks::MostRequests(const Errand& errand) const {
  return static_cast<std::size_t>(endpoint_.threads +
                                  (errand.can_be_sent_again() ? endpoint_.queue : 0));
}

Link* GroupLinks::FreeLink(const Errand& errand) {
  SweepClosed();
  std::size_t best = links_.size();
  std::pair<bool, std::size_t> best_load;  // is it being replaced, how many requests has it
  Link* best_idle = nullptr;
  for (std::size_t process = 0; process < links_.size(); ++process) {
    Link* idle = nullptr;
    std::size_t busy = 0;
    for (const auto& link : links_[process]) {
      if (link->is_idle()) {
        idle = link.get();
      } else {
        ++busy;
      }
    }
    const auto load = std::pair(ticks_ < away_until_tick_[process], busy);
    if (busy < MostRequests(errand) && (best == links_.size() || load < best_load)) {
      best = process;
      best_load = load;
      best_idle = idle;
    }
  }
  if (best == links_.size()) return nullptr;
  if (best_idle != nullptr) return best_idle;
  Link* opened = Open(best);
  return opened != nullptr ? opened : LinkToAnother(best, MostRequests(errand));
}

Link* GroupLinks::LinkToAnother(std::size_t best, std::size_t most) {
  for (const auto& of_process : links_) {
    for (const auto& link : of_process) {
      if (link->is_idle()) return link.get();
    }
  }
  for (std::size_t process = 0; process < links_.size(); ++process) {  // all links are busy
    if (process == best || links_[process].size() >= most) continue;
    if (Link* opened = Open(process)) return opened;
  }
  return nullptr;
}

Link* GroupLinks::Open(std::size_t process) {
  CHECK(!free_cells_.empty(), "there are more links than cells");
  base::UniqueFd socket = ConnectTo(endpoint_.socket_paths[process]);
  if (!socket.is_open()) {
    const bool is_for_good = IsForGood(errno);
    const auto error = base::SystemError("cannot connect to a process of group " + endpoint_.name);
    if (!std::exchange(is_failure_told_, true)) {  // once a second says it
      base::Log(base::LogLevel::Warning, "H0210", "{}", error.message);
    }
    is_unreachable_for_good_ = is_for_good && (!unreachable_since_ || is_unreachable_for_good_);
    if (!unreachable_since_) unreachable_since_ = base::Clock::now();
    return nullptr;
  }
  unreachable_since_.reset();
  const std::uint32_t cell = free_cells_.back();
  free_cells_.pop_back();
  links_[process].push_back(std::make_unique<Link>(loop_, *this, process, cell, std::move(socket)));
  return links_[process].back().get();
}

void GroupLinks::SweepClosed() {
  for (auto& of_process : links_) {
    std::erase_if(of_process, [this](const std::unique_ptr<Link>& link) {
      if (link->is_closed()) free_cells_.push_back(link->cell());
      return link->is_closed();
    });
  }
}

void GroupLinks::TrimLinks() {
  const auto kept = static_cast<std::size_t>(endpoint_.threads);
  for (const auto& of_process : links_) {
    for (std::size_t i = kept; i < of_process.size(); ++i)
      of_process[i]->CloseIfUnused();
  }
  SweepClosed();
}

std::size_t GroupLinks::Busy(std::size_t process) const {
  return static_cast<std::size_t>(std::ranges::count_if(
      links_[process], [](const auto& link) { return !link->is_idle() && !link->is_closed(); }));
}

Link* GroupLinks::IdleLinkBeside(const Link& waiting) const {
  for (std::size_t process = 0; process < links_.size(); ++process) {
    const bool is_same = process == waiting.process();
    // The same process has accepted the one and not the other; it does not count itself.
    if (is_same && waiting.has_answered()) continue;
    const std::size_t busy = Busy(process) - (is_same ? 1 : 0);
    if (busy >= static_cast<std::size_t>(endpoint_.threads)) continue;
    const auto idle = std::ranges::find_if(links_[process], &Link::is_idle);
    if (idle != links_[process].end()) return idle->get();
  }
  return nullptr;
}

void GroupLinks::TakeBackWhatNobodyBegins() {
  bool is_told = false;
  for (const auto& of_process : links_) {
    for (const auto& link : of_process) {
      const Errand* sent = link->errand();
      if (sent == nullptr || !sent->can_be_taken_back()) continue;
      if (ticks_ - sent->sent_at_tick() < 2) continue;
      Link* other = IdleLinkBeside(*link);
      Errand* errand = other != nullptr ? link->TakeBack() : nullptr;
      if (errand == nullptr) continue;
      if (!std::exchange(is_told, true)) {
        base::Log(base::LogLevel::Info,
                  "H0214",
                  "a process of group {} does not begin with a request; sending it another way",
                  endpoint_.name);
      }
      errand->StartOn(*other);
    }
  }
  SweepClosed();
}

bool GroupLinks::is_unreachable() const {
  return unreachable_since_ &&
         std::ranges::all_of(links_, [](const auto& of_process) { return of_process.empty(); });
}

void GroupLinks::OnTick() {
  ++ticks_;
  is_failure_told_ = false;
  TrimLinks();
  TakeBackWhatNobodyBegins();
  OnLinkChanged();
}

void GroupLinks::OnFineTick() {
  const auto now = base::Clock::now();
  FailTheUnreachable(now);
  FailTheUnanswered(now);
}

void GroupLinks::FailTheUnreachable(base::Clock::time_point now) {
  if (!is_unreachable()) return;
  for (Errand* errand : std::deque<Errand*>(waiting_)) {
    const auto since = std::max(errand->since(), *unreachable_since_);
    if (!is_unreachable_for_good_ && now - since < endpoint_.connect_timeout) continue;
    Forget(*errand);
    errand->FailBecauseUnreachable();
  }
}

void GroupLinks::FailTheUnanswered(base::Clock::time_point now) {
  std::vector<Errand*> errands(waiting_.begin(), waiting_.end());
  for (const auto& of_process : links_) {
    for (const auto& link : of_process) {
      if (link->errand() != nullptr) errands.push_back(link->errand());
    }
  }
  for (Errand* errand : errands) {
    if (errand->has_waited_too_long(now)) errand->FailBecauseUnanswered();
  }
}

}  // namespace hosts::daemon
