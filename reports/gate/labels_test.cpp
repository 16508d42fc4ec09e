#include "reports/gate/labels.h"

#include <gtest/gtest.h>

#include <vector>

#include "reports/samples/samples.h"

namespace reports::gate {

namespace {

bool Fit(std::string_view cell, std::vector<Selector> selectors) {
  return Fits(LabelsOfCell(cell), selectors);
}

constexpr std::string_view kCell = "engine/daemon/sub/preload/django_accounts";

}  // namespace

TEST(Labels, OfACellAreThePartsOfItsId) {
  const Labels expected{{"host", "engine"},
                        {"process", "daemon"},
                        {"interpreter", "sub"},
                        {"loading", "preload"},
                        {"mode", "daemon/sub/preload"},
                        {"app", "django_accounts"}};
  EXPECT_EQ(LabelsOfCell(kCell), expected);
  EXPECT_EQ(LabelsOfCell("a/b/c/d/my/own/app")["app"], "my/own/app");
  EXPECT_EQ(LabelsOfCell("odd")["host"], "odd");
  EXPECT_EQ(LabelsOfCell("odd")["app"], "");
}

TEST(Labels, OfACellOfARecordHaveItsPython) {
  const auto record = samples::RecordOf(samples::CompleteRun());
  EXPECT_EQ(LabelsOfCell(record, "engine/daemon/main/lazy/hello")["python"], "3.11.2");
}

TEST(Labels, OfACheckAreThoseOfItsLine) {
  record::Check check;
  check.suite = "http1";
  check.check = "http1/framing/3";
  check.mode = "daemon/main/lazy";
  check.rule = "HTTP-3";
  EXPECT_EQ(LabelsOfCheck(check)["host"], "engine");
  EXPECT_EQ(LabelsOfCheck(check)["level"], "must");
  EXPECT_EQ(LabelsOfCheck(check)["rule"], "HTTP-3");
}

TEST(Fits, EverySelectorAndNoMore) {
  EXPECT_TRUE(Fit(kCell, {}));
  EXPECT_TRUE(Fit(kCell, {{"app", "django_accounts"}}));
  EXPECT_TRUE(Fit(kCell, {{"app", "django_*"}, {"host", "eng?ne"}}));
  EXPECT_FALSE(Fit(kCell, {{"app", "django_*"}, {"host", "apache"}}));
  EXPECT_FALSE(Fit(kCell, {{"app", "django"}}));
  EXPECT_FALSE(Fit(kCell, {{"python", "*"}}));  // not known
}

TEST(Fits, AModeByItsBeginning) {
  EXPECT_TRUE(Fit(kCell, {{"mode", "daemon"}}));
  EXPECT_TRUE(Fit(kCell, {{"mode", "daemon/sub"}}));
  EXPECT_TRUE(Fit(kCell, {{"mode", "daemon/*"}}));
  EXPECT_TRUE(Fit(kCell, {{"mode", "*/sub/*"}}));
  EXPECT_TRUE(Fit(kCell, {{"mode", "daemon/sub/preload"}}));
  EXPECT_FALSE(Fit(kCell, {{"mode", "dae"}}));
  EXPECT_FALSE(Fit(kCell, {{"mode", "embedded"}}));
}

}  // namespace reports::gate
