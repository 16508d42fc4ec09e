#include "hosts/status/boards.h"

#include <utility>

#include "hosts/base/check.h"

namespace hosts::status {

namespace {

// Some two thousand processes; memory that is not written to is not there.
constexpr std::size_t kSupervision = std::size_t{512} << 10;

}  // namespace

Boards::Boards() : supervision_(std::make_unique<SharedMemory>(kSupervision)) {}

PublishedText Boards::supervision() const {
  return {supervision_->data(), supervision_->size()};
}

void Boards::Add(std::uint32_t generation, const std::vector<int>& threads) {
  auto& pages = pages_[generation];
  for (const int of_process : threads)
    pages.push_back(std::make_unique<ProcessPage>(of_process));
}

void Boards::Publish(Supervision said) const {
  PublishedText text = supervision();
  while (!text.Write(TextOf(said))) {
    said.is_cut = true;
    for (GenerationRow& row : said.generations)
      row.processes.resize(row.processes.size() / 2);
  }
}

ProcessPage& Boards::KeepOnly(std::uint32_t generation, std::size_t index) {
  supervision_.reset();
  auto own = std::move(pages_.at(generation).at(index));
  pages_.clear();
  auto& kept = pages_[generation];
  kept.resize(index + 1);
  kept[index] = std::move(own);
  return *kept[index];
}

void Boards::OnlyRead() const {
  supervision_->MakeReadOnly();
  for (const auto& [generation, pages] : pages_) {
    for (const auto& page : pages)
      page->MakeReadOnly();
  }
}

const ProcessPage* Boards::page(std::uint32_t generation, std::size_t index) const {
  const auto pages = pages_.find(generation);
  if (pages == pages_.end() || index >= pages->second.size()) return nullptr;
  return pages->second[index].get();
}

std::optional<Supervision> Boards::ReadSupervision() const {
  CHECK(supervision_ != nullptr, "what the supervisor says is its own and the status page's");
  const auto text = supervision().Read();
  if (!text) return std::nullopt;
  return SupervisionOf(*text);
}

}  // namespace hosts::status
