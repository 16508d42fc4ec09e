#include "hosts/exchange/answer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>

namespace hosts::exchange {
namespace {

using ::testing::HasSubstr;

// A sink that knows nothing of files.
class Collecting final : public AnswerSink {
 public:
  [[nodiscard]] base::Result<void> Begin(AnswerHead) override { return {}; }
  [[nodiscard]] base::Result<void> Write(std::string_view bytes, Then then) override {
    if (is_gone) return base::Error{base::ErrorKind::Closed, "the client left"};
    EXPECT_EQ(then, Then::Flush);
    ++writes;
    body += bytes;
    return {};
  }
  [[nodiscard]] base::Result<void> Finish() override { return {}; }
  void Abort() override {}
  void Choose(Choice) override {}
  void Refuse() override {}

  std::string body;
  int writes = 0;
  bool is_gone = false;
};

base::UniqueFd FileOf(std::string_view text) {
  std::FILE* file = std::tmpfile();
  EXPECT_EQ(std::fwrite(text.data(), 1, text.size(), file), text.size());
  EXPECT_EQ(std::fflush(file), 0);
  base::UniqueFd descriptor(::dup(::fileno(file)));
  EXPECT_EQ(std::fclose(file), 0);
  return descriptor;
}

TEST(AnswerSink, ThatKnowsNothingOfFilesIsWrittenWhatIsInThem) {
  Collecting sink;
  std::string text(200'000, 'x');
  text += "end";
  ASSERT_TRUE(sink.WriteFile({FileOf("0123" + text), 4, text.size()}));
  EXPECT_EQ(sink.body, text);
  EXPECT_GT(sink.writes, 1);
}

TEST(AnswerSink, TakesAPartOfAFileAndNotMore) {
  Collecting sink;
  ASSERT_TRUE(sink.WriteFile({FileOf("0123456789"), 2, 5}));
  EXPECT_EQ(sink.body, "23456");
}

TEST(AnswerSink, SaysWhenAFileIsShorterThanItWas) {
  Collecting sink;
  const auto written = sink.WriteFile({FileOf("0123456789"), 4, 100});
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind, base::ErrorKind::InvalidInput);
  EXPECT_THAT(written.error().message, HasSubstr("shorter"));
  EXPECT_EQ(sink.body, "456789");
}

TEST(AnswerSink, SaysWhenAFileCannotBeRead) {
  Collecting sink;
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const base::UniqueFd writing(ends[1]);
  const auto written = sink.WriteFile({base::UniqueFd(ends[0]), 0, 1});
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind, base::ErrorKind::System);
}

TEST(AnswerSink, ReadsNoFileForAClientThatLeft) {
  Collecting sink;
  sink.is_gone = true;
  const auto written = sink.WriteFile({FileOf("0123456789"), 0, 10});
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind, base::ErrorKind::Closed);
}

}  // namespace
}  // namespace hosts::exchange
