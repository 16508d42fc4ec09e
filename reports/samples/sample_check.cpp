// A record of `wsgilab check` that never took place: two applications of one configuration, one of which needs the main interpreter.

#include <fmt/format.h>

#include <string>
#include <vector>

#include "reports/samples/samples.h"

namespace reports::samples {

using record::ImportOutcome;
using record::Line;
using record::ReplayOutcome;

namespace {

constexpr const char* kModes[] = {"embedded/main/lazy",
                                  "embedded/main/preload",
                                  "embedded/sub/lazy",
                                  "embedded/sub/preload",
                                  "daemon/main/lazy",
                                  "daemon/main/preload",
                                  "daemon/sub/lazy",
                                  "daemon/sub/preload"};

record::Subject SampleSubject(const std::string& app, int line) {
  record::Subject subject;
  subject.app = app;
  subject.script = fmt::format("/srv/{0}/{0}/wsgi.py", app);
  subject.callable = "application";
  subject.project = "/srv/" + app;
  subject.venv = "/srv/venv";
  subject.environment = {"DATABASE_URL"};
  subject.server_name = "localhost";
  subject.source = fmt::format("/etc/apache2/site.conf:{}", line);
  subject.mount = "/" + app;
  subject.mode = "embedded/sub/lazy";
  subject.application_group = "example.org|/" + app;
  subject.reference = "daemon/main/lazy";
  subject.repetitions = 3;
  subject.requests = {"GET /", "GET /login/"};
  if (app == "shop") subject.databases = {{"/srv/shop/db.sqlite3", true}};
  return subject;
}

record::Replay SampleReplay(const std::string& app,
                            const std::string& arrangement,
                            ReplayOutcome outcome) {
  record::Replay replay;
  replay.app = app;
  replay.arrangement = arrangement;
  replay.request = "GET /login/";
  replay.outcome = outcome;
  replay.status = outcome == ReplayOutcome::Same ? 200 : 500;
  if (arrangement == "daemon/main/lazy") replay.varying = 2;
  if (outcome == ReplayOutcome::Same) return replay;
  replay.detail = "status 500 instead of 200";
  replay.log_tail = {"error H0304 Traceback (most recent call last):",
                     "error H0304 ImportError: cannot load module more than once per process"};
  return replay;
}

void AddImports(std::vector<Line>& lines) {
  for (const char* interpreter :
       {"main", "sub after main", "sub", "main after sub", "sub after sub"}) {
    record::Import line;
    line.app = "shop";
    line.distribution = "numpy";
    line.version = "2.4.6";
    line.interpreter = interpreter;
    line.is_used = true;
    line.ms = 93;
    if (std::string_view(interpreter).find(" after ") != std::string_view::npos) {
      line.outcome = ImportOutcome::Fails;
      line.module = "numpy";
      line.error = "ImportError: cannot load module more than once per process";
    }
    if (line.interpreter == "main") {
      line.extensions = {
          {"numpy._core._simd", "one initialisation for the whole process (single-phase)"}};
    }
    lines.push_back(line);
  }
}

}  // namespace

std::vector<Line> CheckRun() {
  std::vector<Line> lines;
  record::Header header = std::get<record::Header>(CompleteRun().front());
  header.plan = {};
  header.command = "wsgilab check /etc/apache2/site.conf --url / --url /login/";
  lines.push_back(header);
  for (const std::string app : {"shop", "blog"}) {
    lines.push_back(SampleSubject(app, app == "shop" ? 12 : 20));
    for (const std::string mode : kModes) {
      const bool is_broken = app == "shop" && mode == "embedded/sub/lazy";
      lines.push_back(
          SampleReplay(app, mode, is_broken ? ReplayOutcome::Differs : ReplayOutcome::Same));
    }
    lines.push_back(record::Overhead{app, "daemon/main/preload", "GET /login/", 400, 2900, 3100});
    lines.push_back(record::Loading{app,
                                    "daemon/main/lazy",
                                    842,
                                    507,
                                    {{"django", 190, 412}, {"numpy", 96.4, 130}, {"PIL", 21, 9}}});
  }
  record::Replay copy =
      SampleReplay("shop", "two copies: in two sub-interpreters", ReplayOutcome::Differs);
  copy.mode = "sub";
  lines.push_back(copy);
  AddImports(lines);
  lines.push_back(SampleReplay("blog", "as configured", ReplayOutcome::Differs));
  lines.push_back(SampleReplay("blog", "as advised", ReplayOutcome::Same));
  record::Footer footer;
  footer.finished_at = header.started_at + 40;
  footer.seconds = 40;
  footer.verdict = "16 of 19 answers are the same in every mode";
  footer.exit_code = 1;
  lines.push_back(footer);
  return lines;
}

}  // namespace reports::samples
