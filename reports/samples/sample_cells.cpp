#include "reports/samples/sample_cells.h"

#include <fmt/format.h>

#include <cmath>

namespace reports::samples {

namespace {

// A factor near 1 that belongs to the cell and to what is measured in it, the same everywhere.
double Wobble(const std::string& cell, std::string_view what) {
  std::uint32_t hash = 2166136261U;
  for (const char c : cell + std::string(what)) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  }
  return 0.96 + 0.08 * static_cast<double>(hash % 1000) / 1000;
}

// Three significant digits are what a reader of a golden file can bear.
double Rounded(double value) {
  if (value == 0) return 0;
  const double scale = std::pow(10, 3 - std::ceil(std::log10(std::abs(value))));
  return std::round(value * scale) / scale;
}

double InterpreterMs(const SampleMode& mode) {
  return mode.is_sub ? 21 : 0;
}

double ReadyMs(const SampleMode& mode, const SampleApp& app) {
  const double start = mode.is_daemon ? 74 : 62;
  return start + (mode.is_preload ? InterpreterMs(mode) + app.import_ms : 0);
}

double FirstRequestMs(const SampleMode& mode, const SampleApp& app) {
  return app.first_page_ms + (mode.is_preload ? 0 : InterpreterMs(mode) + app.import_ms);
}

double Throughput(const SampleMode& mode, const SampleApp& app) {
  const double service_us = 1e6 / app.requests_per_s + (mode.is_daemon ? 8.5 : 0);
  return 1e6 / service_us * (mode.is_sub ? 0.985 : 1);
}

record::Placement MakePlacement(const SampleMode& mode, const SampleApp& app, int index) {
  const double start = kRunStart + 4 * index;
  const double ready = start + ReadyMs(mode, app) / 1e3;
  const double first_request = ready + 0.02;
  const double import_start = mode.is_preload ? ready - (app.import_ms + 3) / 1e3
                                              : first_request + (InterpreterMs(mode) + 1) / 1e3;
  record::Placement line;
  line.cell = CellId(mode, app);
  line.asked = {mode.is_daemon ? app.name : "",
                mode.is_sub ? app.name : "",
                mode.is_sub ? "sub" : "main",
                mode.is_preload ? "preload" : "lazy"};
  line.found.pid = 4100 + 7 * index + (mode.is_daemon ? 2 : 1);
  line.found.parent_pid = 4100 + 7 * index;
  line.found.supervisor_pid = 4100 + 7 * index;
  line.found.process_group = line.asked.process_group;
  line.found.application_group = line.asked.application_group;
  line.found.interpreter_id = mode.is_sub ? 1 : 0;
  line.found.is_main_interpreter = !mode.is_sub;
  line.found.python = "3.11.2";
  line.found.prefix = app.name == "hello" ? "/usr" : "venv";
  line.found.gil = "shared";
  line.found.process_started_at = start;
  line.found.import_started_at = import_start;
  line.found.import_finished_at = import_start + app.import_ms / 1e3;
  line.found.ready_at = ready;
  line.found.first_request_at = first_request;
  line.found.import_on_main_thread = mode.is_preload;
  line.found.load_count = 1;
  line.agrees = true;
  return line;
}

record::Settings MakeSettings(const SampleMode& mode, const SampleApp& app) {
  record::Settings line;
  line.cell = CellId(mode, app);
  line.asked = {.processes = 1, .threads = 5};
  line.found.processes = 1;
  line.found.threads = 8;
  line.found.at_once = 5;
  line.found.at_once_is_limit = true;
  line.found.keep_alive = true;
  line.found.log_lines = 0;
  line.found.requests = 2000;
  line.found.words = {"spawned worker 1 (threads: 5)"};
  return line;
}

record::Startup MakeStartup(const SampleMode& mode, const SampleApp& app, int index) {
  const std::string cell = CellId(mode, app);
  const double first_ms = Rounded(FirstRequestMs(mode, app) * Wobble(cell, "first"));
  record::Startup line{cell,
                       Rounded(ReadyMs(mode, app) * Wobble(cell, "ready")),
                       first_ms,
                       Rounded(2.2e3 / Throughput(mode, app) * Wobble(cell, "second")),
                       Rounded(app.import_ms * Wobble(cell, "import"))};
  line.workers = {{4100 + 7 * index + (mode.is_daemon ? 2 : 1), 2, first_ms}};
  line.modules = record::Modules{38, static_cast<int>(app.import_ms * 1.9), {}, {}, {}};
  if (app.first_page_ms > 2) {
    line.modules->by_first_requests = {app.name + ".urls", app.name + ".views"};
    line.modules->by_tour = {"json", app.name + ".forms"};
  }
  return line;
}

record::Tour MakeTour(const SampleMode& mode, const SampleApp& app) {
  record::Tour line{CellId(mode, app), {}, true};
  for (const std::string& step : app.tour) {
    line.steps.push_back({step,
                          step.find("form") == std::string::npos ? "GET" : "POST",
                          "/",
                          200,
                          Rounded(1.4e3 / Throughput(mode, app)),
                          true,
                          std::nullopt});
  }
  return line;
}

bool IsSupported(std::int64_t count, double p) {
  return static_cast<double>(count) * (1 - p) >= 10 - 1e-6;
}

// A latency distribution with a long tail around `median_us`, of `count` requests.
void FillLatency(record::Load& line, double median_us) {
  const auto at = [&](double factor) { return Rounded(median_us * factor); };
  const auto percentile = [&](double p, double factor) -> std::optional<double> {
    if (!IsSupported(line.done, p)) return std::nullopt;
    return at(factor);
  };
  line.latency_us = {at(0.62),
                     at(1.09),
                     percentile(0.5, 1),
                     percentile(0.9, 1.42),
                     percentile(0.99, 2.6),
                     percentile(0.999, 5.1),
                     at(7.3)};
  std::int64_t left = line.done;
  for (const double share : {0.03, 0.16, 0.31, 0.27, 0.13, 0.05, 0.03, 0.01}) {
    const auto count =
        std::min(left, static_cast<std::int64_t>(share * static_cast<double>(line.done)));
    const double factor = 0.7 + 0.14 * static_cast<double>(line.histogram.size());
    if (count > 0) line.histogram.push_back({at(factor), count});
    left -= count;
  }
  if (left > 0) line.histogram.push_back({at(4.4), left});
}

record::Load MakeLoad(const SampleMode& mode, const SampleApp& app, record::Loop loop) {
  const std::string cell = CellId(mode, app);
  const double capacity = Throughput(mode, app) * Wobble(cell, "capacity");
  record::Load line;
  line.cell = cell;
  line.loop = loop;
  line.connections = 8;
  line.seconds = 1;
  if (loop == record::Loop::Closed) {
    line.sent = line.done = static_cast<std::int64_t>(capacity);
    line.requests_per_s = static_cast<double>(line.done);
    FillLatency(line, 8e6 / capacity * 0.93);
    line.generator = {0.38, std::nullopt, record::GeneratorState::Verified, std::nullopt};
  } else {
    line.rate_per_s = std::floor(capacity / 2);
    line.planned = line.sent = line.done = static_cast<std::int64_t>(*line.rate_per_s);
    line.requests_per_s = line.rate_per_s;
    FillLatency(line, 1e6 / capacity * 1.3 + 38);
    line.generator = {0.21, 34.0, record::GeneratorState::Verified, std::nullopt};
    line.generator.hiccup_p99_us = 71;
  }
  line.generator.hiccup_max_us = 310;
  return line;
}

record::Resources MakeResources(const SampleMode& mode,
                                const SampleApp& app,
                                int index,
                                record::When when) {
  const std::string cell = CellId(mode, app);
  const bool is_loaded = mode.is_preload || when != record::When::Ready;
  const double served = when == record::When::AfterLoad ? 1.12 : 1;
  const double python = 9.5 + (mode.is_sub && is_loaded ? 4.1 : 0);
  const double application = is_loaded ? app.memory_mib * served : 0;
  const double worker_kib = (python + application) * 1024 * Wobble(cell, "memory");
  record::Resources line;
  line.cell = cell;
  line.when = when;
  if (when == record::When::AfterLoad) {
    line.cpu_us_per_request = Rounded(0.97e6 / Throughput(mode, app) * (mode.is_daemon ? 1.25 : 1));
  }
  const int first_pid = 4100 + 7 * index;
  line.processes = {{first_pid, "supervisor", 1830, 1}};
  if (mode.is_daemon) {
    line.processes.push_back({first_pid + 1, "server", 2410, 3});
    line.processes.push_back({first_pid + 2, app.name, static_cast<std::int64_t>(worker_kib), 16});
  } else {
    line.processes.push_back({first_pid + 1, "server", static_cast<std::int64_t>(worker_kib), 16});
  }
  std::int64_t total = 0;
  for (const record::HostProcess& process : line.processes)
    total += *process.pss_kib;
  line.pss_kib = total;
  line.private_dirty_kib = total * 7 / 10;
  line.private_clean_kib = total / 10;
  line.shared_kib = total * 2 / 5;
  line.requests = when == record::When::Ready ? 0 : when == record::When::AfterLoad ? 2900 : 2;
  if (when == record::When::AfterLoad) {
    line.per_request = record::RequestCosts{};
    line.per_request->voluntary_switches = mode.is_daemon ? 2.1 : 0.6;
    line.per_request->involuntary_switches = 0.02;
    line.per_request->minor_faults = 0.4;
    line.per_request->major_faults = 0;
    line.per_request->file_reads = 1.2;
    line.per_request->file_writes = mode.is_daemon ? 1.1 : 0.1;
  }
  return line;
}

// The memory after so many requests: what is shared becomes private.
record::Resources MakePoint(const record::Resources& ready, std::int64_t requests) {
  const double touched = 1 - std::exp(-static_cast<double>(requests) / 300);
  const auto moved =
      static_cast<std::int64_t>(touched * 0.5 * static_cast<double>(*ready.shared_kib));
  record::Resources line;
  line.cell = ready.cell;
  line.when = record::When::AtRequests;
  line.requests = requests;
  line.pss_kib = *ready.pss_kib + moved / 4;
  line.private_dirty_kib = *ready.private_dirty_kib + moved;
  line.private_clean_kib = ready.private_clean_kib;
  line.shared_kib = *ready.shared_kib - moved;
  return line;
}

// Six points on the way, then twelve at equal distances, as a run has them that is not a smoke test.
std::vector<record::Line> MakeCurve(const SampleMode& mode, const SampleApp& app, int index) {
  const record::Resources ready = MakeResources(mode, app, index, record::When::Ready);
  std::vector<record::Line> lines;
  for (const std::int64_t requests : {10, 40, 100, 300, 1000, 2000})
    lines.push_back(MakePoint(ready, requests));
  for (std::int64_t slice = 1; slice <= 12; ++slice)
    lines.push_back(MakePoint(ready, 2900 + 500 * slice));
  return lines;
}

}  // namespace

