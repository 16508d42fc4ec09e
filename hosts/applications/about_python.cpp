#include "hosts/applications/about_python.h"

#include <dlfcn.h>

#include <filesystem>

#include "hosts/python/python.h"
#include "hosts/python/versions.h"

namespace hosts::applications {

PythonAbout AboutPython() {
  PythonAbout about;
  const std::string text =
      Py_GetVersion();  // "3.11.2 (main, ...": may be asked before Python starts
  about.version = text.substr(0, text.find(' '));
  about.has_own_gils = python::kHasOwnGils;
  about.is_free_threaded = python::kIsFreeThreaded;
  Dl_info place{};
  if (::dladdr(reinterpret_cast<const void*>(&Py_GetVersion), &place) != 0) {
    std::error_code ignored;  // then the path as the loader gave it is the best we have
    const auto resolved = std::filesystem::canonical(place.dli_fname, ignored);
    about.library = ignored ? place.dli_fname : resolved.string();
  }
  return about;
}

}  // namespace hosts::applications
