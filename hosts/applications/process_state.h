#pragma once
// What an ApplicationProcess consists of, for it and its Workers alone: here Python is known.
//
// Owns:    in the order of their ends: the starting thread's states, the interpreters, the DropRequester, Python.

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "hosts/applications/application_process.h"
#include "hosts/applications/drop_requester.h"
#include "hosts/applications/stays.h"
#include "hosts/interpreters/interpreter_pool.h"
#include "hosts/interpreters/request_metrics.h"
#include "hosts/python/runtime.h"

namespace hosts::applications {

class ApplicationProcess::State {
 public:
  State(const deployment::Deployment& of_this, ProcessSettings its_settings);
  [[nodiscard]] base::Result<void> Start();
  [[nodiscard]] bool ends_interpreters() const;
  // Any thread; it does not wait.
  void NoteHeldUp() const;
  // In every interpreter that has subscribers, one after the other; with nothing attached.
  void PublishSignal(interpreters::WorkerStates& states, int number, const std::string& name) const;
  void PublishEnd(interpreters::WorkerStates& states, const std::string& shutdown_reason) const;

  // For the status page.
  void NoteInterpreter(const std::string& application_group) const;
  void NoteScript(std::string_view application_group, std::string_view script) const;

  const deployment::Deployment& deployment;
  const ProcessSettings settings;
  const std::shared_ptr<interpreters::RequestMetrics>
      metrics;  // also the modules' of its interpreters
  Stays stays;
  std::unique_ptr<python::Runtime> runtime;
  std::unique_ptr<DropRequester> drop_requester;  // null: none is needed, or none could be had
  std::unique_ptr<interpreters::InterpreterPool> pool;
  std::unique_ptr<interpreters::WorkerStates> starting_thread;
  std::atomic<int> workers_made{0};

 private:
  void StartDropRequester(const python::Attached& attached);
  void Publish(interpreters::WorkerStates& states,
               interpreters::ModWsgiModule::Subscribers which,
               const char* event,
               const std::function<python::Ref()>& make_payload) const;
  std::atomic<DropRequester*> told_{nullptr};  // the same, for those on other threads
};

}  // namespace hosts::applications
