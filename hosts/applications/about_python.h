#pragma once
// AboutPython: which Python this program embeds, without starting it.

#include <string>

namespace hosts::applications {

struct PythonAbout {
  std::string version;            // "3.11.2"
  std::string library;            // path of the shared library, resolved
  bool has_own_gils = false;      // sub-interpreters can have one each
  bool is_free_threaded = false;  // it was built so that it can do without a GIL
};

[[nodiscard]] PythonAbout AboutPython();

}  // namespace hosts::applications
