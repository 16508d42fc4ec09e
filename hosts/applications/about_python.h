#pragma once
// AboutPython: which Python this program embeds, without starting it.

#include <string>

namespace hosts::applications {

struct PythonAbout {
  std::string version;  // "3.11.2"
  std::string library;  // path of the shared library, resolved
};

[[nodiscard]] PythonAbout AboutPython();

}  // namespace hosts::applications
