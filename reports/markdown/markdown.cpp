#include "reports/markdown/markdown.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "reports/cases/cases.h"
#include "reports/markdown/sections.h"
#include "reports/notation/notation.h"

namespace reports::markdown {

using record::Record;

namespace {

struct Section {
  std::string text;
  std::string_view name;     // of one that may be left out
  int leaves_as_number = 0;  // 1 is left out first; 0 never
};

std::size_t SizeOf(const std::vector<Section>& sections) {
  std::size_t size = 0;
  for (const Section& section : sections)
    size += section.text.size();
  return size;
}

// Leaves out what can be read elsewhere until the rest is short enough, and says what it left out.
std::string Fitted(std::vector<Section> sections, std::size_t limit) {
  constexpr std::size_t kRemark = 400;
  std::vector<std::string_view> left_out;
  for (int number = 1; SizeOf(sections) + kRemark > limit && number <= 4; ++number) {
    const auto section = std::ranges::find(sections, number, &Section::leaves_as_number);
    if (section == sections.end() || section->text.empty()) continue;
    left_out.push_back(section->name);
    section->text.clear();
  }
  std::string text;
  for (const Section& section : sections)
    text += section.text;
  if (!left_out.empty()) {
    text += fmt::format(
        "Left out, as it would be longer than {} bytes with it: {}. The page of the run "
        "(`wsgilab report RUN -o html=FILE`) has it all.\n",
        notation::Count(static_cast<std::int64_t>(limit)),
        notation::List(left_out));
  }
  return text;
}

std::string Render(const Record& record, const Room& room, std::size_t limit) {
  const std::vector<cases::Case> all = cases::CasesOf(record);
  return Fitted({{std::string(kMarker) + "\n", "", 0},
                 {Verdict(record, room), "", 0},
                 {Modes(record, room), "the modes of each application", 4},
                 {Failures(all, room), "", 0},
                 {Evidence(all, room), "what was sent, received and logged", 2},
                 {Compared(record, room), "", 0},
                 {Choices(record, room), "what the choices cost", 3},
                 {Cells(record, room), "the tables of cells", 1},
                 {NotMeasured(record, room), "", 0},
                 {HowToReproduce(record, all, room), "", 0},
                 {Circumstances(record, room), "", 0}},
                limit);
}

}  // namespace

std::string RenderComment(const Record& record) {
  constexpr Room kRoom{.statements = 20,
                       .failures = 25,
                       .compared = 30,
                       .not_measured = 20,
                       .commands = 10,
                       .text = 400,
                       .evidence = 20'000};
  return Render(record, kRoom, kCommentLimit);
}

std::string RenderJobSummary(const Record& record) {
  constexpr Room kRoom{.statements = 100,
                       .failures = 200,
                       .compared = 300,
                       .not_measured = 200,
                       .commands = 100,
                       .text = 1000,
                       .evidence = 300'000};
  return Render(record, kRoom, kJobSummaryLimit);
}

}  // namespace reports::markdown
