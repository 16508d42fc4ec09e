#include "harness/command/schema_command.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <memory>
#include <string>
#include <vector>

#include "harness/command/exit.h"
#include "reports/schemas/schemas.h"

namespace harness::command {

namespace schemas = reports::schemas;

namespace {

// The version is the end of its "$id".
std::string LineOf(const schemas::Published& schema) {
  const auto json = nlohmann::json::parse(schema.text);
  const auto& id = json.at("$id").get_ref<const std::string&>();
  return fmt::format("{:<13} {}  {}\n",
                     schema.name,
                     id.substr(id.rfind(':') + 1),
                     json.at("title").get_ref<const std::string&>());
}

int ShowSchema(const std::string& name) {
  if (name.empty()) {
    for (const schemas::Published& schema : schemas::All())
      fmt::print("{}", LineOf(schema));
    return kPass;
  }
  const schemas::Published* schema = schemas::Find(name);
  if (schema == nullptr) {
    std::vector<std::string_view> names;
    for (const schemas::Published& one : schemas::All())
      names.push_back(one.name);
    return Complain(
        fmt::format("no schema is called '{}': there are {}", name, fmt::join(names, ", ")),
        kMisuse);
  }
  fmt::print("{}", schema->text);
  return kPass;
}

}  // namespace

void AddSchemaCommand(CLI::App& program, std::function<int()>& chosen) {
  CLI::App* verb = program.add_subcommand(
      "schema", "the JSON Schemas of records and of what --json writes; without a name: which");
  auto name = std::make_shared<std::string>();
  verb->add_option("name", *name, "one of them")->type_name("NAME");
  verb->footer(
      "JSON Schema 2020-12. The number is the version, with which \"$id\" ends: it changes when "
      "what was there\n"
      "before is gone or means something else, not when something is added.\n"
      "Example:\n  wsgilab schema record > record.schema.json");
  verb->callback([name, &chosen] { chosen = [name] { return ShowSchema(*name); }; });
}

}  // namespace harness::command
