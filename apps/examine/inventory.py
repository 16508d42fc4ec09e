"""What is installed in a Python environment, as JSON: its distributions, what each lets be imported, its C extensions.

Run with the Python of the environment: `venv/bin/python inventory.py`. Nothing is imported but the standard library. With
`--declared MODULE FILE ...` it says instead what C extensions declare about interpreters, by calling the function that begins
their import, in this process, which is thrown away.
"""

import importlib.machinery
import importlib.metadata
import json
import os
import sys

# Tools of the environment, which applications do not import.
TOOLS = {"pip", "setuptools", "wheel"}
SUFFIXES = sorted(importlib.machinery.EXTENSION_SUFFIXES, key=len, reverse=True)
NOT_FOR_IMPORT = {"tests", "test", "testing", "conftest", "__pycache__"}
MOST_EXTENSIONS = 60  # of a distribution: scipy has hundreds


def extension_module(path):
    """`lxml.etree` for `lxml/etree.cpython-311-x86_64-linux-gnu.so`; None for what is no extension module."""
    for suffix in SUFFIXES:
        if path.endswith(suffix):
            parts = path[: -len(suffix)].split("/")
            if all(part.isidentifier() for part in parts) and not NOT_FOR_IMPORT & set(parts):
                return ".".join(parts)
    return None


def top_module(path):
    """`django` for `django/__init__.py`, `six` for `six.py`; None for everything below."""
    parts = path.split("/")
    if len(parts) == 2 and parts[1] == "__init__.py":
        name = parts[0]
    elif len(parts) == 1 and path.endswith(".py"):
        name = path[:-3]
    else:
        return None
    return name if name.isidentifier() and not name.startswith("_") and name not in NOT_FOR_IMPORT else None


def describe(distribution):
    modules, extensions = [], []
    for file in distribution.files or []:
        path = str(file)
        extension = extension_module(path)
        if extension is not None and len(extensions) < MOST_EXTENSIONS:
            extensions.append({"module": extension, "file": str(distribution.locate_file(file))})
        top = top_module(path)
        if top is not None and top not in modules:
            modules.append(top)
    names = {e["module"].split(".")[0] for e in extensions if "." in e["module"]}
    modules += sorted(name for name in names if name not in modules and not name.startswith("_"))  # namespace packages
    return {
        "name": distribution.metadata["Name"],
        "version": distribution.version,
        "modules": sorted(modules),
        "extensions": sorted(extensions, key=lambda e: e["module"]),
    }


def inventory():
    seen, found, tools = set(), [], []
    for distribution in importlib.metadata.distributions():
        name = distribution.metadata["Name"]
        if name is None or name.lower() in seen:
            continue
        seen.add(name.lower())
        if name.lower() in TOOLS:
            tools.append(name)
            continue
        found.append(describe(distribution))
    return {
        "python": "%d.%d.%d" % sys.version_info[:3],
        "prefix": sys.prefix,
        "distributions": sorted(found, key=lambda d: d["name"].lower()),
        "tools": sorted(tools),
    }


# Slots of a module's definition (PEP 489, PEP 684, PEP 703): their numbers in CPython's moduleobject.h.
SLOT_MULTIPLE_INTERPRETERS, SLOT_GIL = 3, 4
MULTIPLE_INTERPRETERS = {0: "refuses sub-interpreters", 1: "takes sub-interpreters that share the GIL", 2: "takes interpreters with their own GIL"}


def declared(module, path):
    """What the definition says that the extension's PyInit function returns."""
    import ctypes

    name = module.rpartition(".")[2]
    init = getattr(ctypes.PyDLL(path), "PyInit_" + name)
    init.restype = ctypes.c_void_p  # a definition is lent, not given: no object, which would be let go of
    at = init()
    result = ctypes.cast(at, ctypes.py_object).value
    if type(result).__name__ != "moduledef":
        return "one initialisation for the whole process (single-phase)"
    word = ctypes.sizeof(ctypes.c_void_p)
    # PyModuleDef: the object's head and base (5 words), name, doc, size, methods, slots.
    slots = ctypes.c_void_p.from_address(at + 9 * word).value
    words = ["an initialisation for each interpreter (multi-phase)"]
    while slots:
        slot = ctypes.c_int.from_address(slots).value
        value = ctypes.c_void_p.from_address(slots + word).value or 0
        if slot == 0:
            break
        if slot == SLOT_MULTIPLE_INTERPRETERS:
            words.append(MULTIPLE_INTERPRETERS.get(value, "interpreters: %d" % value))
        elif slot == SLOT_GIL and value:
            words.append("needs no GIL")
        slots += 2 * word
    return ", ".join(words)


def main(arguments):
    if arguments[:1] == ["--declared"]:
        # One after the other, each line at once: a process that dies has said what it knew.
        for module, path in zip(arguments[1::2], arguments[2::2]):
            try:
                said = declared(module, path)
            except BaseException as error:
                said = "cannot be asked: %s: %s" % (type(error).__name__, error)
            print(json.dumps({"module": module, "declares": said}), flush=True)
        os._exit(0)  # what half-initialised extensions do at the end is not of interest
    print(json.dumps(inventory()))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
