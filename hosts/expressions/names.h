#pragma once
// Names: the variables, functions and operators that Apache's own core offers, each in one row; and
// what other modules offer. What is known by name and not judged says why.

#include <optional>
#include <string>
#include <string_view>

#include "hosts/expressions/values.h"

namespace hosts::expressions {

enum class Clock { Year, Month, Day, Hour, Minute, Second, WeekDay, All };

struct VariableRow {
  std::string_view name;
  std::optional<Variable> variable = {};
  std::string_view header = {};  // it is the value of this header
  std::optional<Clock> clock = {};
  std::string_view constant = {};
  std::string_view foreign = {};  // why it is not judged
};

enum class Function {
  Header,           // req, http, req_novary
  RequestVariable,  // reqenv
  ServerVariable,   // osenv
  AnyVariable,      // env: the request's, else the server's
  Note,             // of other modules: there are none
  ToLower,
  ToUpper,
  Escape,
  Unescape,
  Base64,
  Unbase64,
  File,
  FileSize,
  Foreign,
};

struct FunctionRow {
  std::string_view name;
  Function function = Function::Foreign;
  std::string_view foreign = {};
};

enum class Test {
  // -x word
  IsEmpty,
  IsNotEmpty,
  IsTrue,
  IsClientIn,
  IsDirectory,
  Exists,
  IsFile,
  IsFileWithContents,
  IsLink,
  IsExecutable,
  // word -xyz word
  IsAddressIn,
  FitsGlob,
  FitsGlobIgnoringCase,
  FitsPathGlob,
  Foreign,
};

struct TestRow {
  std::string_view name;  // without the dash
  Test test = Test::Foreign;
  std::string_view foreign = {};
};

// Null: no such name. Names of variables, functions and of operators between two words are the same
// in any case.
[[nodiscard]] const VariableRow* FindVariable(std::string_view name);
[[nodiscard]] const FunctionRow* FindFunction(std::string_view name);
[[nodiscard]] const TestRow* FindUnary(std::string_view name);
[[nodiscard]] const TestRow* FindBinary(std::string_view name);

// "FOO is unknown", with the name that was probably meant.
[[nodiscard]] std::string UnknownVariable(std::string_view name);
[[nodiscard]] std::string UnknownFunction(std::string_view name);
[[nodiscard]] std::string UnknownUnary(std::string_view name);
[[nodiscard]] std::string UnknownBinary(std::string_view name);

}  // namespace hosts::expressions
