// The servers that the engine is held against: what each is told, what it cannot do, and, where it is
// installed, that it does what it was told.

#include <gmock/gmock.h>
#include <httplib.h>

#include <algorithm>
#include <regex>

#include "harness/adapters/catalogue.h"
#include "harness/adapters/engine_adapter.h"
#include "harness/adapters/granian_adapter.h"
#include "harness/adapters/gunicorn_adapter.h"
#include "harness/adapters/uwsgi_adapter.h"
#include "harness/launch/cell_directory.h"
#include "harness/launch/host_process.h"
#include "hosts/base/files.h"

namespace harness::adapters {
namespace {

namespace fs = std::filesystem;
using hosts::base::ErrorKind;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::Pair;
using testing::SizeIs;

ServedDeployment Serving(std::vector<ServedScript> scripts) {
  ServedDeployment deployment;
  deployment.scripts = std::move(scripts);
  deployment.environment = {{"WSGILAB_DATA", "/cell/data"}};
  return deployment;
}

ServedScript Script(const std::string& path,
                    GroupsBy groups_by,
                    std::string process_group,
                    std::string application_group) {
  ServedScript script;
  script.script = path;
  script.groups_by = groups_by;
  script.process_group = std::move(process_group);
  script.application_group = std::move(application_group);
  return script;
}

ServedScript Plain(const std::string& path = "/cell/scripts/hello.wsgi") {
  return Script(path, GroupsBy::BothOptions, "", "");
}

// In a daemon group as well, where the script asks for one.
ServedDeployment ServingIn(const ServedScript& script) {
  ServedDeployment deployment = Serving({script});
  if (!script.process_group.empty()) {
    deployment.daemon_groups.emplace_back();
    deployment.daemon_groups.back().name = script.process_group;
  }
  return deployment;
}

std::string TextOf(const launch::LaunchPlan& plan, const std::string& name) {
  for (const launch::GeneratedFile& file : plan.files) {
    if (file.path.filename() == name) return file.text;
  }
  ADD_FAILURE() << "the plan has no file " << name;
  return {};
}

std::string WordsOf(const launch::LaunchPlan& plan) {
  std::string words;
  for (const std::string& word : plan.argv)
    words += (words.empty() ? "" : " ") + word;
  return words;
}

launch::LaunchPlan PlanOf(const HostAdapter& adapter, const ServedDeployment& deployment) {
  auto plan = adapter.Plan(deployment, "/cell");
  EXPECT_TRUE(plan) << plan.error().Text();
  return plan ? *plan : launch::LaunchPlan{};
}

std::string Refusal(const HostAdapter& adapter, const ServedDeployment& deployment) {
  const auto plan = adapter.Plan(deployment, "/cell");
  if (plan) return "it was planned";
  EXPECT_EQ(plan.error().kind, ErrorKind::Unsupported);
  return plan.error().Text();
}

GunicornAdapter Gunicorn(LoadedBy loaded_by = LoadedBy::EachProcess) {
  return GunicornAdapter("/peers/bin/gunicorn", {{"LANG", "C"}}, loaded_by);
}
GranianAdapter Granian() {
  return GranianAdapter("/peers/bin/granian", {{"LANG", "C"}});
}
UwsgiAdapter Uwsgi(LoadedBy loaded_by = LoadedBy::EachProcess) {
  return UwsgiAdapter("/peers/bin/uwsgi", {{"LANG", "C"}}, loaded_by);
}

TEST(GunicornAdapter, IsStartedWithAConfigurationWhoseHookSaysThatAWorkerServes) {
  const auto plan = PlanOf(Gunicorn(), Serving({Plain()}));
  EXPECT_EQ(WordsOf(plan),
            "/peers/bin/python3 /cell/host/start.py --config /cell/host/gunicorn.conf.py "
            "wsgilab_app:application");
  EXPECT_EQ(TextOf(plan, "gunicorn.conf.py"),
            "bind = \"127.0.0.1:{port}\"\n"
            "workers = 1\n"
            "worker_class = \"gthread\"\n"
            "threads = 5\n"
            "preload_app = False\n"
            "keepalive = 5\n"
            "chdir = '/cell/host'\n"
            "control_socket_disable = True\n"
            "\n"
            "\n"
            "def post_worker_init(worker):\n"
            "    worker.log.info(\n"
            "        \"wsgilab: worker %d serves: %s, %d threads\",\n"
            "        worker.pid, worker.cfg.worker_class_str, worker.cfg.threads,\n"
            "    )\n");
  EXPECT_THAT(TextOf(plan, "wsgilab_app.py"), HasSubstr("SCRIPT = '/cell/scripts/hello.wsgi'\n"));
  EXPECT_THAT(plan.environment, Contains(Pair("WSGILAB_DATA", "/cell/data")));
  EXPECT_TRUE(launch::NeedsPort(plan));
  ASSERT_THAT(plan.log_signs, SizeIs(1));
  EXPECT_EQ(plan.log_signs.front().count, 1);
}

TEST(GunicornAdapter, OneThreadIsTheSyncWorkerAndBeforeTheForkIsPreloadApp) {
  ServedDeployment deployment = Serving({Plain()});
  deployment.server_threads = 1;
  deployment.server_processes = 3;
  const auto plan = PlanOf(Gunicorn(LoadedBy::TheMaster), deployment);
  EXPECT_THAT(TextOf(plan, "gunicorn.conf.py"),
              AllOf(HasSubstr("worker_class = \"sync\"\n"),
                    HasSubstr("workers = 3\n"),
                    HasSubstr("preload_app = True\n")));
  EXPECT_EQ(plan.log_signs.front().count, 3);
}

TEST(GunicornAdapter, TheApplicationsPythonRunsItAndItsPathComesFirst) {
  ServedScript script = Plain("/srv/it's.wsgi");
  script.url = "/shop";
  script.callable = "app";
  ServedDeployment deployment = Serving({script});
  deployment.python_home = "/srv/venv";
  deployment.python_path = {"/srv/a", "/srv/b"};
  const auto plan = PlanOf(Gunicorn(), deployment);
  EXPECT_EQ(plan.argv.front(), "/srv/venv/bin/python3");
  EXPECT_THAT(plan.environment, Contains(Pair("SCRIPT_NAME", "/shop")));
  EXPECT_THAT(TextOf(plan, "wsgilab_app.py"),
              AllOf(HasSubstr("SCRIPT = '/srv/it\\'s.wsgi'\n"),
                    HasSubstr("sys.path[:0] = ['/srv/a', '/srv/b']\n"),
                    HasSubstr("application = getattr(script, 'app')\n")));
  EXPECT_THAT(
      TextOf(plan, "start.py"),
      AllOf(HasSubstr("HOME = '/peers'"), HasSubstr("from gunicorn.app.wsgiapp import run")));
}

TEST(GranianAdapter, IsStartedWithItsOwnWords) {
  ServedScript script = Plain();
  script.url = "/shop";
  const auto plan = PlanOf(Granian(), Serving({script}));
  EXPECT_EQ(WordsOf(plan),
            "/peers/bin/python3 /cell/host/start.py --interface wsgi --http 1 --no-ws --host "
            "127.0.0.1 --port {port} --workers 1 --blocking-threads 5 --working-dir /cell/host "
            "--url-path-prefix /shop wsgilab_app:application");
  EXPECT_THAT(plan.log_signs, SizeIs(2));
  EXPECT_EQ(plan.listening_sockets, 1);
}

TEST(PythonServers, HaveOneModeAndAReasonForEachOther) {
  EXPECT_THAT(ModesOf(Gunicorn()), ElementsAre("embedded/main/preload"));
  EXPECT_THAT(ModesOf(Gunicorn(LoadedBy::TheMaster)), ElementsAre("embedded/main/preload"));
  EXPECT_THAT(ModesOf(Granian()), ElementsAre("embedded/main/preload"));
  const auto why_not = [](std::string_view mode) {
    return *Granian().WhyNotOffered(*hosts::deployment::ParseMode(mode));
  };
  EXPECT_THAT(why_not("embedded/main/lazy"), HasSubstr("before it accepts"));
  EXPECT_THAT(why_not("embedded/sub/preload"), HasSubstr("the main interpreter"));
  EXPECT_THAT(why_not("daemon/main/preload"), HasSubstr("accept the connections themselves"));
}

TEST(PythonServers, WhatOneCallableIsNotIsRefused) {
  const GunicornAdapter gunicorn("/peers/bin/gunicorn", {}, LoadedBy::EachProcess);
  EXPECT_THAT(Refusal(gunicorn, Serving({Plain(), Plain()})), HasSubstr("one callable"));
  EXPECT_THAT(Refusal(gunicorn, ServingIn(Script("/a.wsgi", GroupsBy::BothOptions, "d", ""))),
              HasSubstr("no daemon processes"));
  EXPECT_THAT(Refusal(gunicorn, Serving({Script("/a.wsgi", GroupsBy::BothOptions, "", "a")})),
              HasSubstr("no sub-interpreters"));
}

TEST(UwsgiAdapter, EmbeddedWorkersSpeakHttpAndLoadWhenTheyStart) {
  const auto plan = PlanOf(Uwsgi(), Serving({Plain()}));
  EXPECT_EQ(WordsOf(plan),
            "/peers/bin/uwsgi --http11-socket=127.0.0.1:{port} --tcp-nodelay "
            "--collect-header=Content-Length WSGILAB_LENGTH "
            "--response-route-if=equal:${SERVER_PROTOCOL};HTTP/1.0 last: "
            "--response-route-if=empty:${WSGILAB_LENGTH} chunked: "
            "--master --die-on-term --disable-logging --processes=1 --threads=5 "
            "--hook-accepting=print:wsgilab: a worker accepts --lazy-apps --single-interpreter "
            "--manage-script-name --mount==/cell/scripts/hello.wsgi");
  ASSERT_THAT(plan.log_signs, SizeIs(2));
  EXPECT_EQ(plan.log_signs.front().daemon_group, "");
}

TEST(UwsgiAdapter, ADaemonIsARouterAndWorkersBehindASocket) {
  ServedDeployment deployment = ServingIn(Script("/a.wsgi", GroupsBy::Directives, "desk", ""));
  DaemonGroup& group = deployment.daemon_groups.front();
  group.processes = 2;
  group.threads = 3;
  group.home = "/srv/project";
  group.python_home = "/srv/venv";
  group.python_path = {"/srv/a", "/srv/b"};
  const auto plan = PlanOf(Uwsgi(), deployment);
  EXPECT_EQ(WordsOf(plan),
            "/peers/bin/uwsgi --http=127.0.0.1:{port} --http-keepalive=5 --http-auto-chunked "
            "--http-to=/cell/uwsgi.sock --socket=/cell/uwsgi.sock --vacuum "
            "--master --die-on-term --disable-logging --processes=2 --threads=3 "
            "--virtualenv=/srv/venv --pythonpath=/srv/a --pythonpath=/srv/b --chdir=/srv/project "
            "--hook-accepting=print:wsgilab: a worker accepts --lazy-apps --single-interpreter "
            "--manage-script-name --route-run=setfile:/a.wsgi");
  ASSERT_THAT(plan.log_signs, SizeIs(3));
  EXPECT_EQ(plan.log_signs.front().daemon_group, "desk");
  EXPECT_EQ(plan.log_signs.front().count, 2);
}

TEST(UwsgiAdapter, BehindAPlaceholderAScriptHasASubInterpreter) {
  const auto plan = PlanOf(Uwsgi(), Serving({Script("/a.wsgi", GroupsBy::BothOptions, "", "a")}));
  EXPECT_THAT(WordsOf(plan),
              AllOf(HasSubstr("--mount=/.wsgilab/main=/cell/host/main.py --manage-script-name "
                              "--mount==/a.wsgi"),
                    Not(HasSubstr("--single-interpreter"))));
  EXPECT_THAT(TextOf(plan, "main.py"), HasSubstr("def application"));
}

TEST(UwsgiAdapter, OfSeveralTheOneOfTheMainInterpreterIsMountedFirst) {
  ServedScript other = Script("/b.wsgi", GroupsBy::BothOptions, "", "b");
  ServedScript first = Plain("/a.wsgi");
  first.url = "/a";
  const auto plan = PlanOf(Uwsgi(), Serving({other, first}));
  EXPECT_THAT(WordsOf(plan), HasSubstr("--manage-script-name --mount=/a=/a.wsgi --mount==/b.wsgi"));
}

TEST(UwsgiAdapter, AThreadForEachKeptConnectionWhenWorkersSpeakHttp) {
  ServedDeployment deployment = Serving({Plain()});
  deployment.kept_connections = 16;
  EXPECT_THAT(WordsOf(PlanOf(Uwsgi(), deployment)), HasSubstr("--threads=16"));
  deployment = ServingIn(Script("/a.wsgi", GroupsBy::BothOptions, "desk", ""));
  deployment.kept_connections = 16;
  EXPECT_THAT(WordsOf(PlanOf(Uwsgi(), deployment)), HasSubstr("--threads=5"));
}

TEST(UwsgiAdapter, HasAllModesOrThoseThatAreLoadedBeforeTheFork) {
  EXPECT_THAT(ModesOf(Uwsgi()), SizeIs(8));
  const UwsgiAdapter before_fork = Uwsgi(LoadedBy::TheMaster);
  EXPECT_THAT(ModesOf(before_fork), AllOf(SizeIs(4), testing::Each(HasSubstr("/preload"))));
  EXPECT_THAT(WordsOf(PlanOf(before_fork, Serving({Plain()}))), Not(HasSubstr("--lazy-apps")));
}

TEST(UwsgiAdapter, WhatOneOfItCannotHoldIsRefused) {
  const ServedScript sub = Script("/a.wsgi", GroupsBy::BothOptions, "", "a");
  ServedScript daemon = Plain();
  daemon.process_group = "desk";
  ServedScript other_callable = sub;
  other_callable.application_group = "b";
  other_callable.callable = "app";
  ServedScript lazy = Plain();
  lazy.groups_by = GroupsBy::Directives;
  const std::vector<std::pair<std::vector<ServedScript>, std::string>> kRefused = {
      {{Plain(), daemon}, "several process groups"},
      {{sub, sub}, "a sub-interpreter of its own"},
      {{Plain(), Plain(), sub}, "or all of them"},
      {{sub, other_callable}, "one name for all callables"},
      {{lazy, Plain()}, "served alone"},
      {{Plain("/a.cgi")}, "a.cgi"}};
  for (const auto& [scripts, reason] : kRefused)
    EXPECT_THAT(Refusal(Uwsgi(), Serving(scripts)), HasSubstr(reason));
}

TEST(EveryHost, IsInTheCatalogueUnderItsName) {
  std::vector<std::string> names;
  for (const auto& host : EveryHost("/bin/engine", "/peers", {}))
    names.emplace_back(host->name());
  EXPECT_THAT(names,
              ElementsAre("engine",
                          "apache",
                          "apache-pypi",
                          "gunicorn",
                          "gunicorn-before-fork",
                          "uwsgi",
                          "uwsgi-before-fork",
                          "granian"));
}

TEST(EveryHost, ThatIsNotInstalledSaysHowItWouldBe) {
  for (const auto& host : EveryHost("/nowhere/engine", "/nowhere", {})) {
    if (host->name().starts_with("apache") || host->name() == "engine") continue;
    const auto version = host->Probe();
    ASSERT_FALSE(version) << host->name();
    EXPECT_EQ(version.error().kind, ErrorKind::Unsupported);
    EXPECT_THAT(version.error().Text(),
                AllOf(HasSubstr("scripts/setup --peers"), HasSubstr("WSGILAB_")));
  }
}

// Each mode of each peer that is installed: two workers say that they serve, and stop without a trace.
class InstalledPeer : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    for (auto& host : EveryHost("/nowhere", WSGILAB_PEERS_FOLDER, InheritedEnvironment())) {
      if (host->name() == GetParam()) host_ = std::move(host);
    }
    ASSERT_TRUE(host_);
    if (const auto version = host_->Probe(); !version) GTEST_SKIP() << version.error().message;
    auto made = launch::CellDirectory::Make();
    ASSERT_TRUE(made);
    cell_.emplace(std::move(*made));
  }

