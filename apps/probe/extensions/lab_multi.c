/* Multi-phase initialisation (PEP 489) with module state: each interpreter executes a module of its own. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

struct state {
  long value;
};

static long process_value = 0;
static long execs = 0;

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

static PyObject* set_static(PyObject* module, PyObject* number) {
  (void)module;
  process_value = PyLong_AsLong(number);
  if (PyErr_Occurred()) return NULL;
  Py_RETURN_NONE;
}

static PyObject* get_static(PyObject* module, PyObject* nothing) {
  (void)module;
  (void)nothing;
  return PyLong_FromLong(process_value);
}

static PyObject* exec_count(PyObject* module, PyObject* nothing) {
  (void)module;
  (void)nothing;
  return PyLong_FromLong(execs);
}

static PyMethodDef methods[] = {
    {"set", set, METH_O, "Keeps a number in the module's state."},
    {"get", get, METH_NOARGS, "The number in the module's state."},
    {"set_static", set_static, METH_O, "Keeps a number in a C static."},
    {"get_static", get_static, METH_NOARGS, "The number in the C static."},
    {"execs", exec_count, METH_NOARGS, "How often the module was executed in this process."},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot heap_type_slots[] = {
    {Py_tp_new, PyType_GenericNew},
    {0, NULL},
};
static PyType_Spec heap_type = {
    .name = "lab_multi.HeapType",
    .basicsize = sizeof(PyObject),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .slots = heap_type_slots,
};

static int execute(PyObject* module) {
  execs += 1;
  PyObject* type = PyType_FromModuleAndSpec(module, &heap_type, NULL);
  if (type == NULL) return -1;
  const int added = PyModule_AddObjectRef(module, "HeapType", type);
  Py_DECREF(type);
  return added;
}

static PyModuleDef_Slot slots[] = {
    {Py_mod_exec, (void*)execute},
    {0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "lab_multi",
    .m_doc = "Multi-phase, with module state.",
    .m_size = sizeof(struct state),
    .m_methods = methods,
    .m_slots = slots,
};

PyMODINIT_FUNC PyInit_lab_multi(void) {
  return PyModuleDef_Init(&definition);
}
