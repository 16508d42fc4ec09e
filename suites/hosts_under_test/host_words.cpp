#include "suites/hosts_under_test/host_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "hosts/base/check.h"
#include "suites/hosts_under_test/chosen_host.h"

namespace suites::hosts_under_test {

namespace {

// Between what has happened and what comes of it, versions of mod_wsgi write another sign.
constexpr std::string_view kSign = "{sign}";

struct Words {
  std::string_view reason;
  std::string_view happened;
  std::string_view ends = {};    // behind `happened`
  std::string_view drains = {};  // the same; empty where it never does
};

constexpr Words kOfModWsgi[] = {
    {"maximum_requests", "Maximum requests reached", "{sign} triggering", "{sign} attempt"},
    {"restart_interval", "Application restart timer expired", ", stopping", "{sign} waiting"},
    {"inactivity_timeout", "Daemon process idle inactivity timer expired", ", stopping"},
    {"request_timeout",
     "Daemon process request time limit exceeded",
     ", stopping",
     "{sign} waiting"},
    {"startup_timeout", "Application startup timer expired", ", stopping"},
    {"deadlock_timeout", "Daemon process deadlock timer expired", ", stopping"},
    {"cpu_time_limit", "Exceeded CPU time limit", "{sign} triggering", "{sign} waiting"},
    {"graceful_signal", "Process eviction requested", "{sign} triggering", "{sign} waiting"},
    {"eviction_signal", "Process eviction requested", "{sign} triggering", "{sign} waiting"},
    {"shutdown_signal", "Shutdown requested"},
};

constexpr Words kGracefulSinceSix = {
    "graceful_signal", "Graceful restart requested", "; triggering", "; waiting"};

bool IsBeforeSix() {
  const auto major = MajorOfModWsgi();
  return major && *major < 6;
}

const Words& OfModWsgi(std::string_view reason) {
  if (reason == kGracefulSinceSix.reason && !IsBeforeSix()) return kGracefulSinceSix;
  const auto* const found = std::ranges::find(kOfModWsgi, reason, &Words::reason);
  CHECK(found != std::end(kOfModWsgi), "no words of mod_wsgi are known for this reason");
  return *found;
}

std::string Joined(std::string_view happened, std::string_view then) {
  std::string text = fmt::format("{}{}", happened, then);
  const size_t at = text.find(kSign);
  if (at != std::string::npos) text.replace(at, kSign.size(), IsBeforeSix() ? "," : ";");
  return text;
}

}  // namespace

std::string WordsOf(std::string_view reason) {
  return std::string(IsEngineChosen() ? reason : OfModWsgi(reason).happened);
}

std::string WordsOfEnd(std::string_view reason) {
  if (IsEngineChosen()) return fmt::format("The process is ending: {}", reason);
  const Words& words = OfModWsgi(reason);
  return Joined(words.happened, words.ends);
}

std::string WordsOfDrain(std::string_view reason) {
  if (IsEngineChosen())
    return fmt::format("The process is to end, when no request is inside it: {}", reason);
  const Words& words = OfModWsgi(reason);
  CHECK(!words.drains.empty(), "mod_wsgi ends at once for this reason");
  return Joined(words.happened, words.drains);
}

std::string_view WordsOfAnyEnd() {
  return IsEngineChosen() ? "The process is ending" : "Shutdown requested";
}

std::string_view WordsOfAbort() {
  if (IsEngineChosen()) return "ended: exit code 255";
  return IsBeforeSix() ? "Aborting process" : "aborting daemon process";
}

std::string_view WordsOfRefusal() {
  if (IsEngineChosen()) return " H0341 ";
  return IsBeforeSix() ? "Force restart of process" : "Forcing restart of daemon process";
}

std::string_view WordsOfTooManyRefusals() {
  return IsEngineChosen() ? " H0215 " : "restart attempts reached";
}

std::string_view WordsOfAnEndedProcess() {
  return IsEngineChosen() ? " H0104 " : " has died";
}

std::string_view WordsOfNoPython() {
  if (IsEngineChosen()) return " H0110 ";
  return IsBeforeSix() ? "Python error" : "Python initialisation failed in daemon process";
}

std::string_view WordsOfQueueTimeout() {
  return IsEngineChosen() ? "H0132" : "Queue timeout expired for WSGI daemon process";
}

int StatusOfADeath() {
  return IsBeforeSix() ? 500 : 502;
}

int ThreadsPerChildFor(int wanted, int clients) {
  constexpr int kIdle = 10;
  return IsEngineChosen() ? wanted : clients + kIdle;
}

}  // namespace suites::hosts_under_test
