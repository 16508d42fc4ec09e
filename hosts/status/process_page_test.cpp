#include "hosts/status/process_page.h"

#include <gmock/gmock.h>

namespace hosts::status {
namespace {

constexpr pid_t kPid = 4711;

TEST(ProcessPage, SaysNothingOfAnotherProcess) {
  ProcessPage page(1);
  EXPECT_EQ(page.Read(kPid), std::nullopt);
  page.Begin(kPid);
  EXPECT_TRUE(page.Read(kPid).has_value());
  EXPECT_EQ(page.Read(kPid + 1), std::nullopt);
}

TEST(ProcessPage, AddsUpWhatItsThreadsHaveDone) {
  ProcessPage page(2);
  page.Begin(kPid);
  Seat* one = page.TakeSeat();
  Seat* other = page.TakeSeat();
  ASSERT_NE(one, nullptr);
  ASSERT_NE(other, nullptr);
  for (Seat* seat : {one, one, other}) {
    Presence presence(seat);
    presence.NoteAnswer();
  }
  one->queue_us.Note(30);
  other->queue_us.Note(50);
  other->queue_us.Note(-1);  // a clock that was set back
  one->gil_ns.Note(7);
  const Presence inside(other);
  const auto figures = page.Read(kPid);
  ASSERT_TRUE(figures.has_value());
  EXPECT_EQ(figures->answered, 3U);
  EXPECT_EQ(figures->in_flight, 1U);
  EXPECT_EQ(figures->queue_us, (Waits{3, 80, 50}));
  EXPECT_EQ(figures->gil_ns, (Waits{1, 7, 7}));
}

TEST(ProcessPage, HasNoSeatForMoreThreadsThanWereSaid) {
  ProcessPage page(1);
  page.Begin(kPid);
  EXPECT_NE(page.TakeSeat(), nullptr);
  EXPECT_EQ(page.TakeSeat(), nullptr);
  Presence nobody(nullptr);
  nobody.NoteAnswer();
  EXPECT_EQ(page.Read(kPid)->answered, 0U);
}

TEST(ProcessPage, KeepsWhatAFrontHasSentOnApart) {
  ProcessPage page(0);
  page.Begin(kPid);
  page.forwarded().Begin();
  page.forwarded().Begin();
  page.forwarded().End();
  page.forwarded().NoteAnswer();
  const auto figures = page.Read(kPid);
  EXPECT_EQ(figures->forwarded, 1U);
  EXPECT_EQ(figures->forwarded_in_flight, 1U);
  EXPECT_EQ(figures->answered, 0U);
}

TEST(ProcessPage, NamesWhatIsLoadedAndWhenItWasTheLastTime) {
  ProcessPage page(1);
  page.Begin(kPid);
  page.NoteInterpreter("");
  page.NoteInterpreter("shop <\"&>");
  page.NoteScript("shop <\"&>", "/srv/\xff.wsgi", 5);
  page.NoteScript("", "/srv/a.wsgi", 6);
  page.NoteScript("", "/srv/a.wsgi", 9);
  const auto loaded = page.Read(kPid)->loaded;
  EXPECT_FALSE(loaded.is_cut);
  EXPECT_THAT(
      loaded.interpreters,
      testing::ElementsAre(LoadedInterpreter{"", {{"/srv/a.wsgi", 9}}},
                           LoadedInterpreter{"shop <\"&>", {{"/srv/\xef\xbf\xbd.wsgi", 5}}}));
}

TEST(ProcessPage, SaysThatThereIsMoreThanFits) {
  ProcessPage page(1);
  page.Begin(kPid);
  page.NoteInterpreter("");
  constexpr int kScripts = 1000;
  for (int i = 0; i < kScripts; ++i)
    page.NoteScript("", "/srv/\x01\x02\x03" + std::to_string(i) + ".wsgi", i);
  const auto loaded = page.Read(kPid)->loaded;
  EXPECT_TRUE(loaded.is_cut);
  ASSERT_EQ(loaded.interpreters.size(), 1U);
  EXPECT_GT(loaded.interpreters[0].scripts.size(), 20U);
  EXPECT_LT(loaded.interpreters[0].scripts.size(), 1000U);
  page.NoteScript("", loaded.interpreters[0].scripts[0].path, 77777);  // known: its time is
  EXPECT_EQ(page.Read(kPid)->loaded.interpreters[0].scripts[0].loaded_at_ms, 77777);
}

TEST(ProcessPage, BeginsAnewForTheNextProcess) {
  ProcessPage page(1);
  page.Begin(kPid);
  page.TakeSeat()->requests.NoteAnswer();
  page.NoteInterpreter("old");
  page.NoteEnding("maximum_requests");
  EXPECT_EQ(page.Read(kPid)->end_reason, "maximum_requests");
  page.Begin(kPid + 1);
  EXPECT_EQ(page.Read(kPid), std::nullopt);
  const auto figures = page.Read(kPid + 1);
  EXPECT_EQ(figures->answered, 0U);
  EXPECT_EQ(figures->end_reason, "");
  EXPECT_TRUE(figures->loaded.interpreters.empty());
  EXPECT_NE(page.TakeSeat(), nullptr);
}

TEST(Loaded, IsNothingWhenAProcessHasWrittenSomethingElse) {
  const std::string deep(8000, '[');
  for (const std::string& text :
       {std::string("{"),
        std::string("7"),
        deep,
        std::string(R"({"is_cut":1,"interpreters":[]})"),
        std::string(R"({"is_cut":false,"interpreters":[7]})"),
        std::string(R"({"is_cut":false,"interpreters":[{"name":7}]})"),
        std::string("{\"is_cut\":false,\"interpreters\":[{\"name\":\"\xff")}) {
    const Loaded loaded = LoadedOf(text);
    EXPECT_TRUE(loaded.is_cut) << text;
    EXPECT_TRUE(loaded.interpreters.empty()) << text;
  }
  const Loaded loaded = LoadedOf(
      R"({"is_cut":false,"interpreters":[{"name":"","scripts":[{"path":"a","at":1e300}]}]})");
  ASSERT_EQ(loaded.interpreters.size(), 1U);
  EXPECT_EQ(loaded.interpreters[0].scripts.at(0).loaded_at_ms, 0);
}

TEST(ProcessPage, BelievesNoReasonThatIsNoWord) {
  ProcessPage page(1);
  page.Begin(kPid);
  page.NoteEnding("<script>");
  EXPECT_EQ(page.Read(kPid)->end_reason, "");
}

}  // namespace
}  // namespace hosts::status
