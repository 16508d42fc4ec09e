#pragma once
// Whole files in and out, and directories that go away again.
//
// Fails:   every function returns a Result that names the path.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "hosts/base/result.h"

namespace hosts::base {

[[nodiscard]] Result<std::string> ReadFile(const std::filesystem::path& path);

// A file's text and the time of its last change, in nanoseconds since the epoch: looked at before the
// text, so that a change while it is read shows as a later one.
struct DatedText {
  std::string text;
  std::int64_t changed_at_ns = 0;
};
[[nodiscard]] Result<DatedText> ReadDatedFile(const std::filesystem::path& path);
// Without its text; nullopt: it cannot be looked at.
[[nodiscard]] std::optional<std::int64_t> ChangedAtNs(const std::filesystem::path& path);

// Replaces the file as a whole: a reader sees the old text or the new, never a part. A device or a pipe is written to.
[[nodiscard]] Result<void> WriteFile(const std::filesystem::path& path, std::string_view text);

// A directory of one's own, removed with everything in it unless Keep() was called.
class TemporaryDirectory {
 public:
  // Below the system's directory for temporary files; the name begins with the prefix.
  [[nodiscard]] static Result<TemporaryDirectory> Make(std::string_view prefix);
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  TemporaryDirectory(TemporaryDirectory&& other) noexcept;
  TemporaryDirectory& operator=(TemporaryDirectory&& other) noexcept;
  ~TemporaryDirectory();

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  void Keep() { keep_ = true; }

 private:
  explicit TemporaryDirectory(std::filesystem::path path) : path_(std::move(path)) {}
  std::filesystem::path path_;
  bool keep_ = false;
};

}  // namespace hosts::base
