#pragma once
// Row:      one check as data: a Python application, a request, and what must come of both.
// RowCheck: the fixture that plays a row in a place, on a host that it shares with the rows that want the same
//           directives there: the script at /app loads the script of a row and hands every request on to it.
//
// The application of a row is `subject(environ, start_response)`. Its script also has `tell(text)`: what
// was told is asked for after the row's request and compared with `told`, so that a row can say what must
// happen when nobody sees it any more; and `say(start_response, text)`, a plain answer.

#include <gtest/gtest.h>

#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "suites/hosts_under_test/check.h"
#include "suites/hosts_under_test/place.h"

namespace suites::pep3333 {

using hosts::deployment::InterpreterKind;
using hosts::deployment::ProcessKind;
using hosts_under_test::kPlaces;
using hosts_under_test::kPlacesMain;
using hosts_under_test::Level;
using hosts_under_test::Place;

// The whole of a request to /app; the connection is closed after its answer.
[[nodiscard]] std::string Request(std::string_view line,
                                  std::string_view headers = "",
                                  std::string_view body = "");
[[nodiscard]] std::string Get(std::string_view headers = "");
[[nodiscard]] std::string Head();
[[nodiscard]] std::string Post(std::string_view body, std::string_view headers = "");
// Each piece is a chunk of its own.
[[nodiscard]] std::string PostChunked(const std::vector<std::string_view>& pieces);

// Subjects: one that answers what a Python expression says, and one that passes these arguments to
// start_response and answers "x".
[[nodiscard]] std::string Says(std::string_view expression);
[[nodiscard]] std::string Starts(std::string_view arguments);

// Ends: half closes, as one that breaks off its body does, and reads what is answered. Only rows whose client stays
// share a host: others may end before their application does.
enum class Client { Stays, Ends, LeavesAfterTheHead };

// Statuses of Standard: any answer of HTTP, or none; anything at all.
inline constexpr int kAnyStatus = 0;
inline constexpr int kWhatever = -1;

// What a PEP or an RFC says of a row whose rule is one of mod_wsgi's, or that asks for more: what hosts that read no
// directives are held to, and of a standard's rule every host but the engine. What is not said here is as in the row.
struct Standard {
  std::string_view section = {};  // "": the row's rule
  Level level = Level::Must;
  std::optional<int> status = {};
  std::optional<std::vector<std::string_view>> has = {};
  std::optional<std::vector<std::string_view>> lacks = {};
  std::optional<std::string_view> told = {};
  std::string_view not_told = {};  // a word
  std::string_view once = {};      // a name that stands in the head once at most
  std::optional<std::string_view> logged = {};
};

struct Row {
  std::string name;
  std::string_view rule = "PEP 3333";
  std::string title;
  std::string subject;  // Python
  std::string request = Get();
  std::string_view directives = {};
  Client client = Client::Stays;
  bool needs_own_host = false;  // it could end its process, or leaves something behind in it
  // What must be. The body is what follows the head, without chunked coding; a chunked body that does
  // not end in order ends with "<cut>", one whose chunks are none with "<bad>". {group} and {interpreter} stand for the place's names.
  int status = 200;
  std::string_view body = {};
  std::vector<std::string_view> has = {};    // lines of the head, as "Name: value"
  std::vector<std::string_view> lacks = {};  // names, or lines, of which the head has none
  std::string_view told = {};                // joined by ","
  std::string_view logged = {};              // in the host's log, sooner or later
  Level level = Level::Must;
  std::optional<Standard> standard = {};
  std::string_view choice = {};  // why the engine alone is held to it
  std::string_view optional =
      {};  // a key of environ that a host need not have, and the row is about
};
void PrintTo(const Row& row, std::ostream* out);

using RowInPlace = std::tuple<Row, Place>;
// The rows in an order in which those that can share a host follow each other.
[[nodiscard]] std::vector<Row> SideBySide(std::vector<Row> rows);
[[nodiscard]] std::string NameOfRow(const testing::TestParamInfo<RowInPlace>& parameter);

class Pep3333Check : public hosts_under_test::Check {
 protected:
  Pep3333Check() : Check("pep3333") {}

  // Puts the application on the stage and serves it as /app; Shared: on a host that serves others before and after.
  void ServeSubject(const Place& place, std::string_view subject, std::string_view directives = "");
  void ServeSubjectShared(const Place& place,
                          std::string_view subject,
                          std::string_view directives);
  // Ends the check if the chosen host is not held to its rule.
  void About(const hosts_under_test::Subject& subject) const;
  // What the application has told so far.
  [[nodiscard]] std::string Told();
  [[nodiscard]] bool WillHaveTold(std::string_view told);
  // What was logged since this check began, without the lines of requests of other checks.
  [[nodiscard]] std::string OwnLog() const;
  [[nodiscard]] client::RawConnection Connect();
  // The answer to a request that closes its connection, its body as Row has it.
  [[nodiscard]] client::Answer Ask(std::string_view request, Client client = Client::Stays);
  [[nodiscard]] hosts::base::Result<client::Answer> TryToAsk(std::string_view request,
                                                             Client client = Client::Stays);

 private:
  std::vector<int> ports_;  // by which the log names the clients of this check
};

class RowCheck : public Pep3333Check, public testing::WithParamInterface<RowInPlace> {
 protected:
  void Play();

 private:
  void AskAndJudge(const Row& row);
  void JudgeWhatWasTold(const Row& row);
};

}  // namespace suites::pep3333
