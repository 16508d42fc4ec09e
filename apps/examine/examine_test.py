"""Run with any Python of the matrix: python examine_test.py"""

import importlib.util
import json
import pathlib
import runpy
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).parent


def inventory_module():
    spec = importlib.util.spec_from_file_location("inventory", HERE / "inventory.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Inventory(unittest.TestCase):
    def test_names_of_extension_modules(self):
        inventory = inventory_module()
        suffix = inventory.SUFFIXES[0]
        self.assertEqual(inventory.extension_module("lxml/etree" + suffix), "lxml.etree")
        self.assertIsNone(inventory.extension_module("lxml/etree.py"))
        self.assertIsNone(inventory.extension_module("numpy.libs/libopen-blas.so.0"))
        self.assertIsNone(inventory.extension_module("numpy/tests/_x" + suffix))

    def test_names_of_modules_at_the_top(self):
        inventory = inventory_module()
        self.assertEqual(inventory.top_module("django/__init__.py"), "django")
        self.assertEqual(inventory.top_module("six.py"), "six")
        for path in ("django/db/__init__.py", "_private.py", "tests/__init__.py", "../../../bin/tool", "a-b.py"):
            self.assertIsNone(inventory.top_module(path), path)

    def test_says_what_this_python_has(self):
        ended = subprocess.run([sys.executable, HERE / "inventory.py"], capture_output=True, text=True, check=True)
        said = json.loads(ended.stdout)
        self.assertEqual(said["python"], "%d.%d.%d" % sys.version_info[:3])
        for distribution in said["distributions"]:
            self.assertEqual(set(distribution), {"name", "version", "modules", "extensions"})

    def test_says_what_extensions_declare(self):
        """Those of the standard library: _decimal is single-phase until 3.12, _bisect never was since 3.9."""
        import _bisect

        if not hasattr(_bisect, "__file__"):
            self.skipTest("this Python has its extensions built in")
        ended = subprocess.run(
            [sys.executable, HERE / "inventory.py", "--declared", "_bisect", _bisect.__file__, "nothing", "/nowhere.so"],
            capture_output=True, text=True, check=True,
        )
        lines = {line["module"]: line["declares"] for line in map(json.loads, ended.stdout.splitlines())}
        self.assertIn("multi-phase", lines["_bisect"])
        self.assertIn("cannot be asked", lines["nothing"])


class Import(unittest.TestCase):
    def ask(self, query):
        application = runpy.run_path(str(HERE / "import.wsgi"))["application"]
        [body] = application({"QUERY_STRING": query}, lambda status, headers: self.assertEqual(status, "200 OK"))
        return json.loads(body)

    def test_imports_in_order_and_stops_at_the_first_that_fails(self):
        self.assertEqual(self.ask("json&colorsys")["imported"], 2)
        with tempfile.TemporaryDirectory() as folder:
            (pathlib.Path(folder) / "a_script.py").write_text("raise SystemExit(3)\n")
            sys.path.insert(0, folder)
            self.addCleanup(sys.path.remove, folder)
            said = self.ask("json&a_script&colorsys")
        self.assertEqual((said["imported"], said["module"], said["error"]), (1, "a_script", "SystemExit: 3"))


if __name__ == "__main__":
    unittest.main()
