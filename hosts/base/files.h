#pragma once
// Whole files in and out, and directories that go away again.
//
// Fails:   every function returns a Result that names the path.

#include <filesystem>
#include <string>
#include <string_view>

#include "hosts/base/result.h"

namespace hosts::base {

[[nodiscard]] Result<std::string> ReadFile(const std::filesystem::path& path);

// Replaces the file as a whole: a reader sees the old text or the new, never a part.
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
