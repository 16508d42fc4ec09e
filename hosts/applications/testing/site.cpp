#include "hosts/applications/testing/site.h"

namespace hosts::applications::testing {

namespace {

base::TemporaryDirectory MakeDirectory() {
  auto made = base::TemporaryDirectory::Make("wsgilab-site-");
  CHECK(made, "a temporary directory can be made");
  return std::move(*made);
}

}  // namespace

Site::Site() : directory_(MakeDirectory()) {
  deployment::VirtualHost host;
  host.server_name = "main.example";
  deployment.virtual_hosts.push_back(host);
}

std::string Site::Script(const std::string& name, std::string_view source) {
  const auto path = directory_.path() / name;
  CHECK(base::WriteFile(path, source), "a script can be written");
  return path.string();
}

exchange::RequestHead Site::Request(std::string_view script,
                                    std::string_view application_group) const {
  exchange::RequestHead head;
  head.method = "GET";
  head.target = "/some/where?a=b";
  head.query = "a=b";
  head.remote_address = "127.0.0.1";
  head.remote_port = 50000;
  head.local_address = "127.0.0.2";
  head.local_port = 8080;
  head.script_name = "";
  head.path_info = "/some/where";
  head.script_filename = script;
  head.script = script;
  head.application_group = application_group;
  head.received_at_us = 1'700'000'000'000'000;
  return head;
}

std::unique_ptr<ApplicationProcess> Site::Start(ProcessSettings settings) const {
  auto process = ApplicationProcess::Start(deployment, std::move(settings));
  CHECK(process, "Python starts");
  return std::move(*process);
}

wsgi::testing::RecordingSink Get(Worker& worker, const exchange::RequestHead& head) {
  wsgi::testing::FakeBody body;
  wsgi::testing::RecordingSink sink;
  worker.Answer(head, body, sink);
  return sink;
}

}  // namespace hosts::applications::testing
