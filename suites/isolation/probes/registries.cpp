// Registries and caches of the standard library.

#include "suites/isolation/state_probe.h"

namespace suites::isolation {

std::vector<StateProbe> RegistryProbes() {
  return {
      {.name = "codecs_register",
       .title = "a search function for codecs",
       .set =
           "import codecs\n"
           "codecs.register(lambda name: codecs.lookup('ascii') if name == 'lab_codec' else None)",
       .read = "import codecs\n"
               "try: result = codecs.lookup('lab_codec') is not None\n"
               "except LookupError: result = False",
       .shared_if = "result"},
      {.name = "codecs_error_handler",
       .title = "an error handler for codecs",
       .set = "import codecs; codecs.register_error('lab_handler', lambda error: ('', error.end))",
       .read = "import codecs\n"
               "try: result = codecs.lookup_error('lab_handler') is not None\n"
               "except LookupError: result = False",
       .shared_if = "result"},
      {.name = "copyreg",
       .title = "a function for pickling, in copyreg's table",
       .set = "import copyreg; copyreg.pickle(slice, lambda what: (slice, (1,)))",
       .read = "import copyreg; result = slice in copyreg.dispatch_table",
       .shared_if = "result"},
      {.name = "meta_path",
       .title = "a finder in sys.meta_path",
       .set = "import sys\n"
              "class Finder:\n"
              "    def find_spec(self, *what): return None\n"
              "finder = Finder(); finder.token = TOKEN; sys.meta_path.append(finder)",
       .read =
           "import sys; result = any(getattr(f, 'token', None) == TOKEN for f in sys.meta_path)",
       .shared_if = "result"},
      {.name = "path_hooks",
       .title = "a hook in sys.path_hooks",
       .set = "import sys\n"
              "def hook(path): raise ImportError\n"
              "hook.token = TOKEN; sys.path_hooks.append(hook)",
       .read =
           "import sys; result = any(getattr(h, 'token', None) == TOKEN for h in sys.path_hooks)",
       .shared_if = "result"},
      {.name = "path_importer_cache",
       .title = "an entry of sys.path_importer_cache",
       .set = "import sys; sys.path_importer_cache['/' + TOKEN] = None",
       .read = "import sys; result = '/' + TOKEN in sys.path_importer_cache",
       .shared_if = "result"},
      {.name = "mimetypes",
       .title = "a type of the module mimetypes",
       .set = "import mimetypes; mimetypes.add_type('x-lab/lab', '.lab')",
       .read = "import mimetypes; result = mimetypes.guess_type('a.lab')[0]",
       .shared_if = "result == 'x-lab/lab'"},
      {.name = "socket_default_timeout",
       .title = "the default timeout of sockets",
       .set = "import socket; socket.setdefaulttimeout(12.5)",
       .read = "import socket; result = socket.getdefaulttimeout()",
       .shared_if = "result == 12.5",
       .scope = Scope::Process,
       .mechanism = "before Python 3.12 _socket keeps it in a C static"},
      {.name = "sqlite3_adapter",
       .title = "an adapter of sqlite3",
       .set =
           "import sqlite3; sqlite3.register_adapter(complex, lambda number, token=TOKEN: token)",
       .read = "import sqlite3; database = sqlite3.connect(':memory:')\n"
               "try: result = database.execute('select ?', (1j,)).fetchone()[0]\n"
               "except sqlite3.Error as error: result = type(error).__name__"},
      {.name = "sqlite3_converter",
       .title = "a converter of sqlite3",
       .set = "import sqlite3; sqlite3.register_converter('lab', lambda text, token=TOKEN: token)",
       .read = "import sqlite3\n"
               "database = sqlite3.connect(':memory:', detect_types=sqlite3.PARSE_DECLTYPES)\n"
               "database.execute('create table t (x lab)'); database.execute('insert into t values "
               "(1)')\n"
               "result = database.execute('select x from t').fetchone()[0]"},
      {.name = "csv_dialect",
       .title = "a dialect and the field size limit of csv",
       .set = "import csv; csv.register_dialect('lab', delimiter='@'); csv.field_size_limit(4321)",
       .read = "import csv; result = ['lab' in csv.list_dialects(), csv.field_size_limit()]",
       .shared_if = "result == [True, 4321]"},
      {.name = "asyncio_policy",
       .title = "the event loop policy of asyncio",
       .set = "import asyncio\n"
              "class Policy(asyncio.DefaultEventLoopPolicy): pass\n"
              "policy = Policy(); policy.token = TOKEN; asyncio.set_event_loop_policy(policy)",
       .read = "import asyncio; result = getattr(asyncio.get_event_loop_policy(), 'token', None)"},
      {.name = "lru_cache",
       .title = "an lru_cache of a module that both import",
       .set = "import lab_shared; lab_shared.cached(TOKEN)",
       .read = "import lab_shared; result = lab_shared.cached.cache_info().currsize > 0",
       .shared_if = "result"},
      {.name = "re_cache",
       .title = "the cache of regular expressions",
       .set = "import re; re.compile('lab' + TOKEN)",
       .read = "import re; result = any('lab' + TOKEN in key for key in re._cache)",
       .shared_if = "result"},
      {.name = "tempfile_tempdir",
       .title = "tempfile.tempdir",
       .set = "import tempfile; tempfile.tempdir = '/usr/' + TOKEN",
       .read = "import tempfile; result = tempfile.tempdir == '/usr/' + TOKEN",
       .shared_if = "result"},
      {.name = "syslog_ident",
       .title = "syslog.openlog()",
       .read = "import syslog\n"
               "try: syslog.openlog('lab'); result = 'ok'\n"
               "except RuntimeError: result = 'RuntimeError'",
       .scope = Scope::Process,
       .about = About::Values,
       .mechanism = "from Python 3.12 on only the main interpreter may change the process's log"},
  };
}

}  // namespace suites::isolation
