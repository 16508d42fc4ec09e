#pragma once
// Listener: accepts connections from a listening socket and gives each to the loop.
//
// Out of descriptors it pauses until the next tick, instead of spinning (the connections wait in
// the backlog).
//
// Owns:    nothing: the socket belongs to whoever opened it and outlives the listener.
// Threads: the leader's.

#include <functional>
#include <memory>

#include "hosts/base/unique_fd.h"
#include "hosts/serving/connection.h"
#include "hosts/serving/event_source.h"
#include "hosts/serving/loop.h"

namespace hosts::serving {

class Listener final : public EventSource {
 public:
  // A connection for the accepted socket, or null: it was refused (the socket is closed).
  using MakeConnection = std::function<std::unique_ptr<Connection>(base::UniqueFd socket)>;

  Listener(Loop& loop, int listening_fd, MakeConnection make_connection);

  void OnEvents(std::uint32_t events) override;

 private:
  void Accept();
  void WatchAgain();
  void OnSaturation(Loop::Saturation saturation);
  Loop& loop_;
  int fd_;
  MakeConnection make_connection_;
  bool watched_ = true;
  bool is_left_to_others_ = false;
};

// An address of a socket, in words.
struct SocketAddress {
  std::string address;  // without brackets; empty for a unix socket
  int port = 0;
};
[[nodiscard]] SocketAddress PeerAddress(int fd);
[[nodiscard]] SocketAddress LocalAddress(int fd);

}  // namespace hosts::serving
