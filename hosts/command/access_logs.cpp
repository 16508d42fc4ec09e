#include "hosts/command/access_logs.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <functional>
#include <optional>

#include "hosts/base/letters.h"
#include "hosts/deployment/request_values.h"
#include "hosts/deployment/virtual_host_choice.h"

namespace hosts::command {

namespace {

using deployment::AccessLog;
using deployment::VirtualHost;
using serving::AnsweredRequest;
using serving::Decision;

constexpr std::string_view kOwnHandler = "own";
constexpr std::string_view kEmbedded = "embedded";
constexpr std::string_view kDaemon = "daemon";

// A listener for IPv6 shows the IPv4 addresses it accepts with this before them.
std::string_view Plain(std::string_view address) {
  constexpr std::string_view kIPv4InIPv6 = "::ffff:";
  if (address.starts_with(kIPv4InIPv6)) address.remove_prefix(kIPv4InIPv6.size());
  return address;
}

// Values of one name, with ", " between.
class Joined {
 public:
  void Add(std::string_view value) {
    if (!text_) {
      text_ = value;
    } else {
      text_->append(", ").append(value);
    }
  }
  [[nodiscard]] std::optional<std::string> Take() { return std::move(text_); }

 private:
  std::optional<std::string> text_;
};

class NamesOf final : public access_log::Names {
 public:
  explicit NamesOf(const AnsweredRequest& request) : request_(request) {}

  [[nodiscard]] std::optional<std::string> RequestHeader(std::string_view name) const override {
    Joined values;
    if (request_.head == nullptr) return std::nullopt;
    for (const auto& field : request_.head->headers) {
      if (base::SameLetters(field.name, name)) values.Add(field.value);
    }
    return values.Take();
  }
  [[nodiscard]] std::optional<std::string> AnswerHeader(std::string_view name) const override {
    Joined values;
    if (request_.answer == nullptr) return std::nullopt;
    for (const auto& [own, value] : request_.answer->headers) {
      if (base::SameLetters(own, name)) values.Add(value);
    }
    return values.Take();
  }
  [[nodiscard]] std::optional<std::string> Variable(std::string_view name) const override {
    if (request_.decision == nullptr) return std::nullopt;
    for (const auto& [own, value] : request_.decision->variables) {
      if (own == name) return value;
    }
    return std::nullopt;
  }

