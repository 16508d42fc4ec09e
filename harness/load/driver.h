#pragma once
// RunLoad: offers requests to a host as a profile says and measures every answer.
//
// One thread, one epoll, requests formatted beforehand, connections opened before the clock
// starts; in the steady state nothing is allocated. Requests of a mix take turns (request_mix.h).
// An answer has come when its last byte has: in the open loop the kernel's stamp says when that was, so
// that it does not matter how late this thread woke up; in the closed loop, when it was read. A request that
// this thread sent late although a connection was free is late by its own fault: that is counted apart.
//
// Threads: blocks its caller until the phase is over: at most duration + drain.
// Fails:   when no connection can be made at the start; when a mix or an address is not understood. A
//          host that breaks later is a result, with its failures counted.

#include <functional>
#include <string>
#include <vector>

#include "harness/load/endpoint.h"
#include "harness/load/load_result.h"
#include "harness/load/profile.h"
#include "hosts/base/result.h"

namespace harness::load {

// `is_interrupted` is asked at every turn, where given; yes ends the phase at once.
[[nodiscard]] hosts::base::Result<LoadResult> RunLoad(
    const Target& target,
    const std::vector<LoadRequest>& requests,
    const LoadProfile& profile,
    const std::function<bool()>& is_interrupted = {});

}  // namespace harness::load
