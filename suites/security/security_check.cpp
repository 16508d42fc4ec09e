#include "suites/security/security_check.h"

#include <fmt/format.h>
#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

namespace suites::security {

namespace {

constexpr std::string_view kAccounts[] = {
    "www-data", "daemon", "mail", "backup", "games", "news", "bin", "sys", "nobody"};
constexpr size_t kNeeded = 4;

void MustSucceed(int status, std::string_view what, const std::filesystem::path& path) {
  if (status != 0) {
    hosts_under_test::EndCheck(
        hosts::base::SystemError(fmt::format("cannot {} {}", what, path.string())));
  }
}

}  // namespace

std::vector<Account> OrdinaryAccounts() {
  std::vector<Account> accounts;
  for (const std::string_view name : kAccounts) {
    const passwd* user = ::getpwnam(std::string(name).c_str());
    if (user == nullptr || user->pw_uid == 0 || user->pw_gid == 0) continue;
    Account account{user->pw_name, user->pw_uid, {}, user->pw_gid, user->pw_dir};
    const group* group = ::getgrgid(account.gid);
    const bool is_new = std::ranges::none_of(accounts, [&account](const Account& one) {
      return one.uid == account.uid || one.gid == account.gid;
    });
    if (group == nullptr || !is_new) continue;
    account.group = group->gr_name;
    accounts.push_back(std::move(account));
  }
  return accounts;
}

std::string_view WordsOfPriority() {
  return IsEngineChosen() ? "H0150" : "set CPU priority";
}

void GiveTo(const std::filesystem::path& path, const Account& owner) {
  MustSucceed(::chown(path.c_str(), owner.uid, owner.gid), "give away", path);
}

void SetMode(const std::filesystem::path& path, mode_t mode) {
  MustSucceed(::chmod(path.c_str(), mode), "change the mode of", path);
}

void SecurityCheck::SetUp() {
  if (hosts_under_test::AreChecksNamedOnly()) return Check::SetUp();
  if (::geteuid() != 0) GTEST_SKIP() << "only root can start processes of several users";
  accounts_ = OrdinaryAccounts();
  if (accounts_.size() < kNeeded) {
    GTEST_SKIP() << "this machine has " << accounts_.size() << " of the " << kNeeded
                 << " ordinary accounts that are needed";
  }
  Check::SetUp();
  SetMode(stage().path(), 0755);
  std::filesystem::create_directory(SocketDirectory());
  SetMode(SocketDirectory(), 0755);
}

std::filesystem::path SecurityCheck::MakeHome(std::string_view name, const Account& owner) const {
  const auto script = Need(stage().Copy("probe.wsgi", fmt::format("{}/subject.wsgi", name)));
  const auto home = script.parent_path();
  SetMode(home, 0755);
  GiveTo(home, owner);
  GiveTo(script, owner);
  return home;
}

std::string SecurityCheck::GroupOf(const Account& owner, const Site& site) const {
  (void)MakeHome(site.name, owner);
  return fmt::format(
      "WSGIDaemonProcess {0} user={1} group={2} home={{stage}}/{0} threads=2 {3}\n"
      "WSGIScriptAlias /{0} {{stage}}/{0}/subject.wsgi process-group={0} {4}\n{5}\n",
      site.name,
      owner.name,
      owner.group,
      site.options,
      site.placed,
      site.directives);
}

std::string SecurityCheck::EmbeddedIn(std::string_view name) const {
  return fmt::format(
      "WSGIScriptAlias /{0} {{stage}}/{0}/subject.wsgi process-group=%{{GLOBAL}} "
      "application-group=%{{GLOBAL}}\n",
      name);
}

std::string SecurityCheck::AsRoot(const std::string& text) const {
  return fmt::format("User {}\nGroup {}\nWSGISocketPrefix {{stage}}/run/wsgi\n{}",
                     server().name,
                     server().group,
                     text);
}

ProbeAnswer SecurityCheck::Run(std::string_view name, const std::string& python) const {
  auto client = host().NewClient();
  return Need(Execute(client, fmt::format("/{}", name), python));
}

std::string SecurityCheck::ResultOf(std::string_view name, const std::string& python) const {
  const ProbeAnswer answer = Run(name, python);
  EXPECT_FALSE(answer.error) << *answer.error;
  return answer.result;
}

std::filesystem::path SecurityCheck::SocketOf(int group) const {
  const std::string_view process = IsEngineChosen() ? ".0" : "";
  return SocketDirectory() /
         fmt::format("wsgi.{}.0.{}{}.sock", host().supervisor(), group, process);
}

}  // namespace suites::security
