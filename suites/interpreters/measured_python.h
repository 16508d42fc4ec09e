#pragma once
// The Python with which the tables of this room were measured: 3.14, with a GIL.

namespace suites::interpreters {

// Ends the check, as not applicable, on a host with another one.
void EndUnlessMeasured();

}  // namespace suites::interpreters
