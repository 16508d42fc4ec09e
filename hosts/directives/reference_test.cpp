// reference.md is what the table says. WSGILAB_ACCEPT_GOLDEN=1 writes it anew: read the diff.

#include "hosts/directives/reference.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cstdlib>
#include <filesystem>

#include "hosts/base/files.h"
#include "hosts/directives/table.h"

namespace hosts::directives {
namespace {

TEST(Reference, IsThePageBesideTheTable) {
  const std::filesystem::path page(WSGILAB_REFERENCE);
  if (std::getenv("WSGILAB_ACCEPT_GOLDEN") != nullptr) {
    ASSERT_TRUE(base::WriteFile(page, Reference()));
    return;
  }
  const auto text = base::ReadFile(page);
  ASSERT_TRUE(text) << text.error().Text();
  EXPECT_EQ(*text, Reference());
}

TEST(Reference, HasEveryDirectiveAndItsOptions) {
  const std::string text = Reference();
  for (const DirectiveRow& row : DirectiveTable()) {
    const std::string heading = "\n## " + std::string(row.name) + "\n";
    const size_t begin = text.find(heading);
    ASSERT_NE(begin, std::string::npos) << row.name;
    const std::string part = text.substr(begin, text.find("\n## ", begin + 1) - begin);
    EXPECT_THAT(part, testing::HasSubstr("\n* Where: ")) << row.name;
    EXPECT_THAT(part, testing::HasSubstr("\n* Support: ")) << row.name;
    for (const OptionRow& option : row.options)
      EXPECT_THAT(part, testing::HasSubstr("\n| `" + std::string(option.name) + "` | "));
  }
}

TEST(Reference, SaysOfADirectiveWhatDiffersFromModWsgi) {
  const auto said = ReferenceOf("wsgisocketrotation");
  ASSERT_TRUE(said) << said.error().Text();
  EXPECT_THAT(*said, testing::StartsWith("## WSGISocketRotation\n\n    WSGISocketRotation "));
  EXPECT_THAT(
      *said,
      testing::HasSubstr("\n* DAEMON-10 (on purpose): mod_wsgi: with `WSGISocketRotation Off`"));
}

TEST(Reference, FindsTheDeviationsOfOptionsAndNotThoseOfLikeNames) {
  const auto of_groups = DeviationsOf(*FindDirective("WSGIDaemonProcess"));
  EXPECT_THAT(of_groups,
              testing::Contains(testing::Field(&deviations::Deviation::id, "timers-always-run")));
  const auto of_listen = DeviationsOf(*FindDirective("Listen"));  // not of listen-backlog=
  EXPECT_THAT(of_listen, testing::IsEmpty());
}

TEST(Reference, RefusesWhatIsNoDirective) {
  const auto near = ReferenceOf("WSGIScriptAlais");
  ASSERT_FALSE(near);
  EXPECT_EQ(near.error().Text(),
            "there is no directive WSGIScriptAlais: did you mean WSGIScriptAlias?");
  const auto far = ReferenceOf("Frobnicate");
  ASSERT_FALSE(far);
  EXPECT_EQ(far.error().Text(),
            "there is no directive Frobnicate: `wsgilab-host reference` has all");
}

TEST(Reference, IsThereForProgramsToo) {
  const auto rows = ReferenceAsJson().at("directives");
  ASSERT_EQ(rows.size(), DirectiveTable().size());
  EXPECT_EQ(rows.at(0).at("name"), "ServerRoot");
  EXPECT_EQ(rows.at(0).at("syntax"), "ServerRoot DIRECTORY");
  EXPECT_EQ(rows.at(0).at("where"), "server");
}

}  // namespace
}  // namespace hosts::directives
