// Any bytes as a configuration of several files: reading it ends, in time and without a fault.
//
// Built with the preset fuzz. The bytes up to the first 0x01 are the main file, and each
// further 0x01 begins the next one, /1, /2 ... Run it as
//     fuzz_language -max_total_time=300 -timeout=5 CORPUS hosts/directives/testdata

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "hosts/base/check.h"
#include "hosts/language/document.h"
#include "hosts/language/testing/reading.h"

namespace hosts::language {
namespace {

constexpr char kNextFile = '\x01';

// Whether every inclusion leads to the main file, and every directive has one.
void CheckInclusions(const std::vector<Directive>& body, const Document& document) {
  for (const Directive& directive : body) {
    CHECK(directive.inclusion < document.inclusions.size(), "a directive without an inclusion");
    CheckInclusions(directive.body, document);
  }
}

void ReadBytes(std::string_view bytes) {
  std::string main;
  std::map<std::string, std::string> texts;
  std::string* text = &main;
  for (const char c : bytes) {
    if (c == kNextFile) {
      text = &texts['/' + std::to_string(texts.size() + 1)];
    } else {
      *text += c;
    }
  }
  const testing::FilesInMemory files(texts);
  ReadOptions options;
  options.files = &files;
  options.server_root = "/";
  options.defines = {"Test"};
  options.environment = {{"HOME", "/root"}};
  options.built_in_modules = {"so_module"};
  options.directives_with_options = {"WSGIDaemonProcess"};
  options.limits.lines = 10'000;
  options.limits.expanded_bytes = 1 << 20;
  const auto document = ReadText(main, "main.conf", options);
  if (document) {
    CheckInclusions(document->tree, *document);
  } else {
    const auto& where = document.error().where;
    CHECK(!where || (where->line > 0 && where->column > 0), "an error without a position");
  }
}

}  // namespace
}  // namespace hosts::language

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  hosts::language::ReadBytes({reinterpret_cast<const char*>(data), size});
  return 0;
}
