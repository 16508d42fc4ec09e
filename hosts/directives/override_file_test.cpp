// What a .htaccess file may say is for AllowOverride to permit.

#include <gtest/gtest.h>

#include "hosts/base/files.h"
#include "hosts/directives/configuration.h"

namespace hosts::directives {
namespace {

using deployment::Overrides;

class OverrideFile : public testing::Test {
 protected:
  // Behind the file's name; "" when there is nothing to say against it.
  std::string ErrorOf(std::string_view text, const Overrides& permitted) {
    const auto path = (directory_.path() / ".htaccess").string();
    EXPECT_TRUE(base::WriteFile(path, text));
    const std::string error = ReadOverrideFile(path, permitted).error.value_or("");
    EXPECT_TRUE(error.empty() || error.starts_with(path)) << error;
    return error.substr(error.empty() ? 0 : path.size());
  }

  base::TemporaryDirectory directory_ =
      base::TemporaryDirectory::Make("wsgilab-directives").value();
};

}  // namespace

TEST_F(OverrideFile, SaysWhatAllowOverrideWouldHaveToPermit) {
  EXPECT_EQ(ErrorOf("SetEnv a b\n", {}),
            ":1:1: SetEnv is not allowed here: write AllowOverride FileInfo in the server's "
            "configuration");
  EXPECT_EQ(ErrorOf("Require local\n", {}),
            ":1:1: Require is not allowed here: write AllowOverride AuthConfig in the server's "
            "configuration");
  EXPECT_EQ(ErrorOf("Options ExecCGI\n", {}),
            ":1:1: Options is not allowed here: write AllowOverride Options in the server's "
            "configuration");
  EXPECT_EQ(ErrorOf("SetEnv a b\n", {.file_info = true}), "");
  EXPECT_EQ(ErrorOf("Options Indexes ExecCGI\n", {.options = true, .permitted_options = "indexes"}),
            ":1:17: the option ExecCGI is not allowed here: name it in AllowOverride Options=...");
}

TEST_F(OverrideFile, HasOnlyWhatMayStandInOneEvenIfItIsListed) {
  EXPECT_EQ(ErrorOf("SetEnv a b\n", {.directives = {"setenv"}}), "");
  EXPECT_EQ(
      ErrorOf("WSGIDaemonProcess d\n", {.directives = {"wsgidaemonprocess"}}),
      ":1:1: WSGIDaemonProcess is not allowed here: it belongs in the server's configuration");
}

}  // namespace hosts::directives
