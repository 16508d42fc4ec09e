#pragma once
// Subject: somebody's own application, as `wsgilab check` is to look at it: its script, its Python, what is to be asked.
//
// Fails:   a script or configuration that is not there or not understood is a Result that names it.

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "harness/matrix/app.h"
#include "harness/tour/tour.h"
#include "hosts/base/result.h"
#include "reports/record/record.h"

namespace harness::examine {

// What was said on the command line.
struct SubjectOptions {
  std::string callable = {};     // "": application
  std::string python_home = {};  // "": the host's own Python
  std::string project = {};      // "": found
  std::vector<std::string> python_path = {};
  std::vector<std::string> urls = {};         // without any: /
  std::string requests = {};                  // a file with a tour, instead
  std::vector<std::string> environment = {};  // NAME=value, or NAME: as it is here
  std::string server_name = "localhost";      // whom requests ask for
  std::vector<std::string> copies = {};       // SQLite files that are not to be written to
};

struct Subject {
  matrix::App app;
  tour::Tour tour;                // what is asked, without any expectation
  reports::record::Subject line;  // the same, for the record
};

[[nodiscard]] hosts::base::Result<Subject> SubjectOfScript(const std::filesystem::path& script,
                                                           const SubjectOptions& options);

// Those of a configuration, each with the place it has there. `explained`: what wsgilab-host explain --json says of it.
[[nodiscard]] hosts::base::Result<std::vector<Subject>> SubjectsOfConfiguration(
    const std::string& explained, const SubjectOptions& options);

// Whether a file is a configuration: it is told by its name, and by what stands in it.
[[nodiscard]] bool IsConfiguration(const std::filesystem::path& file);

}  // namespace harness::examine
