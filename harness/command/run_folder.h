#pragma once
// The folder of a run: made for a new one, or found with one that is to be gone on with.
//
// Fails:   InvalidInput, with what to do: a folder that cannot be made or written to, that somebody else is at work in, or
//          that holds a run (MakeFolder), or none (FindResumable).

#include <filesystem>
#include <string>

#include "hosts/base/result.h"
#include "reports/record/record.h"

namespace harness::command {

// Whether the verb can go on with a run that it finds there: an error says so.
enum class Resuming { No, Offered };

[[nodiscard]] hosts::base::Result<std::filesystem::path> MakeFolder(
    const std::filesystem::path& folder, Resuming resuming = Resuming::No);

struct Resumable {
  std::filesystem::path folder;
  reports::record::Record record;

  [[nodiscard]] bool is_finished() const;
};

// `output` as it was typed; "" is an error.
[[nodiscard]] hosts::base::Result<Resumable> FindResumable(const std::string& output);

}  // namespace harness::command
