#include "hosts/directives/foreign_directives.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "hosts/directives/table.h"

namespace hosts::directives {

using Form = ForeignDirective::Form;

TEST(ForeignDirectives, AreFoundInAnyCase) {
  const ForeignDirective* found = FindForeignDirective("sslENGINE");
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->name, "SSLEngine");
  EXPECT_EQ(found->module, "mod_ssl");
  EXPECT_EQ(found->form, Form::Line);
}

TEST(ForeignDirectives, OnlyWholeNamesAreFound) {
  EXPECT_EQ(FindForeignDirective("SSLEngin"), nullptr);
  EXPECT_EQ(FindForeignDirective("SSLEngines"), nullptr);
  EXPECT_EQ(FindForeignDirective("<Proxy>"), nullptr);
  EXPECT_EQ(FindForeignDirective(""), nullptr);
}

TEST(ForeignDirectives, SectionsAreToldFromLines) {
  EXPECT_EQ(FindForeignDirective("Proxy")->form, Form::Section);
  EXPECT_EQ(FindForeignDirective("ProxyMatch")->form, Form::Section);
  EXPECT_EQ(FindForeignDirective("ProxyPass")->form, Form::Line);
  EXPECT_EQ(FindForeignDirective("MDomain")->form, Form::LineOrSection);
}

TEST(ForeignDirectives, ThoseThatMayChangeTheAnswerSaySo) {
  EXPECT_NE(FindForeignDirective("RewriteRule")->effect.find("before it is mapped"),
            std::string_view::npos);
  EXPECT_FALSE(FindForeignDirective("ErrorDocument")->effect.empty());
  EXPECT_TRUE(FindForeignDirective("BufferedLogs")->effect.empty());
  EXPECT_TRUE(FindForeignDirective("SSLCertificateFile")->effect.empty());
}

TEST(ForeignDirectives, EveryOneHasAModuleAndStandsOnce) {
  const auto all = ForeignDirectives();
  EXPECT_GT(all.size(), 600U);
  for (const ForeignDirective& directive : all) {
    EXPECT_EQ(FindForeignDirective(directive.name), &directive) << directive.name;
    EXPECT_FALSE(directive.module.empty()) << directive.name;
    EXPECT_FALSE(directive.effect.ends_with('.')) << directive.name;
  }
}

// A directive that the engine learns leaves this table.
TEST(ForeignDirectives, NoneIsOurs) {
  for (const DirectiveRow& row : DirectiveTable()) {
    EXPECT_EQ(FindForeignDirective(row.name), nullptr) << row.name;
  }
  EXPECT_EQ(FindForeignDirective("WSGIScriptAlias"), nullptr);
  EXPECT_EQ(FindForeignDirective("Include"), nullptr);
  EXPECT_EQ(FindForeignDirective("IfModule"), nullptr);
}

}  // namespace hosts::directives
