// hosts/events.md is what the table says. WSGILAB_ACCEPT_GOLDEN=1 writes it anew: read the diff.

#include "hosts/events/page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>

#include "hosts/base/files.h"
#include "hosts/events/table.h"

namespace hosts::events {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;

TEST(Events, AreThePageBesideTheRoom) {
  const std::filesystem::path page(WSGILAB_EVENTS);
  if (std::getenv("WSGILAB_ACCEPT_GOLDEN") != nullptr) {
    ASSERT_TRUE(base::WriteFile(page, Page()));
    return;
  }
  const auto text = base::ReadFile(page);
  ASSERT_TRUE(text) << text.error().Text();
  EXPECT_EQ(*text, Page());
}

TEST(Events, AreInTheOrderOfTheirCodesAndSaySomething) {
  const auto& table = EventTable();
  EXPECT_EQ(std::ranges::adjacent_find(table, std::ranges::greater_equal(), &Event::code),
            table.end());
  for (const Event& event : table) {
    EXPECT_THAT(std::string(event.code), MatchesRegex("H0[123][0-9][0-9]"));
    EXPECT_THAT(std::string(event.level),
                MatchesRegex("(critical to debug|(error|warning|info)(, (error|warning|info))?)"))
        << event.code;
    EXPECT_FALSE(event.happened.empty()) << event.code;
    for (const std::string_view text : {event.happened, event.outcome, event.remedy}) {
      EXPECT_EQ(text.find_first_of("|\n"), std::string_view::npos) << event.code << ": " << text;
      EXPECT_TRUE(text.empty() || text.ends_with('.') || text.ends_with(')')) << text;
    }
  }
}

TEST(Events, AreToldOneByOne) {
  const auto known = About("h0221");
  ASSERT_TRUE(known) << known.error().Text();
  EXPECT_EQ(*known,
            "H0221  error\n"
            "  A daemon process could not read a request.\n"
            "  Outcome: The link was closed, the client gets 502.\n"
            "  What to do: Report it.\n");
  const auto harmless = About("H0102");
  ASSERT_TRUE(harmless) << harmless.error().Text();
  EXPECT_THAT(*harmless, HasSubstr("\n  What to do: nothing.\n"));
}

TEST(Events, ThatAreNoneAreRefused) {
  const auto near = About("H0199");
  ASSERT_FALSE(near);
  EXPECT_THAT(near.error().Text(), HasSubstr("there is no event H0199: did you mean H0"));
  const auto far = About("timeouts");
  ASSERT_FALSE(far);
  EXPECT_EQ(far.error().Text(), "there is no event timeouts: a code is H and four digits");
}

TEST(Events, AreAllThereForPrograms) {
  const auto rows = ToJson().at("events");
  ASSERT_EQ(rows.size(), EventTable().size());
  EXPECT_EQ(rows.front().at("code"), "H0101");
  EXPECT_EQ(rows.front().at("level"), "error");
}

}  // namespace
}  // namespace hosts::events
