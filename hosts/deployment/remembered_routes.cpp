#include "hosts/deployment/remembered_routes.h"

#include <algorithm>
#include <functional>
#include <utility>

namespace hosts::deployment {

namespace {

// Hands every question on, and notes those about kinds of files.
class NotingSurroundings final : public Surroundings {
 public:
  explicit NotingSurroundings(Surroundings& surroundings) : surroundings_(surroundings) {}

  [[nodiscard]] FileKind KindOf(const std::string& path) override {
    const FileKind kind = surroundings_.KindOf(path);
    looked_at_.emplace_back(path, kind);
    return kind;
  }
  [[nodiscard]] std::optional<FileOwner> OwnerOf(const std::string& path) override {
    asked_for_more_ = true;
    return surroundings_.OwnerOf(path);
  }
  [[nodiscard]] std::optional<std::string> Variable(const std::string& name) override {
    asked_for_more_ = true;
    return surroundings_.Variable(name);
  }
  [[nodiscard]] expressions::FileState StateOf(const std::string& path) override {
    asked_for_more_ = true;
    return surroundings_.StateOf(path);
  }
  [[nodiscard]] std::optional<std::string> Contents(const std::string& path) override {
    asked_for_more_ = true;
    return surroundings_.Contents(path);
  }
  [[nodiscard]] bool is_superuser() override { return surroundings_.is_superuser(); }
  [[nodiscard]] OverrideFiles* override_files() override {
    asked_for_more_ = true;
    return surroundings_.override_files();
  }

  [[nodiscard]] bool asked_for_more() const { return asked_for_more_; }
  [[nodiscard]] std::vector<std::pair<std::string, FileKind>> TakeLookedAt() {
    return std::move(looked_at_);
  }

 private:
  Surroundings& surroundings_;
  std::vector<std::pair<std::string, FileKind>> looked_at_;
  bool asked_for_more_ = false;
};

bool IsShort(const RequestAddress& address) {
  return address.path.size() + address.host.size() + address.local_address.size() <=
         RememberedRoutes::kLongestKey;
}

std::size_t SlotOf(const RequestAddress& address) {
  constexpr std::size_t kMix = 31;
  const std::hash<std::string_view> hash;
  return (hash(address.path) * kMix + hash(address.host)) % RememberedRoutes::kSlots;
}

}  // namespace

bool RememberedRoutes::Remembered::IsFor(const RequestAddress& address) const {
  return result != nullptr && path == address.path && host == address.host &&
         local_port == address.local_port && local_address == address.local_address;
}

bool RememberedRoutes::Remembered::StillHolds(Surroundings& surroundings) const {
  return std::ranges::all_of(
      looked_at, [&](const auto& look) { return surroundings.KindOf(look.first) == look.second; });
}

std::shared_ptr<const RoutingResult> RememberedRoutes::Find(const RequestAddress& address,
                                                            Surroundings& surroundings) {
  const bool may_be_remembered = address.choice == nullptr && IsShort(address);
  if (!may_be_remembered) {
    return std::make_shared<const RoutingResult>(FindRoute(deployment_, address, surroundings));
  }
  Remembered& slot = slots_[SlotOf(address)];
  if (slot.IsFor(address) && slot.StillHolds(surroundings)) return slot.result;
  NotingSurroundings noting(surroundings);
  auto result = std::make_shared<const RoutingResult>(FindRoute(deployment_, address, noting));
  if (result->is_for_everybody && !noting.asked_for_more()) {
    slot = {std::string(address.local_address),
            address.local_port,
            std::string(address.host),
            std::string(address.path),
            noting.TakeLookedAt(),
            result};
  }
  return result;
}

}  // namespace hosts::deployment
