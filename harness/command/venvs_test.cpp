#include "harness/command/venvs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include "hosts/base/files.h"

namespace harness::command {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class VenvsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto made = hosts::base::TemporaryDirectory::Make("wsgilab-venvs");
    ASSERT_TRUE(made);
    folder_.emplace(std::move(*made));
  }

  fs::path Make(const std::string& name, const std::string& line) {
    const fs::path venv = folder_->path() / name;
    fs::create_directories(venv);
    EXPECT_TRUE(hosts::base::WriteFile(venv / "pyvenv.cfg", "home = /usr/bin\n" + line + "\n"));
    return venv;
  }

  static adapters::HostVersion With(const std::string& python) {
    adapters::HostVersion host;
    host.python = python;
    return host;
  }

  std::optional<hosts::base::TemporaryDirectory> folder_;
};

TEST_F(VenvsTest, SayTheirPythonAsEachToolWritesIt) {
  EXPECT_EQ(PythonOfVenv(Make("a", "version = 3.11.2")), "3.11");
  EXPECT_EQ(PythonOfVenv(Make("b", "version_info = 3.14.8.final.0")), "3.14");
  EXPECT_EQ(PythonOfVenv(Make("c", "prompt = x")), "");
  EXPECT_EQ(PythonOfVenv(folder_->path() / "none"), "");
}

TEST_F(VenvsTest, AreThoseOfTheHostsPython) {
  const fs::path venv = Make("venv", "version = 3.11.2");
  EXPECT_EQ(*VenvFor(With("3.11.9"), venv), venv);
  const auto none = VenvFor(With("3.14.8"), venv);
  ASSERT_FALSE(none);
  EXPECT_THAT(none.error().message,
              HasSubstr("has packages for Python 3.11, not 3.14, and there is no " + venv.string() +
                        "-3.14"));
  const fs::path other = Make("venv-3.14", "version = 3.13.1");
  EXPECT_FALSE(VenvFor(With("3.14.8"), venv)) << "the name alone does not make it one";
  Make("venv-3.14", "version = 3.14.2");
  EXPECT_EQ(*VenvFor(With("3.14.8"), venv), other);
}

TEST_F(VenvsTest, OfAPythonWithoutAGilHaveItInTheirName) {
  const fs::path venv = Make("venv", "version = 3.11.2");
  Make("venv-3.14", "version = 3.14.2");
  auto host = With("3.14.8");
  host.gils = {"shared", "own", "off"};
  EXPECT_FALSE(VenvFor(host, venv));
  const fs::path named = Make("venv-3.14t", "version = 3.14.2");
  EXPECT_EQ(*VenvFor(host, venv), named);
}

TEST_F(VenvsTest, AreTakenAsTheyAreWhereNobodyCanSay) {
  const fs::path venv = Make("venv", "prompt = x");
  EXPECT_EQ(*VenvFor(With("3.14.8"), venv), venv);
  EXPECT_EQ(*VenvFor(With(""), Make("other", "version = 3.11.2")), folder_->path() / "other");
}

}  // namespace
}  // namespace harness::command
