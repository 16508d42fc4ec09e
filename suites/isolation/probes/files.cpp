// Descriptors, locks and files.

#include "suites/isolation/state_probe.h"

namespace suites::isolation {

namespace {

constexpr std::string_view kOpen =
    "import os; fd = os.open(FILE, os.O_RDONLY); STATE['fd'] = fd\n"
    "result = [fd, os.fstat(fd).st_ino]";

}  // namespace

std::vector<StateProbe> FileProbes() {
  return {
      {.name = "fd_open",
       .title = "an open file descriptor",
       .set = kOpen,
       .read = "import os\n"
               "try: result = FROM_A is not None and os.fstat(FROM_A[0]).st_ino == FROM_A[1]\n"
               "except OSError: result = False",
       .shared_if = "result",
       .scope = Scope::Process},
      {.name = "fd_close",
       .title = "a descriptor of A, closed by B",
       .set = kOpen,
       .read = "import os\n"
               "try:\n"
               "    if FROM_A is None or os.fstat(FROM_A[0]).st_ino != FROM_A[1]: result = 'other "
               "file'\n"
               "    else: os.close(FROM_A[0]); result = 'closed'\n"
               "except OSError: result = 'no such descriptor'",
       .scope = Scope::Process,
       .about = About::Deed,
       .after = "import os\n"
                "try: result = os.fstat(STATE['fd']).st_ino != FROM_A[1]\n"
                "except OSError: result = True"},
      {.name = "fd_read_through",
       .title = "what A wrote into a pipe, read by B through the descriptor's number",
       .set = "import os; ends = os.pipe(); os.write(ends[1], TOKEN.encode() * 4)\n"
              "STATE['ends'] = ends; result = ends[0]",
       .read = "import os, select\n"
               "result = None\n"
               "try:\n"
               "    if FROM_A is not None and select.select([FROM_A], [], [], 0)[0]:\n"
               "        result = os.read(FROM_A, len(TOKEN)).decode('latin-1')\n"
               "except (OSError, ValueError): pass",
       .scope = Scope::Process},
      {.name = "fcntl_lock",
       .title = "a POSIX record lock that A holds: does B get it, too?",
       .set = "import fcntl; lock = open(LOCK, 'a'); fcntl.lockf(lock, fcntl.LOCK_EX | "
              "fcntl.LOCK_NB)\n"
              "STATE['lock'] = lock; result = 'held'",
       .read =
           "import fcntl\n"
           "try:\n"
           "    STATE['second'] = open(LOCK, 'a') if FROM_A == 'held' else None\n"
           "    if STATE['second']: fcntl.lockf(STATE['second'], fcntl.LOCK_EX | fcntl.LOCK_NB)\n"
           "    result = FROM_A == 'held'\n"
           "except OSError: result = False",
       .shared_if = "result",
       .scope = Scope::Process,
       .mechanism = "the owner of a record lock is the process"},
      {.name = "fcntl_lock_lost",
       .title = "a POSIX record lock of A, when B opens and closes the same file",
       .set = "import fcntl; lock = open(LOCK, 'a'); fcntl.lockf(lock, fcntl.LOCK_EX | "
              "fcntl.LOCK_NB)\n"
              "STATE['lock'] = lock; result = 'held'",
       .read = "import subprocess; open(LOCK, 'a').close()\n"
               "attempt = ('import fcntl, sys; lock = open(sys.argv[1], \"a\");'\n"
               "           'fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)')\n"
               "taken = subprocess.run(['/usr/bin/python3', '-c', attempt, LOCK], "
               "capture_output=True)\n"
               "result = FROM_A == 'held' and taken.returncode == 0",
       .shared_if = "result",
       .scope = Scope::Process,
       .own = "result = FROM_A == 'held'",  // to look would be to lose it
       .mechanism = "a process loses its record locks on a file when any of its descriptors of it "
                    "is closed"},
      {.name = "flock",
       .title = "a lock by flock() that A holds: is B kept out, as it should?",
       .set = "import fcntl; lock = open(LOCK, 'a'); fcntl.flock(lock, fcntl.LOCK_EX | "
              "fcntl.LOCK_NB)\n"
              "STATE['lock'] = lock",
       .read = "import fcntl\n"
               "with open(LOCK, 'a') as lock:\n"
               "    try: fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB); result = 'got it'\n"
               "    except OSError: result = 'kept out'",
       .shared_if = "result == 'kept out'",
       .scope = Scope::Host,
       .mechanism = "the owner of such a lock is the open file, in whichever process"},
      {.name = "fd2_dup2",
       .title = "descriptor 2, turned to another file",
       .set = "import os; fd = os.open(FILE, os.O_RDONLY); os.dup2(fd, 2); result = "
              "os.fstat(fd).st_ino",
       .read = "import os; result = os.fstat(2).st_ino",
       .shared_if = "result == FROM_A",
       .scope = Scope::Process},
      {.name = "private_file",
       .title = "a file that only its owner may read",
       .set = "import os; fd = os.open(PRIVATE, os.O_CREAT | os.O_WRONLY, 0o600)\n"
              "os.write(fd, TOKEN.encode()); os.close(fd)",
       .read = "try: result = open(PRIVATE).read()\n"
               "except OSError as error: result = type(error).__name__",
       .scope = Scope::Host,
       .mechanism = "the file system knows users, not applications"},
  };
}

}  // namespace suites::isolation
