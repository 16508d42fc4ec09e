#include "reports/record/writer.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "hosts/base/file_lock.h"
#include "hosts/base/files.h"
#include "reports/record/json.h"

namespace reports::record {

namespace base = hosts::base;

namespace {

// Cuts what follows the last newline: half a line of a run that was cut off. Whether there was one.
base::Result<bool> DropCutOffLine(const std::filesystem::path& path, int fd) {
  auto text = base::ReadFile(path);
  if (!text) return text.error();
  const std::size_t last = text->rfind('\n');
  const std::size_t whole = last == std::string::npos ? 0 : last + 1;
  if (whole == text->size()) return false;
  if (::ftruncate(fd, static_cast<off_t>(whole)) != 0) {
    return base::SystemError(fmt::format("cannot shorten {}", path.string()));
  }
  return true;
}

}  // namespace

base::Result<RecordWriter> RecordWriter::Open(const std::filesystem::path& path, OpenMode mode) {
  base::UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
  if (!fd.is_open()) return base::SystemError(fmt::format("cannot write {}", path.string()));
  if (auto locked = base::LockFile(fd, path); !locked) return locked.error();
  bool has_dropped = false;
  if (mode == OpenMode::Append) {
    const auto dropped = DropCutOffLine(path, fd.get());
    if (!dropped) return dropped.error();
    has_dropped = *dropped;
  } else if (::lseek(fd.get(), 0, SEEK_END) > 0) {
    return base::Error{
        base::ErrorKind::InvalidInput,
        fmt::format("{} holds a record already: choose another path, or resume it", path.string())};
  }
  return RecordWriter(path, std::move(fd), has_dropped);
}

base::Result<void> RecordWriter::Write(const Line& line) {
  const std::string text = ToJsonLine(line) + '\n';
  const off_t before = ::lseek(fd_.get(), 0, SEEK_END);
  std::string_view rest = text;
  while (!rest.empty()) {  // one write(), but for a full disk or a signal
    const ssize_t count = ::write(fd_.get(), rest.data(), rest.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      auto error = base::SystemError(fmt::format("cannot write {}", path_.string()));
      // What did get there of the line goes again; a reader would drop it, too.
      if (rest.size() < text.size()) (void)!::ftruncate(fd_.get(), before);
      return error;
    }
    rest.remove_prefix(static_cast<std::size_t>(count));
  }
  return {};
}

}  // namespace reports::record
