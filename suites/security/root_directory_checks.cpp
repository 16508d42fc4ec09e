// SecurityRoot: chroot=: a group that sees nothing but its own root directory. SEC-6.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "suites/hosts_under_test/host_words.h"
#include "suites/security/security_check.h"

namespace suites::security {

namespace {

constexpr std::string_view kSubject = R"(
import json, os
HERE = os.path.dirname(os.path.abspath(__file__))
SEEN = [__file__, os.getuid(), sorted(os.listdir('/'))]
def execute(text):
    scope = {'os': os, 'SEEN': SEEN}
    try:
        exec(text, scope)
    except OSError as error:
        return type(error).__name__
    return scope['result']
def application(environ, start_response):
    text = environ['wsgi.input'].read().decode()
    answer = {'file': environ['SCRIPT_FILENAME'], 'root': environ.get('DOCUMENT_ROOT'),
              'result': execute(text) if text else None}
    body = json.dumps(answer, separators=(',', ':'), sort_keys=True).encode()
    start_response('200 OK', [('Content-Length', str(len(body)))])
    return [body]
)";

// What Python does not start without, or loads soon.
constexpr std::string_view kNotNeeded[] = {"test",
                                           "__pycache__",
                                           "idlelib",
                                           "tkinter",
                                           "lib2to3",
                                           "ensurepip",
                                           "distutils",
                                           "pydoc_data",
                                           "site-packages",
                                           "dist-packages",
                                           "turtledemo",
                                           "unittest",
                                           "sqlite3"};

class SecurityRoot : public SecurityCheck {
 protected:
  // A root directory with the library of the Python that the host runs.
  void SetUp() override {
    if (IsHostSanitized()) GTEST_SKIP() << "a sanitizer needs /proc";
    SecurityCheck::SetUp();
    if (IsSkipped() || hosts_under_test::AreChecksNamedOnly()) return;
    if (const auto why = hosts_under_test::WhyFilesAreNotOurs()) GTEST_SKIP() << *why;
    MakeHome("mine", server());
    ServeAsRoot(EmbeddedIn("mine"));
    std::string library = ResultOf("mine", "import os; result = os.path.dirname(os.__file__)");
    library = library.substr(1, library.size() - 2);
    (void)StopHost();
    const auto target = root() / library.substr(1);
    std::filesystem::create_directories(target);
    for (const auto& entry : std::filesystem::directory_iterator(library)) {
      const std::string name = entry.path().filename();
      const bool is_needed = std::ranges::find(kNotNeeded, name) == std::end(kNotNeeded) &&
                             !name.starts_with("config-");
      if (is_needed) {
        std::filesystem::copy(entry.path(),
                              target / name,
                              std::filesystem::copy_options::recursive |
                                  std::filesystem::copy_options::copy_symlinks);
      }
    }
    (void)Need(stage().Write("root/app/subject.wsgi", kSubject));
  }

  [[nodiscard]] std::filesystem::path root() const { return stage().path("root"); }

  void ServeInRoot(std::string_view options, std::string_view directives = "") {
    ServeAsRoot(fmt::format(
        "{}\nWSGIDaemonProcess one user={} group={} chroot={{stage}}/root threads=2 {}\n"
        "WSGIScriptAlias /one {{stage}}/root/app/subject.wsgi process-group=one "
        "application-group=%{{GLOBAL}}\n",
        directives,
        account(0).name,
        account(0).group,
        options));
  }

  [[nodiscard]] std::string Answer(const std::string& python = "") const {
    auto client = host().NewClient();
    const auto answer = Need(client.Post("/one", python));
    EXPECT_EQ(answer.status, 200);
    return answer.body;
  }
};

}  // namespace

TEST_F(SecurityRoot, IsAllThatTheGroupSees) {
  About({.rule = "SEC-6",
         .title = "An application of a group with chroot= lists its root directory",
         .expected = "app and what holds Python",
         .mode = "daemon/main"});
  ServeInRoot("home=/app");
  const std::string found = Answer("result = [sorted(os.listdir('/')), os.getcwd(), os.getuid()]");
  Found(found);
  EXPECT_NE(found.find(fmt::format(R"("result":[["app","usr"],"/app",{}])", account(0).uid)),
            std::string::npos)
      << found;
}

TEST_F(SecurityRoot, PathsLoseIt) {
  About({.rule = "SEC-6",
         .title = "SCRIPT_FILENAME and DOCUMENT_ROOT lose the path of the root directory",
         .expected = "/app/subject.wsgi and /files",
         .mode = "daemon/main"});
  std::filesystem::create_directory(root() / "files");
  ServeInRoot("home=/app", "DocumentRoot {stage}/root/files");
  const std::string found = Answer();
  Found(found);
  EXPECT_EQ(found, R"({"file":"/app/subject.wsgi","result":null,"root":"/files"})");
}

