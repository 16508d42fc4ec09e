#include "suites/soak/misbehaving_clients.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <string>

namespace suites::soak {

using hosts::base::Clock;
using hosts::base::UniqueFd;

namespace {

constexpr auto kStay = std::chrono::seconds(1);
constexpr auto kTurn = std::chrono::milliseconds(10);
constexpr std::size_t kMostVisitors = 256;
constexpr long kMostThatNeverRead =
    4;  // each holds an application thread: that is the rule, not a fault

const std::string& PartOfABody() {
  static const std::string text =
      "POST /app/read HTTP/1.1\r\nHost: soak\r\nContent-Length: 50000\r\n\r\n" +
      std::string(20'000, 'b');
  return text;
}

const std::string& Flood() {
  static const std::string text = [] {
    constexpr int kRequests = 200;
    std::string requests;
    for (int i = 0; i < kRequests; ++i)
      requests += "GET /app/quick HTTP/1.1\r\nHost: soak\r\n\r\n";
    return requests;
  }();
  return text;
}

UniqueFd Connect(int port, bool is_read) {
  UniqueFd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const int little = 4096;
  if (!is_read) ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVBUF, &little, sizeof little);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    return {};
  }
  return socket;
}

}  // namespace

const std::array<Misdeed, kMisdeeds>& Misdeeds() {
  using Ending = Misdeed::Ending;
  static const std::array<Misdeed, kMisdeeds> misdeeds{{
      {"slow head",
       Ending::Close,
       true,
       true,
       false,
       "GET /app/quick HTTP/1.1\r\nHost: soak\r\nX: "
       "..........................................................................................."
       "....."},
      {"slow body",
       Ending::Close,
       true,
       true,
       false,
       "POST /app/read HTTP/1.1\r\nHost: soak\r\nContent-Length: "
       "900\r\n\r\n..........................."
       "..........................................................................................."
       "....."},
      {"never reads",
       Ending::Reset,
       false,
       false,
       false,
       "GET /app/stream HTTP/1.1\r\nHost: soak\r\n\r\n"},
      {"leaves inside its body", Ending::Close, false, true, true, PartOfABody()},
      {"leaves inside its answer",
       Ending::Reset,
       false,
       false,
       true,
       "GET /app/stream/64 HTTP/1.1\r\nHost: soak\r\n\r\n"},
      {"half closes inside its body", Ending::HalfClose, false, true, false, PartOfABody()},
      {"garbage",
       Ending::Close,
       false,
       true,
       false,
       "\x16\x03\x01\x02\x01\x01\xfc\x03\x03 no HTTP\r\n\r\n"},
      {"smuggling",
       Ending::Close,
       false,
       true,
       false,
       "POST /app/read HTTP/1.1\r\nHost: soak\r\nContent-Length: 5\r\nTransfer-Encoding: "
       "chunked\r\n\r\n"
       "0\r\n\r\nGET /app/hidden HTTP/1.1\r\nHost: soak\r\n\r\n"},
      {"pipelined flood", Ending::Close, false, true, false, Flood()},
      {"idle", Ending::Close, false, true, false, ""},
  }};
  return misdeeds;
}

MisbehavingClients::MisbehavingClients(int port, double per_second)
    : port_(port), per_second_(per_second), thread_([this] { Run(); }) {}

void MisbehavingClients::Stop() {
  {
    const std::lock_guard lock(mutex_);
    must_stop_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void MisbehavingClients::Run() {
  const auto start = Clock::now();
  std::int64_t begun = 0;
  std::unique_lock lock(mutex_);
  while (!changed_.wait_for(lock, kTurn, [this] { return must_stop_; })) {
    const auto now = Clock::now();
    const double due = std::chrono::duration<double>(now - start).count() * per_second_;
    for (; static_cast<double>(begun) < due; ++begun)
      Begin(static_cast<std::size_t>(begun) % kMisdeeds);
    std::erase_if(visitors_, [&](Visitor& visitor) { return !GoOn(visitor, now); });
  }
  visitors_.clear();
}

void MisbehavingClients::Begin(std::size_t kind) {
  const Misdeed& misdeed = Misdeeds()[kind];
  const bool holds_a_thread = !misdeed.is_read && !misdeed.is_short;
  const auto alike = std::count_if(visitors_.begin(), visitors_.end(), [&](const Visitor& other) {
    return other.misdeed == &misdeed;
  });
  if (visitors_.size() >= kMostVisitors || (holds_a_thread && alike >= kMostThatNeverRead)) {
    ++kept_out_;
    return;
  }
  UniqueFd socket = Connect(port_, misdeed.is_read);
  if (!socket.is_open()) {
    ++kept_out_;
    return;
  }
  ++visits_[kind];
  visitors_.push_back({std::move(socket), &misdeed, Clock::now() + kStay});
}

bool MisbehavingClients::SendSome(Visitor& visitor, std::string_view text) {
  const std::string_view rest = text.substr(visitor.sent);
  const std::size_t size =
      visitor.misdeed->is_trickled ? std::min<std::size_t>(1, rest.size()) : rest.size();
  if (size == 0) return true;
  const ssize_t sent = ::send(visitor.socket.get(), rest.data(), size, MSG_NOSIGNAL | MSG_DONTWAIT);
  if (sent > 0) visitor.sent += static_cast<std::size_t>(sent);
  return sent > 0 || errno == EAGAIN;
}

bool MisbehavingClients::GoOn(Visitor& visitor, Clock::time_point now) const {
  const Misdeed& misdeed = *visitor.misdeed;
  bool is_over = now >= visitor.until || !SendSome(visitor, misdeed.what);
  const bool is_sent = visitor.sent == misdeed.what.size();
  if (is_sent && misdeed.is_short) is_over = true;
  if (is_sent && misdeed.ending == Misdeed::Ending::HalfClose &&
      !std::exchange(visitor.has_finished, true)) {
    ::shutdown(visitor.socket.get(), SHUT_WR);
  }
  if (misdeed.is_read && !is_over) {
    std::array<char, 16384> thrown_away{};
    ssize_t count = 0;
    do {
      count = ::recv(visitor.socket.get(), thrown_away.data(), thrown_away.size(), MSG_DONTWAIT);
    } while (count > 0);
    if (count == 0) is_over = true;
  }
  if (is_over && misdeed.ending == Misdeed::Ending::Reset) {
    const linger hard{1, 0};
    ::setsockopt(visitor.socket.get(), SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
  }
  return !is_over;
}

}  // namespace suites::soak
