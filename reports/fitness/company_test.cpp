#include "reports/fitness/company.h"

#include <gmock/gmock.h>

#include "reports/fitness/fitness.h"
#include "reports/samples/samples.h"

namespace reports::fitness {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

TEST(Company, NamesWhoAnswersOtherwiseThanAlone) {
  auto record = samples::RecordOf(samples::CheckRun());
  const Company company = CompanyOf(record);
  ASSERT_THAT(company.as_configured, SizeIs(1));
  EXPECT_EQ(company.as_configured[0].app, "blog");
  EXPECT_TRUE(company.was_tried_as_advised);
  EXPECT_THAT(company.as_advised, IsEmpty());
  record.replays.clear();
  EXPECT_FALSE(CompanyOf(record).was_tried_as_configured);
}

TEST(Company, TheSiteIsOneTextWithAllOfThemInGroupsOfTheirOwn) {
  const auto record = samples::RecordOf(samples::CheckRun());
  const std::string site = SiteAsAdvised(record);
  EXPECT_THAT(site, HasSubstr("WSGIDaemonProcess shop "));
  EXPECT_THAT(site, HasSubstr("WSGIDaemonProcess blog "));
  EXPECT_THAT(site, HasSubstr("WSGIScriptAlias /shop /srv/shop/shop/wsgi.py process-group=shop"));
  for (const Placed& placed : PlacedAsAdvised(record))
    EXPECT_EQ(placed.mode, "daemon/main/preload");
}

TEST(Company, OneThatCannotBeRecommendedStandsInTheSiteNevertheless) {
  auto record = samples::RecordOf(samples::CheckRun());
  for (record::Replay& replay : record.replays) {
    if (replay.app == "blog") replay.outcome = record::ReplayOutcome::NoAnswer;
  }
  EXPECT_FALSE(FitnessOf(record)[1].recommended);
  EXPECT_THAT(SiteAsAdvised(record), HasSubstr("WSGIDaemonProcess blog "));
}

TEST(Company, ASingleApplicationHasNoSite) {
  auto record = samples::RecordOf(samples::CheckRun());
  record.subjects.pop_back();
  EXPECT_EQ(SiteAsAdvised(record), "");
  EXPECT_THAT(ConfigurationOf(record), HasSubstr("WSGIDaemonProcess shop "));
  for (record::Replay& replay : record.replays)
    replay.outcome = record::ReplayOutcome::NoAnswer;
  EXPECT_EQ(ConfigurationOf(record), "");
}

}  // namespace
}  // namespace reports::fitness
