#include "hosts/directives/configuration.h"

#include <fmt/format.h>

#include "hosts/base/files.h"
#include "hosts/directives/apply.h"
#include "hosts/directives/resolve.h"
#include "hosts/language/parser.h"

namespace hosts::directives {

using base::Error;
using base::ErrorKind;
using base::Result;
using deployment::Deployment;

Result<Deployment> ReadConfiguration(const std::filesystem::path& file) {
  constexpr std::uintmax_t kLargest = 16 << 20;
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(file, error);
  if (!std::filesystem::exists(status)) {
    const std::string why = error ? error.message() : "No such file or directory";
    return Error{ErrorKind::NotFound, fmt::format("cannot read {}: {}", file.string(), why)};
  }
  if (!std::filesystem::is_regular_file(status)) {
    return Error{ErrorKind::InvalidInput,
                 fmt::format("cannot read {}: not a regular file", file.string())};
  }
  const std::uintmax_t size = std::filesystem::file_size(file, error);
  if (!error && size > kLargest) {
    return Error{ErrorKind::InvalidInput,
                 fmt::format("cannot read {}: it is larger than 16 MiB: is this the right file?",
                             file.string())};
  }
  const Result<std::string> text = base::ReadFile(file);
  if (!text) return text.error();
  return ReadConfigurationText(*text, file.string());
}

Result<Deployment> ReadConfigurationText(std::string_view text, std::string_view file_name) {
  const Result<std::vector<Directive>> tree = language::Parse(text, file_name);
  if (!tree) return tree.error();
  const Result<Settings> settings = ApplyTable(*tree);
  if (!settings) return settings.error();
  return Resolve(*settings);
}

}  // namespace hosts::directives
