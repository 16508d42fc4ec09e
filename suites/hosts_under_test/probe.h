#pragma once
// What apps/probe/probe.wsgi answers and writes down, and how it is asked.
//
// Fails:   as the client; InvalidInput when the answer is not the probe's.

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "hosts/base/result.h"
#include "suites/client/http_client.h"
#include "suites/hosts_under_test/stage.h"

namespace suites::hosts_under_test {

struct ProbeAnswer {
  std::string name;  // of the script's copy, without suffix
  pid_t pid = 0;
  pid_t parent_pid = 0;
  long thread = 0;  // the kernel's id
  std::string process_group;
  std::string application_group;
  long interpreter = -1;  // 0 is the main one
  std::string load;       // another one each time the script is executed
  double imported_at = 0;
  bool import_on_main_thread = false;
  std::string result;                // of the text that was executed, as JSON
  std::optional<std::string> error;  // what it raised
  bool is_elsewhere = false;         // not where the request was wanted: nothing was executed

  // "pid 12, interpreter 1"
  [[nodiscard]] std::string Place() const;
};

[[nodiscard]] hosts::base::Result<ProbeAnswer> Where(client::HttpClient& client,
                                                     const std::string& url);
// Executes Python text there; it finds TOKEN, STATE (kept between requests), HERE (the stage) and
// wait_for(condition), and leaves its answer in `result`.
[[nodiscard]] hosts::base::Result<ProbeAnswer> Execute(client::HttpClient& client,
                                                       const std::string& url,
                                                       const std::string& python,
                                                       const std::string& token = "");
// The same where it is wanted, "pid:NUMBER" or "interpreter:main": one that came elsewhere has executed nothing.
[[nodiscard]] hosts::base::Result<ProbeAnswer> ExecuteWhere(const std::string& wanted,
                                                            client::HttpClient& client,
                                                            const std::string& url,
                                                            const std::string& python,
                                                            const std::string& token);
// From the body of an answer.
[[nodiscard]] hosts::base::Result<ProbeAnswer> ParseProbeAnswer(const client::Answer& answer);

struct Event {
  std::string event;  // "import", "exit"
  std::string name;
  pid_t pid = 0;
  double at = 0;
  std::string load;
  long interpreter = -1;
  bool on_main_thread = false;
  std::string cwd;
};

// What the copies on this stage have written down so far, in order. Empty if nothing.
[[nodiscard]] std::vector<Event> EventsOn(const Stage& stage);
[[nodiscard]] std::vector<Event> EventsOn(const Stage& stage,
                                          std::string_view event,
                                          std::string_view name = "");

}  // namespace suites::hosts_under_test
