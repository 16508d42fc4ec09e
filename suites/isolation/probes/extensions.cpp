// Extension modules of each kind that CPython knows (apps/probe/extensions).

#include "suites/isolation/state_probe.h"

namespace suites::isolation {

namespace {

constexpr std::string_view kStatic = "C code has one copy of its statics in the process";

}  // namespace

std::vector<StateProbe> ExtensionProbes() {
  return {
      {.name = "ctypes_lib_global",
       .title = "a C static of a library that both load with ctypes",
       .set = "import ctypes; ctypes.CDLL(LIBRARY).lab_set(4711)",
       .read = "import ctypes; result = ctypes.CDLL(LIBRARY).lab_get()",
       .shared_if = "result == 4711",
       .scope = Scope::Process,
       .mechanism = kStatic},
      {.name = "ext_single_static",
       .title = "a C static of a single-phase extension (m_size -1)",
       .set = "import lab_single; lab_single.set(99)",
       .read = "import lab_single; result = lab_single.get()",
       .shared_if = "result == 99",
       .scope = Scope::Process,
       .mechanism = kStatic},
      {.name = "ext_single_attr",
       .title = "an attribute of a single-phase extension (m_size -1)",
       .set = "import lab_single; lab_single.lab_attribute = TOKEN",
       .read = "import lab_single; result = getattr(lab_single, 'lab_attribute', None)",
       .mechanism =
           "a second interpreter gets a copy of the dictionary that the first import had made"},
      {.name = "ext_single_object",
       .title =
           "an object of A, handed to B by a single-phase extension that keeps it in a C static",
       .set = "import lab_single\n"
              "class Thing: pass\n"
              "thing = Thing(); thing.token = TOKEN; lab_single.keep(thing)",
       .read = "import lab_single; result = getattr(lab_single.kept(), 'token', None)",
       .scope = Scope::Process,
       .mechanism = kStatic},
      {.name = "ext_single_inits",
       .title = "how often PyInit of a single-phase extension ran (m_size -1)",
       .read = "import lab_single; result = lab_single.inits()",
       .scope = Scope::Process,
       .about = About::Values,
       .mechanism = "its first dictionary is kept and copied"},
      {.name = "ext_single0_static",
       .title = "a C static of a single-phase extension (m_size 0)",
       .set = "import lab_sized; lab_sized.set(99)",
       .read = "import lab_sized; result = lab_sized.get()",
       .shared_if = "result == 99",
       .scope = Scope::Process,
       .mechanism = kStatic},
      {.name = "ext_single0_inits",
       .title = "how often PyInit of a single-phase extension ran (m_size 0)",
       .read = "import lab_sized; result = lab_sized.inits()",
       .scope = Scope::Process,
       .about = About::Values,
       .mechanism = "it is made again for each interpreter"},
      {.name = "ext_multi_state",
       .title = "the module state of a multi-phase extension",
       .set = "import lab_multi; lab_multi.set(99)",
       .read = "import lab_multi; result = lab_multi.get()",
       .shared_if = "result == 99",
       .mechanism =
           "each interpreter has a module object of its own, with its own state (PEP 489)"},
      {.name = "ext_multi_static",
       .title = "a C static of a multi-phase extension",
       .set = "import lab_multi; lab_multi.set_static(99)",
       .read = "import lab_multi; result = lab_multi.get_static()",
       .shared_if = "result == 99",
       .scope = Scope::Process,
       .mechanism = kStatic},
      {.name = "ext_multi_execs",
       .title = "how often a multi-phase extension was executed",
       .read = "import lab_multi; result = lab_multi.execs()",
       .scope = Scope::Process,
       .about = About::Values,
       .mechanism = "each interpreter executes a module object of its own (PEP 489)"},
      {.name = "ext_nosub",
       .title = "an extension that does not support several interpreters, imported",
       .read = "try: import lab_main_only; result = 'imported'\n"
               "except ImportError: result = 'ImportError'",
       .about = About::Values,
       .mechanism = "legacy sub-interpreters do not ask"},
      {.name = "ext_nosub_state",
       .title = "the module state of an extension that does not support several interpreters",
       .set = "import lab_main_only; lab_main_only.set(99)",
       .read = "import lab_main_only; result = lab_main_only.get()",
       .shared_if = "result == 99",
       .mechanism =
           "each interpreter has a module object of its own, with its own state (PEP 489)"},
  };
}

}  // namespace suites::isolation
