#pragma once
// The functions of the module mod_wsgi that tell what requests cost: start_recording_metrics, process_metrics,
// request_metrics, server_metrics; and _want_costs, for subscribers of events.
//
// Threads: attached.
// Fails:   throws PythonError.
// Source:  API-4, OUT-5. Keys and units are those that mod_wsgi answers.

#include <memory>

#include "hosts/interpreters/request_metrics.h"
#include "hosts/python/ref.h"
#include "hosts/python/thread_state.h"

namespace hosts::interpreters {

void AddMetricsFunctions(const python::Attached& attached,
                         const python::Ref& module,
                         const std::shared_ptr<RequestMetrics>& metrics);

}  // namespace hosts::interpreters
