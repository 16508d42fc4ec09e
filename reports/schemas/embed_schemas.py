"""Write schemas into a C++ source: embed_schemas.py OUTPUT NAME=FILE...

Each becomes a Published (schemas.h), in the order of the words. A file that is no schema with an "$id" that names it is refused.
"""

import json
import pathlib
import re
import sys

HEAD = """// Made by embed_schemas.py; not to be edited.
#include "reports/schemas/schemas.h"

namespace reports::schemas {

std::span<const Published> All() {
  static constexpr Published kAll[] = {
"""
TAIL = """  };
  return kAll;
}

}  // namespace reports::schemas
"""


def entry(name, path):
    text = path.read_text(encoding="utf-8")
    identity = json.loads(text).get("$id", "")
    if not re.fullmatch(rf"urn:wsgilab:schema:{re.escape(name)}:[1-9][0-9]*", identity):
        sys.exit(f"embed_schemas: {path}: its $id is '{identity}', not urn:wsgilab:schema:{name}:1")
    return f'    {{"{name}", R"~~~({text})~~~"}},\n'


def main():
    output, *pairs = sys.argv[1:]
    entries = []
    for pair in pairs:
        name, path = pair.split("=", 1)
        entries.append(entry(name, pathlib.Path(path)))
    pathlib.Path(output).write_text(HEAD + "".join(entries) + TAIL, encoding="utf-8")


if __name__ == "__main__":
    main()
