#include "harness/run/prepared_data.h"

#include <gmock/gmock.h>

namespace harness::run {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class PreparedDataTest : public testing::Test {
 protected:
  void SetUp() override {
    auto made = hosts::base::TemporaryDirectory::Make("wsgilab-app");
    ASSERT_TRUE(made);
    folder_.emplace(std::move(*made));
    app_.name = "desk";
    app_.prepare = folder_->path() / "prepare.py";
  }

  void WriteProgram(const std::string& text) {
    ASSERT_TRUE(hosts::base::WriteFile(*app_.prepare, text));
  }

  std::optional<hosts::base::TemporaryDirectory> folder_;
  matrix::App app_;
};

TEST_F(PreparedDataTest, IsMadeOnce) {
  WriteProgram(
      "import os, pathlib\n"
      "path = pathlib.Path(os.environ['WSGILAB_DATA'], 'made')\n"
      "assert not path.exists()\n"
      "path.write_text('x')\n");
  auto prepared = PreparedData::Make();
  ASSERT_TRUE(prepared);
  for (int round = 0; round < 2; ++round) {
    const auto data = prepared->Of(app_, "");
    ASSERT_TRUE(data) << data.error().Text();
    EXPECT_TRUE(fs::exists(*data / "made"));
  }
}

TEST_F(PreparedDataTest, AFailureIsToldWithTheEndOfWhatWasSaid) {
  WriteProgram("raise SystemExit('no luck today')\n");
  auto prepared = PreparedData::Make();
  ASSERT_TRUE(prepared);
  const auto data = prepared->Of(app_, "");
  ASSERT_FALSE(data);
  EXPECT_THAT(data.error().Text(), HasSubstr("no luck today"));
}

TEST_F(PreparedDataTest, AMissingEnvironmentIsNamedWithAWayOut) {
  WriteProgram("");
  app_.needs_venv = true;
  auto prepared = PreparedData::Make();
  ASSERT_TRUE(prepared);
  const auto data = prepared->Of(app_, folder_->path() / "venv");
  ASSERT_FALSE(data);
  EXPECT_THAT(data.error().Text(), HasSubstr("scripts/setup"));
}

}  // namespace
}  // namespace harness::run
