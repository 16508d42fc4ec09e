// Pep3333Refusals: what start_response() refuses, so that nothing of it reaches a client: values that are none,
// hop-by-hop headers, line ends and NUL where they would begin another header. PEP 3333 "The start_response()
// Callable" and "Other HTTP Features", RESP-7 to RESP-9, ERR-10.

#include <fmt/format.h>

#include "suites/pep3333/row.h"

namespace suites::pep3333 {

namespace {

constexpr std::string_view kSection = "PEP 3333: The start_response() Callable";

struct Refusal {
  std::string_view name;
  std::string_view rule;
  std::string_view title;
  std::string_view arguments;
  std::string_view logged;
};

constexpr Refusal kRefusals[] = {
    {"NoArguments", kSection, "No arguments", "", "TypeError: "},
    {"OneArgument", kSection, "No headers", "'200 OK'", "TypeError: "},
    {"FourArguments", kSection, "Four arguments", "'200 OK', [], None, None", "TypeError: "},
    {"Keywords",
     "PEP 3333: The Application/Framework Side",
     "Arguments by name",
     "status='200 OK', headers=[]",
     "TypeError: "},
    {"StatusBytes", "RESP-7", "The status is bytes", "b'200 OK', []", "TypeError: "},
    {"StatusNumber", "RESP-7", "The status is a number", "200, []", "TypeError: "},
    {"StatusFourDigits", "RESP-7", "The status has four digits", "'2000 OK', []", "ValueError: "},
    {"StatusTwoDigits", "RESP-7", "The status has two digits", "'20 OK', []", "ValueError: "},
    {"StatusNoBlank", "RESP-7", "No blank behind the code", "'200OK', []", "ValueError: "},
    {"StatusLeadingBlank", "RESP-7", "A blank before the code", "' 200 OK', []", "ValueError: "},
    {"StatusEmpty", "RESP-7", "An empty status", "'', []", "ValueError: "},
    {"StatusNotLatin1",
     "RESP-7",
     "A reason beyond Latin-1",
     "'200 \\u20ac', []",
     "UnicodeEncodeError: "},
    {"StatusInterim100",
     "RFC 9110: 15.2",
     "100 is no answer",
     "'100 Continue', []",
     "ValueError: "},
    {"StatusInterim101",
     "RFC 9110: 15.2",
     "101 is no answer",
     "'101 Switching', []",
     "ValueError: "},
    {"HeadersTuple", "RESP-8", "The headers are a tuple", "'200 OK', (('a', 'b'),)", "TypeError: "},
    {"HeadersDict", "RESP-8", "The headers are a dict", "'200 OK', {'a': 'b'}", "TypeError: "},
    {"HeadersNone", "RESP-8", "The headers are None", "'200 OK', None", "TypeError: "},
    {"HeaderList", "RESP-8", "A header is a list", "'200 OK', [['a', 'b']]", "TypeError: "},
    {"HeaderOfThree", "RESP-8", "A header of three", "'200 OK', [('a', 'b', 'c')]", "ValueError: "},
    {"HeaderNameBytes", "RESP-8", "A name of bytes", "'200 OK', [(b'a', 'b')]", "TypeError: "},
    {"HeaderValueBytes", "RESP-8", "A value of bytes", "'200 OK', [('a', b'b')]", "TypeError: "},
    {"HeaderValueNumber", "RESP-8", "A number as value", "'200 OK', [('a', 1)]", "TypeError: "},
    {"HeaderValueNone", "RESP-8", "None as value", "'200 OK', [('a', None)]", "TypeError: "},
    {"HeaderNameEmpty", "RESP-8", "An empty name", "'200 OK', [('', 'b')]", "ValueError: "},
    {"HeaderNameBlank",
     "RESP-8",
     "A name with a blank",
     "'200 OK', [('a b', 'c')]",
     "ValueError: "},
    {"HeaderNameColon", "RESP-8", "A name with a colon", "'200 OK', [('a:', 'b')]", "ValueError: "},
    {"HeaderNameLatin1",
     "RESP-8",
     "A name beyond ASCII",
     "'200 OK', [('\\xe9', 'b')]",
     "ValueError: "},
    {"HeaderValueNotLatin1",
     "RESP-8",
     "A value beyond Latin-1",
     "'200 OK', [('a', '\\u20ac')]",
     "UnicodeEncodeError: "},
    {"LengthNegative",
     "RESP-9",
     "A negative length",
     "'200 OK', [('Content-Length', '-1')]",
     "ValueError: "},
    {"LengthNoNumber",
     "RESP-9",
     "A length that is none",
     "'200 OK', [('Content-Length', 'x')]",
     "ValueError: "},
    {"LengthEmpty",
     "RESP-9",
     "An empty length",
     "'200 OK', [('Content-Length', '')]",
     "ValueError: "},
    {"LengthTooLarge",
     "RESP-9",
     "A length of 30 digits",
     "'200 OK', [('Content-Length', '9' * 30)]",
     "ValueError: "},
    {"LengthsThatDiffer",
     "RFC 9110: 8.6",
     "Two lengths that are not the same",
     "'200 OK', [('Content-Length', '1'), ('content-length', '2')]",
     "ValueError: "},
};

// Servers should check headers when start_response() is called; of types and statuses the PEP says what applications must
// do, and nothing of what becomes of those that do not.
void HoldOthersToThePep(Row& row) {
  const auto is_about = [&](std::string_view what) {
    return row.name.find(what) != std::string::npos;
  };
  if (is_about("LengthsThatDiffer")) {
    row.standard = Standard{.status = kAnyStatus, .once = "Content-Length", .logged = ""};
  } else if (is_about("StatusInterim")) {
    row.choice = "what becomes of a status that is no final one";
  } else if (is_about("Argument")) {
    row.choice = "what becomes of an application that calls it wrongly";
  } else if (is_about("Keywords")) {
    row.choice = "whether start_response() takes arguments by name, too";
  } else if (row.rule == "RESP-9" || is_about("HeaderNameEmpty") || is_about("HeaderNameBlank") ||
             is_about("HeaderNameColon") || is_about("Latin1") || is_about("InReason") ||
             is_about("InName") || is_about("InValue")) {
    row.standard = Standard{.section = kSection, .level = Level::Should, .logged = ""};
  } else {
    row.standard = Standard{.logged = ""};
    if (!hosts_under_test::IsOfAStandard(row.rule)) row.standard = std::nullopt;
  }
}

std::vector<Row> Rows() {
  std::vector<Row> rows;
  for (const Refusal& refusal : kRefusals) {
    rows.push_back({.name = fmt::format("Refuses{}", refusal.name),
                    .rule = refusal.rule,
                    .title = fmt::format("Refused: {}", refusal.title),
                    .subject = Starts(refusal.arguments),
                    .status = 500,
                    .logged = refusal.logged});
    HoldOthersToThePep(rows.back());
  }
  for (const std::string_view hop : {"Connection",
                                     "keep-alive",
                                     "Proxy-Authenticate",
                                     "Proxy-Authorization",
                                     "TE",
                                     "trailers",
                                     "Transfer-Encoding",
                                     "UPGRADE"}) {
    std::string name = fmt::format("RefusesHopByHop{}", hop);
    std::erase(name, '-');
    rows.push_back({.name = std::move(name),
                    .rule = "PEP 3333: Other HTTP Features",
                    .title = fmt::format("{} is the server's to set, not the application's", hop),
                    .subject = Starts(fmt::format("'200 OK', [('{}', 'close')]", hop)),
                    .status = 500,
                    .logged = "hop-by-hop",
                    .level = Level::Should,
                    .standard = Standard{.logged = ""}});
  }
  for (const auto& [name, character] :
       {std::pair{"CR", "\\r"}, {"LF", "\\n"}, {"CRLF", "\\r\\n"}, {"NUL", "\\0"}}) {
    const std::string bad = fmt::format("a{}Injected: 1", character);
    const auto refuse = [&, name = name](std::string_view where, const std::string& arguments) {
      rows.push_back({.name = fmt::format("Refuses{}In{}", name, where),
                      .rule = "RESP-8",
                      .title = fmt::format("{} in a {} reaches nobody", name, where),
                      .subject = Starts(arguments),
                      .status = 500,
                      .lacks = {"Injected", "aInjected"},
                      .logged = "ValueError: "});
      HoldOthersToThePep(rows.back());
    };
    refuse("Reason", fmt::format("'200 {}', []", bad));
    refuse("Name", fmt::format("'200 OK', [('{}', 'b')]", bad));
    refuse("Value", fmt::format("'200 OK', [('X-A', '{}')]", bad));
  }
  return rows;
}

class Pep3333Refusals : public RowCheck {};

}  // namespace

TEST_P(Pep3333Refusals, Row) {
  Play();
}
INSTANTIATE_TEST_SUITE_P(Suite,
                         Pep3333Refusals,
                         testing::Combine(testing::ValuesIn(SideBySide(Rows())),
                                          testing::ValuesIn(kPlacesMain)),
                         NameOfRow);

}  // namespace suites::pep3333
