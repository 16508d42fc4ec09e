#pragma once
// EveryHost: the hosts there are, the engine first, then engines with other Pythons (engines.h), then those it is held
// against; which are installed, their Probe() says.
//
// Fails:   never.

#include <filesystem>
#include <memory>
#include <vector>

#include "harness/adapters/ask_program.h"
#include "harness/adapters/host_adapter.h"

namespace harness::adapters {

inline constexpr std::string_view kEngine = "engine";

// `peers` is the environment that scripts/setup --peers makes: build/peers. Programs elsewhere are named
// by WSGILAB_ENGINES, WSGILAB_APACHE, WSGILAB_MOD_WSGI, WSGILAB_GUNICORN, WSGILAB_UWSGI and WSGILAB_GRANIAN.
[[nodiscard]] std::vector<std::unique_ptr<HostAdapter>> EveryHost(
    const std::filesystem::path& engine,
    const std::filesystem::path& peers,
    const Environment& environment);

}  // namespace harness::adapters
