#include <fmt/format.h>
#include <unistd.h>

#include <charconv>
#include <optional>
#include <utility>

#include "hosts/applications/application_process.h"
#include "hosts/applications/dispatch.h"
#include "hosts/applications/interruptible.h"
#include "hosts/applications/mounted_applications.h"
#include "hosts/applications/process_state.h"
#include "hosts/applications/request_events.h"
#include "hosts/applications/request_measure.h"
#include "hosts/base/deadline.h"
#include "hosts/base/log.h"
#include "hosts/python/error.h"
#include "hosts/python/log_stream.h"
#include "hosts/wsgi/answer.h"

namespace hosts::applications {

using interpreters::SecondsSinceEpoch;
using interpreters::WorkerStates;
using python::Attached;
using python::PythonError;
using python::Ref;

namespace {

constexpr int kBase36 = 36;

std::int64_t InMicroseconds(double seconds) {
  return static_cast<std::int64_t>(seconds * 1e6);
}

// Unique on this machine for as long as it keeps its clock: who made it, since when, how many.
class RequestIds {
 public:
  explicit RequestIds(int thread_id) {
    Append(static_cast<unsigned long>(SecondsSinceEpoch() * 1000), '.');
    Append(static_cast<unsigned long>(::getpid()), '.');
    Append(static_cast<unsigned long>(thread_id), '.');
    prefix_ = end_;
  }

  // Good until the next call.
  [[nodiscard]] std::string_view Next() {
    end_ = prefix_;
    Append(++count_, '\0');
    return {text_, static_cast<size_t>(end_ - text_) - 1};
  }

 private:
  void Append(unsigned long number, char after) {
    end_ = std::to_chars(end_, text_ + sizeof text_ - 1, number, kBase36).ptr;
    *end_++ = after;
  }

  char text_[64];
  char* end_ = text_;
  char* prefix_ = text_;
  unsigned long count_ = 0;
};

}  // namespace

class Worker::State {
 public:
  explicit State(ApplicationProcess::State& process)
      : process_(process),
        states_(*process.pool, WorkerStates::Thread::Other),
        stay_(process.stays),
        thread_id_(++process.workers_made),
        request_ids_(thread_id_),
        seat_(process.settings.page != nullptr ? process.settings.page->TakeSeat() : nullptr) {}

  void Answer(const exchange::RequestHead& head,
              exchange::RequestBody& body,
              exchange::AnswerSink& sink,
              std::uint64_t turn);
  [[nodiscard]] const std::shared_ptr<Interruptible>& interruptible() const {
    return interruptible_;
  }
  void Choose(const exchange::RequestHead& head, exchange::AnswerSink& sink);

 private:
  // Nullopt when the script raised; why is in the log.
  [[nodiscard]] std::optional<exchange::Choice> Ask(const Attached& attached,
                                                    interpreters::HostedInterpreter& interpreter,
                                                    const exchange::RequestHead& head);
  struct Current {
    std::shared_ptr<const interpreters::Script> script;  // null: it cannot be loaded (logged)
    bool is_outdated = false;                            // as it was to be left
  };
  // A daemon process does not load a changed script again: it ends, and another one does (RELOAD-3).
  enum class IfOutdated { Load, Leave };
  // As it is now, where it can be seen to have changed.
  [[nodiscard]] Current CurrentScript(const Attached& attached,
                                      interpreters::HostedInterpreter& interpreter,
                                      std::string_view path,
                                      const std::optional<interpreters::Sight>& sight,
                                      IfOutdated if_outdated) const;
  [[nodiscard]] wsgi::RequestVariables Variables() const;
  [[nodiscard]] python::LoggedRequest Logged(const exchange::RequestHead& head,
                                             std::string_view script,
                                             std::string_view application_group) const;
  enum class Ran { Answered, Refused };
  [[nodiscard]] Ran Run(const Attached& attached,
                        interpreters::HostedInterpreter& interpreter,
                        const exchange::RequestHead& head,
                        exchange::RequestBody& body,
                        wsgi::Answer& answer,
                        std::optional<RequestMeasure>& measure);
  [[nodiscard]] Ref FindApplication(const Attached& attached,
                                    const interpreters::Script& script,
                                    const MountedApplication& mounted,
                                    wsgi::Answer& answer) const;
  [[nodiscard]] bool is_daemon() const { return !process_.settings.process_group.empty(); }

