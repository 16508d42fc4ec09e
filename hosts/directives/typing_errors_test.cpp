// One letter too many, too few or in the wrong place: the error proposes the name that was meant.

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <numeric>
#include <set>

#include "hosts/directives/configuration.h"
#include "hosts/directives/foreign_directives.h"
#include "hosts/directives/language.h"
#include "hosts/directives/table.h"
#include "hosts/language/document.h"

namespace hosts::directives {
namespace {

std::string ErrorOf(const std::string& text) {
  const auto deployment = ReadConfigurationText(text, "site.conf");
  return deployment ? "accepted" : deployment.error().Text();
}

std::set<std::string> WithOneTypingError(std::string_view name) {
  std::set<std::string> typed;
  for (size_t i = 0; i < name.size(); ++i) {
    std::string one(name);
    typed.insert(one.substr(0, i) + one.substr(i + 1));
    typed.insert(one.substr(0, i + 1) + one.substr(i));
    if (i > 0) std::swap(one[i - 1], one[i]);
    typed.insert(one);
  }
  return typed;
}

// Whether the text is one letter from the name as well: then either may be proposed.
bool IsAsNear(std::string typed, std::string name) {
  typed = base::Lowered(typed);
  name = base::Lowered(name);
  if (WithOneTypingError(name).contains(typed) || WithOneTypingError(typed).contains(name))
    return true;
  if (typed.size() != name.size()) return false;
  return std::inner_product(
             typed.begin(), typed.end(), name.begin(), 0, std::plus<>(), std::not_equal_to<>()) ==
         1;
}

bool IsOneOf(std::string_view name, const std::vector<std::string_view>& names) {
  return std::ranges::any_of(names,
                             [name](std::string_view one) { return SameLetters(one, name); });
}

void ExpectProposed(const std::string& error,
                    const std::string& typed,
                    std::string_view meant,
                    const std::vector<std::string_view>& names) {
  constexpr std::string_view kProposal = "did you mean ";
  const size_t at = error.find(kProposal);
  ASSERT_NE(at, std::string::npos) << typed << ": " << error;
  const size_t begin = at + kProposal.size();
  const std::string proposed = error.substr(begin, error.find('?', begin) - begin);
  EXPECT_TRUE(proposed == meant || (IsOneOf(proposed, names) && IsAsNear(typed, proposed)))
      << typed << ": " << error;
}

}  // namespace

// In parts, since there are thousands of them: a part takes every kParts-th name.
constexpr size_t kParts = 8;
class TypingErrorsPart : public ::testing::TestWithParam<size_t> {};
INSTANTIATE_TEST_SUITE_P(Names, TypingErrorsPart, ::testing::Range(size_t{0}, kParts));

TEST_P(TypingErrorsPart, InTheNameOfADirectiveAreCorrected) {
  std::vector<std::string_view> names = language::NamesOfTheLanguage();
  for (const DirectiveRow& row : DirectiveTable())
    names.push_back(row.name);
  const std::vector<std::string_view> ours = names;
  for (const ForeignDirective& foreign : ForeignDirectives())
    names.push_back(foreign.name);
  for (size_t i = GetParam(); i < ours.size(); i += kParts) {
    const std::string_view name = ours[i];
    for (const std::string& typed : WithOneTypingError(name)) {
      if (typed.empty() || IsOneOf(typed, names)) continue;
      ExpectProposed(ErrorOf(typed + " x\n"), typed, name, names);
    }
  }
}

TEST(TypingErrors, InTheNameOfAnOptionAreCorrected) {
  for (const DirectiveRow& row : DirectiveTable()) {
    if (row.options.empty()) continue;
    std::vector<std::string_view> names;
    for (const OptionRow& option : row.options)
      names.push_back(option.name);
    std::string line(row.name);
    for (size_t i = 0; i < row.fewest_arguments; ++i)
      line += " /srv/x";
    if (row.name == "WSGIImportScript")
      line = "WSGIImportScript /x process-group=a application-group=a";
    for (const std::string_view name : names) {
      for (const std::string& typed : WithOneTypingError(name)) {
        if (IsOneOf(typed, names)) continue;
        ExpectProposed(ErrorOf(line + " " + typed + "=x\n"), typed, name, names);
      }
    }
  }
}

TEST(TypingErrors, InTheNameOfASectionAreCorrectedAtBothEnds) {
  EXPECT_EQ(ErrorOf("<Directry /srv>\n</Directry>\n"),
            "site.conf:1:2: unknown directive Directry: did you mean Directory?");
  EXPECT_EQ(ErrorOf("<Directory /srv>\n</Directry>\n"),
            "site.conf:2:3: </Directry> stands where <Directory> of line 1 is open: did you mean "
            "</Directory>?");
  EXPECT_EQ(ErrorOf("<IfModlue x>\n</IfModlue>\n"),
            "site.conf:1:2: unknown directive IfModlue: did you mean IfModule?");
}

TEST(TypingErrors, InAnOptionOfADirectoryAreCorrected) {
  EXPECT_EQ(ErrorOf("Options +ExceCGI\n"),
            "site.conf:1:9: +ExceCGI is not one of Apache's options: did you mean ExecCGI?");
  EXPECT_EQ(ErrorOf("Options Everything\n"),
            "site.conf:1:9: Everything is not one of Apache's options: remove it");
}

}  // namespace hosts::directives
