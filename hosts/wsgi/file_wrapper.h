#pragma once
// wsgi.file_wrapper: an iterator over blocks of a file-like object (PEP 3333, RESP-19).
//
// Returned unwrapped over a regular file, its answer gets a Content-Length if it has none: what is
// left of the file. sendfile is not used; the bytes are the same (RESP-20).
//
// Threads: attached.
// Fails:   making the type throws PythonError; RemainingLength has no value when unsure.

#include <cstdint>
#include <optional>

#include "hosts/python/ref.h"
#include "hosts/python/thread_state.h"

namespace hosts::wsgi {

// One per interpreter.
[[nodiscard]] python::Ref MakeFileWrapperType(const python::Attached& attached);

// How many bytes reading to the end will give, if the wrapped object is a regular file as it is:
// not one that is decoded or decompressed on the way.
[[nodiscard]] std::optional<std::uint64_t> RemainingLength(const python::Attached& attached,
                                                           PyObject* wrapper);

}  // namespace hosts::wsgi
