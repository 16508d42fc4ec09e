#pragma once
// The lines of one cell of a sample run: everything that is measured, from plausible constants.

#include <string>
#include <vector>

#include "reports/record/record.h"

namespace reports::samples {

inline constexpr double kRunStart = 1'769'860'800;  // 2026-01-31 12:00:00 UTC

struct SampleMode {
  bool is_daemon = false;
  bool is_sub = false;
  bool is_preload = false;

  [[nodiscard]] std::string Name() const;  // "daemon/sub/preload"
};

struct SampleApp {
  std::string name;
  std::string title;
  double import_ms = 0;       // a lazy first request pays this
  double first_page_ms = 0;   // what the first request costs even when preloaded
  double requests_per_s = 0;  // closed loop, embedded, main
  double memory_mib = 0;      // of the application alone
  std::vector<std::string> tour;
};

// hello, django_accounts, django_secondapp, flask_notes.
[[nodiscard]] const std::vector<SampleApp>& SampleApps();
// Embedded first, main before sub, lazy before preload.
[[nodiscard]] const std::vector<SampleMode>& SampleModes();

[[nodiscard]] std::string CellId(const SampleMode& mode, const SampleApp& app);

// `index` is the cell's place in the run: it decides pids and instants.
[[nodiscard]] std::vector<record::Line> SampleCell(const SampleMode& mode,
                                                   const SampleApp& app,
                                                   int index);
// The `cell` line alone, with the outcome ok.
[[nodiscard]] record::Cell SampleCellLine(const SampleMode& mode, const SampleApp& app);

}  // namespace reports::samples
