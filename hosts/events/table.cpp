#include "hosts/events/table.h"

#include <algorithm>

namespace hosts::events {

const std::vector<Event>& EventTable() {
  static const std::vector<Event> table = {
      // ---- the life of the server and of its processes ----
      {.code = "H0101",
       .level = "error",
       .happened = "The supervisor could not fork.",
       .outcome = "It tries again in a second.",
       .remedy = "Look at the limits of processes and memory."},
      {.code = "H0102",
       .level = "info",
       .happened = "Every process serves; the line names the addresses."},
      {.code = "H0103", .level = "info", .happened = "A process is being started."},
      {.code = "H0104",
       .level = "warning, info",
       .happened =
           "A process ended; a warning unless it was told to, or ended by itself with exit code 0.",
       .outcome =
           "It is replaced at once; later each time when it fails within seconds of its start.",
       .remedy = "Look at the lines before it."},
      {.code = "H0105",
       .level = "info",
       .happened = "The server was told to stop.",
       .outcome = "Server processes end first, then daemon processes."},
      {.code = "H0106",
       .level = "warning",
       .happened = "A process did not end in time and was killed.",
       .remedy = "An application does not return, or a thread of it does not end."},
      {.code = "H0107",
       .level = "warning",
       .happened = "A process was ended by force, with exit code 255: a thread was still inside an "
                   "application, or kept it from ending, when `shutdown-timeout=` was over.",
       .outcome = "Handlers of atexit may not have run.",
       .remedy = "As H0106."},
      {.code = "H0110",
       .level = "error",
       .happened =
           "A process cannot start: identity, root or working directory, Python, or its threads.",
       .outcome = "At the start of the server: it gives up. Later: tried again.",
       .remedy = "The text says what."},
      {.code = "H0111",
       .level = "warning",
       .happened = "`User` has no effect, as the server was not started by root.",
       .outcome = "The group runs as the user who started the server.",
       .remedy =
           "Start as root, or drop the line. A group with a `user=` of its own would not start."},
      {.code = "H0112",
       .level = "warning",
       .happened = "A directive or option is understood and not obeyed yet.",
       .outcome = "The server works as if it were not there.",
       .remedy = "Do without it, or remove the line."},
      {.code = "H0113",
       .level = "warning",
       .happened = "A directive of another Apache module may change answers under Apache; here it "
                   "is not obeyed.",
       .outcome = "The server works as if it were not there.",
       .remedy = "Know it; `wsgilab-host explain` names them all."},
      {.code = "H0114",
       .level = "info",
       .happened =
           "The server was told to restart (SIGHUP, SIGUSR1): it reads its configuration again.",
       .outcome = "Everything serves on meanwhile."},
      {.code = "H0115",
       .level = "error",
       .happened = "A restart was refused; the line says why.",
       .outcome = "Everything goes on as it was.",
       .remedy = "Mend the configuration (`wsgilab-host check`), and send the signal again. Where "
                 "a process could not start: look at its lines before this one."},
      {.code = "H0116",
       .level = "info",
       .happened = "Every process of the new configuration serves.",
       .outcome = "The ones before end when their clients have gone. Lines go to the new "
                  "`ErrorLog` from here on."},
      {.code = "H0117",
       .level = "info",
       .happened = "The last process of an earlier configuration has ended.",
       .outcome = "Its sockets and files are closed."},
      {.code = "H0118",
       .level = "warning",
       .happened = "What there is to say about a configuration that was read again; at the start "
                   "it is said on standard error.",
       .remedy = "The line says where."},
      {.code = "H0119",
       .level = "info",
       .happened = "SIGHUP or SIGUSR2 was sent to a process of the server: these tell subscribers "
                   "of daemon processes something, and the supervisor to restart.",
       .outcome = "It is discarded.",
       .remedy = "Signal the supervisor, or the daemon process."},
      {.code = "H0120",
       .level = "warning",
       .happened = "`WSGIPerInterpreterGIL On`, and Python is older than 3.12: it has no "
                   "interpreters with a GIL of their own (WSGI0198 of mod_wsgi).",
       .outcome = "All interpreters of a process share its GIL.",
       .remedy = "Use processes to compute in parallel, or remove the line."},
      {.code = "H0121",
       .level = "warning",
       .happened = "`WSGIFreeThreading On`, and Python was not built to do without a GIL "
                   "(WSGI0200 of mod_wsgi).",
       .outcome = "Every process keeps its GIL; everything else counts as ever.",
       .remedy = "As H0120."},
      {.code = "H0122",
       .level = "warning",
       .happened = "`WSGIFreeThreading` in a container with `application-group=`: it is a matter "
                   "of whole processes (WSGI0201 of mod_wsgi).",
       .outcome = "It says nothing, On or Off.",
       .remedy = "Select by `process-group=` alone, or remove the line."},
      {.code = "H0130",
       .level = "info",
       .happened = "A daemon process is to end as soon as no request is inside it; the line says "
                   "why, in the words of `mod_wsgi.process_stopping` (SHUT-5).",
       .outcome = "It serves until then, for `graceful-timeout=` at most."},
      {.code = "H0131",
       .level = "info",
       .happened = "A daemon process is ending; the line says why.",
       .outcome = "It begins with no more requests; what is inside has `shutdown-timeout=`. "
                  "Another process is started."},
      {.code = "H0132",
       .level = "error",
       .happened = "A request waited longer than `queue-timeout=` for a thread.",
       .outcome = "The client gets 504; the application is not asked.",
       .remedy = "Give the group more threads or processes."},
      {.code = "H0133",
       .level = "warning",
       .happened = "A process that an application had forked came back from the request in which "
                   "it was forked.",
       .outcome = "It is ended; nothing of its answer is sent. Its parent answers.",
       .remedy = "Let the child end with `os._exit()`, or start programs with `subprocess`."},
      {.code = "H0134",
       .level = "info",
       .happened = "No request is inside a daemon process any more: its interpreters are ended."},
      {.code = "H0135",
       .level = "info",
       .happened = "A daemon process is done; nothing of it runs any more."},
      {.code = "H0150",
       .level = "warning",
       .happened = "`cpu-priority=`, `memory-limit=` or `virtual-memory-limit=` could not be set "
                   "for a process.",
       .outcome = "The process goes on without it.",
       .remedy = "A negative priority needs root; a limit cannot be above the one that who starts "
                 "the server has."},
      {.code = "H0151",
       .level = "warning",
       .happened = "`locale=` names a locale that the machine does not have.",
       .outcome = "`LC_ALL` is set, the process keeps the locale it has.",
       .remedy = "Install the locale, or write `C.UTF-8`."},
      {.code = "H0152",
       .level = "warning",
       .happened = "`stack-size=` is too small, or not possible.",
       .outcome = "Threads have the usual stack.",
       .remedy = "Write at least 16384; Python needs more."},
      {.code = "H0160",
       .level = "info",
       .happened = "The status page (`serve --status`) is there; the line names its address."},
      // ---- connections and requests ----
      {.code = "H0201",
       .level = "warning",
       .happened = "Descriptors are used up, or nearly.",
       .outcome = "Connections that are there go on; new ones wait in the backlog. Once a second "
                  "it is looked whether there are enough again.",
       .remedy = "Raise the limit of open files; look whether an application leaves files open."},
      {.code = "H0210",
       .level = "warning",
       .happened = "No link to a daemon process could be opened; said once a second.",
       .outcome = "Tried again; the client gets 503 after `connect-timeout=`, or at once when "
                  "there is no such socket.",
       .remedy = "Look for H0104 and H0110 of that group."},
      {.code = "H0211",
       .level = "info",
       .happened = "A process ended before it began with a request.",
       .outcome = "The request was sent to another process."},
      {.code = "H0212",
       .level = "error",
       .happened = "A daemon process did not begin to answer a request, or did not go on, within "
                   "`socket-timeout=` (without one: `Timeout`).",
       .outcome = "The client gets 504, or its answer breaks off; the application goes on.",
       .remedy = "Allow more time, or find out what the application waits for."},
      {.code = "H0213",
       .level = "error",
       .happened =
           "A line of the head of an application's answer is longer than `header-buffer-size=`.",
       .outcome = "The client gets 500.",
       .remedy = "Write a larger `header-buffer-size=`, or send less in a header."},
      {.code = "H0214",
       .level = "info",
       .happened = "A process does not begin with a request: it keeps the GIL, or cannot accept "
                   "connections.",
       .outcome = "The request was sent to another process, or on another link.",
       .remedy = "Look at what the process does (DAEMON-30)."},
      {.code = "H0215",
       .level = "error",
       .happened =
           "A request was refused by as many processes of its group as are asked: each found its "
           "script changed (`reload_required()`, `__mtime__`, or a file that keeps changing).",
       .outcome = "The client gets 503 (ERR-27).",
       .remedy = "Look at what the script's `reload_required()` says."},
      {.code = "H0216",
       .level = "info",
       .happened = "A process refused a request, as a script has changed.",
       .outcome = "The request is sent to another process."},
      {.code = "H0220",
       .level = "error",
       .happened = "A connection to a group's socket was refused.",
       .outcome = "It was closed; nothing ran.",
       .remedy = "Somebody else tries to use the socket."},
      {.code = "H0221",
       .level = "error",
       .happened = "A daemon process could not read a request.",
       .outcome = "The link was closed, the client gets 502.",
       .remedy = "Report it."},
      {.code = "H0230",
       .level = "info, error",
       .happened =
           "A request was refused by the configuration; 404 is information, the rest an error.",
       .outcome = "The status in the line.",
       .remedy = "The line says which rule."},
      {.code = "H0231",
       .level = "error",
       .happened = "A file that an application returned in wsgi.file_wrapper could not be sent to "
                   "its end (`WSGIEnableSendfile`): it has become shorter, or cannot be read.",
       .outcome = "The answer breaks off, its connection is closed.",
       .remedy = "Replace files by renaming a new one over them."},
      {.code = "H0240",
       .level = "warning",
       .happened =
           "Lines of an access log were lost; the line says how many, of which file, and why.",
       .outcome = "Requests were answered as ever.",
       .remedy = "Make room on its disk, or write to a faster one."},
      {.code = "H0241",
       .level = "warning",
       .happened = "Lines of the error log were lost: the pipe, terminal, socket or disk it is "
                   "written to was full.",
       .outcome = "Requests were answered as ever.",
       .remedy =
           "Let who reads it keep up, write to a file (`ErrorLog`), or make room on its disk."},
      // ---- Python and applications ----
      {.code = "H0300",
       .level = "info",
       .happened = "A sub-interpreter is being created for an application group; the line says "
                   "`with own GIL` of one that does not share its process's."},
      {.code = "H0301",
       .level = "error",
       .happened = "A line that an application wrote to sys.stdout, sys.stderr or wsgi.errors. The "
                   "level says nothing about the line."},
      {.code = "H0302",
       .level = "error",
       .happened = "An application raised: a heading, then the traceback, a record a line.",
       .outcome = "500, or the answer breaks off if it had begun.",
       .remedy = "Mend the application."},
      {.code = "H0303",
       .level = "info",
       .happened = "A script file is being loaded, or loaded again as it has changed (`Loading "
                   "WSGI script`, `Reloading WSGI script`)."},
      {.code = "H0304",
       .level = "error",
       .happened =
           "A script file could not be read, compiled or executed: a heading, then the traceback.",
       .outcome = "500; the next request tries again.",
       .remedy = "Mend the script."},
      {.code = "H0305",
       .level = "error",
       .happened = "A script has no object of the name that is asked for.",
       .outcome = "404 embedded, 500 in a daemon process.",
       .remedy = "Define `application`, or set the callable object."},
      {.code = "H0306",
       .level = "error",
       .happened = "An interpreter could not be created or set up.",
       .outcome = "500; the next request tries again.",
       .remedy = "The text says why; do not trace with tracemalloc before every application group "
                 "has been used."},
      {.code = "H0307",
       .level = "warning",
       .happened = "python-home is no directory.",
       .outcome = "Python will not start.",
       .remedy = "Name the directory of a virtual environment or of a Python."},
      {.code = "H0308",
       .level = "info",
       .happened = "Python is being initialized in this process; the line says `with "
                   "free-threading enabled` where it has no GIL."},
      {.code = "H0309",
       .level = "error",
       .happened = "close() of what an application returned raised.",
       .outcome = "None for the client.",
       .remedy = "Mend the application."},
      {.code = "H0310",
       .level = "warning",
       .happened = "A sub-interpreter still ran threads of its own when the process ended.",
       .outcome = "Its atexit handlers ran, the threads were cut off.",
       .remedy = "End threads from an atexit handler."},
      {.code = "H0311",
       .level = "info",
       .happened = "The client left before its answer was complete, and the application's write() "
                   "raised OSError."},
      {.code = "H0312",
       .level = "warning",
       .happened = "A script could not be preloaded (H0304 says why).",
       .outcome = "The first request tries again.",
       .remedy = "Mend the script."},
      {.code = "H0313",
       .level = "error",
       .happened = "A subscriber of `mod_wsgi` (`subscribe_events`, `subscribe_shutdown`, "
                   "`subscribe_signals`) raised.",
       .outcome = "The next one is called; the request or the end of the process goes on.",
       .remedy = "Mend the subscriber."},
      {.code = "H0314",
       .level = "error",
       .happened = "SIGTERM could not be bound in a service process (`threads=0`).",
       .outcome = "SIGTERM ends it without a word to its script.",
       .remedy = "Report it."},
      {.code = "H0320",
       .level = "info",
       .happened = "Python's switch interval was set when the process started: by "
                   "`switch-interval=` of its group, else by `WSGISwitchInterval`; or that of an "
                   "interpreter with its own GIL, when it was made.",
       .outcome = "It holds for every interpreter under that GIL."},
      {.code = "H0321",
       .level = "warning",
       .happened = "`WSGISwitchInterval` in a container selects this sub-interpreter by its name, "
                   "and the interpreter shares the GIL of its process (WSGI0199 of mod_wsgi).",
       .outcome = "It is skipped (GIL-22).",
       .remedy = "Leave `application-group=` out: then it is the interval of the process."},
      {.code = "H0322",
       .level = "info",
       .happened =
           "An application called `signal.signal()`: the signal, then who called, a record a line.",
       .outcome = "Nothing was registered; the call answered the handler that it was given.",
       .remedy = "Handle signals elsewhere, or write `WSGIRestrictSignal Off`."},
      {.code = "H0323",
       .level = "warning",
       .happened = "A switch interval, of a process or of an interpreter, where "
                   "`WSGIFreeThreading On` has taken the GIL away (WSGI0203, WSGI0204 and WSGI0205 "
                   "of mod_wsgi).",
       .outcome = "It is skipped: there is nothing to switch (GIL-22).",
       .remedy = "Remove one of the two lines."},
      {.code = "H0324",
       .level = "warning",
       .happened = "`WSGIPerInterpreterGIL On` for an interpreter of a process that "
                   "`WSGIFreeThreading On` has taken the GIL from (WSGI0202 of mod_wsgi).",
       .outcome = "The interpreter is an ordinary one, and runs beside the others as it would "
                  "have with a GIL of its own (GIL-9).",
       .remedy = "Remove one of the two lines."},
      {.code = "H0325",
       .level = "warning",
       .happened = "A request takes longer than `request-timeout=` allows: "
                   "`mod_wsgi.RequestTimeout` is raised in it.",
       .outcome = "The client gets 504, or its answer breaks off, when the exception is not "
                  "caught; the process serves on.",
       .remedy = "Look at the stack in the lines before it."},
      {.code = "H0326",
       .level = "info",
       .happened = "A line of the stack of that request, innermost last. There is none where the "
                   "process runs without a GIL: its threads are not to be looked at while they "
                   "run (GIL-7)."},
      {.code = "H0327",
       .level = "error",
       .happened = "A request could not be interrupted: its stack could not be read.",
       .outcome = "It goes on; `interrupt-timeout=` ends the process.",
       .remedy = "Report it."},
      {.code = "H0330",
       .level = "error",
       .happened = "A function of a dispatch script raised, or returned something else than None, "
                   "a str or bytes.",
       .outcome = "500.",
       .remedy = "Mend the dispatch script."},
      {.code = "H0340",
       .level = "error",
       .happened = "`reload_required()` of a script raised, or answered what has no truth: a "
                   "heading, then the traceback.",
       .outcome = "It counts as no: the script is not reloaded for it (RELOAD-8).",
       .remedy = "Mend the function."},
      {.code = "H0341",
       .level = "info",
       .happened = "A daemon process found a script changed since it was loaded.",
       .outcome = "It refuses the request and ends; another process, or the next one in its place, "
                  "answers (RELOAD-3)."},
      {.code = "H0342",
       .level = "critical to debug",
       .happened = "A line of a record that an application logged through `mod_wsgi.LogHandler`, "
                   "at the level of the record."},
      {.code = "H0343",
       .level = "warning",
       .happened = "The thread that sees to it, on Python 3.11, that no interpreter keeps the GIL "
                   "from the others could not be started.",
       .outcome =
           "A loop in one application may hold up those in other interpreters until it ends.",
       .remedy = "Give the process more memory: `memory-limit=`, `virtual-memory-limit=`."},
      {.code = "H0344",
       .level = "error",
       .happened = "The script of the line before wants an extension module that does not declare "
                   "that it can live in an interpreter with a GIL of its own; the line names the "
                   "extension, and says who wishes for that GIL.",
       .outcome = "500, for each request; the other interpreters go on.",
       .remedy = "Write `WSGIPerInterpreterGIL Off` for its application group, or do without the "
                 "extension."},
      {.code = "H0345",
       .level = "warning",
       .happened = "A script has imported an extension module that does not declare that it can do "
                   "without a GIL, in a process that has none (`WSGIFreeThreading On`). Said once "
                   "for each extension and interpreter, when a script has been loaded: of what "
                   "requests import later when the next script is.",
       .outcome =
           "It is imported, and the GIL stays off, where `python` would have switched it on. "
           "Requests that use the extension at the same time may damage its data.",
       .remedy = "Take a version of it that declares its support, or write `WSGIFreeThreading Off` "
                 "for the process group."},
  };
  return table;
}

const Event* FindEvent(std::string_view code) {
  const auto& table = EventTable();
  const auto found = std::ranges::find(table, code, &Event::code);
  return found == table.end() ? nullptr : &*found;
}

}  // namespace hosts::events
