/* Single-phase initialisation with m_size 0: PyInit runs again for every interpreter that imports it. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

static long value = 0;
static long inits = 0;

static PyObject* set(PyObject* module, PyObject* number) {
  (void)module;
  value = PyLong_AsLong(number);
  if (PyErr_Occurred()) return NULL;
  Py_RETURN_NONE;
}

static PyObject* get(PyObject* module, PyObject* nothing) {
  (void)module;
  (void)nothing;
  return PyLong_FromLong(value);
}

static PyObject* init_count(PyObject* module, PyObject* nothing) {
  (void)module;
  (void)nothing;
  return PyLong_FromLong(inits);
}

static PyMethodDef methods[] = {
    {"set", set, METH_O, "Keeps a number in a C static."},
    {"get", get, METH_NOARGS, "The number."},
    {"inits", init_count, METH_NOARGS, "How often PyInit has run in this process."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "lab_sized",
    .m_doc = "Single-phase, m_size 0.",
    .m_size = 0,
    .m_methods = methods,
};

PyMODINIT_FUNC PyInit_lab_sized(void) {
  inits += 1;
  return PyModule_Create(&definition);
}
