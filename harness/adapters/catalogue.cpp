#include "harness/adapters/catalogue.h"

#include <cstdlib>

#include "harness/adapters/apache_adapter.h"
#include "harness/adapters/engine_adapter.h"
#include "harness/adapters/granian_adapter.h"
#include "harness/adapters/gunicorn_adapter.h"
#include "harness/adapters/uwsgi_adapter.h"

namespace harness::adapters {

namespace fs = std::filesystem;

namespace {

// PyPI's mod_wsgi in the environment of the peers; a path where nothing is, where it has none.
fs::path ModuleOfPypi(const fs::path& peers) {
  std::error_code problem;
  for (const auto& python : fs::directory_iterator(peers / "lib", problem)) {
    const fs::path folder = python.path() / "site-packages" / "mod_wsgi" / "server";
    for (const auto& file : fs::directory_iterator(folder, problem)) {
      if (file.path().filename().string().starts_with("mod_wsgi-py")) return file.path();
    }
  }
  return peers / "lib" / "mod_wsgi.so";
}

}  // namespace

std::vector<std::unique_ptr<HostAdapter>> EveryHost(const fs::path& engine,
                                                    const fs::path& peers,
                                                    const Environment& environment) {
  const fs::path gunicorn = ProgramFromEnvironment("WSGILAB_GUNICORN", peers / "bin" / "gunicorn");
  const fs::path uwsgi = ProgramFromEnvironment("WSGILAB_UWSGI", peers / "bin" / "uwsgi");
  const fs::path granian = ProgramFromEnvironment("WSGILAB_GRANIAN", peers / "bin" / "granian");
  std::vector<std::unique_ptr<HostAdapter>> hosts;
  hosts.push_back(std::make_unique<EngineAdapter>(engine, environment));
  const char* told = std::getenv("WSGILAB_ENGINES");
  for (FoundEngine& other : OtherEngines(engine, told == nullptr ? "" : told)) {
    hosts.push_back(std::make_unique<EngineAdapter>(std::move(other), environment));
  }
  hosts.push_back(std::make_unique<ApacheAdapter>(FindApache(), environment));
  ApachePrograms newest = FindApache();
  newest.mod_wsgi = ModuleOfPypi(peers);
  hosts.push_back(std::make_unique<ApacheAdapter>(newest, environment, "apache-pypi"));
  for (const LoadedBy loaded_by : {LoadedBy::EachProcess, LoadedBy::TheMaster}) {
    hosts.push_back(std::make_unique<GunicornAdapter>(gunicorn, environment, loaded_by));
  }
  for (const LoadedBy loaded_by : {LoadedBy::EachProcess, LoadedBy::TheMaster}) {
    hosts.push_back(std::make_unique<UwsgiAdapter>(uwsgi, environment, loaded_by));
  }
  hosts.push_back(std::make_unique<GranianAdapter>(granian, environment));
  return hosts;
}

}  // namespace harness::adapters
