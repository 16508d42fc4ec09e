#include "suites/interpreters/extensions.h"

#include <array>

namespace suites::interpreters {

namespace {

using enum Import;

constexpr Extension OnceAProcess(std::string_view module, std::string_view first = {}) {
  return {.module = module, .in_next_sub = Fails, .first = first};
}
constexpr Extension InMainOnly(std::string_view module) {
  return {.module = module, .in_sub = Fails, .in_next_sub = Fails};
}

constexpr std::array kParticular{
    // ---- of the standard library ----
    OnceAProcess("_curses"),
    OnceAProcess("_curses_panel", "import _curses"),
    Extension{.module = "_suggestions"},
    Extension{.module = "_testbuffer"},
    Extension{.module = "_testcapi"},
    Extension{.module = "_testclinic"},
    Extension{.module = "_testclinic_limited"},
    Extension{.module = "_testimportmultiple"},
    Extension{.module = "_testlimitedcapi"},
    Extension{.module = "_testsinglephase"},
    Extension{.module = "_tracemalloc"},
    Extension{.module = "_xxtestfuzz"},
    Extension{.module = "faulthandler"},
    Extension{.module = "readline"},
    Extension{.module = "xxlimited_35"},
    // ---- of distributions ----
    OnceAProcess("numpy"),
    InMainOnly("scipy.special"),
    InMainOnly("pandas"),
    OnceAProcess("lxml.etree"),
    InMainOnly("psycopg2"),
    OnceAProcess("psycopg_c._psycopg", "import psycopg"),
    Extension{.module = "MySQLdb"},
    Extension{.module = "ldap"},
    OnceAProcess("cryptography.hazmat.bindings._rust"),
    Extension{.module = "_cffi_backend"},
    Extension{.module = "nacl.bindings"},
    Extension{.module = "argon2"},
    Extension{.module = "bcrypt"},
    OnceAProcess("yaml._yaml"),
    Extension{.module = "PIL.Image"},
    Extension{.module = "greenlet"},
    OnceAProcess("gevent.hub"),
    OnceAProcess("pydantic_core", "import pydantic; pydantic.TypeAdapter(int).validate_python(5)"),
    OnceAProcess("rpds"),
    Extension{.module = "orjson"},
    Extension{.module = "ujson"},
    Extension{.module = "simplejson._speedups"},
    OnceAProcess("msgpack._cmsgpack"),
    Extension{.module = "cbor2"},
    Extension{.module = "regex"},
    Extension{.module = "zstandard"},
    Extension{.module = "lz4.frame"},
    Extension{.module = "xxhash"},
    OnceAProcess("Levenshtein"),
    OnceAProcess("httptools"),
    OnceAProcess("uvloop"),
    Extension{.module = "websockets.speedups"},
    Extension{.module = "hiredis"},
    OnceAProcess("grpc"),
    Extension{.module = "psutil"},
    OnceAProcess("zmq"),
    Extension{.module = "pycurl"},
    Extension{.module = "gmpy2"},
    InMainOnly("shapely"),
};

constexpr std::array<std::string_view, 97> kOrdinaryModules{"_abc",
                                                            "_ast",
                                                            "_asyncio",
                                                            "_bisect",
                                                            "_blake2",
                                                            "_bz2",
                                                            "_codecs",
                                                            "_codecs_cn",
                                                            "_codecs_hk",
                                                            "_codecs_iso2022",
                                                            "_codecs_jp",
                                                            "_codecs_kr",
                                                            "_codecs_tw",
                                                            "_collections",
                                                            "_contextvars",
                                                            "_csv",
                                                            "_ctypes",
                                                            "_ctypes_test",
                                                            "_datetime",
                                                            "_dbm",
                                                            "_decimal",
                                                            "_elementtree",
                                                            "_functools",
                                                            "_hashlib",
                                                            "_heapq",
                                                            "_hmac",
                                                            "_imp",
                                                            "_interpchannels",
                                                            "_interpqueues",
                                                            "_interpreters",
                                                            "_io",
                                                            "_json",
                                                            "_locale",
                                                            "_lsprof",
                                                            "_lzma",
                                                            "_md5",
                                                            "_multibytecodec",
                                                            "_multiprocessing",
                                                            "_opcode",
                                                            "_operator",
                                                            "_pickle",
                                                            "_posixshmem",
                                                            "_posixsubprocess",
                                                            "_queue",
                                                            "_random",
                                                            "_remote_debugging",
                                                            "_sha1",
                                                            "_sha2",
                                                            "_sha3",
                                                            "_signal",
                                                            "_socket",
                                                            "_sqlite3",
                                                            "_sre",
                                                            "_ssl",
                                                            "_stat",
                                                            "_statistics",
                                                            "_string",
                                                            "_struct",
                                                            "_symtable",
                                                            "_sysconfig",
                                                            "_testinternalcapi",
                                                            "_testmultiphase",
                                                            "_thread",
                                                            "_tokenize",
                                                            "_types",
                                                            "_typing",
                                                            "_uuid",
                                                            "_warnings",
                                                            "_weakref",
                                                            "_zoneinfo",
                                                            "_zstd",
                                                            "array",
                                                            "atexit",
                                                            "binascii",
                                                            "builtins",
                                                            "cmath",
                                                            "errno",
                                                            "fcntl",
                                                            "gc",
                                                            "grp",
                                                            "itertools",
                                                            "marshal",
                                                            "math",
                                                            "mmap",
                                                            "posix",
                                                            "pwd",
                                                            "pyexpat",
                                                            "resource",
                                                            "select",
                                                            "sys",
                                                            "syslog",
                                                            "termios",
                                                            "time",
                                                            "unicodedata",
                                                            "xxlimited",
                                                            "xxsubtype",
                                                            "zlib"};

constexpr std::array<std::string_view, 19> kOrdinaryDistributions{"markupsafe",
                                                                  "markupsafe._speedups",
                                                                  "flask",
                                                                  "django",
                                                                  "sqlalchemy",
                                                                  "simplejson",
                                                                  "msgpack",
                                                                  "brotli",
                                                                  "rapidfuzz",
                                                                  "wrapt",
                                                                  "wrapt._wrappers",
                                                                  "aiohttp",
                                                                  "multidict._multidict",
                                                                  "yarl",
                                                                  "frozenlist",
                                                                  "tornado",
                                                                  "google.protobuf",
                                                                  "asyncpg",
                                                                  "setproctitle"};

}  // namespace

std::string_view Name(Import import) {
  switch (import) {
    case Works:
      return "works";
    case Refused:
      return "refused";
    case Fails:
      return "fails";
  }
  return "";
}

std::span<const Extension> ParticularExtensions() {
  return kParticular;
}

std::span<const std::string_view> OrdinaryModules() {
  return kOrdinaryModules;
}

std::span<const std::string_view> OrdinaryDistributions() {
  return kOrdinaryDistributions;
}

}  // namespace suites::interpreters
