#pragma once
// The only #include of <Python.h> in the house.
//
// Which CPython functions may be called where is said by the types of this room: see
// interpreters.md. PyGILState_Ensure and PyErr_Print are never called.

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <structmember.h>
