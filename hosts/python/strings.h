#pragma once
// Strings between C++ and Python. PEP 3333 knows two kinds: native strings, which hold bytes
// decoded as Latin-1, and bytes.
//
// Threads: attached.
// Fails:   functions that make an object throw PythonError; TextOf never fails.

#include <optional>
#include <string>
#include <string_view>

#include "hosts/python/call.h"
#include "hosts/python/python.h"
#include "hosts/python/ref.h"

namespace hosts::python {

[[nodiscard]] Ref Latin1(std::string_view bytes);
[[nodiscard]] Ref Utf8(std::string_view bytes);
// As os.fsdecode does.
[[nodiscard]] Ref FileName(std::string_view path);
[[nodiscard]] Ref Bytes(std::string_view bytes);
[[nodiscard]] Ref Interned(const char* text);

// The bytes of a str that is Latin-1 throughout, without a copy; nullopt if it is not. Good as
// long as the str.
[[nodiscard]] std::optional<std::string_view> Latin1View(PyObject* text);
// The bytes of a bytes object, likewise.
[[nodiscard]] std::string_view BytesView(PyObject* bytes);

// Anything's str() as UTF-8, for people: what cannot be encoded is replaced.
[[nodiscard]] std::string TextOf(PyObject* object);

}  // namespace hosts::python
