// SecurityLimits: what a process may use: its priority, its memory, the stacks of its threads.
// CFG-95 to CFG-97, DAEMON-47.

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>

#include "suites/hosts_under_test/eventually.h"
#include "suites/security/security_check.h"

namespace suites::security {

namespace {

class SecurityLimits : public SecurityCheck {};

// DAEMON-47: mod_wsgi starts, and tries for ever.
constexpr std::string_view kRefusal =
    "that a configuration is refused whose processes cannot start";

// The size of the stack of the thread that asks, and of one that Python starts.
constexpr std::string_view kAskStack = R"(
import ctypes, threading
libc = ctypes.CDLL(None)
libc.pthread_self.restype = ctypes.c_ulong
def stack():
    attributes = ctypes.create_string_buffer(64)
    libc.pthread_getattr_np(ctypes.c_ulong(libc.pthread_self()), attributes)
    size = ctypes.c_size_t()
    libc.pthread_attr_getstacksize(attributes, ctypes.byref(size))
    return size.value
own = []
thread = threading.Thread(target=lambda: own.append(stack()))
thread.start()
thread.join()
result = [stack(), own[0]]
)";

}  // namespace

TEST_F(SecurityLimits, PriorityIsSetBeforePythonStarts) {
  About({.rule = "CFG-95",
         .title = "cpu-priority=: the nice value of the group's processes, also a negative one",
         .expected = "7 and -3; without the option that of who started the server",
         .mode = "daemon/main"});
  ServeAsRoot(GroupOf(account(0), {.name = "one", .options = "cpu-priority=7"}) +
              GroupOf(account(1), {.name = "two", .options = "cpu-priority=-3"}) +
              GroupOf(other(), {.name = "three"}));
  std::string found;
  for (const auto& [name, nice] : {std::pair("one", "7"), std::pair("two", "-3")}) {
    const std::string value =
        ResultOf(name, "import os; result = os.getpriority(os.PRIO_PROCESS, 0)");
    found += value + " ";
    if (std::string_view(nice) == "-3" &&
        host().Log().find(WordsOfPriority()) != std::string::npos) {
      continue;  // a root without the right to: told, and the process goes on
    }
    EXPECT_EQ(value, nice) << name;
  }
  const std::string untouched =
      ResultOf("three", "import os; result = os.getpriority(os.PRIO_PROCESS, 0)");
  Found(found + untouched);
  EXPECT_EQ(untouched, std::to_string(::getpriority(PRIO_PROCESS, 0)));
}

TEST_F(SecurityLimits, MemoryIsLimitedSoftAndHard) {
  if (IsHostSanitized()) GTEST_SKIP() << "a sanitizer's own memory is beyond any limit";
  About({.rule = "CFG-96",
         .title = "memory-limit= and virtual-memory-limit= are RLIMIT_DATA and RLIMIT_AS, soft and "
                  "hard, and an application cannot raise them",
         .expected = "both limits, twice each, and a refusal",
         .mode = "daemon/main"});
  ServeAsRoot(GroupOf(
      account(0),
      {.name = "one", .options = "memory-limit=1073741824 virtual-memory-limit=4294967296"}));
  const std::string found = ResultOf("one", R"(
import resource
def refusal():
    try:
        resource.setrlimit(resource.RLIMIT_DATA, (-1, -1))
    except (ValueError, PermissionError):
        return 'refused'
result = [resource.getrlimit(resource.RLIMIT_DATA), resource.getrlimit(resource.RLIMIT_AS), refusal()]
)");
  Found(found);
  EXPECT_EQ(found, R"([[1073741824,1073741824],[4294967296,4294967296],"refused"])");
}

TEST_F(SecurityLimits, AnApplicationThatWantsMoreFailsAlone) {
  if (IsHostSanitized()) GTEST_SKIP() << "a sanitizer's own memory is beyond any limit";
  About({.rule = "CFG-96",
         .title = "An application that asks for more than memory-limit= gets a MemoryError; its "
                  "process lives, another group has no limit",
         .expected = "MemoryError, the same process, and 2 GiB for the other",
         .mode = "daemon/main"});
  ServeAsRoot(GroupOf(account(0), {.name = "one", .options = "memory-limit=1073741824"}) +
              GroupOf(account(1), {.name = "two"}));
  // Asked for, not touched.
  const std::string take = R"(
import mmap
try:
    mmap.mmap(-1, 2 << 30, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x4000).close()
    result = 'taken'
except OSError as error:
    result = error.errno
)";
  const ProbeAnswer before = Run("one", "result = 0");
  const ProbeAnswer refused = Run("one", "result = len(bytes(2 << 30))");
  const ProbeAnswer mapped = Run("one", take);
  const std::string others = ResultOf("two", take);
  Found(fmt::format("{}, {}, pid {} then {}; the other: {}",
                    refused.error.value_or("no error"),
                    mapped.result,
                    before.pid,
                    mapped.pid,
                    others));
  EXPECT_EQ(refused.error.value_or(""), "MemoryError: ");
  EXPECT_EQ(mapped.result, "12") << "ENOMEM";
  EXPECT_EQ(mapped.pid, before.pid);
  EXPECT_EQ(others, "\"taken\"");
}

