#include "hosts/python/runtime.h"

#include <fmt/format.h>
#include <stdlib.h>

#include <algorithm>
#include <system_error>

#include "hosts/base/log.h"
#include "hosts/python/ending.h"
#include "hosts/python/versions.h"

namespace hosts::python {

namespace {

namespace fs = std::filesystem;

class Config {
 public:
  Config() { PyConfig_InitPythonConfig(&config_); }
  Config(const Config&) = delete;
  Config& operator=(const Config&) = delete;
  ~Config() { PyConfig_Clear(&config_); }
  PyConfig* get() { return &config_; }

  [[nodiscard]] PyStatus SetPath(wchar_t* PyConfig::*field, const fs::path& path) {
    return PyConfig_SetBytesString(&config_, &(config_.*field), path.c_str());
  }

 private:
  PyConfig config_;
};

bool IsFile(const fs::path& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored);
}

PyStatus SetHome(Config& config, const fs::path& home) {
  // Without an executable CPython would look for "python3" on PATH and take its prefix from there,
  // whichever version that is.
  if (home.empty()) return config.SetPath(&PyConfig::executable, WSGILAB_PYTHON);
  const fs::path executable = home / "bin" / "python";
  if (IsFile(home / "pyvenv.cfg")) return config.SetPath(&PyConfig::executable, executable);
  if (!fs::is_directory(home)) {
    base::Log(base::LogLevel::Warning, "H0307", "python-home {} is no directory", home.string());
  }
  const PyStatus status = config.SetPath(&PyConfig::home, home);
  if (PyStatus_Exception(status) || !IsFile(executable)) return status;
  return config.SetPath(&PyConfig::executable, executable);
}

PyStatus AddWarnings(PyConfig& config, const std::vector<std::string>& warnings) {
  for (const std::string& warning : warnings) {
    wchar_t* decoded = Py_DecodeLocale(warning.c_str(), nullptr);
    if (decoded == nullptr) return PyStatus_NoMemory();
    const PyStatus status = PyWideStringList_Append(&config.warnoptions, decoded);
    PyMem_RawFree(decoded);
    if (PyStatus_Exception(status)) return status;
  }
  return PyStatus_Ok();
}

PyStatus SetOptions(PyConfig& config, const StartOptions& options) {
  if (options.optimize) config.optimization_level = std::max(*options.optimize, 0);
  if (options.write_bytecode) config.write_bytecode = *options.write_bytecode ? 1 : 0;
  if (options.hash_seed) {
    config.use_hash_seed = options.hash_seed->is_random ? 0 : 1;
    config.hash_seed = options.hash_seed->seed;
  }
  return AddWarnings(config, options.warnings);
}

PyStatus Initialize(const StartOptions& options) {
  PyPreConfig before{};
  PyPreConfig_InitPythonConfig(&before);
  before.parse_argv = 0;
  PyStatus status = Py_PreInitialize(&before);
  if (PyStatus_Exception(status)) return status;

  Config config;
  config.get()->parse_argv = 0;
  config.get()->install_signal_handlers = 0;
  config.get()->configure_c_stdio = 0;
  if constexpr (kIsFreeThreaded) ::unsetenv("PYTHON_GIL");  // it would be asked last (GIL-6)
  ChooseGil(*config.get(), options.without_gil ? ProcessGil::Off : ProcessGil::On);
  char name[] = "mod_wsgi";
  char* arguments[] = {name};
  status = PyConfig_SetBytesArgv(config.get(), 1, arguments);
  if (PyStatus_Exception(status)) return status;
  status = SetHome(config, options.home);
  if (PyStatus_Exception(status)) return status;
  status = SetOptions(*config.get(), options);
  if (PyStatus_Exception(status)) return status;
  return Py_InitializeFromConfig(config.get());
}

}  // namespace

base::Result<std::unique_ptr<Runtime>> Runtime::Start(const StartOptions& options) {
  CHECK(Py_IsInitialized() == 0, "a process starts Python once");
  const PyStatus status = Initialize(options);
  if (PyStatus_Exception(status)) {
    return base::Error{base::ErrorKind::InvalidInput,
                       fmt::format("Python {} with home {} does not start: {}",
                                   PY_VERSION,
                                   options.home.empty() ? "(none)" : options.home.string(),
                                   status.err_msg != nullptr ? status.err_msg : "it exited")};
  }
  return std::unique_ptr<Runtime>(new Runtime(kIsFreeThreaded && options.without_gil));
}

Runtime::Runtime(bool is_without_gil) : is_without_gil_(is_without_gil) {
  PyThreadState* state = PyThreadState_Get();
  main_.reset(new Interpreter(state, Gil::OfMain));
  starting_thread_.reset(new ThreadState(*main_, state));
  PyEval_SaveThread();
}

void Runtime::HoldStill() {
  if (is_without_gil_) return main_->HoldStill();
  Attached attached(*starting_thread_);
  attached.Forget();
}

Runtime::~Runtime() {
  {
    Attached attached(*starting_thread_);
    main_->MarkAllDeleted();
    if (!keep_until_exit_) {
      Py_FinalizeEx();
      attached.Forget();
      return;
    }
    JoinThreads(attached);
    RunAtexitHandlers(attached);
    FlushStandardStreams(attached);
    if (!is_without_gil_) {
      attached.Forget();  // keeps the GIL: nothing runs any more
      return;
    }
  }
  main_->HoldStill();  // with nothing attached: it would be waited for
}

}  // namespace hosts::python