  ApplicationProcess::State& process_;
  WorkerStates states_;
  Stay stay_;
  int thread_id_;
  const std::shared_ptr<Interruptible> interruptible_ = std::make_shared<Interruptible>();
  RequestIds request_ids_;
  std::string_view request_id_;  // of the request that is answered
  double begun_at_ = 0;
  status::Seat* const seat_;  // null: nobody wants to see what this thread does
};

void Worker::State::Answer(const exchange::RequestHead& head,
                           exchange::RequestBody& body,
                           exchange::AnswerSink& sink,
                           std::uint64_t turn) {
  const Staying staying(stay_);
  request_id_ = request_ids_.Next();
  const python::LogContext context(Logged(head, head.script, head.application_group));
  begun_at_ = SecondsSinceEpoch();
  status::Presence presence(seat_);
  if (seat_ != nullptr) seat_->queue_us.Note(InMicroseconds(begun_at_) - head.received_at_us);
  wsgi::Answer answer(sink);
  interpreters::RequestMetrics& metrics = *process_.metrics;
  std::optional<RequestMeasure> measure;
  if (metrics.are_wanted()) measure.emplace(body, answer);
  const bool is_recorded = measure && metrics.is_recording();
  if (is_recorded) metrics.Begin(thread_id_, begun_at_);
  Ran ran = Ran::Answered;
  if (auto place = states_.Enter(head.application_group)) {
    const auto asked_at = seat_ != nullptr ? base::Clock::now() : base::Clock::time_point();
    const Attached attached(*place->state);
    if (seat_ != nullptr) seat_->gil_ns.Note((base::Clock::now() - asked_at).count());
    if (turn != 0) interruptible_->Begin(attached, turn, head.application_group);
    ran = Run(attached, *place->interpreter, head, body, answer, measure);
    if (turn != 0) interruptible_->End(attached);
  } else {
    answer.Fail(500);  // ERR-33; logged where it happened
  }
  const double finished_at = is_recorded ? SecondsSinceEpoch() : 0;
  if (ran == Ran::Refused) {
    if (is_recorded) metrics.Forget(thread_id_);
    return sink.Refuse();
  }
  presence.NoteAnswer();
  answer.Complete();
  if (is_recorded) metrics.End(thread_id_, measure->CostOf(head, begun_at_, finished_at));
}

Worker::State::Ran Worker::State::Run(const Attached& attached,
                                      interpreters::HostedInterpreter& interpreter,
                                      const exchange::RequestHead& head,
                                      exchange::RequestBody& body,
                                      wsgi::Answer& answer,
                                      std::optional<RequestMeasure>& measure) {
  interpreters::CurrentRequest request(
      attached, interpreter.module().active_requests(), request_id_, thread_id_);
  std::optional<interpreters::Sight> sight;
  if (head.reloads_scripts) {
    sight = {.changed_at_ns = head.script_changed_at_ns, .asked_for = head.script_filename};
  }
  const auto current = CurrentScript(attached,
                                     interpreter,
                                     head.script,
                                     sight,
                                     is_daemon() ? IfOutdated::Leave : IfOutdated::Load);
  if (current.is_outdated) return Ran::Refused;
  if (current.script == nullptr) {
    answer.Fail(500);
    return Ran::Answered;
  }
  process_.settings.on_load();
  try {
    auto& mounts = static_cast<MountedApplications&>(interpreter.companion());
    const auto mounted = mounts.For(attached, head);
    const Ref application = FindApplication(attached, *current.script, *mounted, answer);
    if (!application) return Ran::Answered;
    const interpreters::ModWsgiModule& module = interpreter.module();
    const bool is_observed = module.has(attached, interpreters::ModWsgiModule::Subscribers::Events);
    if (is_observed && !measure) measure.emplace(body, answer);  // the script has just subscribed
    RequestEvents events(module, request, head, begun_at_);
    mounts.adapter().Serve(attached,
                           wsgi::Call{application.get(),
                                      mounted->environ_template,
                                      head,
                                      measure ? measure->body() : body,
                                      Variables(),
                                      is_observed ? &events : nullptr},
                           answer);
    if (is_observed) {
      events.Finished(attached, measure->CostOf(head, begun_at_, SecondsSinceEpoch()));
    }
  } catch (const PythonError& error) {
    python::LogFailure("H0302", "A request could not be prepared", error.Describe(attached));
    answer.Fail(500);
  }
  return Ran::Answered;
}

python::LoggedRequest Worker::State::Logged(const exchange::RequestHead& head,
                                            std::string_view script,
                                            std::string_view application_group) const {
  return {.client = head.remote_address,
          .client_port = head.remote_port,
          .script = script,
          .thread = thread_id_,
          .application_group = application_group,
          .request_id = request_id_,
          .log = deployment::ErrorLogOf(process_.deployment, head.virtual_host)};
}

wsgi::RequestVariables Worker::State::Variables() const {
  wsgi::RequestVariables variables;
  variables.request_id = request_id_;
  variables.thread_id = thread_id_;
  variables.daemon_start = is_daemon() ? begun_at_ : 0;
  variables.application_start = begun_at_;
  return variables;
}

void Worker::State::Choose(const exchange::RequestHead& head, exchange::AnswerSink& sink) {
  const Staying staying(stay_);
  request_id_ = request_ids_.Next();
  const python::LogContext context(Logged(head, head.dispatch_script, head.dispatch_group));
  begun_at_ = SecondsSinceEpoch();
  const status::Presence presence(seat_);
  std::optional<exchange::Choice> choice;
  if (auto place = states_.Enter(head.dispatch_group)) {
    const Attached attached(*place->state);
    choice = Ask(attached, *place->interpreter, head);
  }
  if (choice) {
    sink.Choose(*std::move(choice));
    return;
  }
  wsgi::Answer answer(sink);
  answer.Fail(500);
  answer.Complete();
}

std::optional<exchange::Choice> Worker::State::Ask(const Attached& attached,
                                                   interpreters::HostedInterpreter& interpreter,
                                                   const exchange::RequestHead& head) {
  std::optional<interpreters::Sight> sight;  // its reload_required() is not asked, as in mod_wsgi
  if (head.reloads_scripts) sight = {.changed_at_ns = head.dispatch_changed_at_ns, .asked_for = {}};
  const auto current =
      CurrentScript(attached, interpreter, head.dispatch_script, sight, IfOutdated::Load);
  const auto& script = current.script;
  if (script == nullptr) return exchange::Choice{};  // LOAD-21: as configured; logged as H0304
  try {
    auto& mounts = static_cast<MountedApplications&>(interpreter.companion());
    const auto mounted = mounts.For(attached, head);
    exchange::Choice choice;
    mounts.adapter().ShowEnviron(
        attached, mounted->environ_template, head, Variables(), [&](PyObject* environ) {
          choice = AskDispatchScript(attached, *script, environ);
        });
    return choice;
  } catch (const PythonError& error) {
    python::LogFailure("H0330",
                       fmt::format("The dispatch script '{}' failed", head.dispatch_script),
                       error.Describe(attached));
    return std::nullopt;
  }
}

// Requests inside the old module finish with it; each interpreter notices by itself (RELOAD-2).
Worker::State::Current Worker::State::CurrentScript(const Attached& attached,
                                                    interpreters::HostedInterpreter& interpreter,
                                                    std::string_view path,
                                                    const std::optional<interpreters::Sight>& sight,
                                                    IfOutdated if_outdated) const {
  interpreters::Scripts& scripts = interpreter.scripts();
  std::shared_ptr<const interpreters::Script> outdated;
  auto script = scripts.Find(path);
  while (true) {
    if (script == nullptr) {
      auto loaded = scripts.Load(attached, path, outdated);
      script = std::move(loaded.script);
      if (script != nullptr && !loaded.by_another_thread) {
        process_.NoteScript(interpreter.application_group(), path);
      }
      // Another thread may have read it before this request was sent.
      if (!loaded.by_another_thread) return {.script = std::move(script)};
    }
    if (!sight || !script->IsOutdated(attached, *sight)) return {.script = std::move(script)};
    if (if_outdated == IfOutdated::Leave) {
      base::Log(base::LogLevel::Info,
                "H0341",
                "{}Forcing restart of process '{}': WSGI script '{}' has changed, the next process "
                "loads it",
                python::LogPrefix(),
                process_.settings.process_group,
                path);
      return {.script = std::move(script), .is_outdated = true};
    }
    outdated = std::exchange(script, nullptr);
  }
}

// Null when there is none; the answer has failed then.
Ref Worker::State::FindApplication(const Attached& attached,
                                   const interpreters::Script& script,
                                   const MountedApplication& mounted,
                                   wsgi::Answer& answer) const {
  Ref application = script.Global(attached, mounted.callable_name.get());
  if (!application) {
    base::Log(base::LogLevel::Error,
              "H0305",
              "{}Python script file '{}' has no '{}'",
              python::LogPrefix(),
              script.path(),
              python::TextOf(mounted.callable_name.get()));
    answer.Fail(is_daemon() ? 500 : 404);  // ERR-5, ERR-40
  }
  return application;
}

Worker::Worker(ApplicationProcess& process) : state_(std::make_unique<State>(*process.state_)) {}

Worker::~Worker() = default;

void Worker::Refuse(exchange::AnswerSink& sink, int status) {
  wsgi::Answer answer(sink);
  answer.Fail(status);
  answer.Complete();
}

void Worker::Answer(const exchange::RequestHead& head,
                    exchange::RequestBody& body,
                    exchange::AnswerSink& sink,
                    std::uint64_t turn) {
  if (!head.dispatch_script.empty()) return state_->Choose(head, sink);
  state_->Answer(head, body, sink, turn);
}

std::shared_ptr<const Interruptible> Worker::interruptible() const {
  return state_->interruptible();
}

}  // namespace hosts::applications
