#include "hosts/status/process_page.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

#include "hosts/base/check.h"

namespace hosts::status {

namespace {

using nlohmann::json;

constexpr std::size_t kReason = 128;    // bytes, with what PublishedText needs
constexpr std::size_t kLoaded = 16384;  // some fifty scripts
constexpr std::size_t kFrame = 64;      // of the text of what is loaded, without entries

json ToJson(const std::string& name,
            const std::map<std::string, std::int64_t, std::less<>>& scripts) {
  json entry = {{"name", name}, {"scripts", json::array()}};
  for (const auto& [path, at_ms] : scripts)
    entry["scripts"].push_back({{"path", path}, {"at", at_ms}});
  return entry;
}

std::string TextOf(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

// What an entry takes in the text, at most.
std::size_t SizeOf(std::string_view name) {
  constexpr std::size_t kAround = 48;  // {"path":,"at":1700000000000},
  return TextOf(json(name)).size() + kAround;
}

bool IsReason(std::string_view text) {
  return std::ranges::all_of(text,
                             [](char one) { return (one >= 'a' && one <= 'z') || one == '_'; });
}

void Add(Waits& waits, const WaitCounter& more) {
  waits.count += more.count();
  waits.total += more.total();
  waits.longest = std::max(waits.longest, more.longest());
}

}  // namespace

Loaded LoadedOf(std::string_view text) {
  Loaded loaded;
  try {
    const json object = json::parse(text);
    loaded.is_cut = object.at("is_cut").get<bool>();
    for (const json& entry : object.at("interpreters")) {
      LoadedInterpreter interpreter{entry.at("name").get<std::string>(), {}};
      for (const json& script : entry.at("scripts")) {
        const json& at = script.at("at");
        const std::int64_t at_ms = at.is_number_integer() ? at.get<std::int64_t>() : 0;
        interpreter.scripts.push_back({script.at("path"), at_ms});
      }
      loaded.interpreters.push_back(std::move(interpreter));
    }
  } catch (const json::exception&) {  // the process has written something else there
    return {.interpreters = {}, .is_cut = true};
  }
  return loaded;
}

ProcessPage::ProcessPage(int threads)
    : threads_(static_cast<std::size_t>(std::max(threads, 0))),
      memory_(sizeof(Head) + threads_ * sizeof(Seat) + kReason + kLoaded) {}

PublishedText ProcessPage::reason() const {
  return {memory_.data() + sizeof(Head) + threads_ * sizeof(Seat), kReason};
}

PublishedText ProcessPage::loaded() const {
  return {memory_.data() + sizeof(Head) + threads_ * sizeof(Seat) + kReason, kLoaded};
}

// ---- the process ----

// After one that has ended: what that one wrote must not be taken for ours.
void ProcessPage::Begin(pid_t pid) {
  head().pid.store(0, std::memory_order_release);
  std::fill(memory_.data() + sizeof head().pid, memory_.data() + memory_.size(), std::byte{0});
  scripts_.clear();
  text_size_ = kFrame;
  is_cut_ = false;
  seats_taken_ = 0;
  head().pid.store(pid, std::memory_order_release);
}

Seat* ProcessPage::TakeSeat() {
  const std::lock_guard lock(mutex_);
  return seats_taken_ < threads_ ? &seats()[seats_taken_++] : nullptr;
}

void ProcessPage::NoteInterpreter(std::string_view name) {
  const std::lock_guard lock(mutex_);
  if (!scripts_.contains(name) && IsThereRoomFor(name)) scripts_.try_emplace(std::string(name));
  Publish();
}

void ProcessPage::NoteScript(std::string_view interpreter,
                             std::string_view path,
                             std::int64_t at_ms) {
  const std::lock_guard lock(mutex_);
  const auto its = scripts_.find(interpreter);
  if (its == scripts_.end()) return;  // it was cut, too
  const auto known = its->second.find(path);
  if (known != its->second.end()) {
    known->second = at_ms;
  } else if (IsThereRoomFor(path)) {
    its->second.emplace(path, at_ms);
  }
  Publish();
}

bool ProcessPage::IsThereRoomFor(std::string_view name) {
  const std::size_t size = text_size_ + SizeOf(name);
  is_cut_ = is_cut_ || size > loaded().capacity();
  if (!is_cut_) text_size_ = size;
  return !is_cut_;
}

void ProcessPage::Publish() {
  json object = {{"is_cut", is_cut_}, {"interpreters", json::array()}};
  for (const auto& [name, scripts] : scripts_)
    object["interpreters"].push_back(ToJson(name, scripts));
  CHECK(loaded().Write(TextOf(object)), "what has been let in fits");
}

void ProcessPage::NoteEnding(std::string_view reason_of_it) {
  const std::lock_guard lock(mutex_);
  PublishedText text = reason();
  [[maybe_unused]] const bool fits = text.Write(reason_of_it.substr(0, text.capacity()));
}

// ---- who reads ----

std::optional<ProcessFigures> ProcessPage::Read(pid_t pid) const {
  if (head().pid.load(std::memory_order_acquire) != pid) return std::nullopt;
  ProcessFigures figures;
  figures.forwarded = head().forwarded.answered();
  figures.forwarded_in_flight = head().forwarded.inside();
  for (std::size_t i = 0; i < threads_; ++i) {
    const Seat& seat = seats()[i];
    figures.answered += seat.requests.answered();
    figures.in_flight += seat.requests.inside();
    Add(figures.queue_us, seat.queue_us);
    Add(figures.gil_ns, seat.gil_ns);
  }
  if (const auto text = loaded().Read(); text && !text->empty()) figures.loaded = LoadedOf(*text);
  if (auto text = reason().Read(); text && IsReason(*text)) figures.end_reason = std::move(*text);
  if (head().pid.load(std::memory_order_acquire) != pid) return std::nullopt;
  return figures;
}

}  // namespace hosts::status
