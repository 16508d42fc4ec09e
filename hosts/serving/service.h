#pragma once
// Service:    what is done with a request, decided as soon as its head is there.
// Forwarding: a request whose answer comes from another process, without a thread of ours.
// AnswerFunction: answers one request on an application thread; may block.
//
// Threads: Service and Forwarding are called by the leader only (loop.h); an AnswerFunction is made,
//          called and destroyed on one application thread.

#include <chrono>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "hosts/base/check.h"
#include "hosts/exchange/answer.h"
#include "hosts/exchange/request.h"

namespace hosts::serving {

using AnswerFunction = std::function<void(
    const exchange::RequestHead&, exchange::RequestBody&, exchange::AnswerSink&)>;
using AnswerFunctionFactory = std::function<AnswerFunction()>;

// What a Service decided. It owns, or keeps alive, the text that its own views and the head's point
// to; so it stays where it is.
struct Decision {
  enum class What { Refuse, Run, Forward };
  What what = What::Refuse;
  int status = 404;       // Refuse
  int virtual_host = -1;  // as the deployment numbers them; -1: none was found
  std::string path;
  std::string host_name;
  std::string_view script_name;
  std::string_view path_info;
  std::string_view script_filename;
  std::string_view script;
  std::string_view handler;
  std::string_view callable_object;
  std::span<const std::pair<std::string, std::string>> variables;
  std::string_view process_group;
  std::string_view application_group;
  // Forward: an answer from 400 to 599 is replaced by the server's own page (RESP-15).
  bool overrides_errors = false;
  std::uint64_t body_limit = 0;  // bytes of a body whose length is not known before; 0: any number
  std::string_view dispatch_script;
  std::string_view dispatch_group;
  std::optional<exchange::RequestHead> as_received;  // set when the head was changed since
  std::list<std::string> more_text;
  std::shared_ptr<const void> text;  // what else the views point into
};

// The client's side of a forwarded request, as the Forwarding sees it. Never blocks.
class ForwardedRequest {
 public:
  virtual ~ForwardedRequest() = default;

  [[nodiscard]] virtual const exchange::RequestHead& head() const = 0;
  // Decoded bytes of the request's body that are here and were not taken; all of them.
  [[nodiscard]] virtual std::string& body() = 0;
  [[nodiscard]] virtual bool is_body_complete() const = 0;
  // How long one may wait for somebody (Timeout).
  [[nodiscard]] virtual std::chrono::milliseconds timeout() const = 0;
  // Room was made in body(): the client may send more.
  virtual void ReceiveMore() = 0;

  virtual void Begin(exchange::AnswerHead head) = 0;
  virtual void Write(std::string_view bytes) = 0;
  // The last two end the request: the Forwarding is destroyed before they return.
  virtual void Finish() = 0;
  virtual void Fail(int status) = 0;  // before Begin: answers `status`; after: cuts the connection
  // Bytes written and not yet taken by the client.
  [[nodiscard]] virtual std::size_t backlog() const = 0;
  // Bytes written since the last SendNow() that are held for it. Large pieces are not.
  [[nodiscard]] virtual std::size_t held() const = 0;
  virtual void SendNow() = 0;
};

class Forwarding {
 public:
  virtual ~Forwarding() = default;  // gives up: the client is gone, or the request has ended
  virtual void OnBody() = 0;        // more of the body is there, or it is complete
  virtual void OnDrained() = 0;     // the backlog has become small
  // How long the client may stop reading its answer; nullopt: as long as anybody may (Timeout).
  [[nodiscard]] virtual std::optional<std::chrono::milliseconds> client_timeout() const {
    return std::nullopt;
  }
};

class Service {
 public:
  virtual ~Service() = default;
  // Fills in where the request goes; views in the head may point into the Decision.
  virtual void Decide(exchange::RequestHead& head, Decision& decision) = 0;
  // After a Decision::What::Run whose head names a dispatch script.
  virtual void DecideAgain(exchange::RequestHead& head,
                           const exchange::Choice& choice,
                           Decision& decision);
  // For Decision::What::Forward. The request outlives the Forwarding.
  [[nodiscard]] virtual std::unique_ptr<Forwarding> Forward(ForwardedRequest& request) = 0;
};

inline void Service::DecideAgain(exchange::RequestHead& /*head*/,
                                 const exchange::Choice& /*choice*/,
                                 Decision& /*decision*/) {
  CHECK(false, "a service that names dispatch scripts takes their choices");
}

}  // namespace hosts::serving