TEST_F(SecurityLimits, EmbeddedApplicationsHaveNone) {
  About({.rule = "DAEMON-46",
         .title = "The limits of a group hold for its processes and not for the server's",
         .expected = "as inherited",
         .mode = "embedded/main"});
  MakeHome("mine", server());
  const std::string options =
      IsHostSanitized() ? "cpu-priority=7" : "cpu-priority=7 memory-limit=1073741824";
  ServeAsRoot(GroupOf(account(0), {.name = "one", .options = options}) + EmbeddedIn("mine"));
  const std::string ask =
      "import os, resource\n"
      "result = [os.getpriority(os.PRIO_PROCESS, 0), resource.getrlimit(resource.RLIMIT_DATA)[0] "
      "== "
      "1 << 30]";
  const std::string found = ResultOf("mine", ask);
  Found(found);
  EXPECT_EQ(found, fmt::format("[{},false]", ::getpriority(PRIO_PROCESS, 0)));
  EXPECT_EQ(ResultOf("one", ask), IsHostSanitized() ? "[7,false]" : "[7,true]");
}

TEST_F(SecurityLimits, StacksOfTheEnginesThreadsHaveTheirSize) {
  About({.rule = "CFG-97",
         .title =
             "stack-size= is the stack of the threads that run applications; those that Python "
             "starts keep the usual one",
         .expected = "3 MiB, and what a group without the option has",
         .mode = "daemon/main"});
  ServeAsRoot(GroupOf(account(0), {.name = "one", .options = "stack-size=3145728"}) +
              GroupOf(account(1), {.name = "two"}));
  const std::string ask(kAskStack);
  const std::string found = ResultOf("one", ask);
  const std::string usual = ResultOf("two", ask);
  Found(fmt::format("{}, without: {}", found, usual));
  const std::string of_python = usual.substr(usual.find(','));
  EXPECT_EQ(found, "[3145728" + of_python);
  EXPECT_NE(usual.substr(0, usual.find(',')), "[3145728");
}

TEST_F(SecurityLimits, AStackThatNoThreadCanHaveIsLogged) {
  About(
      {.rule = "CFG-97",
       .title = "stack-size= below what the system gives: the group serves, and the engine logs it",
       .expected = "a line in the log, 200",
       .mode = "daemon/main"});
  ServeAsRoot(GroupOf(account(0), {.name = "one", .options = "stack-size=1000"}));
  EXPECT_EQ(ResultOf("one", "result = 1"), "1");
  const bool is_logged = host().Log().find("H0152") != std::string::npos;
  Found(is_logged ? "a line in the log, 200" : "nothing in the log, 200");
  EXPECT_TRUE(is_logged || !IsEngineChosen());
}

TEST_F(SecurityLimits, ThreadsThatCannotBeStartedReplaceNothing) {
  if (IsHostSanitized()) GTEST_SKIP() << "a sanitizer's own memory is beyond any limit";
  About({.rule = "DAEMON-47",
         .title =
             "A restart with a group whose limit has no room for its threads; then a server that "
             "begins with it",
         .expected = "H0110 and refused, 200 of who was there; the other does not start",
         .mode = "daemon/main"});
  hosts_under_test::EndUnlessEngine(kRefusal);
  WillCrash();
  MakeHome("one", account(0));
  const std::string sound = GroupOf(account(1), {.name = "two"});
  const std::string unsound = fmt::format(
      "WSGIDaemonProcess one user={} group={} home={{stage}}/one threads=900 "
      "stack-size=8388608 memory-limit=1073741824\n",
      account(0).name,
      account(0).group);
  ServeAsRoot(sound);
  Need(hosts_under_test::HostUnderTest::Rewrite(stage(), AsRoot(unsound + sound)));
  ASSERT_EQ(::kill(host().supervisor(), SIGHUP), 0);
  EXPECT_TRUE(hosts_under_test::Eventually(
      [this] { return host().Log().find(" H0115 ") != std::string::npos; }, Soon()));
  EXPECT_NE(host().Log().find("cannot start 900 threads"), std::string::npos);
  EXPECT_EQ(ResultOf("two", "result = 1"), "1");
  (void)StopHost();
  const auto other = hosts_under_test::HostUnderTest::Start(stage(), AsRoot(unsound + sound));
  Found(other ? "it starts" : other.error().Text());
  ASSERT_FALSE(other);
  EXPECT_NE(other.error().Text().find("exit 78"), std::string::npos) << other.error().Text();
}

// It once ended with an exit code that says nothing, and was tried for ever.
TEST_F(SecurityLimits, MemoryWithoutRoomForASingleThreadRefusesTheStart) {
  About({.rule = "DAEMON-47",
         .title = "memory-limit=16777216, in which Python starts, and no thread does",
         .expected = "the server does not start, and says why",
         .mode = "daemon/main"});
  hosts_under_test::EndUnlessEngine(kRefusal);
  if (IsHostSanitized()) GTEST_SKIP() << "a sanitizer's own memory is beyond any limit";
  (void)Need(stage().Copy("probe.wsgi", "subject.wsgi"));
  const auto host = hosts_under_test::HostUnderTest::Start(
      stage(),
      "WSGIDaemonProcess one threads=1 memory-limit=16777216\n"
      "WSGIScriptAlias /subject {stage}/subject.wsgi process-group=one\n");
  Found(host ? "it starts" : host.error().Text());
  ASSERT_FALSE(host);
  EXPECT_NE(host.error().Text().find("exit 78"), std::string::npos) << host.error().Text();
  EXPECT_NE(host.error().Text().find("H0110"), std::string::npos) << host.error().Text();
}

}  // namespace suites::security
