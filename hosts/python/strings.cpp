#include "hosts/python/strings.h"

namespace hosts::python {

namespace {

Py_ssize_t Size(std::string_view text) {
  return static_cast<Py_ssize_t>(text.size());
}

}  // namespace

Ref Latin1(std::string_view bytes) {
  return Take(PyUnicode_DecodeLatin1(bytes.data(), Size(bytes), nullptr));
}

Ref Utf8(std::string_view bytes) {
  return Take(PyUnicode_DecodeUTF8(bytes.data(), Size(bytes), "surrogateescape"));
}

Ref FileName(std::string_view path) {
  return Take(PyUnicode_DecodeFSDefaultAndSize(path.data(), Size(path)));
}

Ref Bytes(std::string_view bytes) {
  return Take(PyBytes_FromStringAndSize(bytes.data(), Size(bytes)));
}

Ref Interned(const char* text) {
  return Take(PyUnicode_InternFromString(text));
}

std::optional<std::string_view> Latin1View(PyObject* text) {
  if (PyUnicode_READY(text) < 0) throw PythonError();
  if (PyUnicode_KIND(text) != PyUnicode_1BYTE_KIND) return std::nullopt;
  const void* bytes = PyUnicode_1BYTE_DATA(text);
  return std::string_view(static_cast<const char*>(bytes),
                          static_cast<size_t>(PyUnicode_GET_LENGTH(text)));
}

std::string_view BytesView(PyObject* bytes) {
  return {PyBytes_AS_STRING(bytes), static_cast<size_t>(PyBytes_GET_SIZE(bytes))};
}

std::string TextOf(PyObject* object) {
  const Ref text = Ref::Steal(PyObject_Str(object));
  const Ref bytes =
      text ? Ref::Steal(PyUnicode_AsEncodedString(text.get(), "utf-8", "backslashreplace")) : Ref();
  if (!bytes) {
    PyErr_Clear();  // a str() that raises is the application's affair; this is for people
    return "(no text)";
  }
  return std::string(BytesView(bytes.get()));
}

}  // namespace hosts::python
