#pragma once
// Explanation: what a configuration does, for people and programs: for each URL what answers, in
// which process, as which user, in which interpreter, loaded when, and which line decided it; what
// is likely to be a mistake, and what to write instead; and where mod_wsgi would do something else.
// For each process group besides: who its processes are, what they may use, and when they end.
//
// Explain asks the same routing that the engine does: what it says is what is served.
//
// Threads: values.
// Fails:   a URL that is none: InvalidInput.

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "hosts/base/result.h"
#include "hosts/deployment/deployment.h"
#include "hosts/deployment/routing.h"
#include "hosts/deviations/table.h"

namespace hosts::explain {

// One thing that holds, and who said so.
struct Fact {
  std::string name;     // for programs: "process_group"
  std::string value;    // for programs
  std::string meaning;  // for people
  std::string written;  // the directive or option that decided it; empty: nobody wrote it
  deployment::Origin origin;
  std::string rule;
};

struct UrlExplanation {
  std::string url;     // as asked; for a mount: its own
  std::string answer;  // "script", "file", "redirect" or "refused"
  int status = 0;      // that the host answers itself; 0: the application decides
  std::string why;     // it is refused
  std::string script_name;
  std::string path_info;
  std::string script;
  std::vector<Fact> facts;
  std::vector<Fact> conditions;       // <If> and its kin that were asked, in their order
  deployment::RoutingResult routing;  // points into the deployment

  [[nodiscard]] const Fact* Find(std::string_view name) const;
};

// What an option comes to, with its unit in the name: "fires_after_seconds", 78.3.
struct Figure {
  std::string name;
  std::variant<std::int64_t, double> amount;
};

// What holds for the processes of a group, whatever URL they serve.
struct GroupFact {
  // Identity, Resources, ... : the question that it answers.
  enum class About { Processes, Identity, Resources, Ends, Afterwards, Clients, Socket, Scripts };
  About about = About::Processes;
  Fact fact;
  std::vector<Figure> figures;
  bool is_usual = false;  // a default that nobody has to be told
};

struct GroupExplanation {
  const deployment::ProcessGroup* group = nullptr;  // into the deployment
  std::vector<GroupFact> facts;                     // by what they are about
  std::vector<std::string> off;  // options that would limit something, and do not
  bool is_asked_for = true;      // a URL that was asked for is served by it

  [[nodiscard]] const GroupFact* Find(std::string_view name) const;
};

struct Advice {
  enum class Weight { Mistake, Warning, Hint };
  std::string id;  // "preload-one-option"
  Weight weight = Weight::Hint;
  std::string rule;
  std::string text;
  std::string write;  // the configuration to write; may be empty
  std::vector<deployment::Origin> evidence;
};

// A row of the table of deviations that bears on what is explained, and what it bears on there.
struct ShownDeviation {
  const deviations::Deviation* row = nullptr;
  std::vector<deployment::Origin> evidence;  // may be empty: no line says it
};

struct Explanation {
  std::vector<UrlExplanation> urls;
  std::vector<GroupExplanation> groups;  // all that are declared
  std::vector<Advice> advice;
  std::vector<ShownDeviation> deviations;  // in the order of the table
};

// Advice looks at each mount beside each other: only at so many.
inline constexpr size_t kMostMounts = 1'000;

// The urls "http://name[:port]/path" or "/path"; without any, every mount of every virtual host,
// up to kMostMounts of them.
// The deployment outlives the explanation.
[[nodiscard]] base::Result<Explanation> Explain(const deployment::Deployment& deployment,
                                                const std::vector<std::string>& urls,
                                                deployment::Surroundings& surroundings);

// "site.conf:12", or "default".
[[nodiscard]] std::string AsWritten(const deployment::Origin& origin);

}  // namespace hosts::explain
