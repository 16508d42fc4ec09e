#pragma once
// ExpectGolden: what a person reads, compared with a file in testdata/.
//
// With WSGILAB_ACCEPT_GOLDEN=1 in the environment the file is written instead; read the diff before
// it is committed.

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "hosts/base/files.h"

namespace reports::golden {

inline void ExpectGolden(const std::filesystem::path& path, const std::string& text) {
  if (std::getenv("WSGILAB_ACCEPT_GOLDEN") != nullptr) {
    const auto written = hosts::base::WriteFile(path, text);
    EXPECT_TRUE(written) << (written ? "" : written.error().Text());
    return;
  }
  const auto golden = hosts::base::ReadFile(path);
  ASSERT_TRUE(golden) << golden.error().Text();
  if (*golden == text) return;
  std::size_t at = 0;
  while (at < golden->size() && at < text.size() && (*golden)[at] == text[at])
    ++at;
  const std::size_t from = at < 200 ? 0 : at - 200;
  ADD_FAILURE() << path << " differs at byte " << at << " (WSGILAB_ACCEPT_GOLDEN=1 renews it)\n"
                << "golden: " << golden->substr(from, 400) << "\n"
                << "now:    " << text.substr(from, 400);
}

}  // namespace reports::golden
