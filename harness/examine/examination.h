#pragma once
// Examine: everything that `wsgilab check` finds out about applications before their cells are measured, written line by line:
//
//   reference     asked three times in one mode, on a fresh host each time: what do the answers have in common?
//   modes         asked the same in each other mode: does it answer the same?
//   loading       in the reference once more, with CPython's import profile: where does the time go?
//   two copies    in two interpreters of one process: does it disturb itself?
//   imports       can what is installed be imported in every kind of interpreter, and after another?
//   company       applications of one configuration: as it is, and each in groups of its own
//
// What differs is asked again, on another fresh host, before it is said to differ.
//
// Owns:    nothing beyond its own life; hosts end with each step.
// Fails:   never: what could not be found out is a line that says why.

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/examine/answer_pattern.h"
#include "harness/examine/import_audit.h"
#include "harness/examine/performance.h"
#include "harness/examine/subject.h"
#include "harness/matrix/expansion.h"

namespace harness::examine {

struct ExaminationOrder {
  Stage stage;
  std::vector<Subject> subjects;
  std::vector<hosts::deployment::Mode> modes;  // to be tried
  std::string host = "engine";                 // its name in cells
  std::string host_python;                     // "3.11.2"
  std::filesystem::path folder;                // apps/examine
  bool with_imports = true;
  bool with_copies = true;
};

class Examination {
 public:
  explicit Examination(ExaminationOrder order) : order_(std::move(order)) {}

  // `entering` is told what begins.
  void Run(std::function<void(reports::record::Line)> write,
           std::function<void(std::string_view)> entering);

  // What is asked in the cells: its requests, with the answers that they have been seen to get.
  [[nodiscard]] hosts::base::Result<tour::Tour> TourOf(const matrix::App& app) const;
  // Why a cell need not be measured: the application does not work there.
  [[nodiscard]] std::optional<std::string> WhySkipped(const matrix::Cell& cell) const;

 private:
  // What is known of an application after it was asked in its reference.
  struct Known {
    std::string reference;
    hosts::deployment::Mode mode;                    // the same
    std::vector<std::vector<tour::Answer>> answers;  // by step: all that were heard there
    std::vector<AnswerPattern> patterns;             // by step: what they have in common
    std::vector<std::string> imported;
    std::map<std::string, std::string> broken;  // modes, and the reason
  };

  void Write(reports::record::Line line);
  void RunOne(Subject& subject);
  bool Learn(Subject& subject, Known& known);
  void SayBrokenEverywhere(const Subject& subject,
                           const Performance& seen,
                           const std::string& mode);
  void TryMode(const Subject& subject, Known& known, const hosts::deployment::Mode& mode);
  // Asks in the reference once more: what varies with the clock shows only after a while.
  void LearnMore(const Subject& subject, Known& known);
  // What `ask` heard. Where it is not the same, more is learned, it is asked again, and what is the same then, is.
  std::vector<reports::record::Replay> AskedTwice(
      const std::function<std::vector<reports::record::Replay>()>& ask,
      const std::function<void()>& learn_more) const;
  // Where the time goes in which it is loaded.
  void ProfileLoading(const Subject& subject, const Known& known);
  void TryCopies(const Subject& subject, Known& known);
  void TryImports(const Subject& subject, const Known& known);
  void TryCompany();
  void TryTogether(std::string_view arrangement, const std::string& directives);
  [[nodiscard]] bool MustStop() const { return order_.stage.is_interrupted(); }
  [[nodiscard]] matrix::Cell CellOf(const Subject& subject,
                                    const hosts::deployment::Mode& mode) const;
  // The lines of what was heard, held against what is known.
  [[nodiscard]] std::vector<reports::record::Replay> Compare(
      const Subject& subject,
      const Known& known,
      const Performance& seen,
      std::optional<std::size_t> visit) const;

  ExaminationOrder order_;
  std::function<void(reports::record::Line)> write_;
  std::function<void(std::string_view)> entering_;
  std::map<std::string, Known> known_;  // by application
  std::vector<reports::record::Line> written_;
};

}  // namespace harness::examine
