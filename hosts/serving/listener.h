#pragma once
// Listener: accepts connections from a listening socket and gives each to the loop.
//
// Out of descriptors, or with fewer free than are to be kept for what its process does besides, it
// pauses instead of spinning: new connections wait in the backlog, and once a second it looks.
//
// Owns:    nothing: the socket belongs to whoever opened it and outlives the listener.
// Threads: the leader's.

#include <functional>
#include <memory>
#include <string_view>

#include "hosts/base/unique_fd.h"
#include "hosts/serving/connection.h"
#include "hosts/serving/event_source.h"
#include "hosts/serving/loop.h"
#include "hosts/serving/not_for_children.h"

namespace hosts::serving {

class Listener final : public EventSource {
 public:
  // A connection for the accepted socket, or null: it was refused (the socket is closed).
  using MakeConnection = std::function<std::unique_ptr<Connection>(base::UniqueFd socket)>;

  // Descriptors that are left free for links, files and the application, of a process that may have
  // `links` of them; none of a process whose listener is what its clients depend on.
  [[nodiscard]] static int ToKeepFree(int links);

  Listener(Loop& loop, int listening_fd, MakeConnection make_connection, int keep_free = 0);

  void OnEvents(std::uint32_t events) override;

 private:
  void Accept();
  void WatchAgain();
  void OnSaturation(Loop::Saturation saturation);
  void Pause(std::string_view reason);
  [[nodiscard]] bool AreDescriptorsShort() const;
  Loop& loop_;
  int fd_;
  NotForChildren not_for_children_;
  int keep_free_;
  int most_;  // with this descriptor taken, too few are free
  MakeConnection make_connection_;
  bool watched_ = true;
  bool is_left_to_others_ = false;
  bool is_paused_ = false;  // descriptors are short
};

// An address of a socket, in words.
struct SocketAddress {
  std::string address;  // without brackets; empty for a unix socket
  int port = 0;
};
[[nodiscard]] SocketAddress PeerAddress(int fd);
[[nodiscard]] SocketAddress LocalAddress(int fd);

}  // namespace hosts::serving
