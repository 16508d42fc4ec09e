#pragma once
// Subject: one arm in one block: a fresh host that serves the application where it was asked to, and what is measured of it.
//
//   set up -> launch -> first request -> proof of placement -> warm-up -> windows, as many as are wanted -> end
//
// Many subjects may be there at the same time; who offers requests to one of them lets the others rest.
//
// Owns:    its host and its directory; both are gone when it is.
// Threads: one at a time.
// Fails:   Start and Offer: what went wrong, in a sentence that says where; a host that died says how. A host that is not where it was
//          asked to be is an error: it gets no numbers.

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/experiment/arm.h"
#include "harness/launch/cell_directory.h"
#include "harness/launch/host_process.h"
#include "harness/load/load_result.h"
#include "harness/sampling/hiccups.h"
#include "harness/tour/tour.h"
#include "harness/tour/walk.h"
#include "hosts/base/result.h"

namespace harness::experiment {

// What every subject of an experiment begins with.
struct Beginning {
  std::string script_template;
  tour::Tour tour;
  std::filesystem::path data;  // of the application; copied
  tour::Visitor visitor;       // whose cookies the requests carry; `data` knows him
};

struct Window {
  std::chrono::nanoseconds duration{std::chrono::milliseconds(100)};
  int connections = 1;
};

class Subject {
 public:
  // `hash_seed` is Python's: arms of one block that have the same differ in less.
  [[nodiscard]] static hosts::base::Result<Subject> Start(const Arm& arm,
                                                          const Beginning& beginning,
                                                          int connections,
                                                          std::uint32_t hash_seed);

  // Takes all of the tour, which must go as it should, and from then on asks with the cookies that it ended with.
  [[nodiscard]] hosts::base::Result<tour::Visitor> TakeTour(const tour::Tour& tour);

  // Offers all steps in turn, in the closed loop. An answer that is not as it should be is an error.
  [[nodiscard]] hosts::base::Result<load::LoadResult> Offer(
      const Window& window, const std::function<bool()>& is_interrupted);
  // The same, and it counts.
  [[nodiscard]] hosts::base::Result<void> Measure(const Window& window,
                                                  const std::function<bool()>& is_interrupted);

  // By metric, of all windows that counted. A percentile that they cannot support is absent.
  [[nodiscard]] std::map<std::string, double> Values() const;
  [[nodiscard]] std::int64_t requests() const { return latency_.count(); }
  // How late the machine woke a thread that only slept, in the windows that counted.
  [[nodiscard]] const sampling::Histogram& hiccups() const { return hiccups_; }
  [[nodiscard]] const tour::Site& site() const { return site_; }
  // Where the application's data is; it stays what it is once the host has ended.
  [[nodiscard]] std::filesystem::path data() const { return directory_.data(); }

  // Ends the host at once. In the destructor otherwise.
  void End() { host_.reset(); }

 private:
  Subject(launch::CellDirectory directory, launch::HostProcess host)
      : directory_(std::move(directory)), host_(std::move(host)) {}
  hosts::base::Result<void> AskFirst(const Beginning& beginning);
  hosts::base::Result<void> ProvePlacement(const Arm& arm, double ready_at, double asked_at);
  [[nodiscard]] hosts::base::Error WrongAnswer(const tour::StepResult& step) const;
  [[nodiscard]] hosts::base::Error Explained(const hosts::base::Error& error);

  launch::CellDirectory directory_;
  std::optional<launch::HostProcess> host_;
  tour::Site site_;
  std::vector<load::LoadRequest> requests_;
  double ready_ms_ = 0;
  double first_request_ms_ = 0;
  load::Histogram latency_;
  sampling::Histogram hiccups_;
  double seconds_ = 0;
  std::chrono::nanoseconds cpu_{0};
};

}  // namespace harness::experiment
