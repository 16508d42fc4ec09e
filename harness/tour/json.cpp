// The tour's JSON, and nothing else of the room, knows the JSON library; so does `answer_json`.

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "harness/tour/answer_json.h"
#include "harness/tour/tour.h"

namespace harness::tour {

using hosts::base::Error;
using hosts::base::ErrorKind;
using hosts::base::Result;
using Json = nlohmann::json;

namespace {

NamedTexts Texts(const Json& object) {
  NamedTexts texts;
  for (const auto& [name, value] : object.items())
    texts.emplace_back(name, value);
  return texts;
}

void RefuseStrangers(const Json& object, std::initializer_list<std::string_view> known) {
  for (const auto& [name, value] : object.items()) {
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      throw std::invalid_argument(fmt::format("unknown member '{}'", name));
    }
  }
}

Expectation ParseExpectation(const Json& object) {
  RefuseStrangers(
      object, {"status", "headers", "location", "contains", "excludes", "body", "json", "chunked"});
  Expectation expect;
  expect.status = object.at("status");
  if (object.contains("headers")) expect.headers = Texts(object.at("headers"));
  if (object.contains("location")) expect.location = object.at("location");
  expect.contains = object.value("contains", std::vector<std::string>{});
  expect.excludes = object.value("excludes", std::vector<std::string>{});
  if (object.contains("body")) expect.body = object.at("body");
  if (object.contains("json")) {
    for (const auto& [key, value] : object.at("json").items()) {
      expect.json.emplace_back(key, value.dump());
    }
  }
  expect.chunked = object.value("chunked", false);
  return expect;
}

Capture ParseCapture(const std::string& name, const Json& source) {
  RefuseStrangers(source, {"cookie", "regex", "json"});
  if (source.size() != 1) throw std::invalid_argument("a capture has one source");
  const std::string kind = source.begin().key();
  const auto from = kind == "cookie"  ? Capture::From::Cookie
                    : kind == "regex" ? Capture::From::Regex
                                      : Capture::From::Json;
  return {name, from, source.begin().value()};
}

void ParseContent(const Json& object, Step& step) {
  if (object.contains("form")) {
    step.content = Step::Content::Form;
    step.fields = Texts(object.at("form"));
  } else if (object.contains("json")) {
    step.content = Step::Content::Json;
    step.text = object.at("json").dump();
  } else if (object.contains("multipart")) {
    step.content = Step::Content::Multipart;
    const Json& parts = object.at("multipart");
    if (parts.contains("fields")) step.fields = Texts(parts.at("fields"));
    for (const Json& file : parts.value("files", Json::array())) {
      step.files.push_back(
          {file.at("field"), file.at("filename"), file.at("content_type"), file.at("content")});
    }
  } else if (object.contains("body")) {
    step.content = Step::Content::Text;
    step.text = object.at("body");
  }
}

Step ParseStep(const Json& object) {
  RefuseStrangers(object,
                  {"name",
                   "method",
                   "path",
                   "headers",
                   "form",
                   "json",
                   "multipart",
                   "body",
                   "expect",
                   "capture",
                   "load"});
  Step step;
  step.name = object.at("name");
  step.method = object.at("method");
  step.path = object.at("path");
  if (object.contains("headers")) step.headers = Texts(object.at("headers"));
  ParseContent(object, step);
  step.expect = ParseExpectation(object.at("expect"));
  const Json captures = object.value("capture", Json::object());
  for (const auto& [name, source] : captures.items()) {
    step.captures.push_back(ParseCapture(name, source));
  }
  step.is_load = object.value("load", false);
  if (step.is_load && (step.method != "GET" || object.dump().find("${") != std::string::npos)) {
    throw std::invalid_argument("load steps are GETs without captured values");
  }
  return step;
}

}  // namespace

Result<Tour> ParseTour(std::string_view text) {
  std::string where = "tour";
  try {
    const Json object = Json::parse(text);
    Tour tour;
    tour.app = object.at("app");
    for (const Json& step : object.at("steps")) {
      where = fmt::format("step '{}'", step.value("name", "?"));
      tour.steps.push_back(ParseStep(step));
    }
    if (tour.steps.empty()) throw std::invalid_argument("no step");
    return tour;
  } catch (const std::exception& error) {
    return Error{ErrorKind::InvalidInput, fmt::format("{}: {}", where, error.what())};
  }
}

std::optional<std::string> TopLevelValue(std::string_view body, const std::string& key, As as) {
  const Json found = Json::parse(body, nullptr, false);
  if (!found.is_object() || !found.contains(key)) return std::nullopt;
  const Json& value = found.at(key);
  if (as == As::Text && value.is_string()) return value.get<std::string>();
  return value.dump();
}

std::string EscapeInJson(const std::string& text) {
  const std::string quoted = Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
  return quoted.substr(1, quoted.size() - 2);
}

}  // namespace harness::tour
