#pragma once
// What differs between the versions of CPython. Every #if on PY_VERSION_HEX is in this pair,
// and in the C files that look into CPython for it.
//
// Faults of 3.11 that are mended here (suites/isolation/discoveries.md):
//   - items 1 and 6: 3.11 keeps on file the first thread state a thread ever had, and everything
//     that uses the simplified API (ctypes callbacks, many extensions) runs in that one's
//     interpreter. SetCurrentOnFile writes the attached state there, as 3.12 does by itself.
//   - item 2: who waits for the GIL asks in its own interpreter for it, and the one that holds it, in another,
//     never hears of it. gil_turns.h asks there.
//   - item 4: creating an interpreter while tracemalloc traces hangs. It is refused.
//   - item 10: thread states of two interpreters may have equal numbers, and _decimal takes one's context for the other's.
//     NewLegacyInterpreter gives each interpreter numbers of its own.
//
// And one from 3.12 on: when a thread attaches a state, CPython writes into the one that the thread has on file, and when
// a state is deleted that is on file, it clears the file of the thread that deletes, whosever state it was. So a state that another
// thread may delete, as the end of a sub-interpreter does, is on file only while it is attached: TakeOffFile.
//
// Python: as each function says.

#include "hosts/python/python.h"

namespace hosts::python {

// Whether sub-interpreters can have a GIL of their own (PEP 684).
inline constexpr bool kHasOwnGils = PY_VERSION_HEX >= 0x030C0000;

// Whether this Python was built so that it can do without a GIL (PEP 703).
#ifdef Py_GIL_DISABLED
inline constexpr bool kIsFreeThreaded = true;
#else
inline constexpr bool kIsFreeThreaded = false;
#endif

// Whether creating an interpreter while tracemalloc traces hangs inside CPython.
inline constexpr bool kTracemallocStopsCreation = PY_VERSION_HEX < 0x030C0000;

// Whether a request to drop the GIL is seen only in the interpreter of the one who waits (gil_turns.h).
inline constexpr bool kDropRequestsGoAstray = PY_VERSION_HEX < 0x030C0000;

// Whether SetCurrentOnFile has work to do.
inline constexpr bool kStateOnFileGoesStale = PY_VERSION_HEX < 0x030C0000;

// Whether a state on file must not be deleted by another thread.
inline constexpr bool kStateOnFileIsWrittenTo = PY_VERSION_HEX >= 0x030C0000;

// The thread state attached here, or null. Needs nothing attached.
[[nodiscard]] PyThreadState* CurrentState();

// A new sub-interpreter: its first thread state, which is attached instead of main's; or null, main still attached and no
// exception set, with what CPython says about it. Main must be attached.
struct NewInterpreter {
  PyThreadState* first = nullptr;
  const char* why_not = "Python could not make a sub-interpreter";
};
// One that shares main's GIL.
[[nodiscard]] NewInterpreter NewLegacyInterpreter();
// One with a GIL and an allocator of its own, in which CPython keeps to what is safe there: no fork, no exec, no daemon
// threads, and no extension module that does not declare its support. Where kHasOwnGils.
[[nodiscard]] NewInterpreter NewIsolatedInterpreter();

// Whether a free-threaded Python runs with a GIL, whatever is imported; of another one there is nothing to say. It never
// decides by itself, as it would when an extension is imported that does not declare that it can do without.
enum class ProcessGil { On, Off };
void ChooseGil(PyConfig& config, ProcessGil gil);

// Whether it is of an extension that does not declare that it can do without a GIL (PEP 703, Py_mod_gil). Only a Python where
// kIsFreeThreaded keeps what is declared: of another one, and after 3.14, it is always false. Attached.
[[nodiscard]] bool WantsGil(PyObject* module);

// Where there is no GIL to be kept: no other thread of the attached interpreter runs Python while `hold` runs, which may
// stay for ever. Elsewhere `hold` is just called: who is attached has the GIL.
void WithOthersStopped(void (*hold)(void*), void* argument);

// Puts the attached state on file as this thread's. Call it after every attach.
void SetCurrentOnFile(PyThreadState* state);

// This thread has nothing on file any more, where its attached state is; before it is detached.
void TakeOffFile(PyThreadState* state);

// A new reference to what a dict has for a key; null when there is none, or with an exception set. Never a borrowed one: where
// there is no GIL another thread may take it away meanwhile.
[[nodiscard]] PyObject* NewItem(PyObject* dict, PyObject* key);

// The exception that is set, normalized, with its traceback; null if none. Clears it.
[[nodiscard]] PyObject* TakeRaisedException();
// Sets it again; steals.
void SetRaisedException(PyObject* exception);

}  // namespace hosts::python
