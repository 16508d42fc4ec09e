#pragma once
// FakeServer: one thread that answers HTTP/1.1 over poll(), as well or as badly as it is told.
//
// Owns:    its listening socket and connections.
// Fails:   Listen when the address is taken.

#include <map>
#include <string>
#include <vector>

#include "harness/fake_host/faults.h"
#include "harness/fake_host/imitation.h"
#include "hosts/base/result.h"
#include "hosts/base/unique_fd.h"

namespace harness::fake_host {

class FakeServer {
 public:
  [[nodiscard]] static hosts::base::Result<FakeServer> Listen(Faults faults, Imitated imitated);

  [[nodiscard]] int port() const { return port_; }
  void MarkReady();
  // Serves until a descriptor becomes readable that says it is enough.
  void Run(int stop_fd);

 private:
  struct Connection {
    hosts::base::UniqueFd fd;
    std::string received;
  };
  FakeServer(hosts::base::UniqueFd listener, int port, Faults faults, Imitated imitated);
  void Accept();
  [[nodiscard]] bool Serve(Connection& connection);
  [[nodiscard]] bool Answer(int fd, std::string_view head);
  [[nodiscard]] std::string TokenField(std::string_view head);

  hosts::base::UniqueFd listener_;
  int port_ = 0;
  Faults faults_;
  Imitated imitated_;
  Instants instants_;
  std::map<int, Connection> connections_;
  int requests_ = 0;
  std::string last_token_;
  std::vector<std::string> leaked_;
  int asked_ = 0;  // requests that wanted to know who answers
};

}  // namespace harness::fake_host
