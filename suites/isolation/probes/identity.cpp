// Which objects are one and the same for all interpreters of a process. Equal numbers in two processes prove nothing
// (they were forked from one), so the process is part of what is compared.

#include <string>

#include "suites/isolation/state_probe.h"

namespace suites::isolation {

namespace {

constexpr std::string_view kOne = "one object for the process";

}  // namespace

std::vector<StateProbe> IdentityProbes() {
  return {
      {.name = "hash_seed",
       .title = "the seed of the hashes of strings",
       .set = "import os; result = [os.getpid(), hash('lab')]",
       .read = "import os; result = [os.getpid(), hash('lab')]",
       .shared_if = "result == FROM_A",
       .scope = Scope::Process,
       .mechanism = "it is made when Python starts in the process"},
      {.name = "id_none",
       .title = "None",
       .set = "import os; result = [os.getpid(), id(None)]",
       .read = "import os; result = [os.getpid(), id(None)]",
       .shared_if = "result == FROM_A",
       .scope = Scope::Process,
       .mechanism = kOne},
      {.name = "id_small_int",
       .title = "a small integer",
       .set = "import os; result = [os.getpid(), id(5)]",
       .read = "import os; result = [os.getpid(), id(5)]",
       .shared_if = "result == FROM_A",
       .scope = Scope::Process,
       .mechanism = kOne},
      {.name = "id_empty_tuple",
       .title = "the empty tuple",
       .set = "import os; result = [os.getpid(), id(())]",
       .read = "import os; result = [os.getpid(), id(())]",
       .shared_if = "result == FROM_A",
       .scope = Scope::Process,
       .mechanism = kOne},
      {.name = "id_char",
       .title = "a string of one character",
       .set = "import os; result = [os.getpid(), id(chr(97))]",
       .read = "import os; result = [os.getpid(), id(chr(97))]",
       .shared_if = "result == FROM_A",
       .scope = Scope::Process,
       .mechanism = kOne},
      {.name = "id_interned_static",
       .title = "an interned name that the core knows",
       .set = "import os, sys; result = [os.getpid(), id(sys.intern('__init__'))]",
       .read = "import os, sys; result = [os.getpid(), id(sys.intern('__init__'))]",
       .shared_if = "result == FROM_A",
       .scope = Scope::Process,
       .mechanism = kOne},
      {.name = "id_interned_dynamic",
       .title = "a string interned at run time",
       .set = "import os, sys; STATE['name'] = sys.intern(''.join(['lab', '_at_', 'run_time']))\n"
              "result = [os.getpid(), id(STATE['name'])]",
       .read = "import os, sys; STATE['name'] = sys.intern(''.join(['lab', '_at_', 'run_time']))\n"
               "result = [os.getpid(), id(STATE['name'])]",
       .shared_if = "result == FROM_A",
       .scope = Scope::Process,
       .mechanism = "interpreters that share a GIL share the table of interned strings"},
      {.name = "id_type_int",
       .title = "the type int",
       .set = "import os; result = [os.getpid(), id(int)]",
       .read = "import os; result = [os.getpid(), id(int)]",
       .shared_if = "result == FROM_A",
       .scope = Scope::Process,
       .mechanism = "a static type"},
      {.name = "id_type_datetime",
       .title = "the type datetime.datetime",
       .set = "import datetime, os; result = [os.getpid(), id(datetime.datetime)]",
       .read = "import datetime, os; result = [os.getpid(), id(datetime.datetime)]",
       .shared_if = "result == FROM_A",
       .scope = Scope::Process,
       .mechanism = "a static type"},
      {.name = "id_type_decimal",
       .title = "the type decimal.Decimal",
       .set = "import decimal, os; result = [os.getpid(), id(decimal.Decimal)]",
       .read = "import decimal, os; result = [os.getpid(), id(decimal.Decimal)]",
       .shared_if = "result == FROM_A",
       .scope = Scope::Process,
       .mechanism = "a static type before Python 3.12, a heap type from then on"},
      {.name = "id_type_heap",
       .title = "the type re.Pattern",
       .set = "import os, re; result = [os.getpid(), id(re.Pattern)]",
       .read = "import os, re; result = [os.getpid(), id(re.Pattern)]",
       .shared_if = "result == FROM_A",
       .mechanism = "a heap type is made by each interpreter that imports its module"},
      {.name = "id_type_py",
       .title = "a class written in Python (textwrap.TextWrapper)",
       .set = "import os, textwrap; result = [os.getpid(), id(textwrap.TextWrapper)]",
       .read = "import os, textwrap; result = [os.getpid(), id(textwrap.TextWrapper)]",
       .shared_if = "result == FROM_A"},
      {.name = "refcount_none",
       .title = "whether None is immortal",
       .read = "import sys; result = sys.getrefcount(None) > 3000000000",
       .scope = Scope::Process,
       .about = About::Values,
       .mechanism = "PEP 683, from Python 3.12 on"},
  };
}

}  // namespace suites::isolation
