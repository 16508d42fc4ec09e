// The engine with two Pythons in one record: what the page says of it, and that nothing of the record breaks out.

#include "reports/html/upgrade.h"

#include <gmock/gmock.h>

#include <initializer_list>

#include "reports/histogram/histogram.h"
#include "reports/histogram/v2.h"
#include "reports/html/fitness.h"
#include "reports/html/interference.h"

namespace reports::html {
namespace {

using record::Record;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

Record WithTwoEngines(const std::string& said) {
  Record record;
  for (const auto& [name, python] :
       {std::pair("engine", "3.11.2"), std::pair("engine-3.14", "3.14.8")}) {
    record::HostVersion host;
    host.name = name;
    host.python = python;
    record.header.hosts.push_back(host);
    record::Import line;
    if (host.name != "engine") line.host = host.name;
    line.distribution = said;
    line.version = "2.4";
    line.interpreter = "sub";
    if (host.name != "engine") {
      line.outcome = record::ImportOutcome::Fails;
      line.error = said;
      record::Import own = line;
      own.interpreter = "sub-own-gil";
      record.imports.push_back(own);
    }
    record.imports.push_back(line);
  }
  return record;
}

TEST(UpgradeSection, HasAColumnForEachPythonAndWhatWasSaid) {
  const std::string page = UpgradeSection(WithTwoEngines("numpy")).text();
  EXPECT_THAT(page,
              AllOf(HasSubstr("What your upgrade changes"),
                    HasSubstr("engine: Python 3.11.2"),
                    HasSubstr("engine-3.14: Python 3.14.8"),
                    HasSubstr("1 of 1 import ended otherwise"),
                    HasSubstr(">works<"),
                    HasSubstr(">fails<")));
}

TEST(UpgradeSection, TellsTwoBuildsOfOnePythonApart) {
  Record record = WithTwoEngines("numpy");
  record.header.hosts[0].python = "3.14.8";
  record.header.hosts[1].gils = {"shared", "own", "off"};
  EXPECT_THAT(UpgradeSection(record).text(),
              AllOf(HasSubstr("engine: Python 3.14.8<"),
                    HasSubstr("engine-3.14: Python 3.14.8 without a GIL<")));
}

TEST(UpgradeSection, IsNotThereForOnePython) {
  Record record = WithTwoEngines("numpy");
  record.header.hosts.pop_back();
  EXPECT_TRUE(UpgradeSection(record).is_empty());
}

record::Cell CellIn(const std::string& host, const std::string& interpreter) {
  record::Cell cell;
  cell.cell = host + "/daemon/" + interpreter + "/lazy/prices";
  cell.host = host;
  cell.process = "daemon";
  cell.interpreter = interpreter;
  cell.loading = "lazy";
  cell.app = "prices";
  cell.outcome = record::CellOutcome::Ok;
  return cell;
}

TEST(UpgradeSection, HasATableOfToursThatNamesTheImportThatRefuses) {
  Record record = WithTwoEngines("numpy");
  record.cells = {CellIn("engine", "sub"),
                  CellIn("engine", "sub-own-gil"),
                  CellIn("engine-3.14", "sub"),
                  CellIn("engine-3.14", "sub-own-gil")};
  record.cells[1].outcome = record::CellOutcome::NotOffered;
  record.cells[1].reason = "needs Python 3.12";
  record.cells[3].outcome = record::CellOutcome::Failed;
  record.cells[3].log_tail = {
      "ImportError: module numpy.core._x does not support loading in subinterpreters"};
  const std::string page = UpgradeSection(record).text();
  EXPECT_THAT(page,
              AllOf(HasSubstr("Tours, by application and kind of interpreter"),
                    HasSubstr("1 of 1 mode"),
                    HasSubstr("numpy refuses: 0 of 1 mode"),
                    HasSubstr("module numpy.core._x does not support loading"),
                    HasSubstr("title=\"needs Python 3.12\"")));
}

TEST(UpgradeSection, NothingOfARecordBreaksOut) {
  const Record record = WithTwoEngines("<script>alert(1)</script>");
  EXPECT_THAT(UpgradeSection(record).text() + ImportsSection(record).text(),
              Not(HasSubstr("<script")));
}

TEST(ImportsSection, SaysWhichHostAndHasOwnGilsWhereOneHasSuch) {
  const std::string page = ImportsSection(WithTwoEngines("numpy")).text();
  EXPECT_THAT(page,
              AllOf(HasSubstr(">Host<"),
                    HasSubstr(">engine-3.14<"),
                    HasSubstr(">Own GIL<"),
                    Not(HasSubstr("Own GIL after main")),
                    Not(HasSubstr(">Used<"))));
}

std::string SomeLatencies() {
  histogram::Histogram latencies;
  for (int i = 1; i <= 2000; ++i)
    latencies.Record(i * 1000);
  return histogram::EncodeV2(latencies);
}

Record BesideABurningNeighbour(std::initializer_list<const char*> arrangements) {
  Record record;
  for (const char* arrangement : arrangements) {
    record::Interference line;
    line.host = "engine-3.14";
    line.arrangement = arrangement;
    line.kind = "cpu";
    line.beside.hdr = SomeLatencies();
    record.interferences.push_back(line);
  }
  return record;
}

TEST(InterferenceSection, HoldsOneGilAGilEachAndAProcessEachAgainstEachOther) {
  Record record =
      BesideABurningNeighbour({"daemon/sub", "daemon/sub-own-gil", "daemon/two-groups"});
  const std::string page = InterferenceSection(record).text();
  EXPECT_THAT(page,
              AllOf(HasSubstr("B beside an A that burns CPU, of engine-3.14"),
                    HasSubstr("data-group=\"one GIL (daemon/sub)\""),
                    HasSubstr("data-group=\"a GIL each, in one process (daemon/sub-own-gil)\""),
                    HasSubstr("data-group=\"a process each (daemon/two-groups)\"")));
  record::HostVersion host;
  host.name = "engine-3.14";
  host.gils = {"shared", "own", "off"};
  record.header.hosts.push_back(host);
  EXPECT_THAT(InterferenceSection(record).text(),
              AllOf(HasSubstr("with no GIL, a GIL each"),
                    HasSubstr("\"no GIL (daemon/sub)\""),
                    Not(HasSubstr("one GIL"))));
  record.interferences[2].host = "apache";
  EXPECT_THAT(InterferenceSection(record).text(), Not(HasSubstr("B beside an A that burns CPU")));
}

TEST(InterferenceSection, DrawsACurveForEachArrangementWhoseLatenciesAreThere) {
  Record record = BesideABurningNeighbour({"embedded/sub", "embedded/sub-own-gil"});
  const std::string page = InterferenceSection(record).text();
  EXPECT_THAT(page, AllOf(HasSubstr("B, while A burns CPU in Python"), HasSubstr("hosted as")));
  record.interferences[0].beside.hdr.reset();
  record.interferences[1].beside.hdr = "no histogram";
  EXPECT_THAT(InterferenceSection(record).text(), Not(HasSubstr("B, while A burns")));
}

}  // namespace
}  // namespace reports::html
