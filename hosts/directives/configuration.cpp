#include "hosts/directives/configuration.h"

#include <unistd.h>

#include <sstream>

#include "hosts/base/files.h"
#include "hosts/base/pattern.h"
#include "hosts/directives/apply.h"
#include "hosts/directives/arguments.h"
#include "hosts/directives/resolve.h"
#include "hosts/directives/table.h"

namespace hosts::directives {
namespace {

using base::Result;
using deployment::Deployment;
using language::Document;
using language::ReadOptions;

// What counts as loaded without a LoadModule: what Debian's Apache has compiled in, and what the
// engine does itself. Which MPM it is like is for the configuration to say.
constexpr const char* kModulesAlwaysLoaded[] = {"core_module",
                                                "so_module",
                                                "watchdog_module",
                                                "http_module",
                                                "log_config_module",
                                                "logio_module",
                                                "version_module",
                                                "unixd_module",
                                                "authz_core_module",
                                                "macro_module",
                                                "wsgi_module"};

ReadOptions Options() {
  ReadOptions options;
  options.built_in_modules.assign(std::begin(kModulesAlwaysLoaded), std::end(kModulesAlwaysLoaded));
  options.is_known = [](std::string_view name, bool is_section) {
    const DirectiveRow* row = FindDirective(name);
    return row != nullptr && (row->form == DirectiveRow::Form::Section) == is_section;
  };
  for (const DirectiveRow& row : DirectiveTable()) {
    if (!row.options.empty()) options.directives_with_options.emplace_back(row.name);
  }
  return options;
}

std::map<std::string, std::string, std::less<>> Environment() {
  std::map<std::string, std::string, std::less<>> environment;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const size_t equals = text.find('=');
    if (equals == std::string_view::npos) continue;
    environment.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return environment;
}

// Debian's start script of Apache reads a file `envvars` beside the main file before it starts it:
// lines "export NAME=value". They are read and not run: a value with $( or ` in it is left out, and
// $NAME in a value is a variable read before, or nothing.
void AddVariablesBeside(const std::filesystem::path& file,
                        std::map<std::string, std::string, std::less<>>& environment) {
  constexpr std::string_view kExport = "export ";
  const auto text = base::ReadFile(std::filesystem::absolute(file).parent_path() / "envvars");
  if (!text) return;
  const auto variable = base::Regex::Compile("\\$\\{?([A-Za-z_][A-Za-z0-9_]*)\\}?").value();
  std::istringstream lines(*text);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with(kExport)) continue;
    const size_t equals = line.find('=');
    if (equals == std::string::npos || line.find_first_of("`(") != std::string::npos) continue;
    std::string value = line.substr(equals + 1);
    std::erase_if(value, [](char c) { return c == '"' || c == '\''; });
    std::string expanded;
    std::string_view rest = value;
    while (const auto found = variable.Match(rest)) {
      const auto at = static_cast<size_t>(found->at(0).data() - rest.data());
      expanded += rest.substr(0, at);
      const auto known = environment.find(found->at(1));
      if (known != environment.end()) expanded += known->second;
      rest.remove_prefix(at + found->at(0).size());
    }
    expanded += rest;
    environment.emplace(line.substr(kExport.size(), equals - kExport.size()), expanded);
  }
}

Result<Configuration> Understand(const Document& document, const std::string& server_root = {}) {
  const Result<Settings> settings = ApplyTable(document, server_root);
  if (!settings) return settings.error();
  return Configuration{Resolve(*settings), document.notes};
}

}  // namespace

Result<Configuration> ReadConfigurationWithNotes(const std::filesystem::path& file) {
  ReadOptions options = Options();
  options.environment = Environment();
  AddVariablesBeside(file, options.environment);
  // Apache has a ServerRoot compiled in, and a distribution's main file relies on it: the folder of
  // that file is it there.
  options.server_root = std::filesystem::absolute(file).parent_path().lexically_normal().string();
  const Result<Document> document = language::ReadDocument(file.string(), options);
  if (!document) return document.error();
  return Understand(*document, options.server_root);
}

Result<Deployment> ReadConfiguration(const std::filesystem::path& file) {
  Result<Configuration> configuration = ReadConfigurationWithNotes(file);
  if (!configuration) return configuration.error();
  return std::move(configuration->deployment);
}

Result<Deployment> ReadConfigurationText(std::string_view text,
                                         std::string_view file_name,
                                         const language::Files* files) {
  ReadOptions options = Options();
  options.files = files;
  const Result<Document> document = language::ReadText(std::string(text), file_name, options);
  if (!document) return document.error();
  Result<Configuration> configuration = Understand(*document);
  if (!configuration) return configuration.error();
  return std::move(configuration->deployment);
}

Result<deployment::Listen> ReadListenAddress(const std::string& text, const std::string& option) {
  auto listen = ReadListen({.text = text, .where = {.file = option}});
  if (listen) return listen;
  base::Error error = listen.error().While(option);
  error.where.reset();
  return error;
}

deployment::OverrideFile ReadOverrideFile(const std::string& path,
                                          const deployment::Overrides& permitted) {
  const auto fail = [](const base::Error& error) {
    deployment::OverrideFile failed;
    failed.error = error.Text();
    return failed;
  };
  const Result<Document> document = language::ReadDocument(path, Options());
  if (!document) return fail(document.error());
  Result<deployment::OverrideFile> file = ApplyOverrideFile(*document, permitted);
  return file ? *std::move(file) : fail(file.error());
}

}  // namespace hosts::directives
