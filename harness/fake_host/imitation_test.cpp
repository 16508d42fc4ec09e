#include "harness/fake_host/imitation.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace harness::fake_host {
namespace {

TEST(Imitation, BothOptionsOfTheAliasMeanPreloading) {
  const Imitated found = ReadConfiguration(
      "WSGIScriptAlias / \"/x y.wsgi\" process-group=\"g\" application-group=\"%{GLOBAL}\"\n");
  EXPECT_EQ(found.process_group, "g");
  EXPECT_EQ(found.application_group, "");
  EXPECT_TRUE(found.preload);
}

TEST(Imitation, DirectivesMeanLazyLoading) {
  const Imitated found = ReadConfiguration(
      "<Directory /s>\n  WSGIProcessGroup g\n  WSGIApplicationGroup sub\n</Directory>\n"
      "WSGIScriptAlias / /s/x.wsgi\n");
  EXPECT_EQ(found.process_group, "g");
  EXPECT_EQ(found.application_group, "sub");
  EXPECT_FALSE(found.preload);
}

TEST(Imitation, PlacementIsTheOneAskedForUnlessToldToBeWrong) {
  const Imitated sub{"g", "sub", false};
  EXPECT_EQ(nlohmann::json::parse(PlacementJson(sub, {}, {})).at("interpreter_id"), 1);
  Faults faults;
  faults.wrong_place = true;
  EXPECT_EQ(nlohmann::json::parse(PlacementJson(sub, {}, faults)).at("interpreter_id"), 0);
}

}  // namespace
}  // namespace harness::fake_host
