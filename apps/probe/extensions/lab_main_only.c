/* Multi-phase initialisation of a module that says it does not support several interpreters. Before Python 3.12 there is
   no way to say that, and the module is an ordinary one. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

struct state {
  long value;
};

static struct state* state_of(PyObject* module) {
  return (struct state*)PyModule_GetState(module);
}

static PyObject* set(PyObject* module, PyObject* number) {
  const long wanted = PyLong_AsLong(number);
  if (PyErr_Occurred()) return NULL;
  state_of(module)->value = wanted;
  Py_RETURN_NONE;
}

static PyObject* get(PyObject* module, PyObject* nothing) {
  (void)nothing;
  return PyLong_FromLong(state_of(module)->value);
}

static PyMethodDef methods[] = {
    {"set", set, METH_O, "Keeps a number in the module's state."},
    {"get", get, METH_NOARGS, "The number."},
    {NULL, NULL, 0, NULL},
};

static PyModuleDef_Slot slots[] = {
#ifdef Py_mod_multiple_interpreters
    {Py_mod_multiple_interpreters, Py_MOD_MULTIPLE_INTERPRETERS_NOT_SUPPORTED},
#endif
    {0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "lab_main_only",
    .m_doc = "Multi-phase, for the main interpreter alone.",
    .m_size = sizeof(struct state),
    .m_methods = methods,
    .m_slots = slots,
};

PyMODINIT_FUNC PyInit_lab_main_only(void) {
  return PyModuleDef_Init(&definition);
}
