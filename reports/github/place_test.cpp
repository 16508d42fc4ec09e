#include "reports/github/place.h"

#include <gtest/gtest.h>

namespace reports::github {

TEST(PlaceIn, TheLastLineOfTheApplicationIsFound) {
  const auto place = PlaceIn(
      "Traceback (most recent call last):\n"
      "  File \"/site/wsgi.py\", line 3, in <module>\n"
      "  File \"/site/app/views.py\", line 71, in export\n"
      "  File \"/venv/lib/python3.11/site-packages/flask/app.py\", line 5, in get\n"
      "  File \"<frozen importlib._bootstrap>\", line 241, in _call\n"
      "RuntimeError: no\n");
  ASSERT_TRUE(place);
  EXPECT_EQ(place->file, "/site/app/views.py");
  EXPECT_EQ(place->line, 71);
}

TEST(PlaceIn, WithoutATracebackThereIsNone) {
  EXPECT_FALSE(PlaceIn(""));
  EXPECT_FALSE(PlaceIn("File \"a.py\""));
  EXPECT_FALSE(PlaceIn("File \"a.py\", line x"));
  EXPECT_FALSE(PlaceIn("File \"a.py\", line 99999999999999999999"));
  EXPECT_FALSE(PlaceIn("File \"a.py\", line 0"));
  EXPECT_FALSE(PlaceIn("File \"\", line 1"));
}

}  // namespace reports::github
