#include "hosts/command/process_title.h"

#include <sys/prctl.h>

#include <algorithm>
#include <cstring>
#include <string>

namespace hosts::command {

namespace {

// The kernel shows the bytes where main's arguments lie: there is one such place in a process.
struct Room {
  char* begin = nullptr;
  std::size_t size = 0;
};
Room g_room;

}  // namespace

void RememberArguments(int argc, char** argv) {
  if (argc < 1) return;
  const char* end = argv[0];
  for (int i = 0; i < argc && argv[i] == end; ++i)
    end = argv[i] + std::strlen(argv[i]) + 1;
  g_room = {argv[0], static_cast<std::size_t>(end - argv[0])};
}

void SetProcessTitle(std::string_view title) {
  if (g_room.size == 0) return;
  const std::size_t shown = std::min(title.size(), g_room.size - 1);
  std::memset(g_room.begin, 0, g_room.size);
  std::memcpy(g_room.begin, title.data(), shown);
  ::prctl(PR_SET_NAME, std::string(title.substr(0, 15)).c_str());
}

}  // namespace hosts::command
