#include "suites/hosting/held_requests.h"

#include <fmt/format.h>

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

std::string MeetInside(int requests) {
  return fmt::format(
      "import os, uuid\n"
      "open(os.path.join(HERE, 'here-' + uuid.uuid4().hex), 'w').close()\n"
      "def all_are_here():\n"
      "    return sum(name.startswith('here-') for name in os.listdir(HERE)) >= {}\n"
      "result = wait_for(all_are_here)",
      requests);
}

}  // namespace suites::hosting
