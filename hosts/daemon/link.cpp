#include "hosts/daemon/link.h"

#include <algorithm>
#include <utility>

#include "hosts/base/check.h"
#include "hosts/base/log.h"
#include "hosts/daemon/errand.h"
#include "hosts/daemon/group_links.h"

namespace hosts::daemon {

namespace {

constexpr std::size_t kReceiveAtOnce = 64 * 1024;

bool HasLineBeyond(std::size_t most, const exchange::AnswerHead& head) {
  constexpr std::size_t kStatusAndCode = std::string_view("Status: 200 ").size();
  constexpr std::size_t kBetween = std::string_view(": ").size();
  return kStatusAndCode + head.reason.size() > most ||
         std::ranges::any_of(head.headers, [most](const auto& field) {
           return field.first.size() + kBetween + field.second.size() > most;
         });
}

}  // namespace

Link::Link(serving::Loop& loop,
           GroupLinks& group,
           std::size_t process,
           std::uint32_t cell,
           base::UniqueFd socket)
    : loop_(loop), group_(group), process_(process), cell_(cell), stream_(std::move(socket)) {
  loop_.Watch(stream_.fd(), *this);
  std::string hello;
  AppendFrame(hello, FrameType::Hello, group_.endpoint().token);
  Send(hello);
}

Link::~Link() {
  group_.held_answers().Forget(*this);
  loop_.Unwatch(stream_.fd(), *this);
}

Ticket Link::Start(Errand& errand) {
  CHECK(errand_ == nullptr, "a link got a second request");
  errand_ = &errand;
  was_used_ = true;
  has_answer_begun_ = false;
  group_.held_answers().Forget(*this);  // what was held went with the end of that answer
  ticket_ = group_.endpoint().board->Issue(cell_);
  return ticket_;
}

Errand* Link::TakeBack() {
  if (!group_.endpoint().board->TakeBack(ticket_)) return nullptr;
  Errand* errand = std::exchange(errand_, nullptr);
  Close();
  return errand;
}

void Link::Send(std::string_view frames) {
  if (is_closed_ || stream_.Send(frames) != serving::Stream::Sending::Broken) return;
  stream_
      .Shutdown();  // brings an event, which says so: whoever called us is in the middle of something
}

void Link::Abandon() {
  errand_ = nullptr;
  Close();
}

void Link::Close() {
  is_closed_ = true;
  stream_.Shutdown();
}

void Link::OnEvents(std::uint32_t events) {
  if (is_closed_) return;
  stream_.NoteEvents(events);
  const bool had_backlog = stream_.backlog() > 0;
  if (had_backlog) (void)stream_.Send({});
  if (had_backlog && has_room() && errand_ != nullptr) errand_->OnLinkWritable();
  ReadAnswers();
}

void Link::ReadAnswers() {
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
      GroupLinks& group = group_;  // this link may be swept away by what follows
      Errand* errand = std::exchange(errand_, nullptr);
      if (errand != nullptr) {
        const bool has_begun = !group.endpoint().board->TakeBack(ticket_);
        group.OnProcessLeaving(process_);
        errand->OnLinkLost(has_begun);
      }
      group.OnLinkChanged();
      return;
    }
  }
}

// 0: none.
int Link::FailureOf(const exchange::AnswerHead& head) const {
  const std::size_t longest = group_.endpoint().longest_header;
  if (!HasLineBeyond(longest, head)) return 0;
  const base::LogChoice choice(errand_->request().head().error_log);
  base::Log(base::LogLevel::Error,
            "H0213",
            "an application of group {} answered with a header of more than {} bytes "
            "(header-buffer-size, RESP-16)",
            group_.endpoint().name,
            longest);
  return 500;
}

void Link::Take(const Frame& frame, Taken& taken) {
  serving::ForwardedRequest& request = errand_->request();
  switch (frame.type) {
    case FrameType::AnswerHead: {
      auto head = DecodeAnswerHead(frame.payload);
      taken.failure = head ? FailureOf(*head) : 502;
      has_answer_begun_ = true;
      if (taken.failure == 0) request.Begin(std::move(head).value());
      return;
    }
    case FrameType::AnswerBody:
      request.Write(frame.payload);
      taken.must_send = true;
      return;
    case FrameType::Accepted:
      if (!errand_->OnAccepted()) taken.failure = 502;
      return;
    case FrameType::Refused:
      if (has_answer_begun_ || !errand_->is_all_here()) {
        taken.failure = 502;
      } else {
        taken.refused_with_flags = frame.flags;
      }
      taken.has_ended = true;
      return;
    default:
      if (frame.type != FrameType::AnswerEnd) taken.failure = 502;
      taken.is_last = taken.is_last || (frame.flags & kLinkEnds) != 0;
      taken.has_ended = true;
  }
}

bool Link::TakeFrames() {
  std::size_t used = 0;
  Taken taken;
  taken.is_last = stream_.has_other_side_ended();  // no other event would tell it again
  while (!taken.has_ended && taken.failure == 0) {
    auto next = NextFrame(std::string_view(in_).substr(used));
    if (next && !next->has_value()) break;
    if (!next || errand_ == nullptr) {
      taken.failure = 502;
      break;
    }
    used += (*next)->size;
    Take(**next, taken);
  }
  in_.erase(0, used);
  if (!taken.has_ended && taken.failure == 0) {
    if (used > 0 && errand_ != nullptr) errand_->NoteProgress();
    if (taken.must_send) SendOrHold();
    return true;
  }
  if (taken.refused_with_flags) {
    HandBack(*taken.refused_with_flags);
  } else {
    EndErrand(taken);
  }
  return false;
}

void Link::SendOrHold() {
  const std::size_t held = errand_->request().held();
  if (held == 0) return group_.held_answers().Forget(*this);
  // A client that has not taken what was sent would not get it sooner or later. And its backlog must become small
  // where the connection looks: who waits for that is told there (OnDrained).
  const bool is_behind = errand_->request().backlog() > 0;
  const bool is_enough = held >= serving::Stream::kLowWater;
  if (is_behind || is_enough || !group_.held_answers().Hold(*this)) SendHeld();
}

void Link::SendHeld() {
  group_.held_answers().Forget(*this);
  if (errand_ != nullptr) errand_->request().SendNow();
}

// Nothing of this link is there any more when it returns.
void Link::HandBack(std::uint8_t flags) {
  GroupLinks& group = group_;
  Errand* errand = std::exchange(errand_, nullptr);
  const bool is_unseen = (flags & kUnseen) != 0;
  Close();
  group.OnProcessLeaving(process_);
  errand->OnRefused(is_unseen ? Errand::Refusal::Unseen : Errand::Refusal::ForItsScript);
  group.OnLinkChanged();
}

void Link::EndErrand(const Taken& taken) {
  const int failure = taken.failure;
  serving::ReleaseIfEmpty(in_);
  stream_.ReleaseBuffer();
  GroupLinks& group = group_;
  Errand* errand = std::exchange(errand_, nullptr);
  has_answered_ = has_answered_ || failure == 0;
  const bool is_reusable =
      failure == 0 && !taken.is_last && errand != nullptr && errand->is_body_sent();
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
}

}  // namespace hosts::daemon
