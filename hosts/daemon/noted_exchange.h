#pragma once
// NotedBody, NotedSink: a request's body and its answer, of which the keeper hears whenever the
// application reads or writes: that is what inactivity-timeout calls activity (DAEMON-34).
//
// Threads: the thread that answers.

#include <string_view>
#include <utility>

#include "hosts/exchange/answer.h"
#include "hosts/exchange/request.h"
#include "hosts/lifecycle/keeper.h"

namespace hosts::daemon {

class NotedBody final : public exchange::RequestBody {
 public:
  NotedBody(exchange::RequestBody& body, lifecycle::Keeper& keeper)
      : body_(body), keeper_(keeper) {}

  [[nodiscard]] std::string_view buffered() const override { return body_.buffered(); }
  void Consume(size_t size) override {
    keeper_.NoteActivity();
    body_.Consume(size);
  }
  [[nodiscard]] base::Result<bool> Fill() override {
    keeper_.NoteActivity();
    return body_.Fill();
  }

 private:
  exchange::RequestBody& body_;
  lifecycle::Keeper& keeper_;
};

class NotedSink final : public exchange::AnswerSink {
 public:
  NotedSink(exchange::AnswerSink& sink, lifecycle::Keeper& keeper) : sink_(sink), keeper_(keeper) {}

  [[nodiscard]] base::Result<void> Begin(exchange::AnswerHead head) override {
    return sink_.Begin(std::move(head));
  }
  [[nodiscard]] base::Result<void> Write(std::string_view bytes, Then then) override {
    keeper_.NoteActivity();
    return sink_.Write(bytes, then);
  }
  [[nodiscard]] base::Result<void> WriteFile(exchange::FilePart part) override {
    keeper_.NoteActivity();
    return sink_.WriteFile(std::move(part));
  }
  [[nodiscard]] base::Result<void> Finish() override { return sink_.Finish(); }
  void Abort() override { sink_.Abort(); }
  void Choose(exchange::Choice choice) override { sink_.Choose(std::move(choice)); }
  void Refuse() override { sink_.Refuse(); }

 private:
  exchange::AnswerSink& sink_;
  lifecycle::Keeper& keeper_;
};

}  // namespace hosts::daemon
