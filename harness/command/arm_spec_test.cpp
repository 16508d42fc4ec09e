#include "harness/command/arm_spec.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include "hosts/base/files.h"

namespace harness::command {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class ArmSpecTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(folder_); }
  ArmSpec Read(const std::string& text) {
    auto spec = ParseArmSpec(text, {"engine", "apache"});
    EXPECT_TRUE(spec) << spec.error().Text();
    return spec ? *spec : ArmSpec{};
  }
  std::string Refused(const std::string& text) {
    const auto spec = ParseArmSpec(text, {"engine", "apache"});
    EXPECT_FALSE(spec) << text;
    return spec ? "" : spec.error().Text();
  }
  fs::path Make(const std::string& name, mode_t mode = 0644) {
    const fs::path path = folder_->path() / name;
    fs::create_directories(path.parent_path());
    EXPECT_TRUE(hosts::base::WriteFile(path, "x"));
    ::chmod(path.c_str(), mode);
    return path;
  }
  hosts::base::Result<hosts::base::TemporaryDirectory> folder_ =
      hosts::base::TemporaryDirectory::Make("wsgilab-arm-spec");
};

TEST_F(ArmSpecTest, IsAModeOrAHostOrBoth) {
  EXPECT_EQ(Name(*Read("daemon/sub/lazy").mode), "daemon/sub/lazy");
  EXPECT_EQ(*Read("apache").host, "apache");
  const ArmSpec both = Read("apache:daemon/main/lazy");
  EXPECT_EQ(*both.host, "apache");
  EXPECT_EQ(Name(*both.mode), "daemon/main/lazy");
}

TEST_F(ArmSpecTest, IsAProgramACheckoutOrAnEnvironment) {
  const fs::path program = Make("wsgilab-host", 0755);
  EXPECT_EQ(*Read(program).program, program);
  const ArmSpec with_mode = Read(program.string() + ":embedded/main/preload");
  EXPECT_EQ(*with_mode.program, program);
  EXPECT_TRUE(with_mode.mode);

  Make("checkout/CMakeLists.txt");
  fs::create_directories(folder_->path() / "checkout" / "hosts");
  EXPECT_THAT(Refused(folder_->path() / "checkout"), HasSubstr("build it there"));
  Make("checkout/build/dev/bin/wsgilab-host", 0755);
  const fs::path release = Make("checkout/build/release/bin/wsgilab-host", 0755);
  EXPECT_EQ(*Read(folder_->path() / "checkout").program, release);

  Make("venv/bin/python", 0755);
  EXPECT_EQ(*Read(folder_->path() / "venv").venv, folder_->path() / "venv");
}

TEST_F(ArmSpecTest, IsARecordOrTheFolderOfARun) {
  const fs::path record = Make("run/record.jsonl");
  EXPECT_EQ(*Read(record).record, record);
  EXPECT_EQ(*Read(record.parent_path()).record, record);
  EXPECT_THAT(Refused(record.string() + ":daemon/main/lazy"), HasSubstr("nothing to compare"));
}

TEST_F(ArmSpecTest, AnythingElseIsRefusedWithWhatItMayBe) {
  const std::string said = Refused("deamon/main/lazy");
  EXPECT_THAT(said, HasSubstr("'deamon/main/lazy'"));
  EXPECT_THAT(said, HasSubstr("engine, apache"));
  Refused(Make("no-program.txt"));
  Refused(folder_->path() / "absent");
  Refused("");
}

}  // namespace
}  // namespace harness::command
