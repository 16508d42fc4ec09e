#include "reports/compare/records.h"

#include <gmock/gmock.h>

namespace reports::compare {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

record::Record RunWith(double p50, double pss) {
  record::Record record;
  record.header.machine.cpu = "a processor";
  record.header.machine.cores = 2;
  record.header.machine.fingerprint = "one";
  record.complete = true;
  record::Cell cell;
  cell.cell = "engine/daemon/main/lazy/hello";
  Add(record, cell);
  record::Load load;
  load.cell = cell.cell;
  load.latency_us.p50 = p50;
  Add(record, load);
  record::Resources resources;
  resources.cell = cell.cell;
  resources.when = record::When::AfterLoad;
  resources.pss_kib = static_cast<std::int64_t>(pss);
  Add(record, resources);
  return record;
}

TEST(PutSideBySide, ShowsWhatBothHave) {
  const SideBySide both = PutSideBySide(RunWith(100, 1000), RunWith(120, 900));
  ASSERT_THAT(both.rows, SizeIs(2));
  EXPECT_EQ(both.rows[0].metric, "latency_p50_us");
  EXPECT_THAT(ToText(both), HasSubstr("+20.0 %"));
  EXPECT_THAT(ToText(both), HasSubstr("-10.0 %"));
  EXPECT_THAT(ToText(both), HasSubstr("mood")) << "it says why nothing is judged";
  EXPECT_THAT(ToJson(both), HasSubstr("\"value\": 120.0"));
}

TEST(PutSideBySide, LeavesTimesOfOtherMachinesOut) {
  record::Record other = RunWith(120, 900);
  other.header.machine.cpu = "another processor";
  other.header.machine.fingerprint = "another";
  const SideBySide both = PutSideBySide(RunWith(100, 1000), other);
  ASSERT_THAT(both.rows, SizeIs(1));
  EXPECT_EQ(both.rows[0].metric, "pss_kib");
  EXPECT_THAT(ToText(both), HasSubstr("nobody can say that the machines are the same"));
}

TEST(PutSideBySide, HasNoRowForWhatOneSideLacks) {
  record::Record other = RunWith(1, 1);
  other.loads.clear();
  other.resources.clear();
  EXPECT_THAT(PutSideBySide(RunWith(1, 1), other).rows, IsEmpty());
}

}  // namespace
}  // namespace reports::compare
