#pragma once
// Values: what an expression asks about: a request, the machine, the time.
//
// Variables that only other modules could answer are not among these (names.h).
//
// Threads: those of whoever implements it.

#include <cstdint>
#include <ctime>
#include <optional>
#include <string>
#include <string_view>

namespace hosts::expressions {

enum class Variable {
  RequestMethod,
  RequestScheme,
  RequestUri,  // the path, decoded, without the query
  RequestFilename,
  ServerName,
  ServerPort,
  ServerProtocol,
  PathInfo,
  QueryString,
  DocumentRoot,
  TheRequest,  // its first line
  RemoteAddress,
  RemotePort,
  ConnectionAddress,
  Https,
  Http2,
  IPv6,
  RequestStatus,
};

struct FileState {
  enum class Kind { Missing, Directory, File, Other };
  Kind kind = Kind::Missing;  // links are followed
  std::int64_t size = 0;
  bool is_link = false;
  bool is_executable = false;
};

class Values {
 public:
  virtual ~Values() = default;
  [[nodiscard]] virtual std::string Of(Variable variable) = 0;
  [[nodiscard]] virtual std::optional<std::string> Header(std::string_view name) = 0;
  // A variable that the request carries (SetEnvIf).
  [[nodiscard]] virtual std::optional<std::string> RequestVariable(const std::string& name) = 0;
  // A variable of the server's own environment.
  [[nodiscard]] virtual std::optional<std::string> ServerVariable(const std::string& name) = 0;
  [[nodiscard]] virtual FileState StateOf(const std::string& path) = 0;
  // What is in a file; nullopt: it cannot be read.
  [[nodiscard]] virtual std::optional<std::string> Contents(const std::string& path) = 0;
  [[nodiscard]] virtual std::tm Now();  // local time
};

}  // namespace hosts::expressions
