#include "harness/command/report_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <memory>
#include <string_view>

#include "harness/command/exit.h"
#include "harness/command/record_file.h"
#include "harness/command/side_by_side_report.h"
#include "reports/csv/csv.h"
#include "reports/github/annotations.h"
#include "reports/google_benchmark/google_benchmark.h"
#include "reports/html/html.h"
#include "reports/junit/junit.h"
#include "reports/markdown/markdown.h"
#include "reports/record/reader.h"
#include "reports/text/summary.h"
#include "reports/trackers/bencher.h"
#include "reports/trackers/github_action_benchmark.h"

namespace harness::command {

namespace fs = std::filesystem;
using hosts::base::Error;
using hosts::base::ErrorKind;
using hosts::base::Result;
using reports::record::Record;

namespace {

constexpr int kColumns = 100;

struct ReportOptions {
  std::string run;
  std::vector<std::string> compared;  // two runs, in place of it
  std::vector<std::string> outputs;   // "html=FILE", "text=-"
};

std::string Summary(const Record& record) {
  return reports::text::RenderSummary(record, kColumns);
}

// As a form that cannot fail.
template <std::string (*render)(const Record&)>
Result<std::string> Made(const Record& record) {
  return render(record);
}

// What a record can be made into: the one table, of which the help is made as well.
struct Form {
  std::string_view name;
  std::string_view what;
  Result<std::string> (*render)(const Record&);
};
constexpr Form kForms[] = {
    {"html",
     "the page: one file that opens without a network",
     [](const Record& record) { return reports::html::RenderHtml(record); }},
    {"text", "what a run ends with on a terminal", Made<Summary>},
    {"junit",
     "JUnit XML, for Jenkins, GitLab, and actions that show tests on GitHub",
     Made<reports::junit::RenderJunit>},
    {"markdown",
     "a summary for a pull request: under 65,536 characters",
     Made<reports::markdown::RenderComment>},
    {"job-summary",
     "the same with room for more: under 1 MiB",
     Made<reports::markdown::RenderJobSummary>},
    {"github",
     "what failed, as annotations: print it in a step of GitHub Actions",
     Made<reports::github::RenderAnnotations>},
    {"csv", "every number, a row for each", Made<reports::csv::RenderCsv>},
    {"bencher",
     "Bencher Metric Format: bencher run --adapter json",
     Made<reports::trackers::RenderBencher>},
    {"github-action-benchmark-smaller",
     "its tool customSmallerIsBetter: times, sizes, ratios",
     Made<reports::trackers::RenderSmallerIsBetter>},
    {"github-action-benchmark-bigger",
     "its tool customBiggerIsBetter: requests per second",
     Made<reports::trackers::RenderBiggerIsBetter>},
    {"benchmark",
     "the JSON of Google Benchmark, for its tools/compare.py",
     Made<reports::google_benchmark::WriteResults>},
};

// "html, text, …"
std::string FormNames() {
  std::string names;
  for (const Form& form : kForms)
    names += fmt::format("{}{}", names.empty() ? "" : ", ", form.name);
  return names;
}

std::string FormsHelp() {
  const std::size_t width =
      std::ranges::max(kForms, {}, [](const Form& form) { return form.name.size(); }).name.size();
  std::string help = "Forms:\n";
  for (const Form& form : kForms)
    help += fmt::format("  {:<{}}  {}\n", form.name, width, form.what);
  return help;
}

Result<std::string> Render(std::string_view name, const Record& record) {
  const auto* const form = std::ranges::find(kForms, name, &Form::name);
  if (form != std::end(kForms)) return form->render(record);
  return Error{ErrorKind::InvalidInput,
               fmt::format("no report has the form '{}': there are {}", name, FormNames())};
}

int ReportIt(const ReportOptions& options) {
  if (options.run.empty() == options.compared.empty())
    return Complain("name one run, or two with --compare: see wsgilab report --help", kMisuse);
  if (!options.compared.empty()) return ReportSideBySide(options.compared, options.outputs);
  const fs::path given(options.run);
  const fs::path file = fs::is_directory(given) ? given / "record.jsonl" : given;
  if (!fs::exists(file)) {
    return Complain(fmt::format("there is no record {}: name a run's folder or its record.jsonl",
                                file.string()),
                    kMisuse);
  }
  const auto record = reports::record::ReadRecord(file);
  if (!record) return Complain(record.error().Text(), kBadConfiguration);
  if (options.outputs.empty()) fmt::print("{}", reports::text::RenderSummary(*record, kColumns));
  const auto render = [&](const std::string& form) { return Render(form, *record); };
  for (const std::string& output : options.outputs) {
    if (const auto written = WriteForm(output, render); !written) return Complain(written.error());
  }
  return kPass;
}

}  // namespace

void AddReportCommand(CLI::App& program, std::function<int()>& chosen) {
  CLI::App* verb =
      program.add_subcommand("report", "make reports of a run's record, again or in another form");
  auto options = std::make_shared<ReportOptions>();
  verb->add_option("run", options->run, "the folder of a run, or its record.jsonl")
      ->type_name("RUN");
  verb->add_option("--compare", options->compared, "two runs side by side, in place of one")
      ->expected(2)
      ->type_name("A B");
  verb->add_option(
          "-o",
          options->outputs,
          "a form and a file, - for standard output; as often as wanted. Without any, text "
          "on the terminal")
      ->type_name("FORM=FILE")
      ->expected(1)
      ->take_all()
      ->allow_extra_args(false);  // the run may follow
  verb->footer(
      FormsHelp() +
      "With --compare there are html, text and json (wsgilab schema side-by-side). Nothing is "
      "judged then, and times\n"
      "of different machines are left out: exit code 4 when the runs have nothing in common.\n"
      "Examples:\n"
      "  wsgilab report out -o html=report.html -o junit=results.xml\n"
      "  wsgilab report out -o github=-\n"
      "  wsgilab report --compare monday tuesday -o html=both.html");
  verb->callback([options, &chosen] { chosen = [options] { return ReportIt(*options); }; });
}

}  // namespace harness::command
