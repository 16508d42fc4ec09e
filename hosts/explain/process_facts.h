#pragma once
// Facts about the processes that serve a URL: as whom, in which directory, with which Python.

#include <string>

#include "hosts/explain/fact_book.h"

namespace hosts::explain {

void AddProcessFacts(const deployment::Deployment& deployment,
                     const deployment::Route& route,
                     FactBook& facts);

// "daemon group 'shop': 2 processes with 15 threads each".
[[nodiscard]] std::string ProcessesInWords(const deployment::ProcessGroup& group);

// "#33" by the name it has on this machine.
[[nodiscard]] std::string UserName(const std::string& user);

// Of a directory, but "/" itself.
[[nodiscard]] std::string WithoutSlash(std::string path);

}  // namespace hosts::explain
