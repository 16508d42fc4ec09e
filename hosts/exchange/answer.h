#pragma once
// AnswerHead: status and headers of an answer.
// FilePart:   bytes of a regular file, and the file.
// Choice:     what a dispatch script said about a request (LOAD-20).
// AnswerSink: where an answer goes: an HTTP connection, or the channel to the front.
//
// Order: Begin once, Write any number of times, Finish or Abort once; or, of a request that names a
// dispatch script, Choose once and nothing else; or Refuse once and nothing else. A sink applies framing
// (Content-Length, chunked) and drops the body of an answer to HEAD. Writes may block while the
// client reads slowly and its buffer is full: call them with no interpreter attached.
//
// WriteFile in place of the last Write: nothing is written behind a file.
//
// Threads: the thread that answers.
// Fails:   Closed when the client left; WriteFile otherwise when the file has become shorter or cannot
//          be read.

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "hosts/base/result.h"
#include "hosts/base/unique_fd.h"

namespace hosts::exchange {

struct AnswerHead {
  int status = 200;
  std::string reason;  // may be empty
  std::vector<std::pair<std::string, std::string>> headers;
  std::optional<std::uint64_t> content_length;  // parsed from the headers, kept beside them
  int pid = 0;  // of the process whose application answers; 0: not said
};

struct FilePart {
  base::UniqueFd file;
  std::uint64_t at = 0;
  std::uint64_t length = 0;
};

// Names as the script gave them, not expanded; nullopt: as configured.
struct Choice {
  std::optional<std::string> process_group;
  std::optional<std::string> application_group;
  std::optional<std::string> callable_object;
};

class AnswerSink {
 public:
  virtual ~AnswerSink() = default;

  // More follows: More lets the sink wait for it before it sends; Flush sends at once.
  enum class Then { More, Flush };

  [[nodiscard]] virtual base::Result<void> Begin(AnswerHead head) = 0;
  [[nodiscard]] virtual base::Result<void> Write(std::string_view bytes, Then then) = 0;
  // As if the bytes were written. A sink that can send them without reading them does that, also
  // after it has returned: the file is its own, and a slow reader holds no thread.
  [[nodiscard]] virtual base::Result<void> WriteFile(FilePart part);
  // The body is complete. Whatever was held back is sent.
  [[nodiscard]] virtual base::Result<void> Finish() = 0;
  // The body broke off (ERR-9): the client must be able to notice.
  virtual void Abort() = 0;
  // The request is routed again, with what was chosen.
  // Only where dispatch scripts run: in the server's own processes.
  virtual void Choose(Choice choice) = 0;
  // The script has changed, and this process has the old one: another one is to answer. Nothing of the
  // body was read. Only where that other one is found: in daemon processes (RELOAD-3).
  virtual void Refuse() = 0;
};

}  // namespace hosts::exchange