  // The daemon group and the application group are as a cell has them.
  [[nodiscard]] ServedDeployment In(const hosts::deployment::Mode& mode) const {
    using hosts::deployment::InterpreterKind;
    using hosts::deployment::Loading;
    using hosts::deployment::ProcessKind;
    ServedDeployment deployment = ServingIn(
        Script((cell_->scripts() / "x.wsgi").string(),
               mode.loading == Loading::Preload ? GroupsBy::BothOptions : GroupsBy::Directives,
               mode.process == ProcessKind::Daemon ? "desk" : "",
               mode.interpreter == InterpreterKind::Sub ? "desk" : ""));
    deployment.server_processes = 2;
    for (DaemonGroup& group : deployment.daemon_groups)
      group.processes = 2;
    return deployment;
  }

  std::unique_ptr<HostAdapter> host_;
  std::optional<launch::CellDirectory> cell_;
};

TEST_P(InstalledPeer, ServesInEveryModeItOffers) {
  // When it is loaded it says so, in a file: by then a preloading host may be ready, a lazy one must not.
  const fs::path loaded = cell_->path() / "loaded";
  ASSERT_TRUE(hosts::base::WriteFile(cell_->scripts() / "x.wsgi",
                                     "import os\n"
                                     "open(" +
                                         std::string("'") + loaded.string() +
                                         "', 'a').write('%d\\n' % os.getpid())\n"
                                         "def application(environ, start_response):\n"
                                         "    start_response('200 OK', [])\n"
                                         "    return [b'']\n"));
  for (const auto& mode : hosts::deployment::AllModes()) {
    if (host_->WhyNotOffered(mode)) continue;
    SCOPED_TRACE(Name(mode));
    fs::remove(loaded);
    auto plan = host_->Plan(In(mode), cell_->path());
    ASSERT_TRUE(plan) << plan.error().Text();
    auto started = launch::HostProcess::Start(*plan);
    ASSERT_TRUE(started) << started.error().Text();
    const launch::Ready ready = started->ready();
    const bool is_daemon = mode.process == hosts::deployment::ProcessKind::Daemon;
    EXPECT_THAT(is_daemon ? ready.daemons.at("desk") : ready.server, SizeIs(2));
    const auto pids = hosts::base::ReadFile(loaded);
    if (mode.loading == hosts::deployment::Loading::Lazy) {
      EXPECT_FALSE(pids) << *pids;
    } else {
      ASSERT_TRUE(pids);
      const auto loads = std::count(pids->begin(), pids->end(), '\n');
      EXPECT_EQ(loads, host_->provable().loads_before_fork ? 1 : 2) << *pids;
    }
    const launch::StopReport report = started->Stop();
    EXPECT_TRUE(report.status.is_success()) << report.status.Text();
    EXPECT_THAT(report.left_behind, IsEmpty());
  }
}

