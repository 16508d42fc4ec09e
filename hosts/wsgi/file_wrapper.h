#pragma once
// wsgi.file_wrapper: an iterator over blocks of a file-like object (PEP 3333, RESP-19).
//
// Returned unwrapped over a regular file, its answer gets a Content-Length if it has none: what is
// left of the file. Where it is allowed the file itself is handed to the sink then, which may send
// it without reading it; the bytes are the same (RESP-20).
//
// Threads: attached.
// Fails:   making the type throws PythonError; RegularFileIn has no value when unsure.

#include <cstdint>
#include <optional>

#include "hosts/exchange/answer.h"
#include "hosts/python/ref.h"
#include "hosts/python/thread_state.h"

namespace hosts::wsgi {

// One per interpreter.
[[nodiscard]] python::Ref MakeFileWrapperType(const python::Attached& attached);

// Where the wrapped object's file is read, and how much reading to the end will give.
struct RegularFile {
  int descriptor = -1;  // the object's own
  std::uint64_t at = 0;
  std::uint64_t length = 0;
};

// If the wrapped object is a regular file as it is: not one that is decoded or decompressed on the
// way.
[[nodiscard]] std::optional<RegularFile> RegularFileIn(const python::Attached& attached,
                                                       PyObject* wrapper);

// `length` bytes of it, with a descriptor that the object does not close; none when there are no
// descriptors left.
[[nodiscard]] std::optional<exchange::FilePart> PartOf(const RegularFile& file,
                                                       std::uint64_t length);

}  // namespace hosts::wsgi
