#pragma once
// Visitor:      what is carried from step to step: cookies and captured texts.
// WriteRequest: a step as the bytes of an HTTP/1.1 request, with the visitor's cookies, and every
//               ${name} replaced.
//
// Fails:   InvalidInput when a text was not captured by an earlier step.

#include <map>
#include <string>

#include "harness/tour/exchange.h"
#include "harness/tour/tour.h"
#include "hosts/base/result.h"

namespace harness::tour {

struct Visitor {
  std::map<std::string, std::string> cookies;
  std::map<std::string, std::string> captured;

  // What Set-Cookie says: kept, replaced, or forgotten with Max-Age=0.
  void KeepCookies(const Answer& answer);
  // "a=1; b=2"; empty without cookies.
  [[nodiscard]] std::string CookieText() const;
};

enum class Quoting { None, InJson };

[[nodiscard]] hosts::base::Result<std::string> Fill(const std::string& text,
                                                    const Visitor& visitor,
                                                    Quoting quoting = Quoting::None);

[[nodiscard]] hosts::base::Result<std::string> WriteRequest(const Step& step,
                                                            const Site& site,
                                                            const Visitor& visitor);

}  // namespace harness::tour
