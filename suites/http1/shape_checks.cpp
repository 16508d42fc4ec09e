// Http1Shapes: malformed and ambiguous requests, each with another request behind it. They are refused and the
// connection closed, or neutralised, so that nobody in front of the host can be made to see other requests than it.
// The shapes, and what the host does with them, are in shapes.json, which compare_shapes.py reads, too.

#include <nlohmann/json.hpp>

#include "hosts/base/files.h"
#include "suites/http1/row.h"

namespace suites::http1 {

namespace {

// The file's characters are bytes.
std::string BytesOf(const std::string& utf8) {
  std::string bytes;
  for (size_t i = 0; i < utf8.size(); ++i) {
    const auto lead = static_cast<unsigned char>(utf8[i]);
    constexpr unsigned char kFirstLead = 0xc0;
    if (lead < kFirstLead) {
      bytes.push_back(utf8[i]);
      continue;
    }
    const auto follower = static_cast<unsigned char>(utf8[++i]);
    bytes.push_back(static_cast<char>(((lead & 0x03U) << 6U) | (follower & 0x3fU)));
  }
  return bytes;
}

// `{fill}` in a request stands for so many bytes.
std::string RequestOf(const nlohmann::json& shape) {
  constexpr std::string_view kFill = "{fill}";
  std::string request = BytesOf(shape.at("request"));
  if (const auto fill = shape.find("fill"); fill != shape.end()) {
    request.replace(request.find(kFill), kFill.size(), std::string(fill->get<size_t>(), 'b'));
  }
  return request;
}

// What else a standard allows of a host: "refused" (any 4xx or 5xx, and nothing was seen), "silence" (closed, and nothing
// was seen), or what is answered and seen, where 0 is any 4xx or 5xx.
Outcome OutcomeOf(const nlohmann::json& allowed) {
  if (allowed == "refused") return {.answers = {kRefused}};
  if (allowed == "silence") return {};
  return {.answers = allowed.at("answers"), .seen = allowed.at("seen")};
}

Row RowOf(const nlohmann::json& shape, const nlohmann::json& ours) {
  std::vector<Outcome> allowed;
  for (const auto& other : shape.value("allowed", nlohmann::json::array()))
    allowed.push_back(OutcomeOf(other));
  const bool client_ends = shape.value("ends", false);
  return {.name = shape.at("name"),
          .rule = shape.at("section"),
          .title = shape.at("title"),
          .level = shape.value("level", "must") == "must" ? Level::Must : Level::Should,
          .request = RequestOf(shape) + (client_ends ? "" : Next()),
          .client_ends = client_ends,
          .answers = ours.at("answers"),
          .seen = ours.at("seen"),
          .allowed = std::move(allowed),
          .may_wait = shape.value("may_wait", false),
          .choice = shape.value("choice", "")};
}

std::vector<RowInPlace> Shapes() {
  const auto text = hosts::base::ReadFile(WSGILAB_SHAPES);
  if (!text) throw std::runtime_error(text.error().Text());
  std::vector<RowInPlace> rows;
  for (const auto& shape : nlohmann::json::parse(*text)) {
    const auto& ours = shape.at("ours");
    rows.emplace_back(RowOf(shape, ours), kPlacesMain[0]);
    // Only an interim answer may depend on the place (INP-6), and what a body that breaks off is answered: in
    // the server the application does, for a daemon the front (INP-3).
    rows.emplace_back(RowOf(shape, shape.value("ours_in_daemon", ours)), kPlacesMain[1]);
  }
  return rows;
}

class Http1Shapes : public RowCheck {};

}  // namespace

TEST_P(Http1Shapes, Row) {
  Play();
}
INSTANTIATE_TEST_SUITE_P(Suite, Http1Shapes, testing::ValuesIn(Shapes()), NameOfRow);

// A shape either is refused, at last, and nothing behind it is read; or what is behind it is read as it is.
TEST(Http1ShapesFile, HasNoShapeThatConfuses) {
  for (const auto& [row, place] : Shapes()) {
    const bool is_next_seen = !row.seen.empty() && row.seen.back() == kNextSeen;
    if (row.client_ends) {
      EXPECT_FALSE(is_next_seen) << row.name;
      continue;
    }
    ASSERT_FALSE(row.answers.empty()) << row.name;
    EXPECT_EQ(row.answers.back() >= 400, !is_next_seen) << row.name;
    for (const std::string& line : row.seen) {
      EXPECT_FALSE(line.starts_with("GET /smuggled")) << row.name;
      EXPECT_EQ(line.find("6.6.6.6"), std::string::npos) << row.name;
    }
  }
}

}  // namespace suites::http1
