#include "hosts/deviations/table.h"

namespace hosts::deviations {

namespace {

constexpr std::string_view kTypingError = "a typing error must not change what runs";

}  // namespace

const std::vector<Deviation>& DeviationTable() {
  static const std::vector<Deviation> table = {
      // ---- how configurations are read ----
      {.id = "numbers-are-numbers",
       .rules = "CFG-3",
       .bears_on = Bearing::Refused,
       .theirs = "numbers are read loosely: `threads=abc` is 0",
       .ours = "a number that is none is an error with its line",
       .why = kTypingError},
      {.id = "what-is-opened-is-closed",
       .rules = "CFG-1",
       .bears_on = Bearing::Refused,
       .theirs = "a quote that nobody closes ends with its line; a conditional section that nobody "
                 "closes ends with its file",
       .ours = "both are errors with line and column",
       .why = kTypingError},
      {.id = "macros-end-with-their-last-line",
       .rules = "CFG-1",
       .bears_on = Bearing::Refused,
       .theirs = "a macro whose last line ends with a backslash and a blank goes on in the line "
                 "behind its `Use`",
       .ours = "an error",
       .why = "nobody means that"},
      {.id = "modules-count-as-loaded",
       .rules = "CFG-1",
       .bears_on = Bearing::Reading,
       .theirs = "`<IfModule>` asks what `LoadModule` loaded; `Use` needs `macro_module`",
       .ours = "what Debian's Apache has compiled in, and `wsgi_module`, `authz_core_module` and "
               "`macro_module`, count as loaded",
       .why = "the engine does their work"},
      {.id = "text-behind-a-section",
       .rules = "CFG-1",
       .bears_on = Bearing::Refused,
       .theirs = "text behind the `>` of a section is ignored, but not at the end of a conditional "
                 "section in force",
       .ours = "it is ignored everywhere, with a warning",
       .why = "whether a condition holds must not decide what is an error"},
      {.id = "relative-paths",
       .rules = "CFG-1",
       .bears_on = Bearing::Reading,
       .theirs = "relative paths begin at the compiled-in ServerRoot until `ServerRoot` is said",
       .ours = "at the folder of the configuration file",
       .why = "there is no compiled-in one here"},
      {.id = "bounds-of-configurations",
       .rules = "CFG-1",
       .bears_on = Bearing::Refused,
       .theirs = "one line may have 16 MiB, and there may be any number of them",
       .ours = "1 MiB, 500,000 lines, 1,000,000 words, 64 MiB, of which macros and variables make "
               "16",
       .why = "a loop must end in an error, at once"},
      {.id = "bounds-of-version-patterns",
       .rules = "CFG-1",
       .bears_on = Bearing::Refused,
       .theirs = "`<IfVersion>` takes any regular expression",
       .ours = "one of 200 characters, without `{}` and back references",
       .why = "none can take long"},
      {.id = "nicknames-of-logs-are-known",
       .rules = "CFG-1",
       .bears_on = Bearing::Refused,
       .theirs = "a CustomLog with a nickname that no LogFormat has writes that word for every "
                 "request; `%{x}T` writes x",
       .ours = "both are errors with their line",
       .why = kTypingError},
      {.id = "usual-nicknames-of-logs",
       .rules = "CFG-1",
       .bears_on = Bearing::Reading,
       .theirs = "`common` and `combined` are formats of logs when a LogFormat says so",
       .ours = "they are without it, too",
       .why = "nobody means anything else by them"},
      {.id = "logs-for-programs",
       .rules = "CFG-1",
       .kind = Kind::NotYet,
       .bears_on = Bearing::Reading,
       .theirs = "CustomLog writes to programs and not only to files",
       .ours = "to files; what is not written is told when the server starts (H0112)",
       .why = "not yet: a program needs somebody who watches it"},
      {.id = "selectors-without-quotes",
       .rules = "GIL-11",
       .bears_on = Bearing::Refused,
       .theirs =
           "a selector `process-group=\"a\"` names a group with quotes in its name, and never "
           "fits",
       .ours = "an error",
       .why = kTypingError},
      {.id = "bounds-of-expressions",
       .rules = "CFG-51",
       .bears_on = Bearing::Refused,
       .theirs = "expressions nest as deep as they like, and fail where they are judged at more "
                 "than 20 levels",
       .ours = "50 levels and 16,384 characters are an error with its line; a text may come to 1 "
               "MiB",
       .why = "nobody may exhaust the stack"},
      {.id = "zero-in-expressions",
       .rules = "CFG-51",
       .bears_on = Bearing::Refused,
       .theirs = "`\\0` in an expression ends its text",
       .ours = "an error",
       .why = "nobody sees where such a text ends"},
      // ---- interpreters ----
      {.id = "port-of-the-default-group",
       .rules = "EXP-6",
       .bears_on = Bearing::DefaultInterpreterName,
       .theirs = "the default application group contains the port that the client wrote",
       .ours = "it contains the ServerName's port, or none",
       .why = "a client must not be able to make interpreters",
       .clause = "it has the ServerName's port, never the one that a client wrote"},
      {.id = "lock-of-an-interpreter",
       .rules = "LOAD-12",
       .bears_on = Bearing::SeveralInterpreters,
       .theirs = "one lock a process while a script is loaded",
       .ours = "one lock an interpreter",
       .why = "an application must not wait for the import of another",
       .clause = "none waits while another one loads its script"},
      {.id = "every-request-in-its-interpreter",
       .rules = "INTERP-1, oracle 1",
       .bears_on = Bearing::MainBesideOthers,
       .theirs = "applications of the main interpreter may run inside other applications' "
                 "sub-interpreters",
       .ours = "every request runs in the interpreter it was given",
       .why = "one thread state for each thread and interpreter",
       .clause = "a request to the main one never runs in another"},
      {.id = "stopping-with-sub-interpreters",
       .rules = "oracle 3",
       .bears_on = Bearing::SubInterpreter,
       .theirs = "on Python 3.11 stopping hangs when sub-interpreters exist (4.9.4)",
       .ours = "it takes milliseconds, and the atexit handlers of all interpreters run",
       .why = "leftover thread states are deleted first",
       .clause = "on Python 3.11, too, it ends at once when the process stops"},
      {.id = "callbacks-from-c",
       .rules = "oracle 6",
       .bears_on = Bearing::SubInterpreter,
       .theirs = "on 3.11 callbacks from C run in the main interpreter",
       .ours = "they run in the interpreter of the request",
       .why = "the thread's state on file follows what is attached",
       .clause = "callbacks from C run in it"},
      {.id = "own-gil",
       .rules = "GIL-2",
       .kind = Kind::NotYet,
       .bears_on = Bearing::OwnGil,
       .theirs =
           "`WSGIPerInterpreterGIL On`: interpreters with a GIL of their own, where Python is "
           "3.12 or later",
       .ours = "not granted, and told at the start (H0120); on Python 3.11 neither has them",
       .why = "not yet",
       .clause = "not granted yet"},
      {.id = "free-threading",
       .rules = "GIL-6",
       .kind = Kind::NotYet,
       .bears_on = Bearing::FreeThreading,
       .theirs = "`WSGIFreeThreading On`: no GIL, where Python was built so",
       .ours = "not granted, and told at the start (H0121)",
       .why = "not yet: scripts and interpreters are guarded by the GIL",
       .clause = "not granted yet"},
      {.id = "free-threading-leaves-the-rest",
       .rules = "GIL-7",
       .bears_on = Bearing::FreeThreading,
       .theirs = "`WSGIFreeThreading On` on an ordinary build: intervals and own GILs are skipped, "
                 "though the GIL stays",
       .ours = "the warning, and nothing else changes",
       .why = "a wish that is not granted must not undo another",
       .clause = "intervals and own GILs are not skipped for it"},
      {.id = "one-switch-interval",
       .rules = "GIL-20, GIL-21",
       .bears_on = Bearing::SwitchInterval,
       .theirs =
           "a process's switch interval is set after its preloads, and again, to another one, "
           "by each interpreter that is made later",
       .ours = "it is set once, when Python starts: `switch-interval=`, else what is said for the "
               "main interpreter",
       .why = "which application came first must not matter",
       .clause = "it is set once, when Python starts"},
      {.id = "random-hash-seed",
       .rules = "LOAD-34",
       .bears_on = Bearing::RandomHashes,
       .theirs = "`WSGIPythonHashSeed random` fixes the seed to 0",
       .ours = "random hashes, also where `PYTHONHASHSEED` fixes them",
       .why = "what the word says",
       .clause = "hashes are random, not those of the seed 0"},
      // ---- daemon processes ----
      {.id = "least-busy-process",
       .rules = "DAEMON-3",
       .bears_on = Bearing::DaemonGroup,
       .theirs = "all processes of a group accept from one socket",
       .ours = "each process has a socket, and the front picks the one with the fewest requests",
       .why = "kept connections need to be spread",
       .clause = "the process with the fewest requests is picked"},
      {.id = "kept-connections",
       .rules = "DAEMON-14",
       .bears_on = Bearing::DaemonGroup,
       .theirs = "one connection to the daemon for every request",
       .ours = "connections are kept",
       .why = "speed",
       .clause = "connections to it are kept"},
      {.id = "lost-requests",
       .rules = "DAEMON-4",
       .bears_on = Bearing::DaemonGroup,
       .theirs = "a request in a process that dies is lost, also if nobody had begun with it",
       .ours = "only a request inside the application is lost",
       .why = "the front knows what the application has begun with (`hosts/daemon/wire.md`)",
       .clause = "when it dies, only requests inside the application are lost"},
      {.id = "processes-replaced",
       .rules = "DAEMON-4",
       .bears_on = Bearing::DaemonGroup,
       .theirs = "a process is replaced within about a second",
       .ours = "at once, with growing delays when it keeps ending",
       .why = "requests wait for it; one that cannot start must not keep the machine busy",
       .clause = "it is replaced at once"},
      {.id = "large-headers-have-their-status",
       .rules = "RFC 6585, 5",
       .bears_on = Bearing::Request,
       .theirs = "too many headers, or one that is too long, are answered 400",
       .ours = "431",
       .why = "it is the status for that"},
      {.id = "one-end-of-a-request",
       .rules = "RFC 9112, 6.1",
       .bears_on = Bearing::Request,
       .theirs = "Content-Length beside Transfer-Encoding, or as a trailer, and Transfer-Encoding "
                 "on HTTP/1.0 are taken",
       .ours = "400",
       .why = "nobody in front may see another end of the request"},
      {.id = "headers-stand-on-one-line",
       .rules = "RFC 9112, 2.3, 5.2",
       .bears_on = Bearing::Request,
       .theirs = "a header that goes on in the next line is joined; HTTP/0.9 is answered",
       .ours = "400",
       .why = "nobody in front may see other headers"},
      {.id = "codings-are-a-list",
       .rules = "RFC 9112, 6.1; RFC 9110, 5.6.1",
       .bears_on = Bearing::Request,
       .theirs = "an unknown transfer coding that stands last is 400; `, chunked` is 501, and "
                 "`chunked,` 400",
       .ours = "unknown codings are 501 (INP-8), and empty elements of the list are passed over",
       .why = "one fault has one status"},
      {.id = "no-tunnels",
       .rules = "RFC 9110, 9.3.6",
       .bears_on = Bearing::Request,
       .theirs = "CONNECT is handed to the application",
       .ours = "501",
       .why = "its answer would promise a tunnel"},
      {.id = "other-versions-are-refused",
       .rules = "RFC 9110, 2.5, 15.6.6",
       .bears_on = Bearing::Request,
       .theirs = "HTTP/1.2 and HTTP/2.0 on the request line are taken as HTTP/1.1",
       .ours = "505",
       .why = "the parser knows the two that exist"},
      {.id = "nothing-is-above-the-root",
       .rules = "RFC 3986, 5.2.4",
       .bears_on = Bearing::Request,
       .theirs = "`..` at the root is 400",
       .ours = "it is the root",
       .why = "as the RFC resolves it"},
      {.id = "connections-bring-any-number",
       .rules = "RFC 9112, 9.3",
       .bears_on = Bearing::Request,
       .theirs = "`MaxKeepAliveRequests` is 100 unless it is said",
       .ours = "any number",
       .why = "an old connection costs nothing here, and a new one does"},
      {.id = "answers-as-they-are",
       .rules = "RESP-11, -12, -13",
       .bears_on = Bearing::DaemonGroup,
       .theirs = "in daemon mode headers are merged, `Status` and `Location` are interpreted",
       .ours = "both modes send what the application said",
       .why = "one behaviour in all modes",
       .clause = "headers are sent as the application said"},
      // ---- requests and answers ----
      {.id = "bodies-are-read-first",
       .rules = "INP-5",
       .bears_on = Bearing::Request,
       .theirs = "bodies are pulled when the application reads (embedded) or pushed while it runs "
                 "(daemon)",
       .ours = "the first 128 KiB are read before the application is called",
       .why = "a slow sender holds no thread"},
      {.id = "interim-statuses",
       .rules = "RESP-7",
       .bears_on = Bearing::Application,
       .theirs = "a status from 100 to 199 is taken as any other",
       .ours = "`start_response` raises ValueError",
       .why = "it is no answer: the client would wait for one (RFC 9110, 15.2)"},
      {.id = "hop-by-hop-headers",
       .rules = "PEP 3333, Other HTTP Features",
       .bears_on = Bearing::Application,
       .theirs = "hop-by-hop headers of the application are not looked at",
       .ours = "`start_response` raises ValueError",
       .why = "they are the server's, says the PEP"},
      {.id = "cut-off-bodies",
       .rules = "ERR-25",
       .bears_on = Bearing::Request,
       .theirs = "a process that dies inside a body: the client sees a complete chunked answer",
       .ours = "the connection is cut",
       .why = "the client must be able to notice"},
      {.id = "short-bodies",
       .rules = "RESP-9",
       .bears_on = Bearing::Request,
       .theirs = "a body shorter than its Content-Length keeps the connection open, and the client "
                 "waits",
       .ours = "the connection is closed after it",
       .why = "the client must be able to notice"},
      {.id = "slow-readers-have-one-buffer",
       .rules = "RESP-6",
       .bears_on = Bearing::Request,
       .theirs = "`response-buffer-size=` says how much of a daemon process's answer is passed on "
                 "before the client has taken it",
       .ours = "256 KiB wait for a slow client in either mode, whatever is written",
       .why = "the rest waits in the application, where it costs nothing"},
      {.id = "descriptors-are-waited-for",
       .rules = "ERR-22",
       .bears_on = Bearing::Request,
       .theirs = "without a descriptor for a socket to the daemon process, or when the request "
                 "cannot be sent to it, the answer is 500",
       .ours =
           "a descriptor is waited for as long as `connect-timeout=` says, then it is 503; what "
           "cannot be sent goes to another process",
       .why = "the application has not begun: nothing is lost by trying again"},
      {.id = "what-cannot-start-does-not-serve",
       .rules = "ERR-34, ERR-35, DAEMON-47",
       .bears_on = Bearing::Refused,
       .theirs = "the server starts although Python or the directory, user or root of a group "
                 "cannot: its processes are tried again and again, its clients get 504",
       .ours =
           "the server does not start, and says why; a process that cannot be replaced later is "
           "tried again with growing delays, its clients get 504",
       .why = "who starts the server is there to read it"},
      {.id = "forwarded-ports",
       .rules = "ENV-41",
       .bears_on = Bearing::ForwardedPort,
       .theirs = "a forwarded port is handed on as it is written",
       .ours = "what is no port from 1 to 65535 is passed over",
       .why = "`SERVER_PORT` is a number (PEP 3333)",
       .clause = "one that is no port is passed over"},
      // ---- who answers ----
      {.id = "no-require-no-access",
       .rules = "LOAD-6",
       .bears_on = Bearing::NoRequire,
       .theirs = "access is Apache's default when nothing says otherwise",
       .ours = "without any `Require` access is denied",
       .why = "as Apache's own default configuration says",
       .clause = "access is denied; Apache without its default configuration grants it"},
      {.id = "encoded-slashes",
       .rules = "LOAD-2",
       .bears_on = Bearing::EncodedSlash,
       .theirs = "an encoded slash may be allowed (`AllowEncodedSlashes`); a URL with `%00` is 404",
       .ours = "it is always 404; `%00` is 400",
       .why = "one meaning for each URL",
       .clause = "always 404, and %00 is 400"},
      {.id = "sources-are-not-sent",
       .rules = "LOAD-5",
       .bears_on = Bearing::ForeignHandler,
       .theirs = "`SetHandler` of another module on a mount sends the source of the script",
       .ours = "404",
       .why = "nobody means to publish the source",
       .clause = "404; Apache sends the source of the script"},
      {.id = "slashes-are-merged",
       .rules = "CFG-51",
       .kind = Kind::NotYet,
       .bears_on = Bearing::RepeatedSlashes,
       .theirs = "`MergeSlashes` is obeyed",
       .ours = "slashes are always merged",
       .why = "not yet",
       .clause = "not obeyed yet: slashes are always merged"},
      {.id = "conditions-of-other-modules",
       .rules = "CFG-51",
       .bears_on = Bearing::ForeignCondition,
       .theirs = "expressions may ask other modules: `%{REMOTE_USER}`, `%{SSL_...}`, `%{HANDLER}`, "
                 "`resp()`, `md5()`, `sha1()`, `-U`, `-F` and the like",
       .ours = "they are not judged: the start and `explain` tell them, what such an `<If>`, the "
               "cases behind it and such a `SetEnvIfExpr` hold is not obeyed, `Require expr` "
               "refuses",
       .why = "the engine has no such modules",
       .clause = "what it decides is not obeyed, and Require expr refuses"},
      {.id = "addresses-in-conditions",
       .rules = "CFG-51",
       .bears_on = Bearing::AddressCondition,
       .theirs = "`-ipmatch` refuses `0.0.0.0/0` and looks up names",
       .ours = "`0.0.0.0/0` is every address; a name fits no network",
       .why = "that is what the network says; no request waits for a name server",
       .clause = "0.0.0.0/0 is every address, and names are not looked up"},
      {.id = "no-vary-by-conditions",
       .rules = "CFG-51",
       .bears_on = Bearing::HeaderCondition,
       .theirs = "an expression that asks for a header adds it to `Vary`",
       .ours = "the headers are the application's",
       .why = "the application knows what its answers depend on",
       .clause = "it is not added to Vary"},
      {.id = "blanks-in-require-expr",
       .rules = "CFG-51",
       .bears_on = Bearing::RequireExpression,
       .theirs = "`Require expr` takes the rest of its line as it stands",
       .ours = "the words of the line, with one blank between them",
       .why = "as all directives are read",
       .clause = "several blanks between words count as one"},
      {.id = "dispatch-scripts-are-kept",
       .rules = "LOAD-20",
       .kind = Kind::NotYet,
       .bears_on = Bearing::DispatchScript,
       .theirs = "`WSGIDispatchScript` is loaded again when it changes",
       .ours = "it is loaded once",
       .why = "not yet: with the reloading of scripts",
       .clause = "it is not loaded again yet when it changes"},
      {.id = "dispatch-scripts-are-not-explained",
       .rules = "LOAD-20",
       .bears_on = Bearing::DispatchScript,
       .theirs = "`WSGIDispatchScript` chooses for each request",
       .ours = "the same; `explain` does not run it and says what holds while it chooses nothing",
       .why = "`explain` runs nothing",
       .clause = "what is explained here holds while it chooses nothing"},
      {.id = "missing-callables-are-not-foreseen",
       .rules = "ERR-5",
       .bears_on = Bearing::Application,
       .theirs = "what the application itself answers (a missing callable: 404 or 500)",
       .ours = "the same; `explain` does not foresee it",
       .why = "`explain` runs nothing"},
      {.id = "other-modules-do-not-act",
       .rules = "FOREIGN-1",
       .bears_on = Bearing::ForeignDirectives,
       .theirs = "mod_rewrite, Redirect, ErrorDocument, FallbackResource, passwords and other "
                 "modules act",
       .ours = "they do not; `explain` names each that could change an answer, and demands it "
               "cannot judge are refused",
       .why = "the engine hosts applications, it is no second Apache",
       .clause = "they do not act; demands that cannot be judged are refused"},
  };
  return table;
}

Seen SeenWhere(Bearing bearing) {
  switch (bearing) {
    case Bearing::Refused:
      return Seen::WhenRead;
    case Bearing::Reading:
    case Bearing::Request:
    case Bearing::Application:
      return Seen::InTheTable;
    default:
      return Seen::InExplain;
  }
}

std::string_view InWords(Bearing bearing) {
  switch (bearing) {
    case Bearing::DefaultInterpreterName:
      return "an interpreter with the default name";
    case Bearing::SeveralInterpreters:
      return "several interpreters in a process";
    case Bearing::MainBesideOthers:
      return "the main interpreter beside others";
    case Bearing::SubInterpreter:
      return "a sub-interpreter";
    case Bearing::DaemonGroup:
      return "daemon processes";
    case Bearing::NoRequire:
      return "no Require";
    case Bearing::EncodedSlash:
      return "an encoded slash";
    case Bearing::ForeignHandler:
      return "a script for another module's handler";
    case Bearing::RepeatedSlashes:
      return "MergeSlashes";
    case Bearing::ForeignCondition:
      return "a condition that asks other modules";
    case Bearing::AddressCondition:
      return "a condition that asks for an address";
    case Bearing::HeaderCondition:
      return "a condition that asks for a header";
    case Bearing::RequireExpression:
      return "Require expr";
    case Bearing::RandomHashes:
      return "WSGIPythonHashSeed random";
    case Bearing::OwnGil:
      return "WSGIPerInterpreterGIL On";
    case Bearing::FreeThreading:
      return "WSGIFreeThreading On";
    case Bearing::SwitchInterval:
      return "a switch interval";
    case Bearing::ForwardedPort:
      return "X-Forwarded-Port";
    case Bearing::DispatchScript:
      return "a dispatch script";
    case Bearing::ForeignDirectives:
      return "directives of other modules";
    case Bearing::Refused:
      return "what the engine refuses or warns of";
    case Bearing::Reading:
      return "how lines are read";
    case Bearing::Request:
      return "what comes over the wire";
    case Bearing::Application:
      return "what the application answers";
  }
  return {};
}

std::string_view InWords(Kind kind) {
  return kind == Kind::OnPurpose ? "on purpose" : "not yet";
}

}  // namespace hosts::deviations
