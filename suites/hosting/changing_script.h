#pragma once
// ChangingScript: a script on the stage that is replaced by new versions while a host serves it.
//
// A version is put in its place as a whole, with a time of change of its own, which need not be later than
// the one before: no check waits for a clock. Its answers say which version ran, where, and what it read.
//
// Threads: one at a time.

#include <ctime>
#include <filesystem>
#include <string>
#include <string_view>

#include "hosts/base/result.h"
#include "suites/client/http_client.h"
#include "suites/hosts_under_test/stage.h"

namespace suites::hosting {

// What a version answered.
struct VersionAnswer {
  int status = 0;
  int version = 0;
  long pid = 0;
  std::string load;         // another one each time the script is executed
  std::string helper_load;  // the same of the module that it imports
  std::string left_over;    // a global of version 1 and no other: "none" where it is not visible
  std::string body;         // how many bytes came, and their MD5
};
[[nodiscard]] VersionAnswer ParseVersionAnswer(const client::Answer& answer);

class ChangingScript {
 public:
  // Version 1; `more` is Python text at the end of every version. Writes helper.py beside it.
  ChangingScript(const hosts_under_test::Stage& stage,
                 std::string_view name,
                 std::string more = {});

  // The next version, whatever stood there.
  int Change();
  // The next one, which raises while it is loaded.
  int Break();
  void Touch(timespec changed_at) const;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] int version() const { return version_; }

 private:
  [[nodiscard]] std::string Source() const;
  void Write(std::string_view source) const;

  std::filesystem::path path_;
  std::string more_;
  int version_ = 1;
};

}  // namespace suites::hosting
