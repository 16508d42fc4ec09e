#include "suites/client/transcript.h"

#include <fmt/format.h>

#include <mutex>

namespace suites::client {

namespace {

constexpr size_t kMost = 16 * 1024;

enum class Direction { None, Sent, Received };

struct Noted {
  std::mutex mutex;
  std::string text;
  Direction last = Direction::None;
};

Noted& All() {
  static Noted noted;
  return noted;
}

void Append(std::string& text, std::string_view bytes) {
  for (const char c : bytes) {
    if (text.size() >= kMost) return;
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\n') {
      text += "\\n\n";
    } else if (c == '\r') {
      text += "\\r";
    } else if (byte < 0x20 || byte >= 0x7f) {
      text += fmt::format("\\x{:02x}", byte);
    } else {
      text += c;
    }
  }
}

void Note(Direction direction, std::string_view bytes) {
  Noted& noted = All();
  const std::lock_guard lock(noted.mutex);
  if (noted.text.size() >= kMost) return;
  if (direction != noted.last) {
    if (!noted.text.empty() && noted.text.back() != '\n') noted.text += '\n';
    noted.text += direction == Direction::Sent ? "--> sent\n" : "<-- received\n";
    noted.last = direction;
  }
  Append(noted.text, bytes);
  if (noted.text.size() >= kMost) noted.text += "\n(and more)";
}

}  // namespace

void ClearTranscript() {
  Noted& noted = All();
  const std::lock_guard lock(noted.mutex);
  noted.text.clear();
  noted.last = Direction::None;
}

std::string Transcript() {
  Noted& noted = All();
  const std::lock_guard lock(noted.mutex);
  return noted.text;
}

void NoteSent(std::string_view bytes) {
  Note(Direction::Sent, bytes);
}
void NoteReceived(std::string_view bytes) {
  Note(Direction::Received, bytes);
}

}  // namespace suites::client
