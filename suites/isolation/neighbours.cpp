#include "suites/isolation/neighbours.h"

#include <fmt/format.h>

#include "suites/hosts_under_test/check.h"

namespace suites::isolation {

using hosts_under_test::Need;
using hosts_under_test::Stage;

namespace {

enum class SettingsBy { Default, Assignment };
enum class Roots { Own, Both };

// A time zone each: the clock of a process shows whose settings were the last.
std::string_view ZoneOf(std::string_view which) {
  return which == "one" ? "Asia/Tokyo" : "America/Bogota";
}

// The least that is a Django project, with a view that says whose settings and URLs are in force.
void WriteDjango(const Stage& stage, std::string_view which, std::string_view package) {
  const std::string folder = fmt::format("{}/{}", which, package);
  (void)Need(stage.Write(folder + "/__init__.py", ""));
  (void)Need(
      stage.Write(folder + "/settings.py",
                  fmt::format("SECRET_KEY = 'of {0}'\nALLOWED_HOSTS = ['*']\nSITE = '{0}'\n"
                              "ROOT_URLCONF = '{1}.urls'\nTIME_ZONE = '{2}'\nUSE_TZ = True\n",
                              which,
                              package,
                              ZoneOf(which))));
  (void)Need(
      stage.Write(folder + "/urls.py",
                  fmt::format("import os, time\n"
                              "from django.conf import settings\n"
                              "from django.http import JsonResponse\n"
                              "from django.urls import path\n"
                              "def say(request):\n"
                              "    return JsonResponse({{'serves': settings.SITE, 'urls': '{}',\n"
                              "        'environ': os.environ['DJANGO_SETTINGS_MODULE'],\n"
                              "        'utc_offset': time.localtime(0).tm_gmtoff}})\n"
                              "urlpatterns = [path('', say)]\n",
                              which)));
}

std::string Insert(const std::filesystem::path& folder) {
  return fmt::format("import sys\nsys.path.insert(0, '{}')\n", folder.string());
}

const std::filesystem::path& Own(std::string_view which, const Folders& folders) {
  return which == "one" ? folders.one : folders.two;
}

std::string DjangoScript(std::string_view which,
                         const Folders& folders,
                         std::string_view package,
                         SettingsBy by,
                         Roots roots) {
  std::string text = roots == Roots::Both ? Insert(folders.two) + Insert(folders.one)
                                          : Insert(Own(which, folders));
  text += "import os\n";
  text +=
      by == SettingsBy::Default
          ? fmt::format("os.environ.setdefault('DJANGO_SETTINGS_MODULE', '{}.settings')\n", package)
          : fmt::format("os.environ['DJANGO_SETTINGS_MODULE'] = '{}.settings'\n", package);
  return text +
         "from django.core.wsgi import get_wsgi_application\n"
         "application = get_wsgi_application()\n";
}

std::string SiteOf(std::string_view which) {
  return fmt::format("site_{}", which);
}

Neighbours DjangoProjects(std::string_view name,
                          std::string_view title,
                          SettingsBy by,
                          Roots roots,
                          std::string_view package,  // "": each has its own
                          std::string_view advice) {
  const auto package_of = [package](std::string_view which) {
    return package.empty() ? SiteOf(which) : std::string(package);
  };
  Neighbours neighbours;
  neighbours.name = name;
  neighbours.title = title;
  neighbours.write = [package_of](const Stage& stage, std::string_view which) {
    WriteDjango(stage, which, package_of(which));
  };
  neighbours.script = [package_of, by, roots](std::string_view which, const Folders& folders) {
    return DjangoScript(which, folders, package_of(which), by, roots);
  };
  neighbours.needs_venv = true;
  neighbours.advice = advice;
  return neighbours;
}

void WriteFlask(const Stage& stage, std::string_view which, std::string_view module) {
  (void)Need(
      stage.Write(fmt::format("{}/{}.py", which, module),
                  fmt::format("from flask import Flask, jsonify\n"
                              "app = Flask(__name__)\n"
                              "app.config['SITE'] = '{}'\n"
                              "seen = []\n"
                              "@app.route('/')\n"
                              "def say():\n"
                              "    seen.append(True)\n"
                              "    return jsonify(serves=app.config['SITE'], count=len(seen))\n",
                              which)));
}

Neighbours FlaskApplications(std::string_view name,
                             std::string_view title,
                             std::string_view module,  // "": each has its own
                             std::string_view advice) {
  const auto module_of = [module](std::string_view which) {
    return module.empty() ? fmt::format("flask_{}", which) : std::string(module);
  };
  Neighbours neighbours;
  neighbours.name = name;
  neighbours.title = title;
  neighbours.write = [module_of](const Stage& stage, std::string_view which) {
    WriteFlask(stage, which, module_of(which));
  };
  neighbours.script = [module_of](std::string_view which, const Folders& folders) {
    return fmt::format(
        "{}from {} import app as application\n", Insert(Own(which, folders)), module_of(which));
  };
  neighbours.needs_venv = true;
  neighbours.advice = advice;
  return neighbours;
}

// The same package in two versions, as two applications may need it.
void WritePackage(const Stage& stage, std::string_view which) {
  (void)Need(stage.Write(fmt::format("{}/lab_package/__init__.py", which),
                         fmt::format("version = '{}'\n", which)));
}

constexpr std::string_view kSayVersion =
    "import json\n"
    "import lab_package\n"
    "def application(environ, start_response):\n"
    "    body = json.dumps({'serves': lab_package.version}).encode()\n"
    "    start_response('200 OK', [('Content-Type', 'application/json'),\n"
    "                              ('Content-Length', str(len(body)))])\n"
    "    return [body]\n";

constexpr std::string_view kOwnGroups =
    "give each project a process group of its own, with its own python-path=";

}  // namespace

const std::vector<Neighbours>& AllNeighbours() {
  static const std::vector<Neighbours> all{
      DjangoProjects("django_setdefault",
                     "two Django projects as Django writes them: os.environ.setdefault, packages "
                     "of different names",
                     SettingsBy::Default,
                     Roots::Own,
                     "",
                     kOwnGroups),
      DjangoProjects("django_assign",
                     "two Django projects that assign os.environ['DJANGO_SETTINGS_MODULE']",
                     SettingsBy::Assignment,
                     Roots::Own,
                     "",
                     "sub-interpreters do, once the settings are assigned; the time zone of the "
                     "process stays shared"),
      DjangoProjects("django_same_package",
                     "two Django projects whose packages have the same name",
                     SettingsBy::Default,
                     Roots::Own,
                     "mysite",
                     kOwnGroups),
      DjangoProjects("django_setdefault_bothpaths",
                     "two Django projects as Django writes them, each on the path of both",
                     SettingsBy::Default,
                     Roots::Both,
                     "",
                     "the wrong settings are served with status 200: give each project a process "
                     "group of its own"),
      [] {
        auto preloaded =
            DjangoProjects("django_setdefault_preloaded",
                           "two Django projects as Django writes them, both preloaded",
                           SettingsBy::Default,
                           Roots::Own,
                           "",
                           "to preload changes nothing: assign the settings, or give each a group");
        preloaded.is_preloaded = true;
        return preloaded;
      }(),
      FlaskApplications("flask_distinct_modules",
                        "two Flask applications in modules of different names",
                        "",
                        "nothing to do: Flask keeps what it has in the application object"),
      FlaskApplications("flask_same_module",
                        "two Flask applications, both in a module named app",
                        "app",
                        "in one interpreter the second is the first: name the modules apart, or "
                        "the interpreters"),
      Neighbours{
          .name = "package_two_versions",
          .title = "the same package in two versions, each on the path of its application",
          .write = WritePackage,
          .script =
              [](std::string_view which, const Folders& folders) {
                return Insert(Own(which, folders)) + std::string(kSayVersion);
              },
          .advice = "one interpreter imports a name once: an interpreter or a group for each"},
      Neighbours{
          .name = "python_path_option",
          .title = "the same package in two versions, both folders on python-path= of the group",
          .write = WritePackage,
          .script = [](std::string_view, const Folders&) { return std::string(kSayVersion); },
          .is_path_of_group = true,
          .advice = "python-path= belongs to the group: the first folder wins for all of its "
                    "applications"},
  };
  return all;
}

}  // namespace suites::isolation
