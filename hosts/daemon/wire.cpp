#include "hosts/daemon/wire.h"

#include <cstring>

namespace hosts::daemon {

namespace {

// Bits of a request's choices.
constexpr std::uint8_t kReloadsScripts = 1;
constexpr std::uint8_t kIgnoresActivity = 2;

template <typename Number>
void Put(std::string& out, Number number) {
  char bytes[sizeof number];
  std::memcpy(bytes, &number, sizeof number);
  out.append(bytes, sizeof number);
}

void PutText(std::string& out, std::string_view text) {
  Put(out, static_cast<std::uint32_t>(text.size()));
  out.append(text);
}

void PutFields(std::string& out, const std::vector<exchange::HeaderField>& fields) {
  Put(out, static_cast<std::uint32_t>(fields.size()));
  for (const auto& field : fields) {
    PutText(out, field.name);
    PutText(out, field.value);
  }
}

// Reads what Put and PutText wrote; remembers whether it ran over the end.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  template <typename Number>
  Number Take() {
    Number number{};
    if (bytes_.size() < sizeof number) {
      failed_ = true;
      bytes_ = {};
      return number;
    }
    std::memcpy(&number, bytes_.data(), sizeof number);
    bytes_.remove_prefix(sizeof number);
    return number;
  }

  std::string_view TakeText() {
    const auto size = Take<std::uint32_t>();
    if (bytes_.size() < size) {
      failed_ = true;
      bytes_ = {};
      return {};
    }
    const std::string_view text = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return text;
  }

  [[nodiscard]] bool has_failed() const { return failed_; }
  [[nodiscard]] std::size_t left() const { return bytes_.size(); }

 private:
  std::string_view bytes_;
  bool failed_ = false;
};

// Room for a frame's header; EndFrame fills it in when the payload's size is known.
std::size_t BeginFrame(std::string& out) {
  out.append(kFrameHeaderSize, '\0');
  return out.size();
}

void FillHeader(char* header, std::uint32_t size, FrameType type, std::uint8_t flags) {
  std::memcpy(header, &size, sizeof size);
  header[4] = static_cast<char>(type);
  header[5] = static_cast<char>(flags);
}

void EndFrame(std::string& out, std::size_t payload_at, FrameType type, std::uint8_t flags) {
  const auto size = static_cast<std::uint32_t>(out.size() - payload_at);
  FillHeader(out.data() + payload_at - kFrameHeaderSize, size, type, flags);
}

base::Error Malformed(const char* what) {
  return base::Error{base::ErrorKind::InvalidInput, std::string("malformed frame: ") + what};
}

// No length that is one (RFC 9110, 8.6 leaves the most to us: 2^63 - 1).
constexpr std::uint64_t kNoLength = ~std::uint64_t{0};

}  // namespace

base::Result<std::optional<Frame>> NextFrame(std::string_view bytes) {
  if (bytes.size() < kFrameHeaderSize) return std::optional<Frame>();
  std::uint32_t size = 0;
  std::memcpy(&size, bytes.data(), sizeof size);
  const auto type = static_cast<std::uint8_t>(bytes[4]);
  if (size > kMaxFrame || type < 1 || type > static_cast<std::uint8_t>(FrameType::Refused))
    return Malformed("size or type");
  if (bytes.size() - kFrameHeaderSize < size) return std::optional<Frame>();
  return std::optional<Frame>(Frame{static_cast<FrameType>(type),
                                    static_cast<std::uint8_t>(bytes[5]),
                                    bytes.substr(kFrameHeaderSize, size),
                                    kFrameHeaderSize + size});
}

void AppendFrame(std::string& out, FrameType type, std::string_view payload, std::uint8_t flags) {
  const std::size_t at = BeginFrame(out);
  out.append(payload);
  EndFrame(out, at, type, flags);
}

void AppendFrameHead(std::string& out, FrameType type, std::uint32_t payload_size) {
  const std::size_t at = BeginFrame(out);
  FillHeader(out.data() + at - kFrameHeaderSize, payload_size, type, 0);
}

void AppendBodyFrames(std::string& out, FrameType type, std::string_view bytes) {
  while (!bytes.empty()) {
    const std::string_view part = bytes.substr(0, kMaxBodyFrame);
    AppendFrame(out, type, part);
    bytes.remove_prefix(part.size());
  }
}

