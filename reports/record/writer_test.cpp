#include "reports/record/writer.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>

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
  {
    auto writer = RecordWriter::Open(path_, OpenMode::Append);
    ASSERT_TRUE(writer) << writer.error().Text();
    EXPECT_TRUE(writer->has_dropped_half_a_line());
    ASSERT_TRUE(writer->Write(Footer{}));
  }
  EXPECT_FALSE(RecordWriter::Open(path_, OpenMode::Append)->has_dropped_half_a_line());
  const auto record = ReadRecord(path_);
  ASSERT_TRUE(record) << record.error().Text();
  EXPECT_TRUE(record->complete);
}

TEST_F(Writer, OneThatIsBeingWrittenIsRefused) {
  const auto first = RecordWriter::Open(path_);
  ASSERT_TRUE(first) << first.error().Text();
  for (const OpenMode mode : {OpenMode::New, OpenMode::Append}) {
    const auto second = RecordWriter::Open(path_, mode);
    ASSERT_FALSE(second);
    EXPECT_NE(second.error().message.find("is being written by process"), std::string::npos);
  }
}

// A file may grow to so many bytes, and no further.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit now{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &now);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;
  ~FileSizeLimit() { ::setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_{};
};

TEST_F(Writer, ADiskThatIsFullLeavesWholeLines) {
  ::signal(SIGXFSZ, SIG_IGN);
  auto writer = RecordWriter::Open(path_);
  ASSERT_TRUE(writer) << writer.error().Text();
  ASSERT_TRUE(writer->Write(Header{}));
  const auto size = std::filesystem::file_size(path_);
  {
    const FileSizeLimit limit(size + 10);
    const auto written = writer->Write(Footer{});
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().message, "cannot write " + path_.string() + ": File too large");
  }
  EXPECT_EQ(std::filesystem::file_size(path_), size);
  ASSERT_TRUE(writer->Write(Footer{}));
  EXPECT_TRUE(ReadRecord(path_)->complete);
}

TEST_F(Writer, AFolderThatIsNotThereIsAnErrorThatNamesThePath) {
  const auto writer = RecordWriter::Open("/nonexistent/record.jsonl");
  ASSERT_FALSE(writer);
  EXPECT_EQ(writer.error().message,
            "cannot write /nonexistent/record.jsonl: No such file or directory");
}

}  // namespace reports::record
