// HttpConnection, what it tells the log of its requests.

#include <algorithm>

#include "hosts/serving/http_connection.h"

namespace hosts::serving {

// The first line that came; a longer one than is allowed as far as it is.
std::string_view HttpConnection::RequestLine() const {
  std::string_view line = in_;
  line.remove_prefix(std::min(line.find_first_not_of("\r\n"), line.size()));
  const std::size_t end = line.find('\n');
  if (end == std::string_view::npos && line.size() <= settings_.limits.request_line) return {};
  line = line.substr(0, std::min<std::size_t>(end, settings_.limits.request_line));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

void HttpConnection::TellLog() {
  is_to_be_logged_ = false;
  const bool has_head = head_size_ > 0 && parser_->is_head_complete();
  const bool has_begun = writer_->has_begun();
  AnsweredRequest answered;
  answered.head = has_head ? &parser_->head() : nullptr;
  answered.decision = is_head_taken_ ? &decision_ : nullptr;
  answered.answer = has_begun ? &answer_ : nullptr;
  answered.request_line = RequestLine();
  answered.remote_address = peer_.address;
  answered.remote_port = peer_.port;
  answered.local_address = local_.address;
  answered.local_port = local_.port;
  answered.body_bytes = writer_->body_bytes() - stream().unsent_of_file();
  answered.sent = stream().sent() - sent_before_;
  answered.received = has_head ? request_bytes_ : in_.size();
  answered.took = base::Clock::now() - began_at_;
  answered.requests_before = is_head_taken_ ? requests_ - 1 : requests_;
  answered.afterwards = has_broken_off_   ? Afterwards::BrokeOff
                        : is_to_be_kept() ? Afterwards::Kept
                                          : Afterwards::Closed;
  settings_.request_log->Note(answered);
}

}  // namespace hosts::serving
