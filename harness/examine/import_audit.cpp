#include "harness/examine/import_audit.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <iterator>
#include <set>
#include <utility>

#include "harness/adapters/catalogue.h"
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
  const char*
      interpreter;  // what it shows, in the words of the record; "": what another leg shows, too
  bool has_own_gil = false;
};
struct Order {
  const char* name;
  std::array<Leg, 2> legs;
};
// Each in a process of its own. The second leg shows what the first one has left.
constexpr std::array kOrders{
    Order{"main-sub", {Leg{"/main", "", "main"}, Leg{"/sub", "one", "sub after main"}}},
    Order{"sub-main", {Leg{"/sub", "one", "sub"}, Leg{"/main", "", "main after sub"}}},
    Order{"sub-sub", {Leg{"/sub", "one", ""}, Leg{"/other", "two", "sub after sub"}}},
    Order{"own-own",
          {Leg{"/own", "own", "sub-own-gil", true},
           Leg{"/own2", "own2", "sub-own-gil after sub-own-gil", true}}},
    Order{"main-own", {Leg{"/main", "", ""}, Leg{"/own", "own", "sub-own-gil after main", true}}}};

bool NeedsOwnGil(const Order& order) {
  return order.legs[1].has_own_gil;
}

std::vector<Order> OrdersOn(const adapters::HostAdapter& host) {
  const hosts::deployment::Mode own{.process = hosts::deployment::ProcessKind::Daemon,
                                    .interpreter = hosts::deployment::InterpreterKind::SubOwnGil,
                                    .loading = hosts::deployment::Loading::Lazy};
  const bool has_own_gils = !host.WhyNotOffered(own);
  std::vector<Order> orders;
  std::ranges::copy_if(kOrders, std::back_inserter(orders), [&](const Order& order) {
    return has_own_gils || !NeedsOwnGil(order);
  });
  return orders;
}

std::string GroupOf(size_t index, const Order& order) {
  return fmt::format("d{}-{}", index, order.name);
}

adapters::ServedDeployment DeploymentOf(const AuditOrder& order,
                                        const std::vector<Order>& orders,
                                        size_t count) {
  adapters::ServedDeployment deployment;
  deployment.environment = order.app.environment;
  for (size_t index = 0; index < count; ++index) {
    for (const Order& kind : orders) {
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
        script.has_own_gil = leg.has_own_gil;
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
  if (line.version.empty()) line.version = object.value("version", "");
  line.ms = 1e3 * object.value("seconds", 0.0);
  if (!object.contains("error")) return;
  line.outcome = ImportOutcome::Fails;
  line.module = object.value("module", "");
  line.error = object.value("error", "");
}

class Audit {
 public:
  Audit(const AuditOrder& order, const std::function<void(record::Line)>& write)
      : order_(order), write_(write), orders_(OrdersOn(*order.stage.adapter)) {}

  void Try(const std::vector<Distribution>& batch);

 private:
  [[nodiscard]] Import LineOf(const Distribution& distribution, const char* interpreter) const;
  void TryOne(const tour::Site& site, size_t index, const Distribution& distribution);
  // Whether the process is there to be asked for more.
  bool Ask(const tour::Site& site, const std::string& path, Import& line) const;

  const AuditOrder& order_;
  const std::function<void(record::Line)>& write_;
  std::vector<Order> orders_;
};

Import Audit::LineOf(const Distribution& distribution, const char* interpreter) const {
  Import line;
  if (!order_.app.name.empty()) line.app = order_.app.name;
  const std::string_view host = order_.stage.adapter->name();
  if (host != adapters::kEngine) line.host = host;
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
  for (const Order& kind : orders_) {
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
      // Whoever only names modules says nothing of the Python whose extensions these are.
      if (line.interpreter == "main" && !order_.python.empty())
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
  auto plan =
      order_.stage.adapter->Plan(DeploymentOf(order_, orders_, batch.size()), directory->path());
  if (!plan) return not_tried(plan.error().Text());
  auto host = launch::HostProcess::Start(*plan);
  if (!host) return not_tried(host.error().Text());
  const tour::Site site{host->ready().address(), host->ready().port(), ""};
  for (size_t index = 0; index < batch.size(); ++index)
    TryOne(site, index, batch[index]);
  host->Kill();  // interpreters in which imports hang would not end
}

// The module itself or its package is not there; what it imports and lacks is another matter.
bool IsNotInstalled(const Import& line) {
  if (!line.error || !line.error->starts_with("ModuleNotFoundError")) return false;
  const std::string top = line.distribution.substr(0, line.distribution.find('.'));
  return line.error->ends_with(fmt::format("'{}'", top)) ||
         line.error->ends_with(fmt::format("'{}'", line.distribution));
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

void AuditModules(const Stage& stage,
                  const std::filesystem::path& folder,
                  const std::optional<std::filesystem::path>& venv,
                  const std::vector<std::string>& modules,
                  const std::function<void(record::Line)>& write) {
  AuditOrder order{
      .stage = stage, .app = {}, .folder = folder, .python = {}, .inventory = {}, .imported = {}};
  order.app.needs_venv = venv.has_value();
  order.app.venv = venv;
  for (const std::string& module : modules)
    order.inventory.distributions.push_back(
        {.name = module, .version = {}, .modules = {module}, .extensions = {}});
  AuditImports(order, [&](record::Line line) {
    auto* import = std::get_if<Import>(&line);
    if (import != nullptr && IsNotInstalled(*import)) {
      import->outcome = ImportOutcome::NotTried;
      import->error = "not installed";
    }
    write(std::move(line));
  });
}

std::vector<std::string> UsualModules() {
  return {"numpy",
          "lxml.etree",
          "psycopg2",
          "psycopg",
          "cryptography.hazmat.bindings._rust",
          "_cffi_backend",
          "yaml._yaml",
          "PIL._imaging",
          "markupsafe._speedups",
          "_sqlite3",
          "_ssl",
          "_decimal",
          "_ctypes",
          "_datetime",
          "_curses",
          "readline",
          "_tracemalloc",
          "faulthandler"};
}

}  // namespace harness::examine
