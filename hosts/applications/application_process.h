#pragma once
// ApplicationProcess: Python in this process: runtime, interpreters and the scripts loaded in them.
// Worker:             one thread's standing in all of them; answers requests.
//
// This is what the rooms above know of Python: nothing here names a Python type, and nothing is
// attached before or after any call.
//
// Order: Start, Preload, then Workers, each on its own thread; the Workers end first, then the
// ApplicationProcess, on the thread that called Start. Ending it runs the atexit handlers of every
// interpreter, sub-interpreters first; unless the deployment says that interpreters are not to be
// ended (SHUT-3): then no Python code runs any more, and the process is about to exit.
//
// Owns:    the Python runtime: at most one ApplicationProcess in the life of a process.
// Threads: Start, Preload and the destructor on one thread; a Worker lives on one thread.
// Fails:   Start with a Result; Preload logs (PRELOAD-6); Answer always ends the answer.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "hosts/base/result.h"
#include "hosts/deployment/deployment.h"
#include "hosts/exchange/answer.h"
#include "hosts/exchange/request.h"
#include "hosts/status/process_page.h"

namespace hosts::applications {

// What this process is. python_path and home go to the front of sys.path, home first (LOAD-31).
struct ProcessSettings {
  std::string process_group;  // empty: embedded
  std::filesystem::path python_home;
  std::vector<std::string> python_path;
  std::filesystem::path home;
  std::filesystem::path root = {};    // its root directory, as others call it; empty: the system's
  std::filesystem::path python_eggs;  // PYTHON_EGG_CACHE, when not empty
  int processes = 1;
  int threads = 1;
  bool multiprocess = false;  // ENV-22
  // Whenever a script is there that has been loaded; on the thread that loads it or answers with it.
  std::function<void()> on_load = [] {};
  status::ProcessPage* page =
      nullptr;  // null: nobody wants to see what happens here; outlives the process
};

class ApplicationProcess {
 public:
  // Makes the main interpreter. The deployment must outlive the process.
  [[nodiscard]] static base::Result<std::unique_ptr<ApplicationProcess>> Start(
      const deployment::Deployment& deployment, ProcessSettings settings);
  ApplicationProcess(const ApplicationProcess&) = delete;
  ApplicationProcess& operator=(const ApplicationProcess&) = delete;
  ~ApplicationProcess();

  // Loads a script before there are requests (PRELOAD-5). A failure is logged; the first request
  // tries again.
  void Preload(const std::string& application_group, const std::string& script_filename);

  // For a process that serves no requests (DAEMON-9). From now on SIGTERM raises SystemExit in the main
  // interpreter, on this thread.
  void ExitAtSigterm();
  // Executes a script until it returns, or raises; what it raises is logged, SystemExit is not.
  enum class Ended { ByReturning, ByFailing, ByExit };
  Ended RunService(const std::string& application_group, const std::string& script_filename);

  // A request has been inside for longer than most: from now on it is seen to that it does not keep the GIL from
  // others. Any thread; it does not wait.
  void NoteHeldUp();

  // Tells subscribers in every interpreter that the process ends, on this thread (SHUT-6). A daemon
  // process has a Dispatcher for it.
  void TellEnd();

 private:
  friend class Dispatcher;
  friend class GilWatch;
  friend class Interrupter;
  friend class Worker;
  class State;
  explicit ApplicationProcess(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

class Interruptible;

class Worker {
 public:
  explicit Worker(ApplicationProcess& process);
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;
  ~Worker();

  // Runs the request's application: ends in sink.Finish() or sink.Abort(), whatever happens. When
  // the head names a dispatch script it asks that instead: ends in sink.Choose(), or with a 500.
  // A turn, of the caller's counting, makes it one that may be interrupted.
  void Answer(const exchange::RequestHead& head,
              exchange::RequestBody& body,
              exchange::AnswerSink& sink,
              std::uint64_t turn = 0);
  [[nodiscard]] std::shared_ptr<const Interruptible> interruptible() const;
  // Answers with the server's page for this status; no application is asked.
  static void Refuse(exchange::AnswerSink& sink, int status);

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace hosts::applications
