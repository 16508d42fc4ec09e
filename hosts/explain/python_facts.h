#pragma once
// AddPythonFacts: what somebody wrote about the Python that runs a script: how it starts, what its
// interpreter is kept from, its GIL. What nobody wrote is no fact here: it would be one of every URL.
// The fact "python_path" that is there already gets what containers put in front.
//
// Threads: pure.

#include <string>
#include <string_view>
#include <vector>

#include "hosts/deployment/deployment.h"
#include "hosts/explain/explanation.h"

namespace hosts::explain {

void AddPythonFacts(const deployment::Deployment& deployment,
                    const deployment::InterpreterPlace& place,
                    std::vector<Fact>& facts);

}  // namespace hosts::explain