TEST_F(SecurityRoot, ADocumentRootThatIsItBecomesEmpty) {
  About({.rule = "SEC-6",
         .title = "A DOCUMENT_ROOT equal to the root directory becomes the empty string",
         .expected = "the empty string",
         .mode = "daemon/main"});
  ServeInRoot("home=/app", "DocumentRoot {stage}/root");
  const std::string found = Answer();
  Found(found);
  EXPECT_EQ(found, R"({"file":"/app/subject.wsgi","result":null,"root":""})");
}

TEST_F(SecurityRoot, ADocumentRootOutsideIsNotTold) {
  About({.rule = "SEC-6",
         .title = "A DOCUMENT_ROOT outside the root directory is removed",
         .expected = "no DOCUMENT_ROOT",
         .mode = "daemon/main"});
  ServeInRoot("home=/app", "DocumentRoot {stage}/tmp");
  const std::string found = Answer();
  Found(found);
  EXPECT_EQ(found, R"({"file":"/app/subject.wsgi","result":null,"root":null})");
}

TEST_F(SecurityRoot, AScriptOutsideIsRejected) {
  About({.rule = "SEC-6",
         .title = "A script outside the root directory, also one whose path only begins like it",
         .expected = "the status of a death (ERR-24) twice, and 200 inside",
         .mode = "daemon/main"});
  (void)Need(stage().Write("root-like/subject.wsgi", kSubject));
  (void)Need(stage().Write("elsewhere/subject.wsgi", kSubject));
  ServeInRoot("home=/app",
              "WSGIScriptAlias /elsewhere {stage}/elsewhere/subject.wsgi\n"
              "WSGIScriptAlias /like {stage}/root-like/subject.wsgi\n"
              "WSGIProcessGroup one\nWSGIApplicationGroup %{GLOBAL}\n");
  auto client = host().NewClient();
  const std::string found = fmt::format("{}, {}, {}",
                                        Need(client.Get("/elsewhere")).status,
                                        Need(client.Get("/like")).status,
                                        Need(client.Get("/one")).status);
  Found(found);
  EXPECT_EQ(found, fmt::format("{0}, {0}, 200", hosts_under_test::StatusOfADeath()));
}

TEST_F(SecurityRoot, ScriptsArePreloadedInsideIt) {
  About({.rule = "SEC-6",
         .title = "A preloaded script is loaded inside the root directory, as the group's user",
         .expected = "its name inside, the user, the root's entries; nothing in the log",
         .mode = "daemon/main/preload"});
  hosts_under_test::EndUnlessEngine(
      "that scripts are loaded inside the root directory before requests");
  ServeInRoot("home=/app");
  const std::string log = host().Log();
  EXPECT_EQ(log.find("H0312"), std::string::npos) << "preloading failed";
  const std::string found = Answer("result = SEEN");
  Found(found);
  EXPECT_NE(
      found.find(fmt::format(R"("result":["/app/subject.wsgi",{},["app","usr"]])", account(0).uid)),
      std::string::npos)
      << found;
}

TEST_F(SecurityRoot, WithoutHomeItStandsInside) {
  About({.rule = "SEC-6",
         .title =
             "Without home= the process stands in its root directory, and cannot leave it by a "
             "relative path (a deviation: mod_wsgi's stays outside)",
         .expected = "/, and .. is the same",
         .mode = "daemon/main"});
  hosts_under_test::EndUnlessEngine("that a process stands in its root directory without home=");
  ServeInRoot("");
  const std::string found = Answer("result = [os.getcwd(), sorted(os.listdir('../../../..'))]");
  Found(found);
  EXPECT_NE(found.find(R"("result":["/",["app","usr"]])"), std::string::npos) << found;
}

TEST_F(SecurityRoot, CannotBeLeft) {
  About({.rule = "SEC-6",
         .title = "A process in a root directory makes itself another one, or asks for its old one",
         .expected = "refused",
         .mode = "daemon/main"});
  ServeInRoot("home=/app");
  const std::string again = Answer("os.chroot('/app'); result = 'done'");
  const std::string proc = Answer("result = os.listdir('/proc/1/root')");
  Found(again + proc);
  EXPECT_NE(again.find("PermissionError"), std::string::npos) << again;
  EXPECT_NE(proc.find("FileNotFoundError"), std::string::npos) << proc;
}

TEST_F(SecurityRoot, OthersSeeTheSystems) {
  About({.rule = "SEC-6",
         .title = "Groups without chroot= and embedded applications see the system's root",
         .expected = "etc is there in both",
         .mode = "daemon/main and embedded/main"});
  ServeInRoot("home=/app", GroupOf(account(1), {.name = "two"}) + EmbeddedIn("mine"));
  const std::string ask = "import os; result = 'etc' in os.listdir('/')";
  const std::string found = fmt::format("{}, {}", ResultOf("two", ask), ResultOf("mine", ask));
  Found(found);
  EXPECT_EQ(found, "true, true");
}

}  // namespace suites::security
