#pragma once
// Interruption: SIGINT, SIGTERM and SIGHUP as a question that can be asked. The only signal handlers
// of the harness.
//
// Threads: the question may be asked on any.

namespace harness::command {

// From now on these signals do not end the process.
void ListenForInterruption();
[[nodiscard]] bool IsInterrupted();

}  // namespace harness::command
