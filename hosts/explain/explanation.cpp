#include "hosts/explain/explanation.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "hosts/explain/advise.h"
#include "hosts/explain/asked_url.h"
#include "hosts/explain/bearing.h"
#include "hosts/explain/conditions.h"
#include "hosts/explain/group_facts.h"
#include "hosts/explain/process_facts.h"
#include "hosts/explain/python_facts.h"
#include "hosts/explain/route_facts.h"

namespace hosts::explain {
namespace {

using base::Result;
using deployment::Answer;
using deployment::Deployment;
using deployment::Mount;
using deployment::Origin;
using deployment::Route;
using deployment::RoutingResult;
using deployment::VirtualHost;

constexpr int kMovedPermanently = 301;

// A dispatch script is not run here: this is what holds while it chooses nothing.
constexpr deployment::DispatchChoice kAsConfigured;

const char* AnswerName(Answer answer) {
  switch (answer) {
    case Answer::Script:
      return "script";
    case Answer::File:
      return "file";
    case Answer::Slash:
      return "redirect";
  }
  return "";
}

UrlExplanation ExplainRouting(const Deployment& deployment,
                              std::string url,
                              RoutingResult routing) {
  UrlExplanation explained;
  explained.url = std::move(url);
  explained.routing = std::move(routing);
  const Route& route = explained.routing.route;
  const int status = explained.routing.refused_status;
  explained.status = status == 0 && route.answer == Answer::Slash ? kMovedPermanently : status;
  explained.script_name = route.script_name;
  explained.path_info = route.path_info;
  explained.answer = AnswerName(route.answer);
  if (status != 0) {
    explained.answer = "refused";
    explained.why = route.merged.error.empty()
                        ? std::string(deployment::InWords(explained.routing.reason))
                        : route.merged.error;
  }
  FactBook facts(explained);
  AddRouteFacts(deployment, route, facts);
  if (!route.script_filename.empty()) explained.conditions = ConditionsOf(route);
  explained.script = route.script;
  if (route.script.empty()) return explained;
  AddProcessFacts(deployment, route, facts);
  AddPythonFacts(deployment, {route.process_group, route.application_group}, explained.facts);
  return explained;
}

// ---- URLs ----

UrlExplanation RefusedByTheFront(const std::string& url, int status) {
  UrlExplanation explained;
  explained.url = url;
  explained.answer = "refused";
  explained.status = status;
  explained.why = status == 404 ? "an encoded slash" : "the URL is malformed";
  return explained;
}

// What a client would send beside the URL: its host, and nothing else.
decltype(deployment::RequestAddress::header) HostHeader(const std::string& host) {
  return [&host](const std::function<bool(std::string_view)>& fits) {
    return fits("Host") && !host.empty() ? std::optional<std::string_view>(host) : std::nullopt;
  };
}

// The address that a request to the port would come in at: the listener's.
std::string AddressOf(const Deployment& deployment, int port) {
  for (const auto& listen : deployment.listens) {
    if (listen.port == port && listen.address != "*" && listen.address != "0.0.0.0") {
      return listen.address;
    }
  }
  return "127.0.0.1";
}

// The port that a virtual host is asked at.
int PortOf(const Deployment& deployment, const VirtualHost& host) {
  if (host.port != 0) return host.port;
  return deployment.listens.empty() ? kHttpPort : deployment.listens.front().port;
}

std::string UrlOf(const VirtualHost& host, int port, std::string_view path) {
  const std::string name = host.server_name.empty() ? "localhost" : host.server_name;
  return port == kHttpPort ? fmt::format("http://{}{}", name, path)
                           : fmt::format("http://{}:{}{}", name, port, path);
}

// Without a URL that was asked for: every group.
std::vector<GroupExplanation> ExplainGroups(const Deployment& deployment,
                                            const std::vector<UrlExplanation>& asked) {
  std::set<std::string_view> used;
  for (const UrlExplanation& url : asked)
    used.insert(url.routing.route.process_group);
  std::vector<GroupExplanation> groups;
  for (const auto& group : deployment.process_groups) {
    groups.push_back(ExplainGroup(deployment, group));
    groups.back().is_asked_for = asked.empty() || used.contains(group.name);
  }
  return groups;
}

}  // namespace

const Fact* UrlExplanation::Find(std::string_view name) const {
  const auto found = std::ranges::find(facts, name, &Fact::name);
  return found == facts.end() ? nullptr : &*found;
}

const GroupFact* GroupExplanation::Find(std::string_view name) const {
  const auto found =
      std::ranges::find_if(facts, [name](const GroupFact& one) { return one.fact.name == name; });
  return found == facts.end() ? nullptr : &*found;
}

Result<Explanation> Explain(const Deployment& deployment,
                            const std::vector<std::string>& urls,
                            deployment::Surroundings& surroundings) {
  Explanation explanation;
  for (const std::string& text : urls) {
    const Result<AskedUrl> url = ParseUrl(text);
    if (!url) return url.error();
    if (url->refused_status != 0) {
      explanation.urls.push_back(RefusedByTheFront(text, url->refused_status));
      continue;
    }
    const std::string address = AddressOf(deployment, url->port);
    const std::string host =
        url->names_port ? fmt::format("{}:{}", url->host, url->port) : url->host;
    auto routing = deployment::FindRoute(deployment,
                                         {.local_address = address,
                                          .local_port = url->port,
                                          .host = url->host,
                                          .path = url->path,
                                          .remote_address = "127.0.0.1",
                                          .target = url->target,
                                          .query = url->query,
                                          .host_port = url->names_port ? url->port : 0,
                                          .header = HostHeader(host),
                                          .choice = &kAsConfigured},
                                         surroundings);
    for (auto& judged : routing.route.merged.judged)
      judged.depends_on.erase("the URL");  // which is known
    explanation.urls.push_back(ExplainRouting(deployment, text, std::move(routing)));
  }
  explanation.groups = ExplainGroups(deployment, explanation.urls);
  std::vector<UrlExplanation> mounts;
  for (const VirtualHost& host : deployment.virtual_hosts) {
    const int port = PortOf(deployment, host);
    const std::string address = AddressOf(deployment, port);
    for (const Mount& mount : host.mounts) {
      if (mounts.size() == kMostMounts) break;
      auto routing = deployment::FindRouteOf(deployment,
                                             host,
                                             mount,
                                             {.local_address = address,
                                              .local_port = port,
                                              .host = host.server_name,
                                              .path = mount.url,
                                              .remote_address = "127.0.0.1",
                                              .choice = &kAsConfigured},
                                             surroundings);
      const std::string url = mount.pattern ? UrlOf(host, port, fmt::format(" ~ {}", mount.url))
                                            : UrlOf(host, port, mount.url);
      mounts.push_back(ExplainRouting(deployment, url, std::move(routing)));
    }
  }
  explanation.advice = Advise(deployment, mounts, surroundings);
  const auto& shown = urls.empty() ? mounts : explanation.urls;
  explanation.deviations = DeviationsThatBear({deployment, shown, mounts});
  if (urls.empty()) explanation.urls = std::move(mounts);
  return explanation;
}

std::string AsWritten(const Origin& origin) {
  return origin.line == 0 ? "default" : fmt::format("{}:{}", origin.file, origin.line);
}

}  // namespace hosts::explain
