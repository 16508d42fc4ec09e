#include "hosts/interpreters/metrics_functions.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <string>
#include <utility>

#include "hosts/python/call.h"
#include "hosts/python/shared_capsule.h"

namespace hosts::interpreters {

using python::Attached;
using python::Check;
using python::Ref;
using python::Take;
using python::Trampoline;

namespace {

RequestMetrics& MetricsOf(PyObject* capsule) {
  return python::InCapsule<RequestMetrics>(capsule);
}

bool IsRecordedHere(const RequestMetrics& metrics) {
  return metrics.is_of_this_process() && metrics.is_recording();
}

Ref Number(std::uint64_t number) {
  return Take(PyLong_FromUnsignedLongLong(number));
}
Ref Number(int number) {
  return Take(PyLong_FromLong(number));
}
Ref Number(double number) {
  return Take(PyFloat_FromDouble(number));
}

void Set(const Ref& dict, const std::string& name, const Ref& value) {
  Check(PyDict_SetItemString(dict.get(), name.c_str(), value.get()));
}
template <typename Value>
void SetNumber(const Ref& dict, const std::string& name, Value value) {
  Set(dict, name, Number(value));
}

template <typename Values, typename MakeItem>
Ref ListOf(const Values& values, const MakeItem& make_item) {
  Ref list = Take(PyList_New(0));
  for (const auto& value : values) {
    const Ref item = make_item(value);
    Check(PyList_Append(list.get(), item.get()));
  }
  return list;
}

// Bytes.
void SetMemory(const Ref& dict) {
  constexpr std::uint64_t kKib = 1024;
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  std::uint64_t size = 0;
  std::uint64_t resident = 0;
  std::ifstream("/proc/self/statm") >> size >> resident;  // pages
  SetNumber(dict, "memory_max_rss", static_cast<std::uint64_t>(usage.ru_maxrss) * kKib);
  SetNumber(dict, "memory_rss", resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)));
}

PyObject* WantCosts(PyObject* capsule, PyObject*) {
  return Trampoline([capsule](const Attached&) {
    MetricsOf(capsule).Want();
    return python::None();
  });
}

PyObject* StartRecording(PyObject* capsule, PyObject*) {
  return Trampoline([capsule](const Attached&) {
    if (MetricsOf(capsule).is_of_this_process()) MetricsOf(capsule).StartRecording();
    return python::None();
  });
}

PyObject* ProcessMetrics(PyObject* capsule, PyObject*) {
  return Trampoline([capsule](const Attached&) {
    const RequestMetrics& metrics = MetricsOf(capsule);
    if (!IsRecordedHere(metrics)) return python::None();
    const auto totals = metrics.totals();
    const ProcessorTime used = ProcessorTimeOfProcess();
    const double now = SecondsSinceEpoch();
    Ref dict = Take(PyDict_New());
    SetNumber(dict, "pid", static_cast<int>(::getpid()));
    SetNumber(dict, "request_busy_time", totals.busy_time);
    SetNumber(dict, "request_count", totals.requests);
    SetMemory(dict);
    SetNumber(dict, "cpu_user_time", used.user);
    SetNumber(dict, "cpu_system_time", used.system);
    SetNumber(dict, "cpu_time", used.user + used.system);
    SetNumber(dict, "restart_time", metrics.made_at());
    SetNumber(dict, "current_time", now);
    SetNumber(dict, "running_time", static_cast<std::uint64_t>(now - metrics.made_at()));
    SetNumber(dict, "request_threads", static_cast<std::uint64_t>(totals.threads.size()));
    SetNumber(dict, "active_requests", totals.active);
    Set(dict, "threads", ListOf(totals.threads, [](const auto& entry) {
          Ref thread = Take(PyDict_New());
          SetNumber(thread, "thread_id", entry.first);
          SetNumber(thread, "request_count", entry.second.completed);
          return thread;
        }));
    return dict;
  });
}

void SetUtilization(const Ref& dict, const RequestMetrics::Interval& interval, int threads) {
  const double period = interval.stop - interval.start;
  const auto share = [period](double part) { return period > 0 ? part / period : 0; };
  const double user = interval.cpu_user_time;
  const double system = interval.cpu_system_time;
  double busy = 0;
  for (const auto& [number, thread] : interval.threads)
    busy += thread.busy_time;
  SetNumber(dict, "start_time", interval.start);
  SetNumber(dict, "stop_time", interval.stop);
  SetNumber(dict, "sample_period", period);
  for (const auto& [name, used] : {std::pair("cpu_user", user),
                                   std::pair("cpu_system", system),
                                   std::pair("cpu", user + system)}) {
    SetNumber(dict, std::string(name) + "_utilization", share(used));
    SetNumber(dict, std::string(name) + "_time", share(used));  // mod_wsgi says it by both names
  }
  SetNumber(dict, "request_threads_maximum", threads);
  SetNumber(dict, "request_threads_started", static_cast<std::uint64_t>(interval.threads.size()));
  SetNumber(dict, "request_threads_active", interval.active);
  SetNumber(dict, "capacity_utilization", share(busy) / std::max(threads, 1));
  SetNumber(dict, "request_count", interval.requests);
  SetNumber(dict, "request_throughput", share(static_cast<double>(interval.requests)));
}

