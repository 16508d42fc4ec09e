#pragma once
// Script:  a script file that was executed as a module of one interpreter.
// Scripts: all of an interpreter's, each executed once however many requests come first.
//
// A script is addressed by its path, never by a module name of its own: the module is called
// _mod_wsgi_ and the MD5 of the path (LOAD-8). A script that failed is executed again by the next
// request (LOAD-14). Loading takes one lock per interpreter, where mod_wsgi has one per process
// (LOAD-12): a slow import holds up nobody in other interpreters.
//
// Owns:    the modules, by reference: Scripts ends before its interpreter, attached.
// Threads: FindOrLoad any, attached. The lock is waited for with the GIL released.
// Fails:   FindOrLoad answers null when the script failed; why is in the log.

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "hosts/python/ref.h"
#include "hosts/python/thread_state.h"

namespace hosts::interpreters {

class Script {
 public:
  Script(std::string path, python::Ref module);

  [[nodiscard]] const std::string& path() const { return path_; }
  // A global of the module as it is now (LOAD-13); null when there is none.
  [[nodiscard]] python::Ref Global(const python::Attached& attached, PyObject* name) const;

 private:
  std::string path_;
  python::Ref module_;
};

class Scripts {
 public:
  // Without regard to letter case, scripts whose paths differ in nothing else share a module (LOAD-8).
  explicit Scripts(bool is_case_sensitive = true) : is_case_sensitive_(is_case_sensitive) {}

  // A changed file is not loaded again yet; this is where it will be noticed (RELOAD-1).
  [[nodiscard]] const Script* FindOrLoad(const python::Attached& attached, std::string_view path);

 private:
  [[nodiscard]] const Script* Find(std::string_view path) const;
  const bool is_case_sensitive_;
  std::mutex loading_;
  std::map<std::string, std::unique_ptr<Script>, std::less<>> loaded_;  // guarded by the GIL
};

// "_mod_wsgi_" and 32 hexadecimal digits. Throws PythonError.
[[nodiscard]] python::Ref ModuleName(const python::Attached& attached, std::string_view path);

}  // namespace hosts::interpreters
