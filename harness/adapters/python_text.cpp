#include "harness/adapters/python_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace harness::adapters {

namespace {

constexpr std::string_view kScriptModule =
    R"py("""The WSGI callable of a script with any name, as a module. Made by wsgilab."""

import sys

SCRIPT = @SCRIPT@
sys.path[:0] = @PATH@

# Not by importlib's file loader: that would leave a __pycache__ beside the script.
script = type(sys)("wsgilab_script")
script.__file__ = SCRIPT
sys.modules[script.__name__] = script
with open(SCRIPT, "rb") as file:
    exec(compile(file.read(), SCRIPT, "exec", dont_inherit=True), script.__dict__)
application = getattr(script, @CALLABLE@)
)py";

constexpr std::string_view kStarter =
    R"py("""Starts a server that need not be installed in the Python environment that runs it. Made by wsgilab."""

import os
import sys
import sysconfig

HOME = @HOME@  # where the server is installed

if sys.prefix != HOME:
    folders = [sysconfig.get_path("purelib", "venv", {"base": HOME}), HOME + "/lib/python3/dist-packages"]
    found = [folder for folder in folders if os.path.isdir(folder)]
    if not found:
        sys.exit("%s has no packages for Python %d.%d" % (HOME, *sys.version_info[:2]))
    # Behind the application's own: a package of the server never hides one of the application.
    sys.path.extend(found)

if __name__ == "__main__":
    from @MODULE@ import @FUNCTION@

    sys.exit(@FUNCTION@())
)py";

std::string Fill(std::string text,
                 const std::vector<std::pair<std::string_view, std::string>>& values) {
  for (const auto& [mark, value] : values) {
    for (size_t at = text.find(mark); at != std::string::npos;
         at = text.find(mark, at + value.size())) {
      text.replace(at, mark.size(), value);
    }
  }
  return text;
}

}  // namespace

std::string PythonLiteral(std::string_view text) {
  std::string literal = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') literal += '\\';
    if (c == '\n') {
      literal += "\\n";
    } else {
      literal += c;
    }
  }
  return literal + "'";
}

std::string WriteScriptModule(const ServedScript& script,
                              const std::vector<std::filesystem::path>& python_path) {
  std::vector<std::string> folders;
  for (const auto& folder : python_path)
    folders.push_back(PythonLiteral(folder.string()));
  const std::string callable = script.callable.empty() ? "application" : script.callable;
  return Fill(std::string(kScriptModule),
              {{"@SCRIPT@", PythonLiteral(script.script.string())},
               {"@PATH@", fmt::format("[{}]", fmt::join(folders, ", "))},
               {"@CALLABLE@", PythonLiteral(callable)}});
}

std::string WriteStarter(const std::filesystem::path& home,
                         std::string_view module,
                         std::string_view function) {
  return Fill(std::string(kStarter),
              {{"@HOME@", PythonLiteral(home.string())},
               {"@MODULE@", std::string(module)},
               {"@FUNCTION@", std::string(function)}});
}

}  // namespace harness::adapters