void AppendRequest(std::string& out,
                   const exchange::RequestHead& head,
                   Ticket ticket,
                   std::optional<std::string_view> complete_body) {
  const std::size_t at = BeginFrame(out);
  Put(out, ticket.cell);
  Put(out, ticket.turn);
  Put(out, static_cast<std::int32_t>(head.version_minor));
  Put(out, static_cast<std::int32_t>(head.remote_port));
  Put(out, static_cast<std::int32_t>(head.local_port));
  Put(out, static_cast<std::int32_t>(head.host_port));
  Put(out, static_cast<std::int32_t>(head.virtual_host));
  Put(out, static_cast<std::uint8_t>(head.is_chunked));
  Put(out, static_cast<std::uint8_t>(head.pass_authorization));
  Put(out, static_cast<std::uint8_t>(head.may_send_files));
  Put(out,
      static_cast<std::uint8_t>((head.reloads_scripts ? kReloadsScripts : 0) |
                                (head.ignores_activity ? kIgnoresActivity : 0)));
  Put(out, head.script_changed_at_ns);
  Put(out, static_cast<std::int32_t>(head.server_pid));
  Put(out, head.content_length.value_or(kNoLength));
  Put(out, head.received_at_us);
  Put(out, head.queued_at_us);
  for (const std::string_view text : {head.method,
                                      head.target,
                                      head.query,
                                      head.remote_address,
                                      head.local_address,
                                      head.host_name,
                                      head.script_name,
                                      head.path_info,
                                      head.script_filename,
                                      head.script,
                                      head.handler,
                                      head.callable_object,
                                      head.process_group,
                                      head.application_group}) {
    PutText(out, text);
  }
  Put(out, static_cast<std::uint8_t>(head.forwarded_script_name.has_value()));
  PutText(out, head.forwarded_script_name.value_or(std::string_view()));
  PutFields(out, head.headers);
  PutFields(out, head.variables);
  PutText(out, complete_body.value_or(std::string_view()));
  EndFrame(out, at, FrameType::Request, complete_body ? std::uint8_t{0} : kBodyFollows);
}

base::Result<DecodedRequest> DecodeRequest(std::string_view payload) {
  Reader reader(payload);
  DecodedRequest decoded;
  exchange::RequestHead& head = decoded.head;
  decoded.ticket.cell = reader.Take<std::uint32_t>();
  decoded.ticket.turn = reader.Take<std::uint32_t>();
  head.version_minor = reader.Take<std::int32_t>();
  head.remote_port = reader.Take<std::int32_t>();
  head.local_port = reader.Take<std::int32_t>();
  head.host_port = reader.Take<std::int32_t>();
  head.virtual_host = reader.Take<std::int32_t>();
  head.is_chunked = reader.Take<std::uint8_t>() != 0;
  head.pass_authorization = reader.Take<std::uint8_t>() != 0;
  head.may_send_files = reader.Take<std::uint8_t>() != 0;
  const auto choices = reader.Take<std::uint8_t>();
  head.reloads_scripts = (choices & kReloadsScripts) != 0;
  head.ignores_activity = (choices & kIgnoresActivity) != 0;
  head.script_changed_at_ns = reader.Take<std::int64_t>();
  head.server_pid = reader.Take<std::int32_t>();
  if (const auto length = reader.Take<std::uint64_t>(); length != kNoLength) {
    head.content_length = length;
  }
  head.received_at_us = reader.Take<std::int64_t>();
  head.queued_at_us = reader.Take<std::int64_t>();
  for (std::string_view* text : {&head.method,
                                 &head.target,
                                 &head.query,
                                 &head.remote_address,
                                 &head.local_address,
                                 &head.host_name,
                                 &head.script_name,
                                 &head.path_info,
                                 &head.script_filename,
                                 &head.script,
                                 &head.handler,
                                 &head.callable_object,
                                 &head.process_group,
                                 &head.application_group}) {
    *text = reader.TakeText();
  }
  const bool has_forwarded_script_name = reader.Take<std::uint8_t>() != 0;
  const std::string_view forwarded_script_name = reader.TakeText();
  if (has_forwarded_script_name) head.forwarded_script_name = forwarded_script_name;
  for (auto* fields : {&head.headers, &head.variables}) {
    const auto count = reader.Take<std::uint32_t>();
    if (count > payload.size() / 8) return Malformed("number of headers");
    fields->reserve(count);
    for (std::uint32_t i = 0; i < count; ++i) {
      const std::string_view name = reader.TakeText();
      fields->push_back({name, reader.TakeText()});
    }
  }
  decoded.body = reader.TakeText();
  if (reader.has_failed() || reader.left() != 0) return Malformed("request");
  return decoded;
}

void AppendAnswerHead(std::string& out, const exchange::AnswerHead& head) {
  const std::size_t at = BeginFrame(out);
  Put(out, static_cast<std::int32_t>(head.status));
  Put(out, static_cast<std::int32_t>(head.pid));
  Put(out, head.content_length.value_or(kNoLength));
  PutText(out, head.reason);
  Put(out, static_cast<std::uint32_t>(head.headers.size()));
  for (const auto& [name, value] : head.headers) {
    PutText(out, name);
    PutText(out, value);
  }
  EndFrame(out, at, FrameType::AnswerHead, 0);
}

base::Result<exchange::AnswerHead> DecodeAnswerHead(std::string_view payload) {
  Reader reader(payload);
  exchange::AnswerHead head;
  head.status = reader.Take<std::int32_t>();
  head.pid = reader.Take<std::int32_t>();
  if (const auto length = reader.Take<std::uint64_t>(); length != kNoLength) {
    head.content_length = length;
  }
  head.reason = reader.TakeText();
  const auto count = reader.Take<std::uint32_t>();
  if (count > payload.size() / 8) return Malformed("number of headers");
  head.headers.reserve(count);
  for (std::uint32_t i = 0; i < count; ++i) {
    std::string name(reader.TakeText());
    head.headers.emplace_back(std::move(name), reader.TakeText());
  }
  if (reader.has_failed() || reader.left() != 0) return Malformed("answer");
  return head;
}

}  // namespace hosts::daemon