std::string SampleMode::Name() const {
  return fmt::format("{}/{}/{}",
                     is_daemon ? "daemon" : "embedded",
                     is_sub ? "sub" : "main",
                     is_preload ? "preload" : "lazy");
}

const std::vector<SampleApp>& SampleApps() {
  static const std::vector<SampleApp> apps{
      {"hello", "A plain WSGI application", 1.6, 0.6, 86000, 0.4, {"hello"}},
      {"django_accounts",
       "Django: users, sessions, forms, the admin",
       412,
       31,
       310,
       29,
       {"home", "settings are its own", "login by form", "users from the ORM", "admin index"}},
      {"django_secondapp",
       "A second Django project",
       338,
       22,
       520,
       24,
       {"home under its own name", "settings are its own", "entry saved by form"}},
      {"flask_notes",
       "Flask: templates, JSON, a stream",
       187,
       5.2,
       1450,
       16,
       {"template page", "note made by the API form", "export, streamed"}},
  };
  return apps;
}

const std::vector<SampleMode>& SampleModes() {
  static const std::vector<SampleMode> modes = [] {
    std::vector<SampleMode> all;
    for (const bool is_daemon : {false, true}) {
      for (const bool is_sub : {false, true}) {
        for (const bool is_preload : {false, true})
          all.push_back({is_daemon, is_sub, is_preload});
      }
    }
    return all;
  }();
  return modes;
}

