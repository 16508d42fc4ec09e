#pragma once
// HttpClient: requests of a well-behaved client, over one connection that is kept open.
//
// Host is always kServerName without a port, as the checks' configurations name the server: a port
// written by the client would name another interpreter (EXP-6).
//
// Threads: one request at a time.
// Fails:   Timeout when the answer did not come in time, Closed when the connection broke off.

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "hosts/base/result.h"
#include "suites/client/answer.h"

namespace httplib {
class Client;
}

namespace suites::client {

inline constexpr const char* kServerName = "check.example";
// How long to wait for what should come at once: 20 s, or $WSGILAB_PATIENCE_MS where most of it will not come.
[[nodiscard]] std::chrono::milliseconds Patience();

using Headers = std::vector<std::pair<std::string, std::string>>;

class HttpClient {
 public:
  explicit HttpClient(int port, std::chrono::milliseconds patience = Patience());
  HttpClient(HttpClient&&) noexcept;
  HttpClient& operator=(HttpClient&&) noexcept;
  ~HttpClient();

  [[nodiscard]] hosts::base::Result<Answer> Get(const std::string& path,
                                                const Headers& headers = {});
  [[nodiscard]] hosts::base::Result<Answer> Head(const std::string& path);
  [[nodiscard]] hosts::base::Result<Answer> Post(const std::string& path,
                                                 const std::string& body,
                                                 const Headers& headers = {});

 private:
  std::unique_ptr<httplib::Client> client_;
  std::chrono::milliseconds patience_;
};

}  // namespace suites::client