 private:
  const AnsweredRequest& request_;
};

// As Apache has it with UseCanonicalName Off: neither what the client wrote nor where it
// came in (observed with 2.4, 2026-11-22).
int PortOf(const VirtualHost& host) {
  constexpr int kHttpPort = 80;
  return host.server_port != 0 ? host.server_port : kHttpPort;
}

access_log::Afterwards AfterwardsOf(const AnsweredRequest& request) {
  switch (request.afterwards) {
    case serving::Afterwards::Kept:
      return access_log::Afterwards::Kept;
    case serving::Afterwards::Closed:
      return access_log::Afterwards::Closed;
    case serving::Afterwards::BrokeOff:
      return access_log::Afterwards::BrokeOff;
  }
  CHECK(false, "a connection is kept, closed or broken off");
}

void DescribePlace(const Decision& decision, access_log::Entry& entry) {
  if (decision.as_received) entry.method = decision.as_received->method;
  entry.path = decision.path;
  entry.filename = decision.script_filename;
  if (decision.what == Decision::What::Refuse || decision.handler == kOwnHandler) return;
  entry.handler = decision.handler;
  entry.mode = decision.what == Decision::What::Run ? kEmbedded : kDaemon;
  entry.process_group = decision.process_group;
  entry.application_group = decision.application_group;
}

access_log::Entry EntryOf(const AnsweredRequest& request, const VirtualHost& host) {
  access_log::Entry entry;
  entry.remote_address = Plain(request.remote_address);
  entry.remote_port = request.remote_port;
  entry.local_address = Plain(request.local_address);
  entry.local_port = request.local_port;
  entry.server_name = host.server_name;
  entry.server_port = PortOf(host);
  entry.request_line = request.request_line;
  if (request.answer != nullptr) entry.status = request.answer->status;
  entry.body_bytes = request.body_bytes;
  entry.sent = request.sent;
  entry.received = request.received;
  entry.took = std::chrono::duration_cast<std::chrono::microseconds>(request.took);
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  entry.began_us =
      std::chrono::duration_cast<std::chrono::microseconds>(now - request.took).count();
  entry.requests_before = request.requests_before;
  entry.afterwards = AfterwardsOf(request);
  if (request.head == nullptr) return entry;
  entry.host_name = request.head->host_name;
  entry.method = request.head->method;
  entry.query = request.head->query;
  entry.protocol = request.head->version_minor == 0 ? "HTTP/1.0" : "HTTP/1.1";
  if (request.decision == nullptr) return entry;
  DescribePlace(*request.decision, entry);
  if (request.answer != nullptr) entry.pid = request.answer->pid;
  if (entry.mode == kEmbedded) entry.pid = ::getpid();
  return entry;
}

}  // namespace

struct AccessLogs::Described {
  const AnsweredRequest& request;
  const VirtualHost& host;
  const access_log::Entry& entry;
};

base::Result<AccessLogFiles> OpenAccessLogs(const deployment::Deployment& deployment) {
  AccessLogFiles files;
  for (const VirtualHost& host : deployment.virtual_hosts) {
    if (host.access_logs == nullptr) continue;
    for (const AccessLog& log : *host.access_logs) {
      base::UniqueFd& file = files[log.file.string()];
      if (file.is_open()) continue;
      constexpr mode_t kMode = 0640;
      // A pipe must not make anybody wait: neither here nor when it is written.
      file = base::UniqueFd(
          ::open(log.file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK, kMode));
      if (file.is_open()) continue;
      base::Error error = base::SystemError("cannot open the access log " + log.file.string());
      error.where = base::SourcePosition{log.origin.file, log.origin.line};
      return error;
    }
  }
  return files;
}

AccessLogs::AccessLogs(const deployment::Deployment& deployment, const AccessLogFiles& files)
    : deployment_(deployment), machine_(deployment), writer_([&] {
        std::vector<access_log::OpenFile> open;
        for (const auto& [path, file] : files) {
          numbers_[path] = open.size();
          open.push_back({file.get(), path});
        }
        return open;
      }()) {}

const VirtualHost* AccessLogs::HostOf(const AnsweredRequest& request) const {
  if (request.decision != nullptr && request.decision->virtual_host >= 0) {
    return &deployment_.virtual_hosts[static_cast<std::size_t>(request.decision->virtual_host)];
  }
  return deployment::FindVirtualHost(
      deployment_, {.local_address = request.local_address, .local_port = request.local_port});
}

void AccessLogs::Note(const AnsweredRequest& request) {
  const VirtualHost* host = HostOf(request);
  if (host == nullptr || host->access_logs == nullptr) return;
  const NamesOf names(request);
  access_log::Entry entry = EntryOf(request, *host);
  entry.names = &names;
  thread_local std::string line;
  for (const AccessLog& log : *host->access_logs) {
    if (!IsWanted(log, {request, *host, entry})) continue;
    line.clear();
    log.format.Write(entry, line);
    writer_.Append(numbers_.find(log.file.string())->second, line);
  }
}

bool AccessLogs::IsWanted(const AccessLog& log, const Described& described) {
  const AnsweredRequest& request = described.request;
  const access_log::Entry& entry = described.entry;
  if (!log.variable.empty()) {
    return entry.names->Variable(log.variable).has_value() != log.is_for_others;
  }
  if (!log.condition) return true;
  deployment::RequestAddress address{.local_address = request.local_address,
                                     .local_port = request.local_port,
                                     .host = entry.host_name,
                                     .path = entry.path,
                                     .method = entry.method,
                                     .remote_address = request.remote_address,
                                     .protocol = entry.protocol,
                                     .query = entry.query,
                                     .remote_port = request.remote_port};
  if (request.head != nullptr) {
    address.target = request.head->target;
    address.host_port = request.head->host_port;
    address.header = [&request](const auto& fits) -> std::optional<std::string_view> {
      for (const auto& field : request.head->headers) {
        if (fits(field.name)) return field.value;
      }
      return std::nullopt;
    };
  }
  const std::lock_guard lock(mutex_);
  deployment::RequestValues values(described.host, address, machine_);
  if (request.decision != nullptr) {
    values.SetMapping(entry.path, entry.filename, request.decision->path_info);
    const auto& variables = request.decision->variables;
    values.SetVariables(deployment::Variables(variables.begin(), variables.end()));
  }
  values.SetStatus(entry.status);
  return log.condition->Judge(values).holds;
}

}  // namespace hosts::command
