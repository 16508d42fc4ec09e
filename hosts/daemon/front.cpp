#include "hosts/daemon/front.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "hosts/base/check.h"
#include "hosts/base/deadline.h"
#include "hosts/base/log.h"
#include "hosts/daemon/wire.h"
#include "hosts/serving/stream.h"

namespace hosts::daemon {

namespace {

constexpr std::size_t kReceiveAtOnce = 64 * 1024;

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

bool HasLineBeyond(std::size_t most, const exchange::AnswerHead& head) {
  constexpr std::size_t kStatusAndCode = std::string_view("Status: 200 ").size();
  constexpr std::size_t kBetween = std::string_view(": ").size();
  return kStatusAndCode + head.reason.size() > most ||
         std::ranges::any_of(head.headers, [most](const auto& field) {
           return field.first.size() + kBetween + field.second.size() > most;
         });
}

std::int64_t NowInMicroseconds() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

}  // namespace

// ---- Errand: one forwarded request ----

class Front::Errand final : public serving::Forwarding {
 public:
  Errand(Group& group, serving::ForwardedRequest& request) : group_(group), request_(request) {}
  ~Errand() override;

  void OnBody() override;
  void OnDrained() override;

  void StartOn(Link& link);
  void OnLinkWritable() {
    NoteProgress();
    PushBody();
  }
  void OnLinkLost(bool has_begun);
  void FailBecauseUnreachable() { Fail(503); }
  void FailBecauseUnanswered();
  void Fail(int status) {
    has_ended_ = true;
    request_.Fail(status);
  }

  [[nodiscard]] serving::ForwardedRequest& request() { return request_; }
  [[nodiscard]] bool is_body_sent() const { return is_body_sent_; }
  [[nodiscard]] bool can_be_sent_again() const { return request_.is_body_complete(); }
  // As it was sent, whole.
  [[nodiscard]] bool can_be_taken_back() const { return is_body_inline_; }
  [[nodiscard]] std::uint64_t sent_at_tick() const { return sent_at_tick_; }
  [[nodiscard]] base::Clock::time_point since() const { return since_; }
  // Something came from the process, or went to it.
  void NoteProgress() { progress_at_ = base::Clock::now(); }
  // For the process, and not for the client.
  [[nodiscard]] bool has_waited_too_long(base::Clock::time_point now) const;
  void Release() {
    link_ = nullptr;
    has_ended_ = true;
  }

 private:
  void PushBody();

  Group& group_;
  serving::ForwardedRequest& request_;
  Link* link_ = nullptr;
  base::Clock::time_point since_ = base::Clock::now();
  base::Clock::time_point progress_at_ = since_;
  bool is_body_inline_ = false;  // it went with the head, and is still here to be sent again
  bool is_body_sent_ = false;
  bool has_ended_ = false;
  std::uint64_t sent_at_tick_ = 0;  // of the group
  int losses_ = 0;                  // of links
};

// ---- Link: a connection to one daemon process ----

class Front::Link final : public serving::EventSource {
 public:
  Link(serving::Loop& loop,
       Group& group,
       std::size_t process,
       std::uint32_t cell,
       base::UniqueFd socket);
  ~Link() override { loop_.Unwatch(stream_.fd(), *this); }

  void OnEvents(std::uint32_t events) override;

  // Returns the request's ticket.
  Ticket Start(Errand& errand);
  void Send(std::string_view frames);
  void Resume() { ReadAnswers(); }
  // The errand is given up: the process must not go on answering into the void.
  void Abandon();

  // Ends it, and returns the errand; null if its application has begun, or will.
  [[nodiscard]] Errand* TakeBack();

  // Ends it if nothing was sent on it since the last time.
  void CloseIfUnused() {
    if (is_idle() && !std::exchange(was_used_, false)) Close();
  }

  [[nodiscard]] bool is_idle() const { return errand_ == nullptr && !is_closed_; }
  [[nodiscard]] bool is_closed() const { return is_closed_; }
  [[nodiscard]] Errand* errand() const { return errand_; }
  [[nodiscard]] std::size_t process() const { return process_; }
  [[nodiscard]] std::uint32_t cell() const { return cell_; }
  [[nodiscard]] bool has_answered() const { return has_answered_; }
  [[nodiscard]] bool has_room() const { return stream_.backlog() <= serving::Stream::kLowWater; }

 private:
  void ReadAnswers();
  [[nodiscard]] int FailureOf(const exchange::AnswerHead& head) const;
  [[nodiscard]] bool TakeFrames();  // false: the errand has ended, or the link is closed
  void Close();

