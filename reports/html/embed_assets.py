"""Write files into a C++ source: embed_assets.py OUTPUT NAME=FILE...

Each becomes an Asset (assets.h): its text, and its SHA-256 as a content security policy names it.
"""

import base64
import hashlib
import pathlib
import sys

CHUNK = 8000  # bytes of a string literal; compilers need not take long ones

HEAD = """// Made by embed_assets.py; not to be edited.
#include "reports/html/assets.h"

namespace reports::html {

"""


def literal(data):
    text = data.decode("latin-1")
    escaped = []
    for character in text:
        if character in '\\"?':
            escaped.append("\\" + character)
        elif " " <= character <= "~":
            escaped.append(character)
        else:
            escaped.append(f"\\{ord(character):03o}")
    return '"' + "".join(escaped) + '"'


def definition(name, path):
    data = path.read_bytes()
    if b"</script" in data.lower() or b"</style" in data.lower() or b"<!--" in data:
        sys.exit(f"embed_assets: {path} would end the element that it is put into")
    digest = base64.b64encode(hashlib.sha256(data).digest()).decode()
    chunks = [literal(data[at : at + CHUNK]) for at in range(0, len(data), CHUNK)]
    text = "\n    ".join(chunks)
    return (
        f"const Asset {name}{{\n    std::string_view({text},\n        {len(data)}),\n"
        f'    "sha256-{digest}"}};\n\n'
    )


def main():
    output, *pairs = sys.argv[1:]
    definitions = []
    for pair in pairs:
        name, path = pair.split("=", 1)
        definitions.append(definition(name, pathlib.Path(path)))
    text = HEAD + "".join(definitions) + "}  // namespace reports::html\n"
    pathlib.Path(output).write_text(text, encoding="ascii")


if __name__ == "__main__":
    main()
