#include "harness/command/places.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <cstdlib>
#include <ctime>

#include "harness/adapters/engine_adapter.h"

namespace harness::command {

namespace fs = std::filesystem;

namespace {

fs::path FromEnvironment(const char* name, const fs::path& otherwise) {
  const char* told = std::getenv(name);
  return told == nullptr || *told == '\0' ? otherwise : fs::absolute(told);
}

}  // namespace

Places FindPlaces() {
  Places places;
  places.checkout = WSGILAB_SOURCE_FOLDER;
  places.apps = FromEnvironment("WSGILAB_APPS", places.checkout / "apps");
  places.venv = FromEnvironment("WSGILAB_VENV", places.checkout / "build" / "venv");
  places.peers = FromEnvironment("WSGILAB_PEERS", places.checkout / "build" / "peers");
  places.host = adapters::FindEngine();
  std::error_code problem;
  places.program = fs::read_symlink("/proc/self/exe", problem);
  places.checks =
      FromEnvironment("WSGILAB_CHECKS", places.program.parent_path() / "wsgilab-checks");
  return places;
}

fs::path NewRunFolder(const fs::path& checkout) {
  const fs::path base = (fs::exists(checkout) ? checkout : fs::current_path()) / "build" / "runs";
  const std::string now = fmt::format("{:%Y%m%dT%H%M%SZ}", fmt::gmtime(std::time(nullptr)));
  for (int number = 1;; ++number) {
    fs::path folder = base / fmt::format("{}-{}", now, number);
    if (!fs::exists(folder)) return folder;
  }
}

}  // namespace harness::command
