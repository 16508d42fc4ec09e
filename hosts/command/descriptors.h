#pragma once
// Descriptors: a process keeps those that it needs. What the shell or service that started the server
// had open is closed at once, and what is the supervisor's in each child.
//
// Threads: one, before there are others.
// Fails:   never: what is not open need not be closed.
// Source:  SEC-10.

namespace hosts::command {

// Everything beyond standard input, output and error, but for this one; -1: for none.
void CloseInheritedBut(int kept);

// In a child; -1: there is none.
void CloseInherited(int descriptor);

// In a daemon process: a terminal that the server was started from is not its users' to read.
void DetachStandardInput();

}  // namespace hosts::command
