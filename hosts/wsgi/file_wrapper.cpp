#include "hosts/wsgi/file_wrapper.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>

#include "hosts/python/call.h"
#include "hosts/python/heap_type.h"
#include "hosts/python/strings.h"

namespace hosts::wsgi {

using python::Attached;
using python::BodyOf;
using python::Check;
using python::PythonError;
using python::Ref;
using python::Take;
using python::Trampoline;

namespace {

constexpr Py_ssize_t kDefaultBlock = 8192;

struct FileWrapper {
  Ref file;
  Ref block_size;
};

PyObject* New(PyTypeObject* type, PyObject* arguments, PyObject* names) {
  return Trampoline([&](const Attached&) {
    PyObject* file = nullptr;
    Py_ssize_t block_size = kDefaultBlock;
    static const char* keywords[] = {"filelike", "blksize", nullptr};
    if (PyArg_ParseTupleAndKeywords(arguments,
                                    names,
                                    "O|n:FileWrapper",
                                    const_cast<char**>(keywords),
                                    &file,
                                    &block_size) == 0) {
      throw PythonError();
    }
    return python::NewInstance<FileWrapper>(
        reinterpret_cast<PyObject*>(type),
        FileWrapper{Ref::Share(file), Take(PyLong_FromSsize_t(block_size))});
  });
}

PyObject* Next(PyObject* self) {
  return Trampoline([&](const Attached&) {
    const auto& wrapper = BodyOf<FileWrapper>(self);
    Ref block =
        Take(PyObject_CallMethod(wrapper.file.get(), "read", "O", wrapper.block_size.get()));
    const bool is_end = PyBytes_Check(block.get()) != 0 && PyBytes_GET_SIZE(block.get()) == 0;
    return is_end ? Ref() : std::move(block);
  });
}

PyObject* Close(PyObject* self, PyObject*) {
  return Trampoline([&](const Attached&) {
    PyObject* file = BodyOf<FileWrapper>(self).file.get();
    if (PyObject_HasAttrString(file, "close") == 0) return python::None();
    return Take(PyObject_CallMethod(file, "close", nullptr));
  });
}

PyObject* GetFile(PyObject* self, void*) {
  return Py_NewRef(BodyOf<FileWrapper>(self).file.get());
}
PyObject* GetBlockSize(PyObject* self, void*) {
  return Py_NewRef(BodyOf<FileWrapper>(self).block_size.get());
}

int Traverse(PyObject* self, visitproc visit, void* arg) {
  Py_VISIT(reinterpret_cast<PyObject*>(Py_TYPE(self)));
  Py_VISIT(BodyOf<FileWrapper>(self).file.get());
  return 0;
}

int Clear(PyObject* self) {
  BodyOf<FileWrapper>(self).file = Ref::Share(Py_None);
  return 0;
}

PyMethodDef wrapper_methods[] = {
    {"close", Close, METH_NOARGS, nullptr},
    {nullptr, nullptr, 0, nullptr},
};

PyGetSetDef wrapper_attributes[] = {
    {"filelike", GetFile, nullptr, nullptr, nullptr},
    {"blksize", GetBlockSize, nullptr, nullptr, nullptr},
    {nullptr, nullptr, nullptr, nullptr, nullptr},
};

bool IsInstance(PyObject* object, PyObject* module, const char* type_name) {
  const Ref type = Take(PyObject_GetAttrString(module, type_name));
  return Check(PyObject_IsInstance(object, type.get())) == 1;
}

// gzip, bz2 and lzma files have a descriptor and a position too, but not those of what they read.
bool ReadsItsFileAsItIs(PyObject* file) {
  const Ref io = Take(PyImport_ImportModule("io"));
  if (IsInstance(file, io.get(), "TextIOBase")) return false;
  if (!IsInstance(file, io.get(), "BufferedIOBase")) return true;
  return IsInstance(file, io.get(), "BufferedReader") ||
         IsInstance(file, io.get(), "BufferedRandom");
}

long long NumberFrom(PyObject* file, const char* method) {
  const Ref answer = Take(PyObject_CallMethod(file, method, nullptr));
  const long long number = PyLong_AsLongLong(answer.get());
  if (number == -1 && PyErr_Occurred() != nullptr) throw PythonError();
  return number;
}

std::optional<RegularFile> RegularFileOf(PyObject* file) {
  const auto descriptor = static_cast<int>(NumberFrom(file, "fileno"));
  struct stat facts {};
  if (::fstat(descriptor, &facts) != 0 || !S_ISREG(facts.st_mode)) return std::nullopt;
  if (!ReadsItsFileAsItIs(file)) return std::nullopt;
  const long long position = NumberFrom(file, "tell");
  if (position < 0 || position > facts.st_size) return std::nullopt;
  return RegularFile{.descriptor = descriptor,
                     .at = static_cast<std::uint64_t>(position),
                     .length = static_cast<std::uint64_t>(facts.st_size - position)};
}

}  // namespace

Ref MakeFileWrapperType(const Attached&) {
  return python::MakeType<FileWrapper>("mod_wsgi.FileWrapper",
                                       {{Py_tp_new, python::Slot(New)},
                                        {Py_tp_iter, python::Slot(PyObject_SelfIter)},
                                        {Py_tp_iternext, python::Slot(Next)},
                                        {Py_tp_traverse, python::Slot(Traverse)},
                                        {Py_tp_clear, python::Slot(Clear)},
                                        {Py_tp_methods, wrapper_methods},
                                        {Py_tp_getset, wrapper_attributes}},
                                       Py_TPFLAGS_HAVE_GC);
}

// Any exception means "cannot say": the file is then sent block by block, as one without fileno is.
std::optional<RegularFile> RegularFileIn(const Attached&, PyObject* wrapper) {
  try {
    return RegularFileOf(BodyOf<FileWrapper>(wrapper).file.get());
  } catch (const PythonError&) {
    return std::nullopt;
  }
}

std::optional<exchange::FilePart> PartOf(const RegularFile& file, std::uint64_t length) {
  exchange::FilePart part;
  part.file = base::UniqueFd(::fcntl(file.descriptor, F_DUPFD_CLOEXEC, 0));
  if (!part.file.is_open()) return std::nullopt;
  part.at = file.at;
  part.length = std::min(length, file.length);
  return part;
}

}  // namespace hosts::wsgi
