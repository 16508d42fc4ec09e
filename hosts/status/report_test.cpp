#include "hosts/status/report.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <limits>

namespace hosts::status {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

constexpr int kPid = 4711;
constexpr std::int64_t kNow = 1'767'225'600'123;  // 2026

Supervision OfOne(const std::string& group) {
  Supervision said;
  said.pid = 7;
  said.started_at_ms = kNow - 1000;
  said.ended = 1;
  said.generations.push_back({.number = 3, .state = "serving", .processes = {}});
  auto& processes = said.generations[0].processes;
  processes.push_back({.role = "daemon",
                       .group = group,
                       .threads = 2,
                       .pid = kPid,
                       .state = "ready",
                       .started_at_ms = kNow - 500});
  processes.push_back(
      {.role = "daemon", .group = group, .threads = 2, .pid = 0, .state = "awaited"});
  said.last_ended.push_back({.generation = 2,
                             .role = "daemon",
                             .group = group,
                             .pid = 9,
                             .started_at_ms = 0,
                             .ended_at_ms = kNow,
                             .exit_code = 0,
                             .signal = std::nullopt,
                             .reason = "script_reload",
                             .was_told = false,
                             .answered = 5,
                             .in_flight = 2});
  return said;
}

struct Site {
  explicit Site(const std::string& group = "shop") {
    boards.Add(3, {2, 2});
    boards.Publish(OfOne(group));
    page().Begin(kPid);
  }
  // As the process has it.
  [[nodiscard]] ProcessPage& page() const { return const_cast<ProcessPage&>(*boards.page(3, 0)); }
  [[nodiscard]] json Json() const { return json::parse(ToJson(Collect(boards, kNow))); }
  [[nodiscard]] std::string Html() const { return ToHtml(Collect(boards, kNow)); }

  Boards boards;
};

TEST(Report, HasTheFiguresOfEachProcess) {
  const Site site;
  Seat* seat = site.page().TakeSeat();
  Presence inside(seat);
  inside.NoteAnswer();
  seat->queue_us.Note(1500);
  seat->gil_ns.Note(2'000'000);
  site.page().NoteInterpreter("");
  site.page().NoteScript("", "/srv/a.wsgi", kNow);
  const json report = site.Json();
  EXPECT_EQ(report["schema"], 1);
  EXPECT_EQ(report["at"], "2026-01-01T00:00:00.123Z");
  EXPECT_EQ(report["supervisor"]["pid"], 7);
  const json& process = report["generations"][0]["processes"][0];
  EXPECT_EQ(process["pid"], kPid);
  EXPECT_EQ(process["state"], "ready");
  const json& figures = process["figures"];
  EXPECT_EQ(figures["answered"], 1);
  EXPECT_EQ(figures["in_flight"], 1);
  EXPECT_EQ(figures["queue_wait"], (json{{"count", 1}, {"total_us", 1500}, {"max_us", 1500}}));
  EXPECT_EQ(figures["gil_wait"], (json{{"count", 1}, {"total_us", 2000}, {"max_us", 2000}}));
  EXPECT_EQ(figures["interpreters"][0]["scripts"][0]["path"], "/srv/a.wsgi");
  EXPECT_EQ(figures["end_reason"], nullptr);
}

TEST(Report, AddsUpTheProcessesOfAGroup) {
  const Site site;
  site.page().TakeSeat()->requests.NoteAnswer();
  const json group = site.Json()["groups"][0];
  EXPECT_EQ(group["name"], "shop");
  EXPECT_EQ(group["processes"], 1);
  EXPECT_EQ(group["ready"], 1);
  EXPECT_EQ(group["answered"], 1);
}

TEST(Report, KnowsNothingOfAProcessThatIsAwaited) {
  const Site site;
  const json report = site.Json();
  const json& process = report["generations"][0]["processes"][1];
  EXPECT_EQ(process["pid"], nullptr);
  EXPECT_EQ(process["state"], "awaited");
  EXPECT_EQ(process["started"], nullptr);
  EXPECT_EQ(process["figures"], nullptr);
}

TEST(Report, SaysThatAProcessIsLeavingWhenItDoes) {
  const Site site;
  site.page().NoteEnding("deadlock_timeout");
  const json report = site.Json();
  const json& process = report["generations"][0]["processes"][0];
  EXPECT_EQ(process["state"], "leaving");
  EXPECT_EQ(process["figures"]["end_reason"], "deadlock_timeout");
}

TEST(Report, SaysHowTheLastProcessesEnded) {
  const json ended = Site().Json()["ended"];
  EXPECT_EQ(ended["total"], 1);
  EXPECT_EQ(ended["last"][0]["pid"], 9);
  EXPECT_EQ(ended["last"][0]["exit_code"], 0);
  EXPECT_EQ(ended["last"][0]["signal"], nullptr);
  EXPECT_EQ(ended["last"][0]["reason"], "script_reload");
  EXPECT_EQ(ended["last"][0]["answered"], 5);
  EXPECT_EQ(ended["last"][0]["in_flight"], 2);
}

TEST(Report, ReadsNamesAsTextAndNotAsHtml) {
  const Site site("<b>&\"'");
  site.page().NoteInterpreter("<i>");
  site.page().NoteScript("<i>", "/srv/<script>alert(1)</script>.wsgi", kNow);
  const std::string html = site.Html();
  EXPECT_THAT(html, HasSubstr("daemon &lt;b&gt;&amp;&quot;&#39;"));
  EXPECT_THAT(html, HasSubstr("<td>&lt;i&gt;</td>"));
  EXPECT_THAT(html, HasSubstr("/srv/&lt;script&gt;alert(1)&lt;/script&gt;.wsgi"));
  EXPECT_THAT(html, Not(HasSubstr("<script>")));
  EXPECT_THAT(html, Not(HasSubstr("<b>")));
}

TEST(Report, IsAPageThatNeedsNothingElse) {
  const Site site;
  const std::string html = site.Html();
  EXPECT_THAT(html, HasSubstr("Generation 3 is serving."));
  EXPECT_THAT(html, HasSubstr("script_reload"));
  EXPECT_THAT(html, Not(HasSubstr("src=")));
  EXPECT_THAT(html, Not(HasSubstr("http://")));
  EXPECT_THAT(html, Not(HasSubstr("https://")));
}

TEST(Report, IsThereBeforeTheSupervisorHasSaidAnything) {
  const Boards boards;
  const json report = json::parse(ToJson(Collect(boards, kNow)));
  EXPECT_EQ(report["generations"], json::array());
}

TEST(Instant, IsOneWhateverAProcessSays) {
  EXPECT_EQ(Instant(0), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(Instant(-5), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(Instant(std::numeric_limits<std::int64_t>::max()), "9999-12-31T23:59:59.999Z");
}

}  // namespace
}  // namespace hosts::status
