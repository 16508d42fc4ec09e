#include "reports/record/writer.h"

#include <gtest/gtest.h>

#include <memory>

#include "hosts/base/files.h"
#include "reports/record/reader.h"

namespace reports::record {

namespace base = hosts::base;

class Writer : public testing::Test {
 protected:
  void SetUp() override {
    auto made = base::TemporaryDirectory::Make("wsgilab-record");
    ASSERT_TRUE(made);
    directory_ = std::make_unique<base::TemporaryDirectory>(std::move(*made));
    path_ = directory_->path() / "record.jsonl";
  }

  std::unique_ptr<base::TemporaryDirectory> directory_;
  std::filesystem::path path_;
};

TEST_F(Writer, EveryLineIsInTheFileWhenWriteReturns) {
  auto writer = RecordWriter::Open(path_);
  ASSERT_TRUE(writer) << writer.error().Text();
  ASSERT_TRUE(writer->Write(Header{}));
  EXPECT_FALSE(ReadRecord(path_)->complete);
  ASSERT_TRUE(writer->Write(Footer{}));
  EXPECT_TRUE(ReadRecord(path_)->complete);
}

TEST_F(Writer, ARecordIsNotOverwritten) {
  ASSERT_TRUE(base::WriteFile(path_, "precious\n"));
  const auto writer = RecordWriter::Open(path_);
  ASSERT_FALSE(writer);
  EXPECT_EQ(base::ReadFile(path_).value(), "precious\n");
}

TEST_F(Writer, AppendingDropsACutOffLine) {
  ASSERT_TRUE(RecordWriter::Open(path_)->Write(Header{}));
  const std::string whole = base::ReadFile(path_).value();
  ASSERT_TRUE(base::WriteFile(path_, whole + "{\"type\":\"cel"));
  ASSERT_TRUE(RecordWriter::Open(path_, OpenMode::Append)->Write(Footer{}));
  const auto record = ReadRecord(path_);
  ASSERT_TRUE(record) << record.error().Text();
  EXPECT_TRUE(record->complete);
}

TEST_F(Writer, AFolderThatIsNotThereIsAnErrorThatNamesThePath) {
  const auto writer = RecordWriter::Open("/nonexistent/record.jsonl");
  ASSERT_FALSE(writer);
  EXPECT_EQ(writer.error().message,
            "cannot write /nonexistent/record.jsonl: No such file or directory");
}

}  // namespace reports::record
