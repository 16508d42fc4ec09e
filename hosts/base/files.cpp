#include "hosts/base/files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdlib>

#include "hosts/base/unique_fd.h"

namespace hosts::base {

namespace {

std::int64_t Nanoseconds(const timespec& time) {
  constexpr std::int64_t kInASecond = 1'000'000'000;
  return time.tv_sec * kInASecond + time.tv_nsec;
}

Result<std::string> ReadAll(const UniqueFd& fd, const std::filesystem::path& path) {
  std::string text;
  std::array<char, 65536> block{};
  while (true) {
    const ssize_t count = ::read(fd.get(), block.data(), block.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return SystemError(fmt::format("cannot read {}", path.string()));
    if (count == 0) return text;
    text.append(block.data(), static_cast<size_t>(count));
  }
}

Result<void> WriteAll(const UniqueFd& fd, std::string_view text, const std::string& path) {
  while (!text.empty()) {
    const ssize_t count = ::write(fd.get(), text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return SystemError(fmt::format("cannot write {}", path));
    text.remove_prefix(static_cast<size_t>(count));
  }
  return {};
}

// A device or a pipe, which must not be replaced by a file.
bool IsNoFile(const std::filesystem::path& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode);
}

}  // namespace

Result<std::string> ReadFile(const std::filesystem::path& path) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.is_open()) return SystemError(fmt::format("cannot read {}", path.string()));
  return ReadAll(fd, path);
}

Result<DatedText> ReadDatedFile(const std::filesystem::path& path) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat status {};
  if (!fd.is_open() || ::fstat(fd.get(), &status) != 0) {
    return SystemError(fmt::format("cannot read {}", path.string()));
  }
  auto text = ReadAll(fd, path);
  if (!text) return text.error();
  return DatedText{std::move(text).value(), Nanoseconds(status.st_mtim)};
}

std::optional<std::int64_t> ChangedAtNs(const std::filesystem::path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return std::nullopt;
  return Nanoseconds(status.st_mtim);
}

Result<void> WriteFile(const std::filesystem::path& path, std::string_view text) {
  if (IsNoFile(path)) {
    const UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
    if (!fd.is_open()) return SystemError(fmt::format("cannot write {}", path.string()));
    return WriteAll(fd, text, path.string());
  }
  const std::string beside = fmt::format("{}.{}.part", path.string(), ::getpid());
  {
    const UniqueFd fd(::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
    if (!fd.is_open()) return SystemError(fmt::format("cannot write {}", beside));
    if (auto written = WriteAll(fd, text, beside); !written) {
      ::unlink(beside.c_str());
      return written;
    }
  }
  if (::rename(beside.c_str(), path.c_str()) != 0) {
    const Error error = SystemError(fmt::format("cannot write {}", path.string()));
    ::unlink(beside.c_str());
    return error;
  }
  return {};
}

Result<TemporaryDirectory> TemporaryDirectory::Make(std::string_view prefix) {
  std::string name =
      fmt::format("{}/{}.XXXXXX", std::filesystem::temp_directory_path().string(), prefix);
  if (::mkdtemp(name.data()) == nullptr) {
    return SystemError(fmt::format("cannot make a directory {}", name));
  }
  return TemporaryDirectory(name);
}

TemporaryDirectory::TemporaryDirectory(TemporaryDirectory&& other) noexcept
    : path_(std::exchange(other.path_, {})), keep_(other.keep_) {}

TemporaryDirectory& TemporaryDirectory::operator=(TemporaryDirectory&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(keep_, other.keep_);
  return *this;
}

TemporaryDirectory::~TemporaryDirectory() {
  if (path_.empty() || keep_) return;
  std::error_code ignored;  // a destructor has nobody to tell; the next clean-up of /tmp has it
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace hosts::base
