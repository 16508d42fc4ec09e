#pragma once
// HttpConnection: one client's connection. Reads requests, hands each to an application thread or
// forwards it, sends the answers, keeps the connection for the next request.
//
// A request's head is read by the loop, and so is its body up to a limit; beyond it whoever
// answers reads on. So a slow sender of a usual request holds no thread.
//
// Owns:    the connection's buffers and the Forwarding, while there is one.
// Threads: as Connection: Answer() with the classes Body and Sink is the application thread's side.
// Source:  RFC 9112; INP-*, RESP-* of the rules of hosting.

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "hosts/deployment/http_limits.h"
#include "hosts/http1/answer_writer.h"
#include "hosts/http1/request_parser.h"
#include "hosts/serving/connection.h"
#include "hosts/serving/listener.h"
#include "hosts/serving/request_log.h"
#include "hosts/serving/service.h"

namespace hosts::serving {

struct HttpSettings {
  deployment::HttpLimits limits = {};
  std::size_t body_read_first = 128 * 1024;  // bytes read before anybody answers
  std::uint64_t body_drained = 1024 * 1024;  // unread bytes thrown away to keep a connection
  std::chrono::milliseconds linger{2'000};
  RequestLog* request_log = nullptr;  // null: nobody keeps one; outlives the connection
};

class HttpConnection final : public Connection {
 public:
  // The service and the settings outlive the connection.
  HttpConnection(Loop& loop, Service& service, const HttpSettings& settings, base::UniqueFd socket);
  ~HttpConnection() override;

  void Answer(const AnswerFunction& answer) override;
  void Conclude() override;
  void Proceed() override;
  void OnTick(base::Clock::time_point now) override;
  void OnStop() override;

 private:
  class Body;       // the application thread reads the request's body
  class Sink;       // the application thread writes the answer
  class Forwarded;  // a Forwarding's side of the request

  enum class State {
    Reading,     // a request's head, or the first part of its body
    Answering,   // an application thread has it, or will
    Chosen,      // a dispatch script has chosen: it is to be decided again
    Forwarding,  // another process answers
    Sending,     // answered; a file, or the log, waits until the client has all of it
    Draining,    // answered; the rest of the request's body is thrown away
    Closing,     // what waits for the client is sent, then the connection ends
    Lingering,   // our side is closed; the client's last bytes are thrown away (RFC 9112, 9.6)
  };
  // What a step of Proceed() leads to. Gone: the connection was destroyed.
  enum class Step { Again, Wait, Gone };

  [[nodiscard]] bool has_more_to_do() const override;
  Step Advance();
  Step ReadRequest();
  Step TakeClientsEnd();
  Step ReadForwardedBody();
  Step FinishSending();
  Step Drain();
  Step Close();
  Step Linger();
  Step Die();

  Stream::Receiving ReceiveMore();
  [[nodiscard]] http1::RequestParser::Progress ParseMore();
  [[nodiscard]] std::size_t unparsed() const { return in_.size() - head_size_; }
  Step TakeHead();
  Step TakeChoice();
  Step HandOn();
  void StartParser();
  // The client sends its body when it is told to, and was not told yet.
  [[nodiscard]] bool is_continue_awaited() const {
    return parser_->is_continue_expected() && !is_continue_sent_ && !parser_->is_complete();
  }
  void SendContinue() {
    is_continue_sent_ = true;
    stream().Send(http1::kContinue);
  }
  void Refuse(int status);
  void Reply(const exchange::AnswerHead& head, std::string_view page);
  [[nodiscard]] bool BreakOffFile();
  void EndRequest();
  void ReleaseBuffers();
  void TellLog();
  [[nodiscard]] std::string_view RequestLine() const;
  [[nodiscard]] bool is_to_be_kept() const {
    return !is_cut_ && !has_client_ended_ && writer_->is_connection_kept();
  }
  // An answer has begun: the log will want its head.
  Stream::Sending SendBlock(std::string_view bytes);
  void Remember(exchange::AnswerHead head) {
    if (is_to_be_logged_) answer_ = std::move(head);
  }
  // Until a client that sends its request slowly must be given up; none: it may take any time.
  [[nodiscard]] std::optional<base::Clock::time_point> ReadDeadline() const;
  void OnTickWhileReading(base::Clock::time_point now);
  void OnTickWhileForwarding(base::Clock::time_point now);
  [[nodiscard]] bool may_be_kept() const;
  [[nodiscard]] bool is_idle() const { return state_ == State::Reading && in_.empty(); }

  Service& service_;
  const HttpSettings& settings_;
  const SocketAddress peer_;
  const SocketAddress local_;
  State state_ = State::Reading;
  std::string in_;             // [0, head_size_) is the head, the rest is not parsed yet
  std::size_t head_size_ = 0;  // 0 while the head is incomplete
  std::optional<http1::RequestParser> parser_;
  std::optional<http1::AnswerWriter> writer_;
  Decision decision_;
  std::optional<exchange::Choice> choice_;
  std::unique_ptr<Forwarded> forwarded_;
  std::unique_ptr<Forwarding> forwarding_;
  std::string framed_;  // bytes of the answer on their way to the stream
  base::Clock::time_point active_at_ = base::Clock::now();
  base::Clock::time_point began_at_ = active_at_;                        // the head, then the body
  std::chrono::milliseconds client_timeout_ = settings_.limits.timeout;  // to read its answer on
  std::uint64_t received_ = 0;                                           // of it
  std::uint32_t requests_ = 0;  // on this connection, the present one included
  std::uint64_t drained_ = 0;
  bool is_continue_sent_ = false;
  bool has_client_ended_ = false;  // sends no more
  bool is_cut_ = false;            // the answer broke off: the connection must end
  // For the log.
  bool is_to_be_logged_ = false;
  bool has_broken_off_ = false;
  bool is_head_taken_ = false;  // the decision is about this request
  exchange::AnswerHead answer_;
  std::uint64_t request_bytes_ = 0;  // as they came
  std::uint64_t sent_before_ = 0;    // on this connection
};

}  // namespace hosts::serving
