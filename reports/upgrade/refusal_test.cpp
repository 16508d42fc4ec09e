#include "reports/upgrade/refusal.h"

#include <gmock/gmock.h>

namespace reports::upgrade {
namespace {

using record::Cell;
using record::CellOutcome;

constexpr std::string_view kBefore =
    "2026-11-30T15:29:17.596Z error H0304 [187 server] [thread 1] [application-group a] ";

Cell Failed(const std::vector<std::string_view>& said) {
  Cell cell;
  cell.outcome = CellOutcome::Failed;
  for (const std::string_view line : said)
    cell.log_tail.push_back(std::string(kBefore) + std::string(line));
  return cell;
}

TEST(RefusalOf, NamesTheExtensionThatDoesNotLoadInASubInterpreter) {
  const auto refusal = RefusalOf(Failed(
      {"Original error was: module numpy._core._multiarray_umath does not support loading in "
       "subinterpreters",
       "",
       "Interpreter 'a' has a GIL of its own"}));
  ASSERT_TRUE(refusal.has_value());
  EXPECT_EQ(refusal->package, "numpy");
  EXPECT_EQ(refusal->module, "numpy._core._multiarray_umath");
  EXPECT_EQ(refusal->said,
            "module numpy._core._multiarray_umath does not support loading in subinterpreters");
}

// numpy 2.2 in a sub-interpreter of Python 3.13.
TEST(RefusalOf, NamesTheExtensionThatFailsWhileItIsSetUp) {
  const auto refusal = RefusalOf(
      Failed({"  File \"/usr/lib/python3/dist-packages/numpy/_core/overrides.py\", line 7, "
              "in <module>",
              "    from numpy._core._multiarray_umath import (",
              "        add_docstring, _get_implementing_args)",
              "RuntimeError: CPU dispatcher tracer already initlized"}));
  ASSERT_TRUE(refusal.has_value());
  EXPECT_EQ(refusal->module, "numpy._core._multiarray_umath");
  EXPECT_EQ(refusal->said, "RuntimeError: CPU dispatcher tracer already initlized");
}

TEST(RefusalOf, FindsItInTheReasonToo) {
  Cell cell;
  cell.outcome = CellOutcome::Crashed;
  cell.reason =
      "first request: 'GET /': status 500; the last line of its log: ImportError: module "
      "_curses does not support loading in subinterpreters";
  const auto refusal = RefusalOf(cell);
  ASSERT_TRUE(refusal.has_value());
  EXPECT_EQ(refusal->package, "_curses");
}

TEST(RefusalOf, IsNoneWhereSomethingElseFailed) {
  EXPECT_FALSE(RefusalOf(Failed({})));
  EXPECT_FALSE(RefusalOf(Failed({"  File \"/shop/pages.py\", line 3, in page",
                                 "    return prices['SHOP']",
                                 "KeyError: 'SHOP'"})));
  EXPECT_FALSE(RefusalOf(Failed({"  File \"/shop/pages.py\", line 3, in <module>"})));
  EXPECT_FALSE(
      RefusalOf(Failed({"  File \"/shop/pages.py\", line 3, in <module>", "    import numpy"})));
  EXPECT_FALSE(RefusalOf(Failed({"  File \"/shop/pages.py\", line 3, in <module>",
                                 "    from . import prices",
                                 "ValueError: no prices"})));
  EXPECT_FALSE(RefusalOf(Failed({"module x y does not support loading in subinterpreters"})));
  EXPECT_FALSE(RefusalOf(Failed({"it does not support loading in subinterpreters"})));
}

TEST(RefusalOf, IsNoneOfAModuleThatIsNotInstalled) {
  EXPECT_FALSE(RefusalOf(Failed({"  File \"/shop/pages.py\", line 3, in <module>",
                                 "    import numpy",
                                 "ModuleNotFoundError: No module named 'numpy'"})));
}

TEST(RefusalOf, IsNoneOfACellThatWorks) {
  Cell cell = Failed({"ImportError: module _curses does not support loading in subinterpreters"});
  cell.outcome = CellOutcome::Ok;
  EXPECT_FALSE(RefusalOf(cell));
}

}  // namespace
}  // namespace reports::upgrade
