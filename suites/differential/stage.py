"""The files of one site, below /srv: scripts, static files, virtual environments, .htaccess."""

import shutil
import venv
from pathlib import Path

from corpus import Script, Site

STAGE = Path("/srv")
PROBE = Path(__file__).with_name("probe.wsgi")

BROKEN_DISPATCH = {
    "load": "raise RuntimeError('broken on purpose')\n",
    "raise": "def process_group(environ):\n    raise RuntimeError('broken on purpose')\n",
    "type": "def process_group(environ):\n    return 42\n",
}


def clear() -> None:
    for path in STAGE.iterdir():
        shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()


def write(path: Path, text: str) -> None:
    if STAGE not in path.parents:
        raise ValueError(f"{path} is not below {STAGE}")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def text_of(script: Script) -> str:
    if script.kind == "dispatch":
        if broken := script.settings.get("broken"):
            return BROKEN_DISPATCH[broken]
        return "".join(
            f"def {function}(environ):\n    return {value!r}\n"
            for function, value in script.settings.items()
        )
    ordinary = "handle_request" if script.kind == "handler" else "application"
    names = script.settings.get("callable", ordinary).split(",")
    callables = "".join(f"{name} = Probe({name!r})\n" for name in names)
    return PROBE.read_text(encoding="utf-8") + "\n\n" + callables


def place(site: Site) -> None:
    clear()
    for script in site.scripts:
        write(script.path, f"# file {script.path}\n" + text_of(script))  # if its text is served
    for path in site.files:
        write(path, f"file {path}\n")
    for path in site.directories:
        path.mkdir(parents=True, exist_ok=True)
    for path, target in site.links.items():
        path.symlink_to(target)
    for path, lines in site.texts.items():
        write(path, "".join(line + "\n" for line in lines))
    for path in site.environments:
        venv.create(path, symlinks=True, with_pip=False)