  serving::Loop& loop_;
  Group& group_;
  const std::size_t process_;
  const std::uint32_t cell_;  // of the board
  Ticket ticket_;             // of the errand
  serving::Stream stream_;
  std::string in_;
  Errand* errand_ = nullptr;
  bool is_closed_ = false;
  bool was_used_ = true;
  bool has_answered_ = false;  // so the process has accepted it
};

// ---- Group: the links to all processes of one group ----

class Front::Group {
 public:
  Group(serving::Loop& loop, GroupEndpoint endpoint) : loop_(loop), endpoint_(std::move(endpoint)) {
    links_.resize(endpoint_.socket_paths.size());
    for (std::uint32_t i = 0; i < endpoint_.links(); ++i) {
      free_cells_.push_back(endpoint_.first_cell + i);
    }
    loop_.OnTick([this] { OnTick(); });
  }

  [[nodiscard]] const GroupEndpoint& endpoint() const { return endpoint_; }
  [[nodiscard]] std::uint64_t ticks() const { return ticks_; }

  void Assign(Errand& errand) {
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

  void Forget(Errand& errand) { std::erase(waiting_, &errand); }

  // A link became free or closed; waiting requests may go.
  void OnLinkChanged() {
    while (!waiting_.empty()) {
      Errand* errand = waiting_.front();
      Link* link = FreeLink(*errand);
      if (link == nullptr) return;
      waiting_.pop_front();
      errand->StartOn(*link);
    }
  }

 private:
  // Of one process. What could not be sent again, should the process die, does not wait in it.
  [[nodiscard]] std::size_t MostRequests(const Errand& errand) const {
    return static_cast<std::size_t>(endpoint_.threads +
                                    (errand.can_be_sent_again() ? endpoint_.queue : 0));
  }

  // An idle link to the process with the fewest requests, or a new one to it.
  Link* FreeLink(const Errand& errand) {
    SweepClosed();
    std::size_t best = links_.size();
    std::size_t best_busy = 0;
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
      if (busy < MostRequests(errand) && (best == links_.size() || busy < best_busy)) {
        best = process;
        best_busy = busy;
        best_idle = idle;
      }
    }
    if (best == links_.size()) return nullptr;
    if (best_idle != nullptr) return best_idle;
    Link* opened = Open(best);
    return opened != nullptr ? opened : LinkToAnother(best, MostRequests(errand));
  }

