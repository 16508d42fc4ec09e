#include "hosts/micro/benchmark_site.h"

#include <fmt/format.h>

#include <fstream>
#include <utility>

#include "hosts/directives/configuration.h"
#include "hosts/micro/sample_requests.h"

namespace hosts::micro {

Site::Site() {
  std::ofstream(script()) << kHelloScript;
  const auto text = fmt::format(
      "Listen 127.0.0.1:8000\nServerName a.example\n"
      "WSGIScriptAlias /static-pages {0}\nWSGIScriptAlias /api/v1 {0}\nWSGIScriptAlias / {0}\n"
      "WSGIApplicationGroup %{{GLOBAL}}\n"
      "<Directory {1}>\nRequire all granted\n</Directory>\n",
      script(),
      directory_.path().string());
  auto read = directives::ReadConfigurationText(text, "benchmark.conf");
  CHECK(read, "the site of the benchmarks cannot be read");
  deployment_ = std::move(read).value();
}

exchange::RequestHead RoutedHead(http1::RequestParser& parser,
                                 std::string_view text,
                                 std::string_view script) {
  CHECK(parser.Parse(text).progress == http1::RequestParser::Progress::Complete, "a whole request");
  exchange::RequestHead head = parser.head();
  const std::string_view path = head.target.substr(0, head.target.find('?'));
  if (path.size() < head.target.size()) head.query = head.target.substr(path.size() + 1);
  head.path_info = path;
  head.script_filename = head.script = script;
  head.remote_address = head.local_address = "127.0.0.1";
  head.remote_port = 50'000;
  head.local_port = 8000;
  head.host_name = "a.example";
  head.virtual_host = 0;
  head.received_at_us = 1'700'000'000'000'000;
  return head;
}

}  // namespace hosts::micro
