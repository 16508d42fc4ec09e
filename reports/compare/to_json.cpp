#include "reports/compare/to_json.h"

#include <nlohmann/json.hpp>

#include <cmath>

namespace reports::compare {

using Json = nlohmann::ordered_json;

namespace {

// JSON has no infinity: what is not finite is left out, as null.
Json Number(double value) {
  return std::isfinite(value) ? Json(value) : Json();
}

Json ToJson(const Compared& compared) {
  const statistics::Comparison& comparison = compared.comparison;
  return {{"base", compared.base},
          {"value", compared.value},
          {"ratio", Number(comparison.ratio)},
          {"low", Number(comparison.interval.low)},
          {"high", Number(comparison.interval.high)},
          {"confidence", comparison.interval.confidence},
          {"verdict", std::string(statistics::Name(comparison.verdict))},
          {"detectable", Number(comparison.detectable)},
          {"pairs", comparison.pairs},
          {"ties", comparison.ties},
          {"missing", comparison.missing}};
}

Json ToJson(const Attempt& attempt) {
  Json arms = Json::object();
  for (const ArmResult& arm : attempt.arms) {
    Json metrics = Json::object();
    for (const Compared& compared : arm.compared)
      metrics[compared.metric] = ToJson(compared);
    arms[arm.arm.name] = {{"role", std::string(record::Name(arm.arm.role))}, {"metrics", metrics}};
  }
  Json json{{"attempt", attempt.plan->attempt},
            {"blocks", attempt.blocks},
            {"lost", attempt.lost},
            {"planned", attempt.plan->blocks},
            {"seed", attempt.plan->seed},
            {"arms", arms}};
  if (attempt.hiccup_median_us) json["hiccup_median_us"] = *attempt.hiccup_median_us;
  if (attempt.hiccup_max_us) json["hiccup_max_us"] = *attempt.hiccup_max_us;
  return json;
}

Json ToJson(const Conclusion& conclusion) {
  Json json{{"metric", conclusion.metric},
            {"finding", std::string(Words(conclusion.finding))},
            {"why", conclusion.why},
            {"first", ToJson(conclusion.first)}};
  if (conclusion.confirmation) json["confirmation"] = ToJson(*conclusion.confirmation);
  return json;
}

}  // namespace

std::string ToJson(const std::vector<ExperimentResult>& results) {
  Json json{{"schema", "wsgilab-compare/1"}, {"experiments", Json::array()}};
  for (const ExperimentResult& result : results) {
    const record::Experiment& plan = *result.attempts.front().plan;
    Json entry{{"experiment", result.experiment},
               {"margin", plan.margin},
               {"alpha", plan.alpha},
               {"attempts", Json::array()},
               {"conclusions", Json::array()},
               {"problems", result.problems}};
    for (const Attempt& attempt : result.attempts)
      entry["attempts"].push_back(ToJson(attempt));
    for (const Conclusion& conclusion : result.conclusions)
      entry["conclusions"].push_back(ToJson(conclusion));
    json["experiments"].push_back(std::move(entry));
  }
  return json.dump(1) + "\n";
}

}  // namespace reports::compare
