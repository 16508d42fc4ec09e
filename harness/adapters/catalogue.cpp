#include "harness/adapters/catalogue.h"

#include "harness/adapters/apache_adapter.h"
#include "harness/adapters/engine_adapter.h"
#include "harness/adapters/granian_adapter.h"
#include "harness/adapters/gunicorn_adapter.h"
#include "harness/adapters/uwsgi_adapter.h"

namespace harness::adapters {

namespace fs = std::filesystem;

std::vector<std::unique_ptr<HostAdapter>> EveryHost(const fs::path& engine,
                                                    const fs::path& peers,
                                                    const Environment& environment) {
  const fs::path gunicorn = ProgramFromEnvironment("WSGILAB_GUNICORN", peers / "bin" / "gunicorn");
  const fs::path uwsgi = ProgramFromEnvironment("WSGILAB_UWSGI", peers / "bin" / "uwsgi");
  const fs::path granian = ProgramFromEnvironment("WSGILAB_GRANIAN", peers / "bin" / "granian");
  std::vector<std::unique_ptr<HostAdapter>> hosts;
  hosts.push_back(std::make_unique<EngineAdapter>(engine, environment));
  hosts.push_back(std::make_unique<ApacheAdapter>(FindApache(), environment));
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
