// Isolation/Imports: extension modules of the kind that applications need, imported and used by A, then by B, then by A
// again. Some can be in one interpreter of a process only, and the first one that asks has it.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "suites/hosts_under_test/chosen_host.h"
#include "suites/isolation/expectations.h"
#include "suites/isolation/paired_host.h"

namespace suites::isolation {

using hosts_under_test::ProbeAnswer;

namespace {

struct Imported {
  std::string_view name;  // as in measured.json
  std::string_view module;
  std::string_view use;  // Python that leaves `result`
};
void PrintTo(const Imported& imported, std::ostream* out) {
  *out << imported.name;
}

constexpr Imported kImports[] = {
    {"import_numpy",
     "numpy",
     "import numpy\nresult = [float(numpy.arange(6).sum()), bool((numpy.ones(3) == 1).all())]"},
    {"import_numpy_linalg",
     "numpy.linalg",
     "import numpy.linalg, numpy.random\nresult = round(float(numpy.linalg.det(numpy.array([[3.0, "
     "1.0], [1.0, "
     "3.0]]))), 6)"},
    {"import_decimal",
     "_decimal",
     "import _decimal\nresult = str(_decimal.Decimal('1.10') + _decimal.Decimal('2.25'))"},
    {"import_datetime",
     "_datetime",
     "import _datetime\nresult = (_datetime.date(2024, 2, 28) + "
     "_datetime.timedelta(days=2)).isoformat()"},
    {"import_sqlite3",
     "_sqlite3",
     "import sqlite3\ndatabase = sqlite3.connect(':memory:')\n"
     "result = database.execute('select 1 + 2').fetchone()[0]"},
    {"import_ssl",
     "_ssl",
     "import ssl\nresult = ssl.create_default_context().verify_mode == ssl.CERT_REQUIRED"},
    {"import_lxml",
     "lxml",
     "from lxml import etree\nresult = etree.tostring(etree.fromstring('<a><b/></a>')).decode()"},
    {"import_ctypes", "ctypes", "import ctypes\nresult = ctypes.CDLL(None).abs(-7)"},
    {"import_asyncio",
     "asyncio",
     "import asyncio\nasync def seven():\n    await asyncio.sleep(0)\n    return 7\n"
     "result = asyncio.run(seven())"},
    {"import_multiprocessing",
     "multiprocessing",
     "import multiprocessing\nresult = multiprocessing.Value('i', 7).value"},
};

class Imports : public testing::TestWithParam<std::tuple<Pairing, Imported>> {};

std::string NameOf(const testing::TestParamInfo<Imports::ParamType>& parameter) {
  return fmt::format("{}_{}", std::get<1>(parameter.param).name, std::get<0>(parameter.param).name);
}

std::string WordsOf(const ProbeAnswer& answer) {
  return answer.error.value_or(answer.result);
}

// One that is not installed says nothing about interpreters.
bool IsMissing(const ProbeAnswer& answer) {
  return answer.error && answer.error->starts_with("ModuleNotFoundError");
}

}  // namespace

TEST_P(Imports, WorkAsOnRealModWsgi) {
  const auto& [pairing, imported] = GetParam();
  if (hosts_under_test::IsHostSanitized()) {
    GTEST_SKIP() << "other people's extensions are not built for the sanitizer";
  }
  const auto found = FindExpectation(imported.name, pairing.name);
  if (!found) GTEST_SKIP() << "nobody has measured it";
  AboutProbe(
      imported.name, fmt::format("{} imported and used by both", imported.module), pairing, *found);
  if (const auto why = WhyNotHere(pairing); !why.empty()) GTEST_SKIP() << why;

  PairedHost host(pairing);
  const std::string use(imported.use);
  const ProbeAnswer of_a = host.Run(Who::A, use, "");
  if (IsMissing(of_a)) {
    GTEST_SKIP() << imported.module << " is not installed: run scripts/setup --test";
  }
  const ProbeAnswer of_b = host.Run(Who::B, use, "");
  const ProbeAnswer again = host.Run(Who::A, use, "");
  EXPECT_EQ(WordsOf(again), WordsOf(of_a)) << "A does not have it any more";
  const std::string observed = of_a.error || of_b.error ? "error" : "works";
  const std::string words =
      fmt::format("A: {}; B: {}; A again: {}", WordsOf(of_a), WordsOf(of_b), WordsOf(again));
  testing::Test::RecordProperty("observed", observed);
  testing::Test::RecordProperty(
      "detail",
      words + (observed == "error"
                   ? "; the first interpreter that imports it has it: process groups of their own "
                     "for those that need it, with application-group=%{GLOBAL}"
                   : ""));
  EXPECT_EQ(observed, found->warm) << words;
}

INSTANTIATE_TEST_SUITE_P(Isolation,
                         Imports,
                         testing::Combine(testing::ValuesIn(AllPairings()),
                                          testing::ValuesIn(kImports)),
                         NameOf);

}  // namespace suites::isolation
