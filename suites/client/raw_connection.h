#pragma once
// RawConnection: a connection that sends whatever bytes it is told to, also half a request, and
// shows the bytes that come back as they are.
//
// Owns:    the socket.
// Threads: one at a time.
// Fails:   Timeout when the deadline passed first, Closed when the server closed first. What was
//          read until then is not lost: the next call begins with it.

#include <functional>
#include <string>
#include <string_view>

#include "hosts/base/deadline.h"
#include "hosts/base/result.h"
#include "hosts/base/unique_fd.h"
#include "suites/client/answer.h"

namespace suites::client {

class RawConnection {
 public:
  [[nodiscard]] static hosts::base::Result<RawConnection> Open(
      int port, const std::string& address = "127.0.0.1");

  // Of this end: how a log names this client.
  [[nodiscard]] int LocalPort() const;

  [[nodiscard]] hosts::base::Result<void> Send(std::string_view bytes);
  // No more will be sent; answers can still be read.
  void FinishSending();
  // The system keeps little of what comes and is not read.
  void ReceiveLittle();
  // Ends the connection at once, with a reset, whatever is on its way.
  void Reset();

  // The bytes up to the mark, and the mark.
  [[nodiscard]] hosts::base::Result<std::string> ReadUntil(std::string_view mark,
                                                           hosts::base::Deadline deadline);
  // All bytes until the server closes.
  [[nodiscard]] hosts::base::Result<std::string> ReadToEnd(hosts::base::Deadline deadline);

  // Reads until what has come is enough. It is kept for the next call.
  using IsEnough = std::function<bool(std::string_view)>;
  [[nodiscard]] hosts::base::Result<void> ReadUntilEnough(const IsEnough& is_enough,
                                                          hosts::base::Deadline deadline);
  // What has come so far, maybe half of something.
  [[nodiscard]] std::string TakeReceived();

  // One whole answer, of HTTP/1.0 or HTTP/1.1, by its length, its chunks, or the end of the connection.
  enum class Body { Expected, None };  // None: the answer to HEAD
  [[nodiscard]] hosts::base::Result<Answer> ReadAnswer(hosts::base::Deadline deadline,
                                                       Body body = Body::Expected);

  // How long the body of an answer in chunks is, which is not kept: it may be longer than memory is.
  [[nodiscard]] hosts::base::Result<size_t> CountBodyInChunks(hosts::base::Deadline deadline);

 private:
  using Taker = std::function<void(std::string_view)>;
  explicit RawConnection(hosts::base::UniqueFd fd) : fd_(std::move(fd)) {}
  [[nodiscard]] hosts::base::Result<void> ReadMore(hosts::base::Deadline deadline);
  [[nodiscard]] hosts::base::Result<std::string> ReadExactly(size_t size,
                                                             hosts::base::Deadline deadline);
  // Gives the content of each chunk away.
  [[nodiscard]] hosts::base::Result<void> ReadChunks(const Taker& take,
                                                     hosts::base::Deadline deadline);

  hosts::base::UniqueFd fd_;
  std::string received_;
};

}  // namespace suites::client
