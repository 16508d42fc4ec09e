#pragma once
// BareLoop: an event loop and as little as can be around one function that makes an answer: one
//           thread, epoll, connections that are kept, one write per answer.
//
// A head is parsed by the engine's own parser; a body is dropped. It knows no time-outs and no
// limits, closes at whatever it cannot read, and is there to be measured against.
//
// Owns:    the listening socket and its connections.
// Threads: Run() one; RequestStop() any, and signal handlers.
// Fails:   Listen with a Result.

#include <functional>
#include <memory>
#include <string>
#include <unordered_map>

#include "hosts/base/result.h"
#include "hosts/base/unique_fd.h"
#include "hosts/exchange/request.h"

namespace hosts::micro {

class BareLoop {
 public:
  // Appends an answer that ends where it says (Content-Length).
  using MakeAnswer = std::function<void(const exchange::RequestHead& head, std::string& out)>;

  explicit BareLoop(MakeAnswer make_answer);
  BareLoop(const BareLoop&) = delete;
  BareLoop& operator=(const BareLoop&) = delete;
  ~BareLoop();

  // On the loopback address; 0 is any free port. Gives the port.
  [[nodiscard]] base::Result<int> Listen(int port);
  // Takes a stream socket that is connected already.
  void Add(base::UniqueFd socket);
  void Run();
  void RequestStop();

 private:
  class Connection;
  void Accept();

  MakeAnswer make_answer_;
  base::UniqueFd epoll_;
  base::UniqueFd stop_;
  base::UniqueFd listening_;
  std::unordered_map<int, std::unique_ptr<Connection>> connections_;
};

}  // namespace hosts::micro
