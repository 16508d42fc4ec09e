#include "reports/upgrade/upgrade.h"

#include <gmock/gmock.h>

namespace reports::upgrade {
namespace {

using record::Cell;
using record::CellOutcome;
using record::Check;
using record::CheckOutcome;
using record::Import;
using record::ImportOutcome;
using record::Record;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Record WithEngines(const std::vector<std::pair<std::string, std::string>>& engines) {
  Record record;
  for (const auto& [host, python] : engines) {
    record::HostVersion version;
    version.name = host;
    version.python = python;
    record.header.hosts.push_back(version);
  }
  return record;
}

Record WithTwo() {
  return WithEngines({{"engine-3.14", "3.14.8"}, {"engine", "3.11.2"}, {"apache", "3.11.2"}});
}

void AddCell(Record& record,
             const std::string& host,
             const std::string& interpreter,
             CellOutcome outcome) {
  Cell cell;
  cell.host = host;
  cell.process = "daemon";
  cell.interpreter = interpreter;
  cell.loading = "preload";
  cell.app = "shop";
  cell.cell = host + "/daemon/" + interpreter + "/preload/shop";
  cell.outcome = outcome;
  if (outcome != CellOutcome::Ok) cell.reason = "numpy refuses";
  Add(record, cell);
}

void AddMedian(Record& record, const std::string& cell, double us) {
  record::Load load;
  load.cell = cell;
  load.loop = record::Loop::Open;
  load.latency_us.p50 = us;
  Add(record, load);
}

void AddCheck(Record& record,
              const std::string& host,
              CheckOutcome outcome,
              const std::string& observed) {
  Check check;
  check.check = "Isolation/Probe.AgreesWithTheOracle/current_frames_embedded_two_subs";
  if (host != "engine") check.host = host;
  check.title = "frames of threads";
  check.pairing = "embedded, two subs";
  check.outcome = outcome;
  if (!observed.empty()) check.observed = observed;
  check.detail = "B sees A's frames";
  Add(record, check);
}

void AddImport(Record& record,
               const std::string& host,
               const std::string& interpreter,
               ImportOutcome outcome) {
  Import line;
  if (host != "engine") line.host = host;
  line.distribution = "numpy";
  line.interpreter = interpreter;
  line.outcome = outcome;
  if (outcome == ImportOutcome::Fails) line.error = "ImportError: refused";
  Add(record, line);
}

TEST(Upgrade, NeedsTwoEnginesOfItsOwn) {
  EXPECT_THAT(UpgradeOf(WithEngines({{"engine", "3.11.2"}, {"apache", "3.14.8"}})).engines,
              IsEmpty());
  EXPECT_THAT(InSentences(UpgradeOf(Record{})), IsEmpty());
}

TEST(Upgrade, GoesFromTheOldestPythonToTheNewest) {
  const Upgrade upgrade = UpgradeOf(
      WithEngines({{"engine-3.14", "3.14.8"}, {"engine-3.9", "3.9.2"}, {"engine", "3.11.2"}}));
  ASSERT_EQ(upgrade.engines.size(), 3U);
  EXPECT_EQ(upgrade.engines[0].host, "engine-3.9");
  EXPECT_EQ(upgrade.engines[2].python, "3.14.8");
}

TEST(Upgrade, NamesCellsThatEndOtherwise) {
  Record record = WithTwo();
  AddCell(record, "engine", "sub", CellOutcome::Ok);
  AddCell(record, "engine-3.14", "sub", CellOutcome::SetupFailed);
  AddCell(record, "engine", "main", CellOutcome::Ok);
  AddCell(record, "engine-3.14", "main", CellOutcome::Ok);
  AddCell(record, "engine-3.14", "sub-own-gil", CellOutcome::Ok);
  AddCell(record, "apache", "main", CellOutcome::SetupFailed);
  const Upgrade upgrade = UpgradeOf(record);
  ASSERT_EQ(upgrade.cells.differences.size(), 1U);
  EXPECT_EQ(upgrade.cells.differences[0].where, "daemon/sub/preload");
  EXPECT_THAT(upgrade.cells.differences[0].found, ElementsAre("ok", "setup failed"));
  EXPECT_EQ(upgrade.cells.differences[0].why, "numpy refuses");
  EXPECT_EQ(upgrade.cells.alike, 1);
  ASSERT_EQ(upgrade.tours.size(), 3U);
  EXPECT_EQ(upgrade.tours[1].with[1].said, "numpy refuses");
  EXPECT_EQ(upgrade.engines[0].modes, 2);
  EXPECT_EQ(upgrade.engines[1].modes, 3);
  EXPECT_THAT(InSentences(upgrade),
              ElementsAre("From Python 3.11.2 to 3.14.8: 3 modes instead of 2.",
                          "Tours that do not pass: shop in sub with Python 3.14.8: 0 of 1 mode "
                          "passed.",
                          "1 of 2 cells ended otherwise with another Python."));
}

TEST(Upgrade, NamesWhatIsSeenOtherwiseThoughBothAreAsMeasured) {
  Record record = WithTwo();
  AddCheck(record, "engine", CheckOutcome::Passed, "shared");
  AddCheck(record, "engine-3.14", CheckOutcome::Passed, "isolated");
  const Upgrade upgrade = UpgradeOf(record);
  ASSERT_EQ(upgrade.checks.differences.size(), 1U);
  EXPECT_EQ(upgrade.checks.differences[0].subject, "frames of threads");
  EXPECT_EQ(upgrade.checks.differences[0].where, "embedded, two subs");
  EXPECT_THAT(upgrade.checks.differences[0].found, ElementsAre("shared", "isolated"));
}

// Other suites say what they saw in words of their own, with times in them.
TEST(Upgrade, ComparesByTheirOutcomeChecksThatAreOfNoPairing) {
  Record record = WithTwo();
  AddCheck(record, "engine", CheckOutcome::Passed, "after 0.12 s");
  AddCheck(record, "engine-3.14", CheckOutcome::Passed, "after 0.13 s");
  for (Check& check : record.checks)
    check.pairing.reset();
  EXPECT_EQ(UpgradeOf(record).checks.alike, 1);
  record.checks.back().outcome = CheckOutcome::Failed;
  const Upgrade upgrade = UpgradeOf(record);
  ASSERT_EQ(upgrade.checks.differences.size(), 1U);
  EXPECT_THAT(upgrade.checks.differences[0].found, ElementsAre("passed", "failed"));
}

TEST(Upgrade, TellsWhatFailedFromWhatWasSeen) {
  Record record = WithTwo();
  AddCheck(record, "engine", CheckOutcome::Passed, "shared");
  AddCheck(record, "engine-3.14", CheckOutcome::Failed, "shared");
  const Upgrade upgrade = UpgradeOf(record);
  ASSERT_EQ(upgrade.checks.differences.size(), 1U);
  EXPECT_THAT(upgrade.checks.differences[0].found, ElementsAre("shared", "shared (failed)"));
  EXPECT_EQ(upgrade.checks.differences[0].why, "B sees A's frames");
}

TEST(Upgrade, DoesNotCountWhatWasNotAsked) {
  Record record = WithTwo();
  AddCheck(record, "engine", CheckOutcome::Skipped, "");
  AddCheck(record, "engine-3.14", CheckOutcome::Passed, "isolated");
  AddImport(record, "engine-3.14", "sub-own-gil", ImportOutcome::Fails);
  AddImport(record, "engine", "sub", ImportOutcome::NotTried);
  AddCell(record, "engine", "sub-own-gil", CellOutcome::NotOffered);
  AddCell(record, "engine-3.14", "sub-own-gil", CellOutcome::Ok);
  AddImport(record, "engine-3.14", "sub", ImportOutcome::Works);
  const Upgrade upgrade = UpgradeOf(record);
  EXPECT_THAT(upgrade.checks.differences, IsEmpty());
  EXPECT_EQ(upgrade.checks.alike, 0);
  EXPECT_THAT(upgrade.imports.differences, IsEmpty());
  EXPECT_EQ(upgrade.imports.alike, 0);
  EXPECT_THAT(upgrade.cells.differences, IsEmpty());
}

TEST(Upgrade, NamesImportsThatAreRefused) {
  Record record = WithTwo();
  AddImport(record, "engine", "sub", ImportOutcome::Works);
  AddImport(record, "engine-3.14", "sub", ImportOutcome::Fails);
  const Upgrade upgrade = UpgradeOf(record);
  ASSERT_EQ(upgrade.imports.differences.size(), 1U);
  EXPECT_EQ(upgrade.imports.differences[0].subject, "numpy");
  EXPECT_THAT(upgrade.imports.differences[0].found, ElementsAre("works", "fails"));
  EXPECT_THAT(upgrade.imports.differences[0].why, HasSubstr("refused"));
}

TEST(Upgrade, HoldsEachInterpreterAgainstTheMainOneOfItsPython) {
  Record record = WithTwo();
  for (const std::string host : {"engine", "engine-3.14"}) {
    AddCell(record, host, "main", CellOutcome::Ok);
    AddCell(record, host, "sub", CellOutcome::Ok);
  }
  AddMedian(record, "engine/daemon/main/preload/shop", 200);
  AddMedian(record, "engine/daemon/sub/preload/shop", 210);
  AddMedian(record, "engine-3.14/daemon/main/preload/shop", 100);
  const Upgrade upgrade = UpgradeOf(record);
  ASSERT_EQ(upgrade.shares.size(), 1U);
  EXPECT_EQ(upgrade.shares[0].mode, "daemon/sub/preload");
  ASSERT_TRUE(upgrade.shares[0].of_main[0].has_value());
  EXPECT_DOUBLE_EQ(*upgrade.shares[0].of_main[0], 1.05);
  EXPECT_FALSE(upgrade.shares[0].of_main[1].has_value());
}

}  // namespace
}  // namespace reports::upgrade
