#pragma once
// Tour: a walk through an application by HTTP, with the answer that every step must get, as values.
// apps/README.md describes the format; apps/verify_tour.py is the reference for how it is read.
//
// Texts may hold ${name}: what an earlier step captured.
//
// Fails:   ParseTour names the step and the member that is not understood.

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "hosts/base/result.h"

namespace harness::tour {

using NamedTexts = std::vector<std::pair<std::string, std::string>>;

struct UploadedFile {
  std::string field;
  std::string filename;
  std::string content_type;
  std::string content;
};

struct Expectation {
  int status = 200;
  NamedTexts headers;
  std::optional<std::string> location;  // the path of the redirect, below the mount
  std::vector<std::string> contains;
  std::vector<std::string> excludes;
  std::optional<std::string> body;
  NamedTexts json;  // top-level keys; the values as JSON text
  bool chunked = false;
};

// Where a captured text comes from.
struct Capture {
  enum class From { Cookie, Regex, Json };
  std::string name;
  From from = From::Cookie;
  std::string what;  // a cookie's name, a pattern with one group, a top-level key
};

struct Step {
  enum class Content { None, Form, Json, Multipart, Text };
  std::string name;
  std::string method;
  std::string path;  // below the mount
  NamedTexts headers;
  Content content = Content::None;
  NamedTexts fields;  // of a form or multipart
  std::vector<UploadedFile> files;
  std::string text;  // the JSON or the text to send
  Expectation expect;
  std::vector<Capture> captures;
  bool is_load = false;  // may be repeated at will
};

struct Tour {
  std::string app;
  std::vector<Step> steps;
};

[[nodiscard]] hosts::base::Result<Tour> ParseTour(std::string_view text);

// For an application that has none: one GET that must be answered with 200.
[[nodiscard]] Tour PlainTour(const std::string& app, const std::string& path);

}  // namespace harness::tour
