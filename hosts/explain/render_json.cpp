#include <nlohmann/json.hpp>

#include "hosts/deviations/page.h"
#include "hosts/explain/render.h"

namespace hosts::explain {

namespace {

using Json = nlohmann::ordered_json;

Json OriginJson(const deployment::Origin& origin) {
  if (origin.line == 0) return "default";
  return {{"file", origin.file}, {"line", origin.line}};
}

Json FactJson(const Fact& fact) {
  return {{"value", fact.value},
          {"meaning", fact.meaning},
          {"written", fact.written},
          {"origin", OriginJson(fact.origin)},
          {"rule", fact.rule}};
}

Json UrlJson(const UrlExplanation& url) {
  Json json = {{"url", url.url},
               {"answer", url.answer},
               {"status", url.status == 0 ? Json(nullptr) : Json(url.status)},
               {"why", url.why},
               {"script_name", url.script_name},
               {"path_info", url.path_info},
               {"script", url.script}};
  for (const Fact& fact : url.facts)
    json[fact.name] = FactJson(fact);
  if (!url.conditions.empty()) json["conditions"] = Json::array();
  for (const Fact& condition : url.conditions)
    json["conditions"].push_back(FactJson(condition));
  return json;
}

const char* WeightName(Advice::Weight weight) {
  switch (weight) {
    case Advice::Weight::Mistake:
      return "mistake";
    case Advice::Weight::Warning:
      return "warning";
    case Advice::Weight::Hint:
      return "hint";
  }
  return "";
}

Json EvidenceJson(const std::vector<deployment::Origin>& evidence) {
  Json json = Json::array();
  for (const auto& origin : evidence)
    json.push_back(OriginJson(origin));
  return json;
}

Json AdviceJson(const Advice& advice) {
  return {{"id", advice.id},
          {"weight", WeightName(advice.weight)},
          {"rule", advice.rule},
          {"text", advice.text},
          {"write", advice.write},
          {"evidence", EvidenceJson(advice.evidence)}};
}

Json DeviationJson(const ShownDeviation& shown) {
  Json json = deviations::ToJson(*shown.row);
  json.erase("seen");  // here
  json["evidence"] = EvidenceJson(shown.evidence);
  return json;
}

Json GroupFactJson(const GroupFact& one) {
  Json json = FactJson(one.fact);
  for (const Figure& figure : one.figures) {
    std::visit([&](const auto amount) { json[figure.name] = amount; }, figure.amount);
  }
  return json;
}

Json GroupJson(const GroupExplanation& explained) {
  const deployment::ProcessGroup& group = *explained.group;
  Json options = Json::array();
  for (const auto& option : group.options) {
    options.push_back(
        {{"name", option.name}, {"value", option.value}, {"origin", OriginJson(option.origin)}});
  }
  Json facts = Json::object();
  for (const GroupFact& one : explained.facts)
    facts[one.fact.name] = GroupFactJson(one);
  return {{"name", group.name},
          {"processes", group.processes},
          {"threads", group.threads},
          {"only_for_server_name", group.server_name ? Json(*group.server_name) : Json(nullptr)},
          {"origin", OriginJson(group.origin)},
          {"options", options},
          {"facts", facts},
          {"off", explained.off}};
}

}  // namespace

Json ToJson(const deployment::Deployment& deployment,
            const Explanation& explanation,
            const std::string& configuration) {
  Json json = {{"schema", "wsgilab-explain/1"},
               {"configuration", configuration},
               {"urls", Json::array()},
               {"process_groups", Json::array()},
               {"advice", Json::array()},
               {"not_hosting", Json::array()},
               {"not_obeyed", Json::array()},
               {"deviations", Json::array()}};
  for (const UrlExplanation& url : explanation.urls)
    json["urls"].push_back(UrlJson(url));
  for (const GroupExplanation& group : explanation.groups)
    json["process_groups"].push_back(GroupJson(group));
  for (const Advice& advice : explanation.advice)
    json["advice"].push_back(AdviceJson(advice));
  for (const auto& use : deployment.foreign) {
    json["not_hosting"].push_back({{"directive", use.name},
                                   {"module", use.module},
                                   {"count", use.count},
                                   {"effect", use.effect},
                                   {"first", OriginJson(use.first)}});
  }
  for (const auto& option : deployment.not_obeyed) {
    json["not_obeyed"].push_back(
        {{"name", option.name}, {"value", option.value}, {"origin", OriginJson(option.origin)}});
  }
  for (const ShownDeviation& shown : explanation.deviations)
    json["deviations"].push_back(DeviationJson(shown));
  return json;
}

}  // namespace hosts::explain
