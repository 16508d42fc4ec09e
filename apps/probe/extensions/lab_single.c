/* Single-phase initialisation with m_size -1: CPython keeps the first module's dictionary and hands copies of it to the
   interpreters that import it later. What the C statics hold is one for the process. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

static long value = 0;
static long inits = 0;
static PyObject* object = NULL; /* of whichever interpreter put it here: that is what is probed */

static PyTypeObject static_type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "lab_single.StaticType",
    .tp_basicsize = sizeof(PyObject),
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_new = PyType_GenericNew,
};

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

static PyObject* keep(PyObject* module, PyObject* what) {
  (void)module;
  Py_INCREF(what);
  Py_XSETREF(object, what);
  Py_RETURN_NONE;
}

static PyObject* kept(PyObject* module, PyObject* nothing) {
  (void)module;
  (void)nothing;
  PyObject* what = object == NULL ? Py_None : object;
  Py_INCREF(what);
  return what;
}

static PyObject* init_count(PyObject* module, PyObject* nothing) {
  (void)module;
  (void)nothing;
  return PyLong_FromLong(inits);
}

static PyMethodDef methods[] = {
    {"set", set, METH_O, "Keeps a number in a C static."},
    {"get", get, METH_NOARGS, "The number."},
    {"keep", keep, METH_O, "Keeps an object in a C static."},
    {"kept", kept, METH_NOARGS, "The object, or None."},
    {"inits", init_count, METH_NOARGS, "How often PyInit has run in this process."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "lab_single",
    .m_doc = "Single-phase, m_size -1.",
    .m_size = -1,
    .m_methods = methods,
};

PyMODINIT_FUNC PyInit_lab_single(void) {
  inits += 1;
  if (PyType_Ready(&static_type) < 0) return NULL;
  PyObject* module = PyModule_Create(&definition);
  if (module == NULL) return NULL;
  if (PyModule_AddObjectRef(module, "StaticType", (PyObject*)&static_type) < 0) {
    Py_DECREF(module);
    return NULL;
  }
  return module;
}
