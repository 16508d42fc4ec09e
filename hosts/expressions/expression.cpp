#include "hosts/expressions/expression.h"

#include <fmt/format.h>
#include <fnmatch.h>

#include <cstdlib>

#include "hosts/base/check.h"
#include "hosts/base/letters.h"
#include "hosts/expressions/node.h"
#include "hosts/expressions/text_functions.h"

namespace hosts::expressions {
namespace {

using base::Result;
using base::SameLetters;

// What one text may come to.
constexpr size_t kMostBytes = 1 << 20;

template <typename T>
bool Compares(Comparison comparison, const T& a, const T& b) {
  switch (comparison) {
    case Comparison::Equal:
      return a == b;
    case Comparison::NotEqual:
      return a != b;
    case Comparison::Less:
      return a < b;
    case Comparison::LessOrEqual:
      return a <= b;
    case Comparison::Greater:
      return a > b;
    case Comparison::GreaterOrEqual:
      return a >= b;
  }
  CHECK(false, "there are six comparisons");
}

// As far as it is a number; 0 where it is none.
long long NumberOf(const std::string& text) {
  return std::strtoll(text.c_str(), nullptr, 10);
}

std::string TimeText(Clock clock, const std::tm& now) {
  constexpr int kFirstYear = 1900;
  const int year = now.tm_year + kFirstYear;
  switch (clock) {
    case Clock::Year:
      return fmt::format("{:04}", year);
    case Clock::Month:
      return fmt::format("{:02}", now.tm_mon + 1);
    case Clock::Day:
      return fmt::format("{:02}", now.tm_mday);
    case Clock::Hour:
      return fmt::format("{:02}", now.tm_hour);
    case Clock::Minute:
      return fmt::format("{:02}", now.tm_min);
    case Clock::Second:
      return fmt::format("{:02}", now.tm_sec);
    case Clock::WeekDay:
      return fmt::format("{}", now.tm_wday);
    case Clock::All:
      return fmt::format("{:04}{:02}{:02}{:02}{:02}{:02}",
                         year,
                         now.tm_mon + 1,
                         now.tm_mday,
                         now.tm_hour,
                         now.tm_min,
                         now.tm_sec);
  }
  CHECK(false, "there are eight variables of time");
}

bool FitsPattern(const std::string& text, const std::string& pattern, int flags) {
  return ::fnmatch(pattern.c_str(), text.c_str(), flags) == 0;
}

bool IsTrue(const std::string& text) {
  return !text.empty() && text != "0" && !SameLetters(text, "off") && !SameLetters(text, "no") &&
         !SameLetters(text, "false");
}

// Walks the tree for one request. After the first error nothing counts.
class Evaluation {
 public:
  explicit Evaluation(Values& values) : values_(values) {}

  bool Holds(const Node& node) {
    switch (node.kind) {
      case Node::Kind::True:
        return true;
      case Node::Kind::False:
        return false;
      case Node::Kind::Not:
        return !Holds(node.inner.front());
      case Node::Kind::And:
        for (const Node& one : node.inner) {
          if (!Holds(one)) return false;
        }
        return true;
      case Node::Kind::Or:
        for (const Node& one : node.inner) {
          if (Holds(one)) return true;
        }
        return false;
      case Node::Kind::CompareTexts:
        return Compares(node.comparison, Text(node.inner[0]), Text(node.inner[1]));
      case Node::Kind::CompareNumbers:
        return Compares(
            node.comparison, NumberOf(Text(node.inner[0])), NumberOf(Text(node.inner[1])));
      case Node::Kind::In:
        return IsIn(node);
      case Node::Kind::Match:
        return Matches(node);
      case Node::Kind::NotMatch:
        return !Matches(node);
      case Node::Kind::Test:
        return Passes(node);
      default:
        CHECK(false, "a word is no condition");
    }
  }

  Judged Take(bool holds) {
    if (!error_.empty()) return {.error = std::move(error_)};
    return {.holds = holds, .captures = std::move(captures_)};
  }

 private:
  std::string Text(const Node& node) {
    std::string text = Unbounded(node);
    if (text.size() <= kMostBytes) return text;
    return Fail(fmt::format("a text in it is longer than {} bytes", kMostBytes));
  }

  std::string Fail(std::string why) {
    if (error_.empty()) error_ = std::move(why);
    return {};
  }

  std::string Unbounded(const Node& node) {
    switch (node.kind) {
      case Node::Kind::Letters:
        return node.letters;
      case Node::Kind::Concatenation:
        return Joined(node);
      case Node::Kind::Variable:
        return ValueOf(*node.variable);
      case Node::Kind::Call:
        return Called(node.function, Text(node.inner.front()));
      case Node::Kind::BackReference:
        return node.group < captures_.size() ? captures_[node.group] : std::string();
      default:
        CHECK(false, "a condition is no word");
    }
  }

  std::string Joined(const Node& node) {
    std::string text;
    for (const Node& part : node.inner) {
      text += Text(part);
      if (text.size() > kMostBytes) break;
    }
    return text;
  }

