#pragma once
// FactBook: collects the facts about one URL, each with who decided it.

#include <string>
#include <utility>

#include "hosts/explain/explanation.h"

namespace hosts::explain {

class FactBook {
 public:
  explicit FactBook(UrlExplanation& url) : url_(url) {}

  Fact& Add(std::string name, std::string value, std::string meaning, std::string rule) {
    url_.facts.push_back({std::move(name), std::move(value), std::move(meaning), {}, {}, {}});
    url_.facts.back().rule = std::move(rule);
    return url_.facts.back();
  }

 private:
  UrlExplanation& url_;
};

inline void Decide(Fact& fact, std::string written, const deployment::Origin& origin) {
  fact.written = std::move(written);
  fact.origin = origin;
}

}  // namespace hosts::explain
