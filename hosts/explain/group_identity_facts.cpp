#include <fmt/format.h>
#include <fmt/ranges.h>

#include "hosts/explain/group_book.h"
#include "hosts/explain/process_facts.h"

namespace hosts::explain {

namespace {

using deployment::ProcessGroup;
using About = GroupBook::About;

// SEC-1, SEC-2.
void AddUserAndGroup(GroupBook& book) {
  const ProcessGroup& group = book.group();
  const std::string user = UserName(group.user);
  book.Add({About::Identity, "user", "CFG-62 SEC-1", "User"},
           user,
           user.empty() ? "the user who starts the server" : "user " + user);
  const bool is_surprise = book.is_written("user") && !book.is_written("group");
  std::string meaning =
      group.group.empty() ? "the group of who starts the server" : "group " + group.group;
  if (is_surprise) meaning += ", the server's, whatever the user's own is";
  GroupFact& added =
      book.AddUsual({About::Identity, "group", "CFG-62 SEC-2", "Group"}, group.group, meaning);
  added.is_usual = added.is_usual && !is_surprise;
}

// SEC-3.
void AddFurtherGroups(GroupBook& book) {
  const ProcessGroup& group = book.group();
  const GroupBook::Subject subject{About::Identity, "supplementary-groups", "CFG-63 SEC-3"};
  if (group.supplementary_groups) {
    const std::string names = fmt::format("{}", fmt::join(*group.supplementary_groups, ", "));
    book.Add(subject, names, fmt::format("further groups {}, and no others", names));
    return;
  }
  const std::string whose = group.user.empty() ? "who starts the server" : UserName(group.user);
  GroupFact& added =
      book.AddUsual(subject, {}, fmt::format("further groups: those that {} has", whose));
  if (book.is_written("user")) added.is_usual = false;
}

// CFG-66, SEC-4, SEC-6.
void AddDirectories(GroupBook& book) {
  const ProcessGroup& group = book.group();
  if (!group.chroot.empty()) {
    book.Add(
        {About::Identity, "chroot", "CFG-65 SEC-6"},
        group.chroot.string(),
        fmt::format("root directory {}: nothing outside is seen, so that Python and all modules "
                    "must be inside; applications are told paths without it",
                    group.chroot.string()));
  }
  const std::string directory = group.working_directory.string();
  std::string meaning = "directory " + directory;
  if (!group.chroot.empty()) meaning += " inside it";
  if (!group.home.empty()) meaning += ", first in sys.path too";
  const bool is_users = group.home.empty() && group.chroot.empty() && directory != "/";
  if (is_users) meaning += fmt::format(", where {} is at home", UserName(group.user));
  book.Add({About::Identity, "home", "CFG-66 SEC-4"}, directory, meaning);
}

// CFG-64: what files and directories can get at most.
void AddUmask(GroupBook& book) {
  const ProcessGroup& group = book.group();
  constexpr mode_t kFile = 0666;
  constexpr mode_t kDirectory = 0777;
  const GroupBook::Subject subject{About::Identity, "umask", "CFG-64 SEC-5"};
  if (!group.umask) {
    book.AddUsual(subject, {}, "the umask of who starts the server");
    return;
  }
  book.Add(subject,
           fmt::format("{:04o}", *group.umask),
           fmt::format("umask {:04o}: new files get {:04o} at most, new directories {:04o}",
                       *group.umask,
                       kFile & ~*group.umask,
                       kDirectory & ~*group.umask));
}

// CFG-68, CFG-69. What is a default is said of each URL.
void AddPython(GroupBook& book) {
  const ProcessGroup& group = book.group();
  const std::string home = WithoutSlash(group.python_home.string());
  book.AddUsual({About::Identity, "python-home", "CFG-68 LOAD-30", "WSGIPythonHome"},
                home,
                home.empty() ? "the Python of the system" : "the Python of " + home);
  const std::string path = fmt::format("{}", fmt::join(group.python_path, ":"));
  book.AddUsual({About::Identity, "python-path", "CFG-69 LOAD-31"},
                path,
                path.empty() ? "sys.path gets nothing of its own" : path + " first in sys.path");
}

// CFG-67, CFG-72.
void AddLanguageAndName(GroupBook& book) {
  const ProcessGroup& group = book.group();
  book.AddUsual({About::Identity, "lang", "CFG-67"},
                group.lang,
                group.lang.empty() ? "LANG of who starts the server" : "LANG is " + group.lang);
  book.AddUsual({About::Identity, "locale", "CFG-67"},
                group.locale,
                group.locale.empty()
                    ? "LC_ALL of who starts the server"
                    : fmt::format("LC_ALL is {}, set before Python starts; a machine that has no "
                                  "such locale keeps its own, and the log says so (H0151)",
                                  group.locale));
  book.AddUsual({About::Identity, "display-name", "CFG-72 DAEMON-6"},
                group.display_name,
                group.display_name.empty()
                    ? "listed under the server's own name"
                    : fmt::format("listed by ps as {}, cut to the length of the server's command",
                                  group.display_name));
}

// SEC-8, DAEMON-11.
void AddSocket(GroupBook& book) {
  if (book.group().threads == 0) return;  // nobody connects
  const std::string owner = UserName(book.group().socket.user);
  book.Add(
      {About::Socket, "socket-user", "CFG-93 SEC-8 DAEMON-11"},
      owner,
      fmt::format("only root and {} can connect", owner.empty() ? "the server's user" : owner));
}

// SEC-9.
void AddScriptOwner(GroupBook& book) {
  const auto& owner = book.group().script_owner;
  const auto value_of = [&book](std::string_view option) {
    return FindOption(book.group().options, option)->value;
  };
  if (owner.user) {
    const std::string user = value_of("script-user");
    book.Add(
        {About::Scripts, "script-user", "CFG-94 SEC-9"},
        user,
        fmt::format("403 unless the script and its directory are {}'s, and neither can be written "
                    "by their group or by others",
                    UserName(user)));
  }
  if (owner.group) {
    const std::string group = value_of("script-group");
    book.Add(
        {About::Scripts, "script-group", "CFG-94 SEC-9"},
        group,
        fmt::format("403 unless the script and its directory are of the group {}, and neither can "
                    "be written by others",
                    group));
  }
}

}  // namespace

void AddGroupIdentity(GroupBook& book) {
  AddUserAndGroup(book);
  AddFurtherGroups(book);
  AddDirectories(book);
  AddUmask(book);
  AddPython(book);
  AddLanguageAndName(book);
  AddSocket(book);
  AddScriptOwner(book);
}

}  // namespace hosts::explain
