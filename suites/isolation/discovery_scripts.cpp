// Isolation/Discovery: the module that a script becomes, hashes, what a missing callable is, and whom a changed
// script disturbs (discoveries.md, items 18, 20 and 21).

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <filesystem>

#include "suites/isolation/discovery.h"

namespace suites::isolation {

namespace fs = std::filesystem;
using hosts_under_test::Execute;
using hosts_under_test::HostUnderTest;
using hosts_under_test::Need;
using hosts_under_test::NeedHost;
using hosts_under_test::Stage;
using hosts_under_test::Where;

namespace {

// The module of the script in this directory, which is in sys.modules under a name of its own.
std::string ModuleOf(const char* script) {
  return fmt::format(
      "import os, sys\n"
      "module, = [m for m in list(sys.modules.values()) if getattr(m, '__file__', None) == "
      "os.path.join(HERE, '{}')]\n",
      script);
}

}  // namespace

// ---- the name of a script's module ----

constexpr std::string_view kNamedByPath = "_mod_wsgi_ and a hash of its path, in sys.modules";

constexpr Expected kName[] = {
    {"embedded_main", kNamedByPath, ""},
    {"embedded_one_sub", kNamedByPath, ""},
    {"embedded_two_subs", kNamedByPath, ""},
    {"embedded_main_and_sub", kNamedByPath, ""},
    {"embedded_sub_and_main", kNamedByPath, ""},
    {"daemon_main", kNamedByPath, ""},
    {"daemon_two_subs", kNamedByPath, ""},
    {"daemon_two_groups", kNamedByPath, ""},
    {"daemon_two_users", kNamedByPath, ""},
    {"daemon_two_processes", kNamedByPath, ""},
};
class NameOfAScript : public Discovery {};

TEST_P(NameOfAScript, IsMadeOfItsPath) {
  About("script_name", "A and B look for the module of their script in sys.modules");
  // LOAD-8: before 6.0 mod_wsgi takes the path in small letters.
  const bool is_lowered = hosts_under_test::MajorOfModWsgi().value_or(6) < 6;
  PairedHost paired(pairing());
  const auto name_of = [&](Who who, const char* script) {
    const auto answer = paired.Run(
        who,
        ModuleOf(script) + fmt::format("path = module.__file__{}\n", is_lowered ? ".lower()" : "") +
            "import hashlib\n"
            "by_path = '_mod_wsgi_' + hashlib.md5(os.fsencode(path)).hexdigest()\n"
            "result = module.__name__ + ('' if module.__name__ == by_path else ', not ' + by_path)",
        "");
    return answer.error ? *answer.error : nlohmann::json::parse(answer.result).get<std::string>();
  };
  const std::string a = name_of(Who::A, "a.wsgi");
  const bool is_one = pairing().is_one_application();
  const std::string b = name_of(Who::B, is_one ? "a.wsgi" : "b.wsgi");
  const auto is_by_path = [](const std::string& name) {
    return name.starts_with("_mod_wsgi_") && name.find(", not ") == std::string::npos;
  };
  const bool fits = is_by_path(a) && is_by_path(b) && (a == b) == is_one;
  Conclude(fits ? kNamedByPath : "otherwise", fmt::format("A: {}; B: {}", a, b));
}
INSTANTIATE_TEST_SUITE_P(Isolation, NameOfAScript, testing::ValuesIn(kName), NameOfExpected);

// ---- hashes ----

constexpr std::string_view kOneHash = "one hash, which is not random";

constexpr Expected kHash[] = {{"embedded_main", kOneHash, ""},
                              {"embedded_two_subs", kOneHash, ""},
                              {"daemon_two_subs", kOneHash, ""},
                              {"daemon_two_groups", kOneHash, ""},
                              {"daemon_two_processes", kOneHash, ""}};
class HashSeedOfTheEnvironment : public Discovery {};

TEST_P(HashSeedOfTheEnvironment, IsEverybodys) {
  About("hashseed_env", "the server is started with PYTHONHASHSEED=0; A and B hash a string");
  PairedHost paired(Staged{.pairing = pairing(), .environment = {{"PYTHONHASHSEED", "0"}}});
  constexpr const char* kAsk = "import sys; result = [hash('x'), sys.flags.hash_randomization]";
  const std::string a = paired.Run(Who::A, kAsk, "").result;
  const std::string b = paired.Run(Who::B, kAsk, "").result;
  const bool is_random = !a.ends_with(",0]") || !b.ends_with(",0]");
  Conclude(a != b      ? "two hashes"
           : is_random ? "one hash, which is random"
                       : kOneHash,
           fmt::format("A: {}; B: {}", a, b));
}
INSTANTIATE_TEST_SUITE_P(Isolation,
                         HashSeedOfTheEnvironment,
                         testing::ValuesIn(kHash),
                         NameOfExpected);

// ---- pickles of what a script defines ----

constexpr std::string_view kCanLoad = "B can load it";
constexpr std::string_view kNoModule = "ModuleNotFoundError";

constexpr Expected kPickle[] = {
    {"embedded_main", kCanLoad, ""},
    {"embedded_one_sub", kCanLoad, ""},
    {"embedded_two_subs", kNoModule, ""},
    {"embedded_main_and_sub", kNoModule, ""},
    {"embedded_sub_and_main", kNoModule, ""},
    {"daemon_main", kCanLoad, ""},
    {"daemon_two_subs", kNoModule, ""},
    {"daemon_two_groups", kNoModule, ""},
    {"daemon_two_users", kNoModule, ""},
    {"daemon_two_processes", kCanLoad, ""},
};
class PickleOfAScriptsClass : public Discovery {};

// In two processes of one application both have the class: each defines it.
TEST_P(PickleOfAScriptsClass, IsLoadedWhereTheScriptIs) {
  About("pickle_script_class",
        "A pickles an instance of a class that its script defines; B loads it");
  PairedHost paired(pairing());
  const std::string defined =
      ModuleOf("a.wsgi") +
      "exec('class Kept:\\n    def __init__(self, value): self.value = value', "
      "module.__dict__)\n";
  const auto pickled = paired.Run(
      Who::A, defined + "import pickle; result = pickle.dumps(module.Kept(5)).hex()", "");
  ASSERT_EQ(pickled.error, std::nullopt);
  const std::string load =
      fmt::format("import pickle; result = pickle.loads(bytes.fromhex('{}')).value",
                  nlohmann::json::parse(pickled.result).get<std::string>());
  const auto of_b = paired.Run(Who::B, pairing().is_one_application() ? defined + load : load, "");
  Conclude(of_b.result == "5"                                           ? kCanLoad
           : of_b.error.value_or("").starts_with("ModuleNotFoundError") ? kNoModule
                                                                        : "otherwise",
           of_b.error.value_or(of_b.result));
}
INSTANTIATE_TEST_SUITE_P(Isolation,
                         PickleOfAScriptsClass,
                         testing::ValuesIn(kPickle),
                         NameOfExpected);

// ---- item 18: a script without `application` ----

constexpr Expected kNoCallable[] = {
    {"embedded_main", "404", ""},
    {"embedded_two_subs", "404", ""},
    {"daemon_main", "500", ""},
    {"daemon_two_subs", "500", ""},
};
class ScriptWithoutApplication : public Discovery {};

TEST_P(ScriptWithoutApplication, IsAnotherErrorInADaemon) {
  About("no_application", "the script of A defines no `application`");
  const PlainHost host(pairing(), {.script_of_a = "nothing = None\n"});
  client::HttpClient client(host.port());
  const int status = Need(client.Get("/a")).status;
  EXPECT_TRUE(Where(client, "/b"));
  Conclude(std::to_string(status), "the status of its answer");
}
INSTANTIATE_TEST_SUITE_P(Isolation,
                         ScriptWithoutApplication,
                         testing::ValuesIn(kNoCallable),
                         NameOfExpected);

// ---- item 20: a changed script ----

constexpr std::string_view kKept = "B keeps what it has";
constexpr std::string_view kLost = "B loses what it has";

constexpr Expected kTouched[] = {
    {"embedded_main", kKept, ""},
    {"embedded_two_subs", kKept, ""},
    {"daemon_main", kLost, ""},
    {"daemon_two_subs", kLost, ""},
    {"daemon_two_groups", kKept, ""},
};
class ChangedScript : public Discovery {};

TEST_P(ChangedScript, DisturbsItsProcessInADaemon) {
  About("touch_other", "B keeps something; A's script is touched, and asked; B looks");
  PairedHost paired(pairing());
  (void)paired.Run(Who::B, "STATE['kept'] = 1", "");
  const std::string load = paired.a().load;
  const fs::path script = paired.stage().path("a.wsgi");
  fs::last_write_time(script, fs::last_write_time(script) - std::chrono::hours(1));
  auto client = paired.host().NewClient();
  const auto of_a = Need(Where(client, "/a"));
  EXPECT_NE(of_a.load, load) << "A has not been loaded again";
  const auto of_b = Need(Execute(client, "/b", "result = 'kept' in STATE"));
  Conclude(of_b.result == "true" ? kKept : kLost,
           fmt::format("A: {}, then {}; B: {}, then {}",
                       paired.a().Place(),
                       of_a.Place(),
                       paired.b().Place(),
                       of_b.Place()));
}
INSTANTIATE_TEST_SUITE_P(Isolation, ChangedScript, testing::ValuesIn(kTouched), NameOfExpected);

// ---- item 21: one script at two URLs ----

constexpr std::string_view kTwo = "two interpreters";

constexpr Expected kTwoUrls[] = {{"embedded_two_subs", kTwo, ""}, {"daemon_two_subs", kTwo, ""}};
class OneScriptAtTwoUrls : public Discovery {};

TEST_P(OneScriptAtTwoUrls, IsTwoApplications) {
  About("same_script_two_urls",
        "one script at /one and /two, in the application group of each URL's own");
  const Stage stage = Need(Stage::Make());
  const fs::path script = Need(stage.Copy("probe.wsgi", "both.wsgi"));
  auto deployment = GroupsOf(pairing());
  for (const char* url : {"/one", "/two"}) {
    harness::adapters::ServedScript served;
    served.url = url;
    served.script = script;
    served.process_group = pairing().a.process_group;
    served.application_group = "%{RESOURCE}";
    deployment.scripts.push_back(served);
  }
  auto host = NeedHost(HostUnderTest::Start(stage, deployment));
  auto client = host.NewClient();
  const auto one = Need(Where(client, "/one"));
  const auto two = Need(Where(client, "/two"));
  StopAndLookAfter(host, hosts_under_test::Crashes::Unexpected);
  const bool is_two =
      one.interpreter != two.interpreter && one.application_group != two.application_group;
  Conclude(is_two ? kTwo : "one interpreter",
           fmt::format("'{}' and '{}'", one.application_group, two.application_group));
}
INSTANTIATE_TEST_SUITE_P(Isolation,
                         OneScriptAtTwoUrls,
                         testing::ValuesIn(kTwoUrls),
                         NameOfExpected);

}  // namespace suites::isolation
