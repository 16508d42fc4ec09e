#pragma once
// GroupBook: collects the facts about one process group, each with who decided it: an option of its
// WSGIDaemonProcess, else a directive of the server, else nobody.
//
// One function for each question, in group_*_facts.cpp.

#include <string>
#include <string_view>
#include <vector>

#include "hosts/explain/explanation.h"

namespace hosts::explain {

class GroupBook {
 public:
  using About = GroupFact::About;

  GroupBook(const deployment::Deployment& deployment, GroupExplanation& explanation);

  // Of the option and its rules, which may be decided by a directive of the server instead.
  struct Subject {
    About about = About::Processes;
    std::string_view option;
    std::string_view rule;
    std::string_view directive = {};
  };
  GroupFact& Add(const Subject& subject,
                 std::string value,
                 std::string meaning,
                 std::vector<Figure> figures = {});
  // The same, which nobody has to be told unless somebody wrote it.
  GroupFact& AddUsual(const Subject& subject,
                      std::string value,
                      std::string meaning,
                      std::vector<Figure> figures = {});
  void Off(std::string_view option) { explanation_.off.emplace_back(option); }

  [[nodiscard]] bool is_written(std::string_view option) const;
  [[nodiscard]] const deployment::Deployment& deployment() const { return deployment_; }
  [[nodiscard]] const deployment::ProcessGroup& group() const { return *explanation_.group; }

 private:
  const deployment::Deployment& deployment_;
  GroupExplanation& explanation_;
};

void AddGroupIdentity(GroupBook& book);
void AddGroupResources(GroupBook& book);
void AddGroupEnds(GroupBook& book);
void AddGroupClients(GroupBook& book);

// "256 MiB"; whole units only: "1000 bytes".
[[nodiscard]] std::string InBytes(std::uint64_t bytes);
// "78.3 s", "30 s".
[[nodiscard]] std::string InSeconds(std::chrono::duration<double> time);
// "1 thread", "5 threads"; an irregular plural is given.
[[nodiscard]] std::string Counted(int count, std::string_view one, std::string_view many);

}  // namespace hosts::explain