TEST_P(InstalledPeer, SaysItsSettingsInItsOwnWords) {
  ASSERT_TRUE(hosts::base::WriteFile(cell_->scripts() / "x.wsgi", "application = print\n"));
  ServedDeployment deployment = Serving({Plain((cell_->scripts() / "x.wsgi").string())});
  deployment.server_threads = 1;
  auto plan = host_->Plan(deployment, cell_->path());
  ASSERT_TRUE(plan) << plan.error().Text();
  const auto started = launch::HostProcess::Start(*plan);
  ASSERT_TRUE(started) << started.error().Text();
  const std::string log = *hosts::base::ReadFile(cell_->log());
  EXPECT_TRUE(std::regex_search(log, std::regex(host_->settings_pattern()))) << log;
  if (GetParam().starts_with("gunicorn")) {
    EXPECT_THAT(log, HasSubstr("serves: sync, 1 threads"));
  }
  if (GetParam().starts_with("uwsgi")) {
    EXPECT_THAT(log, HasSubstr("cores: 1)"));
  }
}

TEST_P(InstalledPeer, ServesBelowAUrlTheCallableOfThatName) {
  const fs::path path = cell_->scripts() / "x.wsgi";
  ASSERT_TRUE(hosts::base::WriteFile(
      path,
      "def app(environ, start_response):\n"
      "    start_response('200 OK', [])\n"
      "    return [('%s|%s' % (environ['SCRIPT_NAME'], environ['PATH_INFO'])).encode()]\n"));
  ServedScript script = Plain(path.string());
  script.url = "/shop";
  script.callable = "app";
  auto plan = host_->Plan(Serving({script}), cell_->path());
  ASSERT_TRUE(plan) << plan.error().Text();
  const auto started = launch::HostProcess::Start(*plan);
  ASSERT_TRUE(started) << started.error().Text();
  httplib::Client client(started->ready().address(), started->ready().port());
  const auto answer = client.Get("/shop/basket");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->body, "/shop|/basket");
}

INSTANTIATE_TEST_SUITE_P(
    Peers,
    InstalledPeer,
    testing::Values("gunicorn", "gunicorn-before-fork", "uwsgi", "uwsgi-before-fork", "granian"),
    [](const auto& peer) {
      std::string name = peer.param;
      std::replace(name.begin(), name.end(), '-', '_');
      return name;
    });

}  // namespace
}  // namespace harness::adapters