  // For when the best process cannot be reached, e.g. as descriptors are used up.
  Link* LinkToAnother(std::size_t best, std::size_t most) {
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

  Link* Open(std::size_t process) {
    CHECK(!free_cells_.empty(), "there are more links than cells");
    base::UniqueFd socket = ConnectTo(endpoint_.socket_paths[process]);
    if (!socket.is_open()) {
      const bool is_for_good = IsForGood(errno);
      const auto error =
          base::SystemError("cannot connect to a process of group " + endpoint_.name);
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
    links_[process].push_back(
        std::make_unique<Link>(loop_, *this, process, cell, std::move(socket)));
    return links_[process].back().get();
  }

  void SweepClosed() {
    for (auto& of_process : links_) {
      std::erase_if(of_process, [this](const std::unique_ptr<Link>& link) {
        if (link->is_closed()) free_cells_.push_back(link->cell());
        return link->is_closed();
      });
    }
  }

  // What a busy moment has opened beyond the threads is given back.
  void TrimLinks() {
    const auto kept = static_cast<std::size_t>(endpoint_.threads);
    for (const auto& of_process : links_) {
      for (std::size_t i = kept; i < of_process.size(); ++i)
        of_process[i]->CloseIfUnused();
    }
    SweepClosed();
  }

  [[nodiscard]] std::size_t Busy(std::size_t process) const {
    return static_cast<std::size_t>(std::ranges::count_if(
        links_[process], [](const auto& link) { return !link->is_idle() && !link->is_closed(); }));
  }

  // An idle link on which the request of this one would be begun at once, as far as one can see.
  [[nodiscard]] Link* IdleLinkBeside(const Link& waiting) const {
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

  // A process that keeps the GIL, or cannot accept, must not keep what another would answer.
  void TakeBackWhatNobodyBegins() {
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

  // No process can be reached; a full group is just busy.
  [[nodiscard]] bool is_unreachable() const {
    return unreachable_since_ &&
           std::ranges::all_of(links_, [](const auto& of_process) { return of_process.empty(); });
  }

  void OnTick() {
    ++ticks_;
    is_failure_told_ = false;
    TrimLinks();
    TakeBackWhatNobodyBegins();
    OnLinkChanged();
    const auto now = base::Clock::now();
    FailTheUnreachable(now);
    FailTheUnanswered(now);
  }

  void FailTheUnreachable(base::Clock::time_point now) {
    if (!is_unreachable()) return;
    for (Errand* errand : std::deque<Errand*>(waiting_)) {
      const auto since = std::max(errand->since(), *unreachable_since_);
      if (!is_unreachable_for_good_ && now - since < endpoint_.connect_timeout) continue;
      Forget(*errand);
      errand->FailBecauseUnreachable();
    }
  }

  // Their links close, which lets waiting ones go; those are asked again whether they waited too long.
  void FailTheUnanswered(base::Clock::time_point now) {
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

  serving::Loop& loop_;
  GroupEndpoint endpoint_;
  std::vector<std::vector<std::unique_ptr<Link>>> links_;
  std::vector<std::uint32_t> free_cells_;
  std::deque<Errand*> waiting_;
  bool is_failure_told_ = false;                              // since the last tick
  std::optional<base::Clock::time_point> unreachable_since_;  // the last try failed, too
  bool is_unreachable_for_good_ = false;
  std::uint64_t ticks_ = 0;
};

// ---- Errand ----

Front::Errand::~Errand() {
  group_.Forget(*this);
  if (link_ == nullptr) return;
  link_->Abandon();
  group_.OnLinkChanged();
}

bool Front::Errand::has_waited_too_long(base::Clock::time_point now) const {
  const bool is_clients_turn = (link_ != nullptr && !is_body_sent_ && link_->has_room()) ||
                               request_.backlog() > serving::Stream::kLowWater;
  const auto own = group_.endpoint().answer_timeout;
  const auto timeout = own.count() > 0 ? own : request_.timeout();
  return !has_ended_ && !is_clients_turn && now - progress_at_ > timeout;
}

void Front::Errand::FailBecauseUnanswered() {
  base::Log(base::LogLevel::Error,
            "H0212",
            "group {} did not answer {} {} in time",
            group_.endpoint().name,
            request_.head().method,
            request_.head().target);
  group_.Forget(*this);
  Fail(504);
  if (Link* link = std::exchange(link_, nullptr)) {
    link->Abandon();
    group_.OnLinkChanged();
  }
}

void Front::Errand::StartOn(Link& link) {
  link_ = &link;
  sent_at_tick_ = group_.ticks();
  const Ticket ticket = link.Start(*this);
  exchange::RequestHead head = request_.head();
  head.queued_at_us = NowInMicroseconds();
  head.server_pid = ::getpid();
  is_body_inline_ = request_.is_body_complete();
  is_body_sent_ = is_body_inline_;
  std::string frames;
  AppendRequest(frames,
                head,
                ticket,
                is_body_inline_ ? std::optional<std::string_view>(request_.body()) : std::nullopt);
  link.Send(frames);
  if (!is_body_sent_) PushBody();
}

void Front::Errand::OnBody() {
  PushBody();
}

void Front::Errand::PushBody() {
  if (link_ == nullptr || is_body_sent_ || !link_->has_room()) return;
  std::string frames;
  AppendBodyFrames(frames, FrameType::Body, request_.body());
  request_.body().clear();
  if (request_.is_body_complete()) {
    is_body_sent_ = true;
    AppendFrame(frames, FrameType::BodyEnd, {});
  }
  if (!frames.empty()) {
    NoteProgress();
    link_->Send(frames);
  }
  if (!is_body_sent_) request_.ReceiveMore();
}

void Front::Errand::OnDrained() {
  NoteProgress();
  if (link_ != nullptr) link_->Resume();
}

void Front::Errand::OnLinkLost(bool has_begun) {
  link_ = nullptr;
  if (has_ended_) return;
  constexpr int kMostLosses = 8;
  const bool can_repeat = !has_begun && is_body_inline_ && ++losses_ < kMostLosses;
  if (can_repeat) {
    base::Log(base::LogLevel::Info,
              "H0211",
              "a process of group {} ended before it began with a request; sending it again",
              group_.endpoint().name);
    group_.Assign(*this);
  } else {
    Fail(502);
  }
}

// ---- Link ----

Front::Link::Link(serving::Loop& loop,
                  Group& group,
                  std::size_t process,
                  std::uint32_t cell,
                  base::UniqueFd socket)
    : loop_(loop), group_(group), process_(process), cell_(cell), stream_(std::move(socket)) {
  loop_.Watch(stream_.fd(), *this);
  std::string hello;
  AppendFrame(hello, FrameType::Hello, group_.endpoint().token);
  Send(hello);
}

Ticket Front::Link::Start(Errand& errand) {
  CHECK(errand_ == nullptr, "a link got a second request");
  errand_ = &errand;
  was_used_ = true;
  ticket_ = group_.endpoint().board->Issue(cell_);
  return ticket_;
}

Front::Errand* Front::Link::TakeBack() {
  if (!group_.endpoint().board->TakeBack(ticket_)) return nullptr;
  Errand* errand = std::exchange(errand_, nullptr);
  Close();
  return errand;
}

void Front::Link::Send(std::string_view frames) {
  if (is_closed_ || stream_.Send(frames) != serving::Stream::Sending::Broken) return;
  stream_
      .Shutdown();  // brings an event, which says so: whoever called us is in the middle of something
}

void Front::Link::Abandon() {
  errand_ = nullptr;
  Close();
}

void Front::Link::Close() {
  is_closed_ = true;
  stream_.Shutdown();
}

void Front::Link::OnEvents(std::uint32_t events) {
  if (is_closed_) return;
  stream_.NoteEvents(events);
  const bool had_backlog = stream_.backlog() > 0;
  if (had_backlog) (void)stream_.Send({});
  if (had_backlog && has_room() && errand_ != nullptr) errand_->OnLinkWritable();
  ReadAnswers();
}

void Front::Link::ReadAnswers() {
  while (!is_closed_) {
    if (!TakeFrames()) return;
    if (errand_ != nullptr && errand_->request().backlog() > serving::Stream::kHighWater) {
      return;  // the client is slow: OnDrained() goes on
    }
    if (!stream_.can_receive()) return;
    const auto received = stream_.Receive(in_, kReceiveAtOnce);
    if (received == serving::Stream::Receiving::Nothing) return;
    if (received != serving::Stream::Receiving::Some) {
      Close();
      Group& group = group_;  // this link may be swept away by what follows
      Errand* errand = std::exchange(errand_, nullptr);
      if (errand != nullptr) errand->OnLinkLost(group.endpoint().board->has_begun(ticket_));
      group.OnLinkChanged();
      return;
    }
  }
}

// 0: none.
int Front::Link::FailureOf(const exchange::AnswerHead& head) const {
  const std::size_t longest = group_.endpoint().longest_header;
  if (!HasLineBeyond(longest, head)) return 0;
  base::Log(base::LogLevel::Error,
            "H0213",
            "an application of group {} answered with a header of more than {} bytes "
            "(header-buffer-size, RESP-16)",
            group_.endpoint().name,
            longest);
  return 500;
}

bool Front::Link::TakeFrames() {
  std::size_t taken = 0;
  bool must_send = false;
  bool has_ended = false;
  int failure = 0;
  bool is_last = stream_.has_other_side_ended();  // no other event would tell it again
  while (!has_ended && failure == 0) {
    auto next = NextFrame(std::string_view(in_).substr(taken));
    if (next && !next->has_value()) break;
    if (!next || errand_ == nullptr) {
      failure = 502;
      break;
    }
    const Frame frame = **next;
    taken += frame.size;
    serving::ForwardedRequest& request = errand_->request();
    if (frame.type == FrameType::AnswerHead) {
      auto head = DecodeAnswerHead(frame.payload);
      failure = head ? FailureOf(*head) : 502;
      if (failure == 0) request.Begin(std::move(head).value());
    } else if (frame.type == FrameType::AnswerBody) {
      request.Write(frame.payload);
      must_send = true;
    } else {
      if (frame.type != FrameType::AnswerEnd) failure = 502;
      is_last = is_last || (frame.flags & kLinkEnds) != 0;
      has_ended = true;
    }
  }
  in_.erase(0, taken);
  if (!has_ended && failure == 0) {
    if (taken > 0 && errand_ != nullptr) errand_->NoteProgress();
    if (must_send) errand_->request().SendNow();
    return true;
  }
  serving::ReleaseIfEmpty(in_);
  stream_.ReleaseBuffer();
  Group& group = group_;
  Errand* errand = std::exchange(errand_, nullptr);
  has_answered_ = has_answered_ || failure == 0;
  const bool is_reusable = failure == 0 && !is_last && errand != nullptr && errand->is_body_sent();
  if (!is_reusable || !in_.empty()) Close();
  if (errand != nullptr) {
    errand->Release();
    if (failure != 0) {
      errand->request().Fail(failure);
    } else {
      errand->request().Finish();
    }
  }
  group.OnLinkChanged();
  return false;
}

// ---- Front ----

Front::Front(serving::Loop& loop, std::vector<GroupEndpoint> groups) {
  for (auto& group : groups)
    groups_.push_back(std::make_unique<Group>(loop, std::move(group)));
}

Front::~Front() = default;

std::unique_ptr<serving::Forwarding> Front::Forward(std::string_view group,
                                                    serving::ForwardedRequest& request) {
  for (const auto& candidate : groups_) {
    if (candidate->endpoint().name != group) continue;
    auto errand = std::make_unique<Errand>(*candidate, request);
    candidate->Assign(*errand);
    return errand;
  }
  CHECK(false, "a request was routed to a group that does not exist");
  return nullptr;
}

}  // namespace hosts::daemon
