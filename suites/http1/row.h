#pragma once
// Row:      one check as data: the bytes of a connection, what is answered, and what the application
//           sees of it.
// RowCheck: the fixture that plays a row in a place, on a host that it shares with the rows that want the same
//           directives there.
//
// Two applications are served. At / there is seen.wsgi, which remembers what it is asked, so that a row
// can say what came through. At /answer there is one that answers as its path says:
//
//   /length  five bytes and their length     /stream  two pieces and no length
//   /204 /304  that status                   /dated   a Date of its own
//   /unread  leaves its body unread          /raises  raises an exception

#include <gtest/gtest.h>

#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "suites/hosts_under_test/check.h"
#include "suites/hosts_under_test/place.h"
#include "suites/http1/outcome.h"

namespace suites::http1 {

using hosts_under_test::kPlaces;
using hosts_under_test::kPlacesMain;
using hosts_under_test::Level;
using hosts_under_test::Place;

// A standard often allows more than one answer, and the engine has chosen. So a row says what the engine does, exactly;
// and what a standard allows besides, which is what other hosts are held to.
struct Row {
  std::string name;
  std::string rule = {};
  std::string standard = {};  // where a standard says so, too, if the rule is one of mod_wsgi's
  std::string title;
  Level level = Level::Must;
  std::string request;  // all of it; after the last answer the host closes the connection
  std::string directives = {};
  bool client_ends = false;  // half closes, as one that breaks off; has a host of its own
  // What must be.
  std::vector<int> answers = {};       // statuses, interim ones too
  std::vector<std::string> seen = {};  // by the application at /
  // Of the first answer that is not interim:
  std::vector<std::string_view> has = {};    // lines of its head, as "Name: value"
  std::vector<std::string_view> lacks = {};  // names, or lines, of which the head has none
  std::optional<std::string> body = {};      // transfer coding removed
  bool is_head = false;                      // it answers HEAD
  // The same, of the engine alone: no standard says so.
  std::vector<std::string_view> ours_has = {};
  std::vector<std::string_view> ours_lacks = {};
  // Of hosts that are not the engine:
  std::vector<Outcome> allowed = {};  // besides what must be
  bool may_wait = false;              // for bytes that were announced; has a host of its own there
  std::string choice = {};            // why no standard holds them to it
};
void PrintTo(const Row& row, std::ostream* out);

using RowInPlace = std::tuple<Row, Place>;
// The rows in an order in which those that can share a host follow each other.
[[nodiscard]] std::vector<Row> SideBySide(std::vector<Row> rows);
[[nodiscard]] std::string NameOfRow(const testing::TestParamInfo<RowInPlace>& parameter);

// The whole of a request to this host; the connection is kept behind it.
[[nodiscard]] std::string Request(std::string_view line,
                                  std::string_view headers = "",
                                  std::string_view body = "");
[[nodiscard]] std::string Get(std::string_view target, std::string_view headers = "");
[[nodiscard]] std::string Post(std::string_view target,
                               std::string_view body,
                               std::string_view headers = "");
[[nodiscard]] std::string Chunked(std::string_view target, std::string_view chunks);
// The request behind the one that a row is about: when it is seen, nothing was confused.
[[nodiscard]] std::string Next();
inline constexpr std::string_view kNextSeen = "GET /next []";

class Http1Check : public hosts_under_test::Check {
 protected:
  Http1Check() : Check("http1") {}

  // Both applications; chunked requests are allowed. Alone: on a host that no other check has used, or will.
  enum class Company { Shared, Alone };
  void ServeApplications(const Place& place,
                         std::string_view directives = "",
                         Company company = Company::Shared);
  [[nodiscard]] client::RawConnection Connect() const;
  // Ends the check if the chosen host is not held to its rule.
  void About(const hosts_under_test::Subject& subject) const;
  // All answers until the host closes the connection. A host that is not the engine need not: behind so many final
  // answers the client ends.
  [[nodiscard]] std::vector<client::Answer> Ask(std::string_view bytes,
                                                size_t finals = 1,
                                                bool client_ends = false,
                                                bool is_head = false) const;
  // What the application at / was asked since the last time, or since it was served. What began before that is
  // said to be of another check.
  [[nodiscard]] std::vector<std::string> Seen() const;

 private:
  [[nodiscard]] std::vector<std::string> LinesAt(std::string_view path) const;
};

class RowCheck : public Http1Check, public testing::WithParamInterface<RowInPlace> {
 protected:
  void Play();

 private:
  void JudgeFirst(const std::vector<client::Answer>& answers) const;
};

}  // namespace suites::http1
