#include "harness/examine/import_audit.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <set>

#include "harness/launch/cell_directory.h"
#include "harness/launch/host_process.h"
#include "harness/load/profile.h"

namespace harness::examine {

namespace record = reports::record;
using hosts::base::Deadline;
using hosts::base::ErrorKind;
using record::Import;
using record::ImportOutcome;

namespace {

// As many as start together in a moment, each with three processes.
constexpr size_t kAtOnce = 8;

struct Leg {
  const char* mount;
  const char* application_group;  // "" is the main interpreter
  const char* interpreter;        // what it shows, in the words of the record
};
struct Order {
  const char* name;
  std::array<Leg, 2> legs;
};
// Each in a process of its own. The second leg shows what the first one has left.
constexpr std::array<Order, 3> kOrders{
    Order{"main-sub", {Leg{"/main", "", "main"}, Leg{"/sub", "one", "sub after main"}}},
    Order{"sub-main", {Leg{"/sub", "one", "sub"}, Leg{"/main", "", "main after sub"}}},
    Order{"sub-sub", {Leg{"/sub", "one", ""}, Leg{"/other", "two", "sub after sub"}}}};

std::string GroupOf(size_t index, const Order& order) {
  return fmt::format("d{}-{}", index, order.name);
}

adapters::ServedDeployment DeploymentOf(const AuditOrder& order, size_t count) {
  adapters::ServedDeployment deployment;
  deployment.environment = order.app.environment;
  for (size_t index = 0; index < count; ++index) {
    for (const Order& kind : kOrders) {
      adapters::DaemonGroup group;
      group.name = GroupOf(index, kind);
      group.threads = 1;
      group.home = order.app.project.value_or(order.folder);
      group.python_home = run::PythonHomeOf(order.app, order.stage.surroundings);
      if (order.app.project) group.python_path.push_back(*order.app.project);
      deployment.daemon_groups.push_back(group);
      for (const Leg& leg : kind.legs) {
        adapters::ServedScript script;
        script.url = fmt::format("/{}{}", group.name, leg.mount);
        script.script = order.folder / "import.wsgi";
        script.process_group = group.name;
        script.application_group = leg.application_group;
        deployment.scripts.push_back(script);
      }
    }
  }
  return deployment;
}

void ReadAnswer(const std::string& body, Import& line) {
  const auto object = nlohmann::json::parse(body, nullptr, false);
  if (!object.is_object()) {
    line.outcome = ImportOutcome::Fails;
    line.error = "the answer is not understood";
    return;
  }
  line.ms = 1e3 * object.value("seconds", 0.0);
  if (!object.contains("error")) return;
  line.outcome = ImportOutcome::Fails;
  line.module = object.value("module", "");
  line.error = object.value("error", "");
}

class Audit {
 public:
  Audit(const AuditOrder& order, const std::function<void(record::Line)>& write)
      : order_(order), write_(write) {}

  void Try(const std::vector<Distribution>& batch);

 private:
  [[nodiscard]] Import LineOf(const Distribution& distribution, const char* interpreter) const;
  void TryOne(const tour::Site& site, size_t index, const Distribution& distribution);
  // Whether the process is there to be asked for more.
  bool Ask(const tour::Site& site, const std::string& path, Import& line) const;

  const AuditOrder& order_;
  const std::function<void(record::Line)>& write_;
};

Import Audit::LineOf(const Distribution& distribution, const char* interpreter) const {
  Import line;
  line.app = order_.app.name;
  line.distribution = distribution.name;
  line.version = distribution.version;
  line.interpreter = interpreter;
  const std::set<std::string> imported(order_.imported.begin(), order_.imported.end());
  line.is_used = std::ranges::any_of(ModulesToTry(distribution), [&](const std::string& module) {
    return imported.contains(module.substr(0, module.find('.')));
  });
  return line;
}

bool Audit::Ask(const tour::Site& site, const std::string& path, Import& line) const {
  const auto answer =
      tour::Exchange(site, load::FormatGet(site.host(), path), Deadline::After(order_.patience));
  if (!answer) {
    const bool hangs = answer.error().kind == ErrorKind::Timeout;
    line.outcome = hangs ? ImportOutcome::Hangs : ImportOutcome::Crashes;
    line.error = hangs ? fmt::format("not imported within {} s", order_.patience.count() / 1000)
                       : answer.error().Text();
    return false;
  }
  if (answer->status == 200) {
    ReadAnswer(answer->body, line);
    return true;
  }
  // The script imports inside a try: an answer of the host's own means that there is no process any more.
  line.outcome = ImportOutcome::Crashes;
  line.error = fmt::format("the process died: the host answered {}", answer->status);
  return false;
}

void Audit::TryOne(const tour::Site& site, size_t index, const Distribution& distribution) {
  const std::string query = fmt::format("?{}", fmt::join(ModulesToTry(distribution), "&"));
  for (const Order& kind : kOrders) {
    bool is_there = true;
    for (const Leg& leg : kind.legs) {
      if (order_.stage.is_interrupted()) return;
      Import line = LineOf(distribution, leg.interpreter);
      if (is_there) {
        is_there = Ask(site, fmt::format("/{}{}{}", GroupOf(index, kind), leg.mount, query), line);
      } else {
        line.outcome = ImportOutcome::NotTried;
        line.error = "the import before it did not come to an end";
      }
      if (line.interpreter == "main")
        line.extensions = AskDeclared(order_.python, order_.folder, distribution);
      if (!line.interpreter.empty()) write_(line);
    }
  }
}

void Audit::Try(const std::vector<Distribution>& batch) {
  const auto not_tried = [&](const std::string& why) {
    for (const Distribution& distribution : batch) {
      Import line = LineOf(distribution, "main");
      line.outcome = ImportOutcome::NotTried;
      line.error = why;
      write_(line);
    }
  };
  auto directory = launch::CellDirectory::Make();
  if (!directory) return not_tried(directory.error().Text());
  auto plan = order_.stage.adapter->Plan(DeploymentOf(order_, batch.size()), directory->path());
  if (!plan) return not_tried(plan.error().Text());
  auto host = launch::HostProcess::Start(*plan);
  if (!host) return not_tried(host.error().Text());
  const tour::Site site{host->ready().address(), host->ready().port(), ""};
  for (size_t index = 0; index < batch.size(); ++index)
    TryOne(site, index, batch[index]);
  host->Kill();  // interpreters in which imports hang would not end
}

}  // namespace

std::vector<std::string> ModulesToTry(const Distribution& distribution) {
  std::vector<std::string> modules = distribution.modules;
  for (const Distribution::Extension& extension : distribution.extensions) {
    if (std::ranges::count(modules, extension.module) == 0) modules.push_back(extension.module);
  }
  return modules;
}

void AuditImports(const AuditOrder& order, const std::function<void(record::Line)>& write) {
  Audit audit(order, write);
  std::vector<Distribution> batch;
  for (const Distribution& distribution : order.inventory.distributions) {
    if (ModulesToTry(distribution).empty()) continue;
    batch.push_back(distribution);
    if (batch.size() == kAtOnce) audit.Try(std::exchange(batch, {}));
  }
  if (!batch.empty()) audit.Try(batch);
}

}  // namespace harness::examine
