#pragma once
// FoundEngine:  a program of the engine. There is one for each Python that it was built for.
// OtherEngines: those beside the run's own, which FindEngine() finds.
//
//   engine         the run's own: $WSGILAB_HOST, or wsgilab-host beside this program
//   engine-3.14    wsgilab-host-3.14 in the folder of that one, or 3.14=PROGRAM of $WSGILAB_ENGINES, which may say
//                  several, with : between them
//   engine-3.14t   one for a Python that was built without a GIL
//
// Each is a host like others: a run has cells of it when it is asked for by its name. The name says a Python, and what a
// program says of itself is held against it: a Python that nobody asked for is not used.
//
// Fails:   never: what is wrong with an engine is said when it is asked for (EngineAdapter::Probe).

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace harness::adapters {

struct FoundEngine {
  std::string python;             // "3.14", "3.14t"; of the run's own: empty, whichever it has
  std::filesystem::path program;  // empty: `wrong` says why
  std::string wrong = {};

  [[nodiscard]] std::string name() const;  // of the host
};

// In order of their Pythons; each Python once, and what is told goes before what lies beside the engine. `told` is
// $WSGILAB_ENGINES.
[[nodiscard]] std::vector<FoundEngine> OtherEngines(const std::filesystem::path& engine,
                                                    std::string_view told);

// "3.14" of "3.14.8"; with "t" behind it of one without a GIL.
[[nodiscard]] std::string PythonSeries(std::string_view version, bool is_free_threaded);
[[nodiscard]] bool IsFreeThreaded(std::string_view series);

}  // namespace harness::adapters