std::string CellId(const SampleMode& mode, const SampleApp& app) {
  return fmt::format("engine/{}/{}", mode.Name(), app.name);
}

record::Cell SampleCellLine(const SampleMode& mode, const SampleApp& app) {
  record::Cell line;
  line.cell = CellId(mode, app);
  line.host = "engine";
  line.process = mode.is_daemon ? "daemon" : "embedded";
  line.interpreter = mode.is_sub ? "sub" : "main";
  line.loading = mode.is_preload ? "preload" : "lazy";
  line.app = app.name;
  line.title = app.title;
  line.outcome = record::CellOutcome::Ok;
  line.seconds = 3.6;
  line.reproduce =
      fmt::format("wsgilab run --host engine --mode {} --app {}", mode.Name(), app.name);
  return line;
}

std::vector<record::Line> SampleCell(const SampleMode& mode, const SampleApp& app, int index) {
  std::vector<record::Line> lines{MakePlacement(mode, app, index),
                                  MakeResources(mode, app, index, record::When::Ready),
                                  MakeStartup(mode, app, index),
                                  MakeResources(mode, app, index, record::When::AfterFirstRequest),
                                  MakeTour(mode, app),
                                  MakeLoad(mode, app, record::Loop::Closed),
                                  MakeLoad(mode, app, record::Loop::Open),
                                  MakeResources(mode, app, index, record::When::AfterLoad),
                                  MakeSettings(mode, app)};
  if (mode.is_preload && !mode.is_sub && app.name.starts_with("django")) {
    for (record::Line& line : MakeCurve(mode, app, index))
      lines.push_back(std::move(line));
  }
  lines.emplace_back(SampleCellLine(mode, app));
  return lines;
}

}  // namespace reports::samples