void SetDurations(const Ref& dict, const RequestMetrics::Interval& interval) {
  const std::pair<const char*, const Durations*> all[] = {
      {"server_time", &interval.server},
      {"queue_time", &interval.queue},
      {"daemon_time", &interval.daemon},
      {"application_time", &interval.application},
      {"request_time", &interval.request},
      {"gil_wait_time", &interval.gil_wait},
      {"input_read_time", &interval.input},
      {"output_write_time", &interval.output}};
  for (const auto& [name, durations] : all) {
    constexpr double kMicroseconds = 1e6;
    const std::string of_it = name;
    const auto or_none = [its = durations](auto value) {
      return its->count > 0 ? Number(value) : python::None();
    };
    const auto in_us = [](double seconds) {
      return static_cast<std::uint64_t>(seconds * kMicroseconds);
    };
    Set(dict, of_it, or_none(durations->mean()));
    Set(dict, of_it + "_min_us", or_none(in_us(durations->shortest)));
    Set(dict, of_it + "_max_us", or_none(in_us(durations->longest)));
    Set(dict, of_it + "_buckets", ListOf(durations->buckets, [](std::uint64_t count) {
          return Number(count);
        }));
  }
}

void SetThreads(const Ref& dict, const RequestMetrics::Interval& interval) {
  using OfThread = RequestMetrics::OfThread;
  const auto list_of = [&interval](const auto& figure) {
    return ListOf(interval.threads,
                  [&figure](const auto& entry) { return Number(figure(entry.second)); });
  };
  const Ref completed = list_of([](const OfThread& thread) { return thread.completed; });
  Set(dict, "request_threads_completed", completed);
  Set(dict, "request_threads_buckets", completed);
  Set(dict, "request_threads_busy_time", list_of([](const OfThread& thread) {
        return thread.busy_time;
      }));
  Set(dict, "request_threads_cpu_time", list_of([](const OfThread& thread) {
        return thread.cpu_time;
      }));
  Set(dict, "request_threads_max_duration", list_of([](const OfThread& thread) {
        return thread.longest;
      }));
  Set(dict, "request_threads_current_elapsed", list_of([&interval](const OfThread& thread) {
        return thread.busy_since > 0 ? std::max(interval.stop - thread.busy_since, 0.0) : 0.0;
      }));
}

PyObject* IntervalMetrics(PyObject* capsule, PyObject*) {
  return Trampoline([capsule](const Attached&) {
    RequestMetrics& metrics = MetricsOf(capsule);
    if (!IsRecordedHere(metrics)) return python::None();
    const auto interval = metrics.TakeInterval();
    Ref dict = Take(PyDict_New());
    SetNumber(dict, "pid", static_cast<int>(::getpid()));
    SetUtilization(dict, interval, metrics.threads());
    SetMemory(dict);
    for (std::size_t i = 1; i < interval.by_class.size(); ++i)
      SetNumber(dict, "status_" + std::to_string(i) + "xx", interval.by_class[i]);
    SetNumber(dict, "input_bytes", interval.input_bytes);
    SetNumber(dict, "input_reads", interval.input_reads);
    SetNumber(dict, "output_bytes", interval.output_bytes);
    SetNumber(dict, "output_writes", interval.output_writes);
    SetNumber(dict, "gil_wait_count", interval.gil_wait_count);
    SetDurations(dict, interval);
    SetThreads(dict, interval);
    return dict;
  });
}

// hosts/deviations.md, OUT-5.
PyObject* ServerMetrics(PyObject*, PyObject*) {
  return Py_NewRef(Py_None);
}

PyMethodDef methods[] = {
    {"_want_costs", WantCosts, METH_NOARGS, nullptr},
    {"start_recording_metrics",
     StartRecording,
     METH_NOARGS,
     "From now on it is counted what the requests of this process cost."},
    {"process_metrics",
     ProcessMetrics,
     METH_NOARGS,
     "What this process has done since recording began: a dict; None before."},
    {"request_metrics",
     IntervalMetrics,
     METH_NOARGS,
     "What requests have cost since the last call: a dict; None before recording began."},
    {"server_metrics", ServerMetrics, METH_NOARGS, "None: see the status page of the server."}};

}  // namespace

void AddMetricsFunctions(const Attached&,
                         const Ref& module,
                         const std::shared_ptr<RequestMetrics>& metrics) {
  const Ref capsule = python::CapsuleOf(metrics);
  for (PyMethodDef& method : methods) {
    const Ref function = Take(PyCFunction_New(&method, capsule.get()));
    Check(PyObject_SetAttrString(module.get(), method.ml_name, function.get()));
  }
}

}  // namespace hosts::interpreters
