#pragma once
// The name under which ps and top show a process (DAEMON-6): argv[0] overwritten, blank padded and
// cut to the room that the command line has.
//
// Threads: RememberArguments in main, SetProcessTitle in a process just forked.

#include <string_view>

namespace hosts::command {

void RememberArguments(int argc, char** argv);
void SetProcessTitle(std::string_view title);

}  // namespace hosts::command
