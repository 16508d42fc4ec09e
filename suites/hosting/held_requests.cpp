#include "suites/hosting/held_requests.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "suites/hosts_under_test/check.h"
#include "suites/hosts_under_test/eventually.h"

namespace suites::hosting {

bool AreInside(const hosts_under_test::Stage& stage, std::size_t processes) {
  const auto is_mark = [](const auto& file) {
    return file.path().filename().string().starts_with("inside-");
  };
  return hosts_under_test::Eventually(
      [&] {
        const std::filesystem::directory_iterator files(stage.path());
        return std::cmp_equal(std::ranges::count_if(files, is_mark), processes);
      },
      hosts_under_test::Soon());
}

void LetGo(const hosts_under_test::Stage& stage) {
  (void)hosts_under_test::Need(stage.Write("go", ""));
}

}  // namespace suites::hosting
