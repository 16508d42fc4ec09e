// HostingOptions: what may be written behind each option of WSGIDaemonProcess, and what is refused where it stands.
// CFG-60 to CFG-97; what an option does is held to its own rule elsewhere.

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "suites/hosting/read_only.h"
#include "suites/hosts_under_test/check.h"
#include "suites/hosts_under_test/chosen_host.h"

namespace suites::hosting {

namespace {

struct OptionRow {
  std::string_view name;
  std::string_view rule;
  std::vector<std::string_view> taken;
  std::vector<std::string_view> refused;  // as whole values; "" is none
  std::vector<std::string_view> refused_by_engine =
      {};  // too; mod_wsgi takes them, some as another value (CFG-3)
};

// Whole numbers from 0; what mod_wsgi would read as another number is refused (deviation, CFG-3).
OptionRow Number(std::string_view name, std::string_view rule) {
  return {name, rule, {"0", "1", "2147483647"}, {"", "-1"}, {"x", "1.5", "1s"}};
}

OptionRow Bytes(std::string_view name,
                std::string_view rule,
                std::string_view least,
                std::string_view too_few) {
  return {name, rule, {"0", least, "1073741824"}, {"", too_few, "-1"}, {"x", "64k"}};
}

const std::vector<OptionRow>& Rows() {
  static const std::vector<OptionRow> rows = {
      {"processes", "CFG-60", {"1", "16"}, {"", "0", "-1", "x"}, {"1.5"}},
      {"threads", "CFG-61", {"0", "1", "65533"}, {"", "-1", "65534"}, {"abc"}},
      {"user", "CFG-62", {"nobody", "#65534"}, {"", "no-such-user"}, {"root", "#0", "#x"}},
      {"group", "CFG-62", {"nogroup", "#65534"}, {"", "no-such-group"}, {"#x"}},
      {"supplementary-groups", "CFG-63", {"daemon", "daemon,#60"}, {"nix"}, {"", "daemon,,mail"}},
      {"umask", "CFG-64", {"0", "0027", "777"}, {"", "9", "-1", "x", "0o27"}},
      {"chroot", "CFG-65", {"/", "/srv"}, {"", "srv", "../srv"}},
      {"home", "CFG-66", {"/", "/srv/home"}, {"", "srv", "~"}},
      {"lang", "CFG-67", {"C.UTF-8", "anything"}, {}, {""}},
      {"locale", "CFG-67", {"C.UTF-8", "anything"}, {}, {""}},
      {"python-home", "CFG-68", {"/usr"}, {}, {""}},
      {"python-path", "CFG-69", {"/a", "/a:/b"}, {}, {""}},
      {"python-eggs", "CFG-70", {"/srv/eggs"}, {}, {""}},
      {"switch-interval", "CFG-71", {"0.005", "1", "2.5"}, {"", "0", "-1", "x", "0.1s"}},
      {"display-name", "CFG-72", {"%{GROUP}", "shop", "\"the shop\""}, {}, {""}},
      Number("maximum-requests", "CFG-73"),
      Number("restart-interval", "CFG-74"),
      Number("cpu-time-limit", "CFG-75"),
      Number("inactivity-timeout", "CFG-76"),
      Number("request-timeout", "CFG-77"),
      Number("interrupt-timeout", "CFG-78"),
      Number("deadlock-timeout", "CFG-79"),
      Number("startup-timeout", "CFG-80"),
      Number("graceful-timeout", "CFG-81"),
      Number("eviction-timeout", "CFG-82"),
      Number("shutdown-timeout", "CFG-83"),
      Number("connect-timeout", "CFG-84"),
      Number("socket-timeout", "CFG-85"),
      Number("queue-timeout", "CFG-86"),
      Number("response-socket-timeout", "CFG-87"),
      Number("response-flush-delay", "CFG-88"),
      Bytes("response-buffer-size", "CFG-89", "65536", "65535"),
      Bytes("header-buffer-size", "CFG-90", "8192", "8191"),
      Bytes("send-buffer-size", "CFG-91", "512", "511"),
      Bytes("receive-buffer-size", "CFG-91", "512", "511"),
      {"listen-backlog", "CFG-92", {"0", "100"}, {"", "-1"}, {"x"}},
      {"socket-user", "CFG-93", {"root", "nobody", "#65534"}, {"", "no-such-user"}},
      {"script-user", "CFG-94", {"root", "#65534"}, {"", "no-such-user", "root script-group=root"}},
      {"script-group", "CFG-94", {"root", "#65534"}, {"", "nix", "root script-user=root"}},
      {"cpu-priority", "CFG-95", {"0", "-5", "19"}, {""}, {"x", "1.5"}},
      {"memory-limit", "CFG-96", {"0", "1073741824"}, {"", "-1"}, {"x", "1g"}},
      {"virtual-memory-limit", "CFG-96", {"0", "4294967296"}, {"", "-1"}, {"x", "1g"}},
      {"stack-size", "CFG-97", {"1", "1048576"}, {"", "0", "-1", "x"}},
  };
  return rows;
}

void PrintTo(const OptionRow& row, std::ostream* out) {
  *out << row.name;
}

class HostingOptions : public hosts_under_test::Check,
                       public testing::WithParamInterface<OptionRow> {
 protected:
  HostingOptions() : Check("hosting") {}
};

std::string NameOfOption(const testing::TestParamInfo<OptionRow>& parameter) {
  std::string name(parameter.param.name);
  std::ranges::replace(name, '-', '_');
  return name;
}

}  // namespace

TEST_P(HostingOptions, TakeWhatIsLegalAndRefuseTheRestAtItsLine) {
  const OptionRow& row = GetParam();
  std::vector<std::string_view> to_refuse = row.refused;
  to_refuse.insert(to_refuse.end(), row.refused_by_engine.begin(), row.refused_by_engine.end());
  About(
      {.rule = row.rule,
       .title = fmt::format(
           "{}= with {} and {}", row.name, fmt::join(row.taken, ", "), fmt::join(to_refuse, ", ")),
       .expected = "the first are read, each of the others is an error with its line",
       .mode = "daemon"});
  std::string all;
  for (size_t i = 0; i < row.taken.size(); ++i)
    all += fmt::format("WSGIDaemonProcess d{} {}={}\n", i, row.name, row.taken[i]);
  const Verdict legal = ReadOnly(stage(), all);
  if (!hosts_under_test::IsEngineChosen()) {
    if (legal.said.find("Invalid option to WSGI") != std::string::npos)
      hosts_under_test::NotApplicable(fmt::format("it knows no option {}", row.name));
    to_refuse = row.refused;
  }
  EXPECT_TRUE(legal.is_accepted) << legal.said;
  size_t refused = 0;
  for (const std::string_view value : to_refuse) {
    const Verdict one = ReadOnly(
        stage(),
        fmt::format("WSGIDaemonProcess before\nWSGIDaemonProcess d {}={}\n", row.name, value));
    EXPECT_FALSE(one.is_accepted) << row.name << "=" << value << " was taken";
    // Names that nobody has are not found by mod_wsgi but by Apache, which has no line to name.
    const bool is_told = one.Says(one.last_line) || (!hosts_under_test::IsEngineChosen() &&
                                                     one.Says(fmt::format(" name {}\n", value)));
    EXPECT_TRUE(is_told) << "looked for " << one.last_line << " in:\n" << one.said;
    if (!one.is_accepted) ++refused;
  }
  Found(fmt::format(
      "{}; {} of {} refused", legal.is_accepted ? "read" : "not read", refused, to_refuse.size()));
}

INSTANTIATE_TEST_SUITE_P(Hosting, HostingOptions, testing::ValuesIn(Rows()), NameOfOption);

}  // namespace suites::hosting
