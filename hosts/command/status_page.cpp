#include "hosts/command/status_page.h"

#include <fmt/format.h>
#include <unistd.h>

#include <utility>
#include <vector>

namespace hosts::command {

namespace {

constexpr int kBacklog = 64;

}  // namespace

base::Result<std::unique_ptr<StatusPage>> StatusPage::Open(const StatusAddress& address) {
  std::vector<const ClientSocket*> none;
  auto socket = ListenForClients(
      {.address = address.address, .port = address.port, .origin = {}}, kBacklog, none);
  if (!socket) {
    return base::Error{
        socket.error().kind,
        fmt::format("--status {}:{}: {}", address.address, address.port, socket.error().message)};
  }
  auto page = std::make_unique<StatusPage>();
  page->socket = std::move(socket).value();
  page->is_loopback = address.is_loopback;
  return page;
}

status::ProcessPage& StatusPage::KeepOwn(std::uint32_t generation, std::size_t index) {
  socket.fd.reset();
  status::ProcessPage& own = boards.KeepOnly(generation, index);
  own.Begin(::getpid());
  return own;
}

}  // namespace hosts::command
