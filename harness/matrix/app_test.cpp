#include "harness/matrix/app.h"

#include <gmock/gmock.h>

#include "hosts/base/files.h"

namespace harness::matrix {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class AppTest : public testing::Test {
 protected:
  void SetUp() override {
    auto made = hosts::base::TemporaryDirectory::Make("wsgilab-apps");
    ASSERT_TRUE(made);
    directory_.emplace(std::move(*made));
  }

  void WriteApp(const std::string& name, const std::string& tour) {
    const fs::path folder = directory_->path() / name;
    fs::create_directories(folder);
    ASSERT_TRUE(hosts::base::WriteFile(folder / "app.wsgi", ""));
    ASSERT_TRUE(hosts::base::WriteFile(folder / "tour.json", tour));
  }

  [[nodiscard]] const fs::path& folder() const { return directory_->path(); }

 private:
  std::optional<hosts::base::TemporaryDirectory> directory_;
};

TEST_F(AppTest, IsReadFromItsTour) {
  WriteApp("desk",
           R"({"app":"desk","title":"A desk.","script":"app.wsgi","project":".","venv":true,)"
           R"("prepare":"prepare.py","steps":[]})");
  const auto app = ReadApp(folder() / "desk");
  ASSERT_TRUE(app) << app.error().Text();
  EXPECT_EQ(app->name, "desk");
  EXPECT_EQ(app->script, folder() / "desk" / "app.wsgi");
  EXPECT_EQ(*app->prepare, folder() / "desk" / "prepare.py");
  EXPECT_TRUE(app->needs_venv);
}

TEST_F(AppTest, TheCatalogueIsEveryFolderWithATour) {
  const std::string rest = R"(,"title":"","script":"app.wsgi","project":null,"venv":false,)"
                           R"("prepare":null,"steps":[]})";
  WriteApp("two", R"({"app":"two")" + rest);
  WriteApp("one", R"({"app":"one")" + rest);
  fs::create_directory(folder() / "placement");
  const auto apps = ReadApps(folder());
  ASSERT_TRUE(apps) << apps.error().Text();
  ASSERT_EQ(apps->size(), 2U);
  EXPECT_EQ(apps->front().name, "one");
  EXPECT_FALSE(apps->front().project);
}

TEST_F(AppTest, WhatIsMissingIsNamed) {
  EXPECT_THAT(ReadApps(folder()).error().Text(), HasSubstr(folder().string()));
  EXPECT_FALSE(ReadApps(folder() / "nowhere"));
  WriteApp("bad", R"({"app":"bad"})");
  EXPECT_THAT(ReadApps(folder()).error().Text(), HasSubstr("title"));
}

TEST_F(AppTest, AScriptOfOnesOwnIsAnApp) {
  const fs::path script = folder() / "my app.wsgi";
  ASSERT_TRUE(hosts::base::WriteFile(script, ""));
  const auto app = AppOfScript(script, "/start");
  ASSERT_TRUE(app);
  EXPECT_EQ(app->name, "my_app");
  EXPECT_EQ(*app->project, folder());
  EXPECT_FALSE(AppOfScript(folder() / "none.wsgi", "/"));
}

}  // namespace
}  // namespace harness::matrix
