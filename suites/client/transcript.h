#pragma once
// Transcript: what the clients of this process have sent and received since it was last cleared: the raw exchange behind a
// check that fails. The first 16 KiB; bytes that are no text are written \xNN.
//
// Threads: any.

#include <string>
#include <string_view>

namespace suites::client {

void ClearTranscript();
[[nodiscard]] std::string Transcript();

void NoteSent(std::string_view bytes);
void NoteReceived(std::string_view bytes);

}  // namespace suites::client