  std::string ValueOf(const VariableRow& row) {
    if (row.variable) return values_.Of(*row.variable);
    if (!row.header.empty()) return values_.Header(row.header).value_or("");
    if (row.clock) return TimeText(*row.clock, values_.Now());
    return std::string(row.constant);
  }

  std::string Called(Function function, const std::string& argument) {
    switch (function) {
      case Function::Header:
        return values_.Header(argument).value_or("");
      case Function::RequestVariable:
        return values_.RequestVariable(argument).value_or("");
      case Function::ServerVariable:
        return values_.ServerVariable(argument).value_or("");
      case Function::AnyVariable:
        if (auto value = values_.RequestVariable(argument)) return *std::move(value);
        return values_.ServerVariable(argument).value_or("");
      case Function::Note:
        return {};
      case Function::ToLower:
        return base::Lowered(argument);
      case Function::ToUpper:
        return base::Uppered(argument);
      case Function::Escape:
        return Escape(argument);
      case Function::Unescape:
        return Unescape(argument);
      case Function::Base64:
        return ToBase64(argument);
      case Function::Unbase64:
        return FromBase64(argument);
      case Function::File:
        if (auto contents = values_.Contents(argument)) {
          return contents->substr(0, contents->find('\0'));
        }
        return Fail(fmt::format("the file {} cannot be read", argument));
      case Function::FileSize: {
        const FileState file = values_.StateOf(argument);
        return fmt::format("{}", file.kind == FileState::Kind::File ? file.size : 0);
      }
      case Function::Foreign:
        break;
    }
    CHECK(false, "what is foreign is not judged");
  }

  bool IsIn(const Node& node) {
    const std::string needle = Text(node.inner.front());
    for (size_t i = 1; i < node.inner.size(); ++i) {
      if (Text(node.inner[i]) == needle) return true;
    }
    return false;
  }

  // A pattern without groups leaves $0 to $9 alone.
  bool Matches(const Node& node) {
    const std::string text = Text(node.inner.front());
    const auto captures = node.regex->Match(text);
    if (node.regex->group_count() == 0) return captures.has_value();
    captures_.clear();
    if (!captures) return false;
    constexpr size_t kMostGroups = 10;
    for (size_t i = 0; i < std::min(captures->size(), kMostGroups); ++i)
      captures_.emplace_back((*captures)[i]);
    return true;
  }

  bool Passes(const Node& node) {
    const std::string text = Text(node.inner.front());
    const auto pattern = [&] { return Text(node.inner[1]); };
    switch (node.test) {
      case Test::IsEmpty:
        return text.empty();
      case Test::IsNotEmpty:
        return !text.empty();
      case Test::IsTrue:
        return IsTrue(text);
      case Test::IsClientIn:
        return Contains(*node.network, values_.Of(Variable::RemoteAddress));
      case Test::IsAddressIn:
        return Contains(*node.network, text);
      case Test::FitsGlob:
        return FitsPattern(text, pattern(), 0);
      case Test::FitsGlobIgnoringCase:
        return FitsPattern(text, pattern(), FNM_CASEFOLD);
      case Test::FitsPathGlob:
        return FitsPattern(text, pattern(), FNM_PATHNAME);
      case Test::Foreign:
        CHECK(false, "what is foreign is not judged");
      default:
        return PassesAsFile(node.test, values_.StateOf(text));
    }
  }

  static bool PassesAsFile(Test test, const FileState& file) {
    using Kind = FileState::Kind;
    switch (test) {
      case Test::IsDirectory:
        return file.kind == Kind::Directory;
      case Test::Exists:
        return file.kind != Kind::Missing;
      case Test::IsFile:
        return file.kind == Kind::File;
      case Test::IsFileWithContents:
        return file.kind == Kind::File && file.size > 0;
      case Test::IsLink:
        return file.is_link;
      case Test::IsExecutable:
        return file.is_executable;
      default:
        CHECK(false, "the test is not about a file");
    }
  }

  static bool Contains(const base::Network& network, const std::string& address) {
    const auto parsed = base::IpAddress::Parse(address);
    return parsed && network.Contains(*parsed);
  }

  Values& values_;
  std::vector<std::string> captures_;
  std::string error_;
};

}  // namespace

std::tm Values::Now() {
  const std::time_t now = std::time(nullptr);
  std::tm local{};
  ::localtime_r(&now, &local);
  return local;
}

Result<Expression> Expression::Parse(std::string_view text) {
  Result<Tree> tree = ParseTree(text);
  if (!tree) return tree.error();
  return Expression(text, std::move(tree->root), std::move(tree->foreign), tree->regex_bytes);
}

Judged Expression::Judge(Values& values) const {
  CHECK(foreign_.empty(), "what is foreign is not judged");
  Evaluation evaluation(values);
  const bool holds = evaluation.Holds(*root_);
  return evaluation.Take(holds);
}

}  // namespace hosts::expressions
