#pragma once
// The Python that servers which import modules are given: pieces of text, written into the cell's directory.
//
// Fails:   never.

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "harness/adapters/host_adapter.h"

namespace harness::adapters {

// A string literal.
[[nodiscard]] std::string PythonLiteral(std::string_view text);

// A module whose `application` is the callable of a script with any name, which is run as it is.
[[nodiscard]] std::string WriteScriptModule(const ServedScript& script,
                                            const std::vector<std::filesystem::path>& python_path);

// A program that starts a server which is written in Python and installed below `home`, with whichever
// Python runs it: the application's environment need not have the server in it. `function` of `module`
// is what the server's own program calls.
[[nodiscard]] std::string WriteStarter(const std::filesystem::path& home,
                                       std::string_view module,
                                       std::string_view function);

}  // namespace harness::adapters
