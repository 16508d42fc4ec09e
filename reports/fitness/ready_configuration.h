#pragma once
// ReadyConfigurations: what to write so that an application is hosted in a mode, ready to be taken as it is: for the engine and
// Apache the same text, for gunicorn and uWSGI a command where they can do it.
//
// Pure. What is written is what was checked: the script, the environment, processes and threads of the record.
//
// Fails:   a name or path that no directive can hold (a line break) is left out, with a sentence that says so.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reports/record/record.h"

namespace reports::fitness {

struct ReadyConfiguration {
  std::string host;   // "engine and Apache", "gunicorn", "uWSGI"
  std::string title;  // what kind of text it is: "site.conf", "command"
  std::string text;
  bool is_directives = false;  // else a command
};

// An application, where it is to be.
struct Placed {
  const record::Subject* subject = nullptr;
  std::string mode;
  std::string process_group = {};      // "": one of its own, by its name
  std::string application_group = {};  // of a sub-interpreter; "": likewise
};

[[nodiscard]] std::vector<ReadyConfiguration> ReadyConfigurations(const record::Subject& subject,
                                                                  std::string_view mode);

// Of all applications of a site, each in the groups that are named. The text is empty when one of them cannot be written.
[[nodiscard]] std::string WriteSite(const std::vector<Placed>& applications);

}  // namespace reports::fitness
