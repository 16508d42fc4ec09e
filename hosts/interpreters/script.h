#pragma once
// Script:  a script file that was executed as a module of one interpreter.
// Scripts: all of an interpreter's, each executed once however many requests come first, and again
//          when somebody says that it is outdated.
//
// A script is addressed by its path, never by a module name of its own: the module is called
// _mod_wsgi_ and the MD5 of the path (LOAD-8). A script that failed is executed again by the next
// request (LOAD-14). Loading takes one lock per interpreter, where mod_wsgi has one per process
// (LOAD-12): a slow import holds up nobody in other interpreters.
//
// A request keeps the Script that it was given, and so the module, for as long as it is inside: what
// is loaded in its place is a module of its own (RELOAD-2).
//
// Owns:    the modules, by reference: Scripts ends before its interpreter, attached; so does whatever
//          still holds a Script.
// Threads: any, attached. The lock is waited for, and files are looked at, with the GIL released.
// Fails:   Load answers null when the script failed; why is in the log.
// Source:  LOAD-8 to LOAD-14, RELOAD-1, RELOAD-2, RELOAD-6, RELOAD-8.

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>

#include "hosts/python/ref.h"
#include "hosts/python/thread_state.h"

namespace hosts::interpreters {

// What a request knows of the file of the script that it wants.
struct Sight {
  // When it was last changed, by a look after the request had come; 0: nobody has looked.
  std::int64_t changed_at_ns = 0;
  // The argument of the script's own reload_required(); empty: that is not asked.
  std::string_view asked_for;
};

class Script {
 public:
  // Executed from a text that was changed at that time; writes it into the module as __mtime__, in
  // microseconds. Throws PythonError.
  Script(const python::Attached& attached,
         std::string path,
         python::Ref module,
         std::int64_t changed_at_ns);

  [[nodiscard]] const std::string& path() const { return path_; }
  // A global of the module as it is now (LOAD-13); null when there is none.
  [[nodiscard]] python::Ref Global(const python::Attached& attached, PyObject* name) const;

  // The file is not the one that was executed, its __mtime__ is gone or another, or its
  // reload_required() says so, whose exceptions are logged and say nothing (RELOAD-8). The file is
  // looked at only if it seems to have changed.
  [[nodiscard]] bool IsOutdated(const python::Attached& attached, const Sight& sight) const;

 private:
  [[nodiscard]] bool HasFileChanged(const python::Attached& attached, const Sight& sight) const;
  [[nodiscard]] bool SaysSo(const python::Attached& attached, std::string_view asked_for) const;

  std::string path_;
  python::Ref module_;
  std::int64_t changed_at_ns_;
  python::Ref mtime_name_;
  python::Ref mtime_;
  python::Ref reload_required_name_;
};

class Scripts {
 public:
  // Without regard to letter case, scripts whose paths differ in nothing else share a module (LOAD-8).
  // exit: whether a script that raises SystemExit has failed, or has done what it was there for, which is
  // no error (LOAD-15).
  enum class Exit { IsAFailure, IsAnEnd };
  explicit Scripts(bool is_case_sensitive = true, Exit exit = Exit::IsAFailure)
      : is_case_sensitive_(is_case_sensitive), exit_(exit) {}

  // In this interpreter Python imports only extensions that declare their support (GIL-5): what to say, in a line of its
  // own, behind the failure of a script that wants another one; the line names that one first.
  void AdviseOnRefusedExtensions(std::string advice) { refused_extensions_ = std::move(advice); }

  // In this interpreter there is no GIL: after a script has been loaded, those extensions are named that do not declare that
  // they can do without (once each). Left to itself Python would have switched it on for them (GIL-6).
  void NameExtensionsThatWantAGil() { names_extensions_ = true; }

  // Null: not loaded.
  [[nodiscard]] std::shared_ptr<const Script> Find(std::string_view path) const;
  // Executes the file, unless another thread has done so meanwhile: what that one has read may be
  // older than the request that waited for it. An outdated script is forgotten before, whatever comes
  // of it: nobody is given it any more.
  struct Loaded {
    std::shared_ptr<const Script> script;
    bool by_another_thread = false;
    bool has_exited = false;  // it raised SystemExit
  };
  [[nodiscard]] Loaded Load(const python::Attached& attached,
                            std::string_view path,
                            const std::shared_ptr<const Script>& outdated = nullptr);
  [[nodiscard]] std::shared_ptr<const Script> FindOrLoad(const python::Attached& attached,
                                                         std::string_view path) {
    auto script = Find(path);
    return script ? script : Load(attached, path).script;
  }

 private:
  const bool is_case_sensitive_;
  const Exit exit_;
  std::string refused_extensions_;  // empty: none is refused
  bool names_extensions_ = false;
  void Keep(std::string path, std::shared_ptr<const Script> script);
  void Forget(std::string_view path);
  void NameExtensions(const std::string& path);

  std::mutex loading_;
  std::set<std::string> named_extensions_;  // under loading_
  mutable std::mutex mutex_;  // held for moments, attached: nothing of Python happens meanwhile
  std::map<std::string, std::shared_ptr<const Script>, std::less<>> loaded_;
};

// "_mod_wsgi_" and 32 hexadecimal digits. Throws PythonError.
[[nodiscard]] python::Ref ModuleName(const python::Attached& attached, std::string_view path);

}  // namespace hosts::interpreters
