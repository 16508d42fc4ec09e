// Types written in C, and what the collector and the type system know of objects.

#include "suites/isolation/state_probe.h"

namespace suites::isolation {

namespace {

constexpr std::string_view kStatic =
    "a type of C without a place for attributes of its own cannot be changed from Python";

}  // namespace

std::vector<StateProbe> TypeProbes() {
  return {
      {.name = "type_attr_static_int",
       .title = "an attribute of the builtin type int",
       .set = "int.lab_attribute = TOKEN",
       .read = "result = getattr(int, 'lab_attribute', None)",
       .scope = Scope::Process,
       .mechanism = kStatic},
      {.name = "type_attr_datetime",
       .title = "an attribute of datetime.datetime",
       .set = "import datetime; datetime.datetime.lab_attribute = TOKEN",
       .read = "import datetime; result = getattr(datetime.datetime, 'lab_attribute', None)",
       .scope = Scope::Process,
       .mechanism = kStatic},
      {.name = "type_attr_decimal",
       .title = "an attribute of decimal.Decimal",
       .set = "import decimal; decimal.Decimal.lab_attribute = TOKEN",
       .read = "import decimal; result = getattr(decimal.Decimal, 'lab_attribute', None)",
       .scope = Scope::Process,
       .mechanism = kStatic},
      {.name = "type_attr_re_pattern",
       .title = "an attribute of re.Pattern",
       .set = "import re; re.Pattern.lab_attribute = TOKEN",
       .read = "import re; result = getattr(re.Pattern, 'lab_attribute', None)",
       .mechanism = "a heap type that is marked immutable"},
      {.name = "type_attr_random",
       .title = "an attribute of _random.Random",
       .set = "import _random; _random.Random.lab_attribute = TOKEN",
       .read = "import _random; result = getattr(_random.Random, 'lab_attribute', None)",
       .mechanism = "a heap type is made by each interpreter that imports its module"},
      {.name = "type_attr_partial",
       .title = "an attribute of functools.partial",
       .set = "import functools; functools.partial.lab_attribute = TOKEN",
       .read = "import functools; result = getattr(functools.partial, 'lab_attribute', None)",
       .mechanism = "a heap type that is marked immutable"},
      {.name = "type_attr_struct",
       .title = "an attribute of struct.Struct",
       .set = "import _struct; _struct.Struct.lab_attribute = TOKEN",
       .read = "import _struct; result = getattr(_struct.Struct, 'lab_attribute', None)",
       .mechanism = "a heap type that is marked immutable"},
      {.name = "type_attr_ext_static",
       .title = "an attribute of a static type of a single-phase extension",
       .set = "import lab_single; lab_single.StaticType.lab_attribute = TOKEN",
       .read = "import lab_single; result = getattr(lab_single.StaticType, 'lab_attribute', None)",
       .scope = Scope::Process,
       .mechanism = kStatic},
      {.name = "type_attr_ext_heap",
       .title = "an attribute of a heap type of a multi-phase extension",
       .set = "import lab_multi; lab_multi.HeapType.lab_attribute = TOKEN",
       .read = "import lab_multi; result = getattr(lab_multi.HeapType, 'lab_attribute', None)",
       .mechanism = "a heap type is made by each interpreter that imports its module"},
      {.name = "static_type_dict_hack",
       .title = "an attribute of int, written into its dictionary behind its back",
       .set = "import ctypes, gc\n"
              "inner = next(o for o in gc.get_referents(int.__dict__) if type(o) is dict)\n"
              "inner['lab_attribute'] = TOKEN\n"
              "ctypes.pythonapi.PyType_Modified(ctypes.py_object(int))",
       .read = "result = getattr(int, 'lab_attribute', None)",
       .scope = Scope::Process,
       .mechanism =
           "before Python 3.12 the builtin types and their dictionaries are one for the process"},
      {.name = "object_subclasses",
       .title = "a new class, looked for in object.__subclasses__()",
       .set = "STATE['class'] = type('Lab' + TOKEN, (), {})",
       .read = "result = any(c.__name__ == 'Lab' + TOKEN for c in object.__subclasses__())",
       .shared_if = "result",
       .scope = Scope::Process,
       .mechanism = "before Python 3.12 a builtin type lists the subclasses of all interpreters"},
      {.name = "exception_subclasses",
       .title = "a new exception, looked for in Exception.__subclasses__()",
       .set = "STATE['class'] = type('Lab' + TOKEN, (Exception,), {})",
       .read = "result = any(c.__name__ == 'Lab' + TOKEN for c in Exception.__subclasses__())",
       .shared_if = "result",
       .scope = Scope::Process,
       .mechanism = "before Python 3.12 a builtin type lists the subclasses of all interpreters"},
      {.name = "abc_register",
       .title = "a builtin type registered with an abstract class",
       .set = "import collections.abc; collections.abc.Callable.register(int)",
       .read = "import collections.abc; result = isinstance(5, collections.abc.Callable)",
       .shared_if = "result"},
      {.name = "gc_get_objects",
       .title = "an object, looked for with gc.get_objects()",
       .set = "class LabObject(list): pass\n"
              "STATE['object'] = LabObject([TOKEN])",
       .read = "import gc\n"
               "result = any(type(o).__name__ == 'LabObject' and o[:1] == [TOKEN] for o in "
               "gc.get_objects())",
       .shared_if = "result",
       .mechanism = "each interpreter has its own garbage collector"},
      {.name = "weakref_static_type",
       .title = "weak references to int",
       .set = "import weakref\n"
              "STATE['references'] = [weakref.ref(int, lambda gone: None) for _ in range(1000)]",
       .read = "import weakref; result = weakref.getweakrefcount(int) >= 1000",
       .shared_if = "result",
       .scope = Scope::Process,
       .mechanism =
           "before Python 3.12 a builtin type lists the weak references of all interpreters"},
  };
}

}  // namespace suites::isolation
