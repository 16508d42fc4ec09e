"""The blocks of a Markdown page that a reader types, as the scripts see them. Standard library only.

A fenced block says with the words behind its fence what it is:

    ```console                    commands, run as they stand: `$ ` begins one, `> ` goes on with it; what follows is
                                  what it prints. A line `...` stands for any lines, `...` in a line for any text, several blanks for blanks;
                                  nothing at all: whatever it prints. It must end with 0, unless `$ echo $?` is next.
    ```console figures vary       the same, but a figure, with its unit or as `–`, stands for any
    ```console not run: REASON    commands that are not run; their options are looked up.
    ```apache site.conf           a file of this name, for the commands below it. Any language; /srv/ is in the page's folder.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

FENCE = re.compile(r"^(?P<mark>```+|~~~+)(?P<info>[^\n`]*)\n(?P<body>.*?)^(?P=mark)[ \t]*$", re.MULTILINE | re.DOTALL)
INDENTED = re.compile(r"(?:\A|\n[ \t]*\n)(?P<body>(?: {4}[^\n]*\n)+)")
NOT_RUN = "not run:"
FIGURES_VARY = "figures vary"
# What a reader of this project types: its programs and scripts, with a path or without.
OURS = re.compile(
    r"^(?:\$ )?(?:[A-Z_]+=\S+ )*"
    r"(?:\S*/)?(?:wsgilab(?:-host|-checks)? [a-z-]|scripts/[a-z][\w./-]*|build/\w+/(?:bin|tests)/\w+|build/\w+/bin/)"
)


@dataclass
class Command:
    line: int  # of the page
    text: str
    output: list[str] = field(default_factory=list)  # empty: whatever it prints

    @property
    def is_background(self) -> bool:
        return self.text.rstrip().endswith(" &")


@dataclass
class Block:
    line: int
    commands: list[Command] = field(default_factory=list)
    not_run: str | None = None  # the reason
    figures_vary: bool = False
    file: str | None = None  # this is its content, not commands
    content: str = ""


def _commands(body: str, first_line: int) -> list[Command]:
    found: list[Command] = []
    in_command = False
    for number, line in enumerate(body.splitlines(), first_line):
        if line.startswith("$ "):
            found.append(Command(number, line[2:]))
            in_command = True
        elif in_command and line.startswith("> "):
            found[-1].text += "\n" + line[2:]
        elif found:
            found[-1].output.append(line.rstrip())
            in_command = False
    for command in found:
        while command.output and not command.output[-1]:
            command.output.pop()
    return found


def _line_of(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1


def blocks(text: str) -> list[Block]:
    """In the order of the page: those with commands, and those that are files."""
    found = []
    for match in FENCE.finditer(text):
        language, _, rest = match["info"].strip().partition(" ")
        line = _line_of(text, match.start())
        if language == "console":
            reason = rest.removeprefix(NOT_RUN).strip() if rest.startswith(NOT_RUN) else None
            commands = _commands(match["body"], line + 1)
            found.append(Block(line, commands, not_run=reason, figures_vary=rest.strip() == FIGURES_VARY))
        elif rest.strip():
            found.append(Block(line, file=rest.strip(), content=match["body"]))
    return found


def problems(page: Path, text: str) -> list[str]:
    """What is a command and in no block of commands, so that nobody would look at it."""
    found = []
    for match in FENCE.finditer(text):
        language, _, rest = match["info"].strip().partition(" ")
        line = _line_of(text, match.start())
        if language == "console":
            if rest and not rest.removeprefix(NOT_RUN).strip():
                found.append(f"{page}:{line}: say why it is not run")
            elif rest and not rest.startswith(NOT_RUN) and rest.strip() != FIGURES_VARY:
                found.append(f"{page}:{line}: behind `console` comes nothing, `{FIGURES_VARY}`, or `{NOT_RUN} REASON`")
            elif not match["body"].startswith("$ "):
                found.append(f"{page}:{line}: a block of commands begins with `$ `")
            continue
        if not rest.strip():
            found += _commands_in(page, line + 1, match["body"], "")
    prose = FENCE.sub(lambda match: "\n" * match.group().count("\n"), text)
    for match in INDENTED.finditer(prose):
        found += _commands_in(page, _line_of(prose, match.start("body")), match["body"], "    ")
    return found


def _commands_in(page: Path, first: int, body: str, indent: str) -> list[str]:
    return [
        f"{page}:{number}: a command in a block that is not ```console: nobody would run it"
        for number, line in enumerate(body.splitlines(), first)
        if OURS.match(line.removeprefix(indent))
    ]
