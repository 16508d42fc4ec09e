#include "hosts/applications/stays.h"

namespace hosts::applications {

Stays::Entries Stays::Look() {
  const std::lock_guard lock(mutex_);
  Entries entries;
  entries.reserve(stays_.size());
  for (const Stay* stay : stays_)
    entries.push_back(stay->entries_.load(std::memory_order_relaxed));
  return entries;
}

Stay::Stay(Stays& all) : all_(all) {
  const std::lock_guard lock(all_.mutex_);
  all_.stays_.push_back(this);
}

Stay::~Stay() {
  const std::lock_guard lock(all_.mutex_);
  std::erase(all_.stays_, this);
}

}  // namespace hosts::applications
