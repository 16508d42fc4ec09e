// Environ and an empty WSGI call. The floors: a copy of the finished environ, and the same application
// called by PyObject_Vectorcall with arguments that are there already.

#include <benchmark/benchmark.h>

#include <memory>
#include <string>
#include <string_view>

#include "hosts/micro/bare_call.h"
#include "hosts/micro/bare_loop.h"
#include "hosts/micro/benchmark_site.h"
#include "hosts/micro/sample_requests.h"
#include "hosts/python/call.h"
#include "hosts/python/runtime.h"
#include "hosts/wsgi/adapter.h"

namespace hosts::micro {
namespace {

using http1::RequestParser;
using python::Attached;
using python::Ref;

wsgi::MountVariables ServerVariables() {
  wsgi::MountVariables variables;
  variables.server_name = "a.example";
  return variables;
}

// One for the whole program: there is one Python in a process.
struct Stage {
  Site site;
  std::unique_ptr<python::Runtime> runtime = std::move(*python::Runtime::Start());
  Attached attached{runtime->starting_thread()};
  wsgi::Adapter adapter{attached};
  wsgi::HeaderKeys header_keys{attached};
  wsgi::EnvironTemplate environ_template =
      adapter.MakeTemplate(attached, header_keys, ServerVariables());
  BareCall bare{attached, LoadApplication(attached, site.script(), "application")};
};
Stage& TheStage() {
  static Stage stage;
  return stage;
}

void Environ_Make(benchmark::State& state, std::string_view text) {
  Stage& stage = TheStage();
  RequestParser parser({});
  const std::string script = stage.site.script();
  const exchange::RequestHead head = RoutedHead(parser, text, script);
  wsgi::RequestVariables variables{.request_id = "0123456789abcdef"};
  variables.errors = Py_None;
  for (auto _ : state) {
    const Ref environ = stage.environ_template.Make(stage.attached, head, variables);
    benchmark::DoNotOptimize(environ.get());
  }
}

void Environ_Floor_CopyDict(benchmark::State& state, std::string_view text) {
  Stage& stage = TheStage();
  RequestParser parser({});
  const std::string script = stage.site.script();
  const exchange::RequestHead head = RoutedHead(parser, text, script);
  wsgi::RequestVariables variables{.request_id = "0123456789abcdef"};
  variables.errors = Py_None;
  const Ref made = stage.environ_template.Make(stage.attached, head, variables);
  for (auto _ : state) {
    const Ref environ = python::Take(PyDict_Copy(made.get()));
    benchmark::DoNotOptimize(environ.get());
  }
}

// With nothing attached while the answer is sent, as on a worker.
void Call_Serve(benchmark::State& state, std::string_view text) {
  Stage& stage = TheStage();
  RequestParser parser({});
  const std::string script = stage.site.script();
  const exchange::RequestHead head = RoutedHead(parser, text, script);
  NoBody body;
  NullSink sink;
  for (auto _ : state) {
    wsgi::Answer answer(sink);
    stage.adapter.Serve(stage.attached,
                        {stage.bare.application(),
                         stage.environ_template,
                         head,
                         body,
                         {.request_id = "0123456789abcdef"}},
                        answer);
    answer.Complete();
  }
  CHECK(sink.bytes() == static_cast<std::size_t>(state.iterations()) * 13, "hello was answered");
}

void Call_Floor_Vectorcall(benchmark::State& state) {
  Stage& stage = TheStage();
  for (auto _ : state) {
    PyObject* arguments[] = {nullptr, stage.bare.environ_template(), stage.bare.start_response()};
    const Ref result = python::Take(PyObject_Vectorcall(
        stage.bare.application(), arguments + 1, 2 | PY_VECTORCALL_ARGUMENTS_OFFSET, nullptr));
    benchmark::DoNotOptimize(result.get());
  }
}

// What limit_server does for a request, without a socket.
void Call_Floor_Bare(benchmark::State& state) {
  Stage& stage = TheStage();
  std::string out;
  for (auto _ : state) {
    out.clear();
    stage.bare.Call(stage.attached, "GET", "/", "", out);
    benchmark::DoNotOptimize(out.data());
  }
}

BENCHMARK_CAPTURE(Environ_Make, small, kSmallRequest);
BENCHMARK_CAPTURE(Environ_Floor_CopyDict, small, kSmallRequest);
BENCHMARK_CAPTURE(Environ_Make, browser, kBrowserRequest);
BENCHMARK_CAPTURE(Environ_Floor_CopyDict, browser, kBrowserRequest);
BENCHMARK_CAPTURE(Call_Serve, small, kSmallRequest);
BENCHMARK_CAPTURE(Call_Serve, browser, kBrowserRequest);
BENCHMARK(Call_Floor_Vectorcall);
BENCHMARK(Call_Floor_Bare);

}  // namespace
}  // namespace hosts::micro
