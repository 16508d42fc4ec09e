#include <fmt/format.h>

#include "reports/upgrade/upgrade.h"
#include "reports/verdict/statements.h"

namespace reports::verdict {

void SayUpgrade(const record::Record& record, Statements& statements) {
  std::string all;
  for (const std::string& sentence : upgrade::InSentences(upgrade::UpgradeOf(record)))
    all += (all.empty() ? "" : " ") + sentence;
  if (!all.empty()) statements.push_back({Standing::Note, all});
}

}  // namespace reports::verdict
