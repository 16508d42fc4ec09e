#pragma once
// SecurityCheck: a stage on which groups of several users live: each has a directory of its own there,
//                with the probe in it, and the sockets lie where only root can write.
// Account:       a user of this machine with its group. Existing ones are borrowed, none is made.
//
// Threads: one.
// Fails:   the fixture skips a check when it is not run by root, or the machine has too few accounts.

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "suites/hosts_under_test/check.h"
#include "suites/hosts_under_test/chosen_host.h"

namespace suites::security {

using hosts_under_test::Execute;
using hosts_under_test::Need;
using hosts_under_test::ProbeAnswer;
using hosts_under_test::Soon;
using hosts_under_test::Where;

using hosts_under_test::IsEngineChosen;
using hosts_under_test::IsHostSanitized;

struct Account {
  std::string name;
  uid_t uid = 0;
  std::string group;  // its primary one
  gid_t gid = 0;
  std::string home;
};

// Ordinary accounts, no two with the same user or group.
[[nodiscard]] std::vector<Account> OrdinaryAccounts();

// The script of the group's application: "/NAME".
struct Site {
  std::string name;
  std::string options = {};     // of the WSGIDaemonProcess, beyond user, group and home
  std::string directives = {};  // below the alias
  // Of the alias; both are named, so that the script is preloaded.
  std::string placed = "application-group=%{GLOBAL}";
};

class SecurityCheck : public hosts_under_test::Check {
 protected:
  SecurityCheck() : Check("security") {}
  void SetUp() override;

  // Whose the group of that number is; `server()` is the User of the server's own processes.
  [[nodiscard]] const Account& account(size_t number) const { return accounts_[number]; }
  [[nodiscard]] const Account& server() const { return accounts_[2]; }
  [[nodiscard]] const Account& other() const { return accounts_[3]; }

  // A directory on the stage that is the account's, with a copy of the probe that is, too.
  std::filesystem::path MakeHome(std::string_view name, const Account& owner) const;
  // A group that runs as the account, its home and its alias.
  [[nodiscard]] std::string GroupOf(const Account& owner, const Site& site) const;
  // An alias for the probe in that directory, run embedded.
  [[nodiscard]] std::string EmbeddedIn(std::string_view name) const;
  // User, Group and where the sockets are; then the text.
  void ServeAsRoot(const std::string& text) { Serve(AsRoot(text)); }
  [[nodiscard]] std::string AsRoot(const std::string& text) const;

  // "/NAME" executes the text.
  [[nodiscard]] ProbeAnswer Run(std::string_view name, const std::string& python) const;
  // Its result alone; fails the check when the text raised.
  [[nodiscard]] std::string ResultOf(std::string_view name, const std::string& python) const;

  // The socket of a group, numbered in the order of declaration from 1; of its first process, where each has one.
  [[nodiscard]] std::filesystem::path SocketOf(int group) const;
  [[nodiscard]] std::filesystem::path SocketDirectory() const { return stage().path("run"); }

 private:
  std::vector<Account> accounts_;
};

// What the chosen host says in its log when a process may not have the priority that it was to have.
[[nodiscard]] std::string_view WordsOfPriority();

void GiveTo(const std::filesystem::path& path, const Account& owner);
void SetMode(const std::filesystem::path& path, mode_t mode);

}  // namespace suites::security
