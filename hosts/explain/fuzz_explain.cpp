// Any bytes as a configuration: read, resolved, routed, explained and advised upon, in time and without
// a fault; and as an expression, which is judged.
//
// Built with the preset fuzz. Run it as
//     fuzz_explain -max_total_time=300 -timeout=5 CORPUS hosts/directives/testdata/sites

#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "hosts/base/check.h"
#include "hosts/deployment/request_values.h"
#include "hosts/directives/configuration.h"
#include "hosts/explain/render.h"
#include "hosts/expressions/expression.h"
#include "hosts/language/testing/reading.h"

namespace hosts::explain {
namespace {

// Every third path is a directory, every third a file.
class Anything : public deployment::Surroundings {
 public:
  deployment::FileKind KindOf(const std::string& path) override {
    switch (path.size() % 3) {
      case 0:
        return deployment::FileKind::Directory;
      case 1:
        return deployment::FileKind::File;
      default:
        return deployment::FileKind::Missing;
    }
  }
  std::optional<std::string> Variable(const std::string& name) override {
    return name.size() % 2 == 0 ? std::optional(name) : std::nullopt;
  }
  std::optional<std::string> Contents(const std::string& path) override {
    return path.size() % 2 == 0 ? std::optional(path) : std::nullopt;
  }
};

// The same bytes as a condition.
void JudgeBytes(std::string_view bytes) {
  const auto expression = expressions::Expression::Parse(bytes);
  if (!expression || !expression->foreign().empty()) return;
  Anything surroundings;
  const deployment::VirtualHost host;
  const deployment::RequestAddress address{.host = "a.example", .path = "/app/x"};
  deployment::RequestValues values(host, address, surroundings);
  values.SetMapping("/app/x", "/srv/app.wsgi", "/x");
  const expressions::Judged judged = expression->Judge(values);
  CHECK(judged.error.empty() || !judged.holds, "what cannot be judged does not hold");
}

void ExplainBytes(std::string_view bytes) {
  const language::testing::FilesInMemory files({});
  const auto deployment = directives::ReadConfigurationText(bytes, "main.conf", &files);
  if (!deployment) {
    const auto& where = deployment.error().where;
    CHECK(!where || where->line > 0, "an error without a position");
    return;
  }
  Anything surroundings;
  std::vector<std::string> urls = {"/", "http://a.example/app//x/../y", "/static/a.css"};
  for (const auto& host : deployment->virtual_hosts) {
    for (const auto& mount : host.mounts) {
      if (mount.url.starts_with('/')) urls.push_back(mount.url + "/tail");
    }
  }
  for (const auto& asked : {urls, std::vector<std::string>()}) {
    const auto explanation = Explain(*deployment, asked, surroundings);
    if (!explanation) continue;
    CHECK(!ToText(*deployment, *explanation, Colours::On).empty(), "nothing is said");
    CHECK(ToJson(*deployment, *explanation, "main.conf")
                  .dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace)
                  .size() > 2,
          "nothing is said");
  }
}

}  // namespace
}  // namespace hosts::explain

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  hosts::explain::JudgeBytes({reinterpret_cast<const char*>(data), size});
  hosts::explain::ExplainBytes({reinterpret_cast<const char*>(data), size});
  return 0;
}
