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

// A new legacy sub-interpreter, its first thread state attached instead of main's; or null, main
// still attached and no exception set. Main must be attached.
[[nodiscard]] PyThreadState* NewLegacyInterpreter();

// Puts the attached state on file as this thread's. Call it after every attach.
void SetCurrentOnFile(PyThreadState* state);

// This thread has nothing on file any more, where its attached state is; before it is detached.
void TakeOffFile(PyThreadState* state);

// The exception that is set, normalized, with its traceback; null if none. Clears it.
[[nodiscard]] PyObject* TakeRaisedException();
// Sets it again; steals.
void SetRaisedException(PyObject* exception);

}  // namespace hosts::python
