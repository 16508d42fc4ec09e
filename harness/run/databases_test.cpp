#include "harness/run/databases.h"

#include <gmock/gmock.h>

#include <fstream>

#include "harness/adapters/ask_program.h"
#include "harness/adapters/engine_adapter.h"

namespace harness::run {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

const fs::path kProgram = fs::path(WSGILAB_SOURCE_FOLDER) / "apps/examine/snapshot.py";

std::string Python(const std::string& code) {
  auto said =
      adapters::AskProgram("/usr/bin/python3", adapters::InheritedEnvironment(), {"-c", code});
  return said ? *said : said.error().Text();
}

class Databases : public testing::Test {
 protected:
  void SetUp() override {
    auto made = hosts::base::TemporaryDirectory::Make("wsgilab-databases-test");
    ASSERT_TRUE(made);
    directory_.emplace(std::move(*made));
  }
  [[nodiscard]] fs::path At(const char* name) const { return directory_->path() / name; }

  std::optional<hosts::base::TemporaryDirectory> directory_;
};

TEST_F(Databases, ASnapshotHasWhatAWriterHasCommittedAndNotYetPutIntoTheFile) {
  // In WAL mode what is committed is beside the file until somebody moves it in; the one who ends this way does not.
  Python("import os, sqlite3\ndb = sqlite3.connect('" + At("notes.db").string() +
         "')\ndb.execute('pragma journal_mode=wal')\ndb.execute('create table note(text)')\n"
         "db.execute(\"insert into note values('kept')\")\ndb.commit()\nos._exit(0)\n");
  const auto snapshots = TakeSnapshots({At("notes.db").string()}, kProgram);
  ASSERT_TRUE(snapshots) << snapshots.error().Text();
  ASSERT_EQ(snapshots->databases.size(), 1U);
  EXPECT_EQ(snapshots->databases.front().file, fs::canonical(At("notes.db")));

  fs::create_directory(At("data"));
  const auto copied = CopyDatabases(At("data"), snapshots->databases);
  ASSERT_TRUE(copied) << copied.error().Text();
  const std::vector<DatabaseCopy> copies = CopiesIn(At("data"), snapshots->databases);
  ASSERT_EQ(copies.size(), 1U);
  EXPECT_EQ(Python("import sqlite3\nprint(sqlite3.connect('" + copies.front().copy.string() +
                   "').execute('select text from note').fetchall())"),
            "[('kept',)]\n");
}

TEST_F(Databases, TwoOfOneNameAreToldApart) {
  for (const char* folder : {"one", "two"}) {
    fs::create_directory(At(folder));
    Python("import sqlite3\nsqlite3.connect('" + (At(folder) / "db").string() +
           "').execute('create table t(x)')");
  }
  const auto snapshots =
      TakeSnapshots({(At("one") / "db").string(), (At("two") / "db").string()}, kProgram);
  ASSERT_TRUE(snapshots) << snapshots.error().Text();
  const auto copies = CopiesIn("/data", snapshots->databases);
  EXPECT_NE(copies[0].copy, copies[1].copy);
}

TEST_F(Databases, WhatIsNoneIsNamedWithTheReason) {
  std::ofstream(At("text.db")) << "this is a text, and longer than a header";
  for (const auto& [file, words] : {std::pair(At("nothing.db"), "there is no such file"),
                                    std::pair(At("text.db"), "this is no SQLite database"),
                                    std::pair(directory_->path(), "there is no such file")}) {
    const auto snapshots = TakeSnapshots({file.string()}, kProgram);
    ASSERT_FALSE(snapshots);
    EXPECT_EQ(snapshots.error().kind, hosts::base::ErrorKind::InvalidInput);
    EXPECT_THAT(snapshots.error().message, HasSubstr(words));
    EXPECT_THAT(snapshots.error().message, HasSubstr("--copy " + file.string()));
  }
}

}  // namespace
}  // namespace harness::run
