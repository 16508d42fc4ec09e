#include "harness/command/serve_command.h"

#include <gmock/gmock.h>

#include "harness/adapters/directive_writer.h"
#include "hosts/base/files.h"

namespace harness::command {
namespace {

using testing::HasSubstr;

class ServeTest : public testing::Test {
 protected:
  void SetUp() override {
    auto made = hosts::base::TemporaryDirectory::Make("wsgilab-serve");
    ASSERT_TRUE(made);
    folder_.emplace(std::move(*made));
    options_.file = folder_->path() / "site.wsgi";
    ASSERT_TRUE(hosts::base::WriteFile(options_.file, ""));
  }

  std::string Directives() {
    const auto deployment = DeploymentOf(options_);
    EXPECT_TRUE(deployment) << deployment.error().Text();
    const auto text = adapters::WriteDirectives(*deployment);
    EXPECT_TRUE(text);
    return *text;
  }

  std::optional<hosts::base::TemporaryDirectory> folder_;
  ServeOptions options_;
};

TEST_F(ServeTest, ADaemonModeGetsAGroupOfTheScriptsName) {
  options_.mode = "daemon/sub/preload";
  options_.processes = 2;
  const std::string text = Directives();
  EXPECT_THAT(text, HasSubstr("WSGIDaemonProcess site processes=2 threads=5 home="));
  EXPECT_THAT(text, HasSubstr("process-group=site application-group=site\n"));
  EXPECT_THAT(text, HasSubstr("Listen 127.0.0.1:8000\n"));
}

TEST_F(ServeTest, AnEmbeddedLazyOneHasDirectives) {
  options_.python_home = "/srv/venv";
  options_.mount = "/site";
  const std::string text = Directives();
  EXPECT_THAT(text, HasSubstr("WSGIPythonHome /srv/venv\n"));
  EXPECT_THAT(text, HasSubstr("  WSGIApplicationGroup %{GLOBAL}\n"));
  EXPECT_THAT(text, HasSubstr("WSGIScriptAlias /site "));
}

TEST_F(ServeTest, OneWithAnOwnGilAsksForIt) {
  options_.mode = "daemon/sub-own-gil/preload";
  EXPECT_THAT(Directives(), HasSubstr("  WSGIPerInterpreterGIL On\n"));
}

TEST_F(ServeTest, ModesThatAreNotAreRefusedWithThoseThatAre) {
  options_.mode = "threads";
  EXPECT_THAT(DeploymentOf(options_).error().Text(), HasSubstr("there are embedded/main/lazy"));
}

TEST_F(ServeTest, TheEngineIsToldWhereItsStatusPageIs) {
  using testing::ElementsAre;
  EXPECT_THAT(HostArguments("/bin/host", "site.conf", options_),
              ElementsAre("/bin/host", "serve", "site.conf"));
  options_.status = "0.0.0.0:8001";
  options_.is_status_for_anybody = true;
  EXPECT_THAT(
      HostArguments("/bin/host", "site.conf", options_),
      ElementsAre(
          "/bin/host", "serve", "site.conf", "--status", "0.0.0.0:8001", "--status-for-anybody"));
}

}  // namespace
}  // namespace harness::command
