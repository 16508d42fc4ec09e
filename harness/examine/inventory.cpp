#include "harness/examine/inventory.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "harness/adapters/ask_program.h"
#include "harness/adapters/engine_adapter.h"

namespace harness::examine {

namespace fs = std::filesystem;
using hosts::base::Error;
using hosts::base::ErrorKind;
using hosts::base::Result;

namespace {

// "3.11" of "3.11.2"
std::string MinorOf(const std::string& version) {
  const size_t dot = version.find('.');
  return version.substr(0, dot == std::string::npos ? dot : version.find('.', dot + 1));
}

}  // namespace

Result<fs::path> FindPython(const fs::path& venv, const std::string& host_python) {
  const std::string minor = MinorOf(host_python);
  if (venv.empty()) {
    for (const char* folder : {"/usr/bin", "/usr/local/bin"}) {
      const fs::path python = fs::path(folder) / ("python" + minor);
      if (fs::exists(python)) return python;
    }
    return Error{
        ErrorKind::Unsupported,
        fmt::format(
            "there is no python{} in /usr/bin, which the host embeds: the imports are not tried",
            minor)};
  }
  for (const char* name : {"python", "python3"}) {
    const fs::path python = venv / "bin" / name;
    if (!fs::exists(python)) continue;
    const auto said =
        adapters::AskProgram(python,
                             adapters::InheritedEnvironment(),
                             {"-I", "-c", "import sys; print('%d.%d' % sys.version_info[:2])"});
    if (!said) return said.error().While(python.string());
    const std::string version = said->substr(0, said->find('\n'));
    if (version == minor) return python;
    return Error{ErrorKind::InvalidInput,
                 fmt::format("{} is an environment of Python {}, and the host embeds {}: make one "
                             "with python{} -m venv, or build "
                             "the host with Python {}",
                             venv.string(),
                             version,
                             minor,
                             minor,
                             version)};
  }
  return Error{
      ErrorKind::InvalidInput,
      fmt::format("{} is no Python environment: there is no bin/python in it", venv.string())};
}

Result<Inventory> ParseInventory(const std::string& text) {
  try {
    const auto object = nlohmann::json::parse(text);
    Inventory inventory;
    inventory.python = object.at("python");
    inventory.tools = object.at("tools").get<std::vector<std::string>>();
    for (const auto& entry : object.at("distributions")) {
      Distribution distribution{entry.at("name"), entry.at("version"), entry.at("modules"), {}};
      for (const auto& extension : entry.at("extensions"))
        distribution.extensions.push_back({extension.at("module"), extension.at("file")});
      inventory.distributions.push_back(std::move(distribution));
    }
    return inventory;
  } catch (const nlohmann::json::exception& error) {
    return Error{ErrorKind::Unsupported,
                 fmt::format("its list of distributions is not understood: {}", error.what())};
  }
}

Result<Inventory> TakeInventory(const fs::path& python, const fs::path& folder) {
  const auto text = adapters::AskProgram(
      python, adapters::InheritedEnvironment(), {"-I", (folder / "inventory.py").string()});
  if (!text) return text.error().While(fmt::format("asking {} what is installed", python.string()));
  return ParseInventory(*text);
}

std::vector<reports::record::Extension> AskDeclared(const fs::path& python,
                                                    const fs::path& folder,
                                                    const Distribution& distribution) {
  std::vector<reports::record::Extension> declared;
  if (distribution.extensions.empty()) return declared;
  std::vector<std::string> words{"-I", (folder / "inventory.py").string(), "--declared"};
  for (const Distribution::Extension& extension : distribution.extensions) {
    words.push_back(extension.module);
    words.push_back(extension.file);
  }
  const auto text = adapters::AskProgram(python, adapters::InheritedEnvironment(), words);
  std::string rest = text ? *text : "";
  for (size_t begin = 0; begin < rest.size();) {
    const size_t end = std::min(rest.find('\n', begin), rest.size());
    const auto line = nlohmann::json::parse(rest.substr(begin, end - begin), nullptr, false);
    if (line.is_object())
      declared.push_back({line.value("module", ""), line.value("declares", "")});
    begin = end + 1;
  }
  for (const Distribution::Extension& extension : distribution.extensions) {
    const bool has_said =
        std::ranges::count(declared, extension.module, &reports::record::Extension::module) > 0;
    if (!has_said)
      declared.push_back({extension.module, "cannot be asked: the process that asked it died"});
  }
  return declared;
}

}  // namespace harness::examine
