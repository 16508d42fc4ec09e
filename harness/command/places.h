#pragma once
// Places: where the programs, the applications and their Python environment are, unless somebody says
// otherwise.

#include <filesystem>
#include <string>

namespace harness::command {

struct Places {
  std::filesystem::path checkout;  // the source tree this program was built from
  std::filesystem::path apps;      // $WSGILAB_APPS, or apps/ of the checkout
  std::filesystem::path venv;      // $WSGILAB_VENV, or build/venv of the checkout
  std::filesystem::path host;      // $WSGILAB_HOST, or wsgilab-host beside this program
  std::filesystem::path peers;     // $WSGILAB_PEERS, or build/peers of the checkout
  std::filesystem::path program;   // this one
  std::filesystem::path checks;    // $WSGILAB_CHECKS, or wsgilab-checks beside this program
};

[[nodiscard]] Places FindPlaces();

// A folder for a run that has no name yet: build/runs/<utc>-<n> of the checkout, or of the current
// folder when there is no checkout.
[[nodiscard]] std::filesystem::path NewRunFolder(const std::filesystem::path& checkout);

}  // namespace harness::command
