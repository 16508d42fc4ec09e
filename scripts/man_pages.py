#!/usr/bin/python3
"""Makes the man pages from what the programs say of themselves: their --help, and the tables that wsgilab-host prints.

    scripts/man_pages.py --host build/dev/bin/wsgilab-host [--wsgilab build/dev/bin/wsgilab] --version 0.1.0 --into FOLDER

wsgilab(1) and a page for each verb, wsgilab-host(8), wsgilab-host.conf(5) with every directive, wsgilab-events(7) with every
code of the log. The build makes them, and `cmake --install` installs them. The date is that of the last commit.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import textwrap
import time
from dataclasses import dataclass, field
from pathlib import Path

PATIENCE_SECONDS = 60


@dataclass
class Help:
    """What CLI11 prints for --help, taken apart."""

    description: str = ""
    usage: str = ""
    entries: dict[str, list[tuple[str, str]]] = field(default_factory=dict)  # "Options": what is typed, what it does
    footer: list[str] = field(default_factory=list)


def read_help(text: str) -> Help:
    said = Help()
    section = None
    for line in text.splitlines():
        heading = re.fullmatch(r"(Positionals|Options|Subcommands):", line)
        if heading:
            section = heading[1]
            said.entries[section] = []
        elif line.startswith("Usage: "):
            # The path by which it was called is nobody's business.
            said.usage = re.sub(r"^\S*/", "", line.removeprefix("Usage: "))
            section = "usage"
        elif section is None:
            said.description = f"{said.description} {line.strip()}".strip()
        elif section in said.entries and line.startswith(" " * 30) and said.entries[section]:
            typed, does = said.entries[section][-1]
            said.entries[section][-1] = (typed, f"{does} {line.strip()}".strip())
        elif section in said.entries and line.startswith("  ") and not said.footer:
            typed, does = line[2:28].rstrip(), line[28:].strip()
            if "  " not in line[2:] and len(line) > 28:  # what it does stands in the next line
                typed, does = line.strip(), ""
            elif len(line) > 28 and line[27] != " ":
                typed, _, does = line[2:].partition("  ")
            said.entries[section].append((typed, does.strip()))
        elif line.strip() or said.footer:
            said.footer.append(line)
    while said.footer and not said.footer[-1].strip():
        said.footer.pop()
    return said


def escape(text: str) -> str:
    """Text as itself."""
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq").replace("`", "\\(ga")
    text = text.replace("^", "\\(ha").replace("~", "\\(ti")
    text = "".join(letter if ord(letter) < 128 else f"\\[u{ord(letter):04X}]" for letter in text)
    return f"\\&{text}" if text.startswith(".") else text


def prose(text: str) -> str:
    """Markdown of a sentence: code is bold, emphasis slanted."""
    parts = re.split(r"(`[^`]*`|(?<!\w)\*[^*\s][^*]*\*(?!\w))", text)
    shown = []
    for part in parts:
        if part.startswith("`") and len(part) > 1:
            shown.append(f"\\fB{escape(part.strip('`'))}\\fR")
        elif part.startswith("*") and len(part) > 2:
            shown.append(f"\\fI{escape(part.strip('*'))}\\fR")
        else:
            shown.append(escape(part))
    line = "".join(shown)
    return f"\\&{line}" if line.startswith(".") else line


class Page:
    def __init__(self, name: str, section: int, about: str, made: "Made") -> None:
        self.name = name
        self.section = section
        self.lines = [
            f'.\\" Made by scripts/man_pages.py: do not edit.',
            f'.TH {escape(name.upper())} {section} "{made.date}" "wsgilab {made.version}" "wsgilab"',
        ]
        self.heading("NAME")
        self.text(f"{escape(name)} \\- {escape(about)}")

    def heading(self, title: str) -> None:
        self.lines.append(f".SH {escape(title)}")

    def subheading(self, title: str) -> None:
        self.lines.append(f".SS {escape(title)}")

    def text(self, roff: str) -> None:
        self.lines.append(roff)

    def paragraph(self, roff: str) -> None:
        if not self.lines[-1].startswith((".SH", ".SS", ".PP")):
            self.lines.append(".PP")
        self.lines.append(roff)

    def item(self, typed: str, roff: str) -> None:
        self.lines += [".TP", f"\\fB{escape(typed)}\\fR", roff or "\\&"]

    def example(self, lines: list[str]) -> None:
        if not self.lines[-1].startswith((".SH", ".SS", ".PP")):
            self.lines.append(".PP")
        self.lines += [".nf", ".RS 4", *(escape(line) for line in lines), ".RE", ".fi"]

    def see_also(self, pages: list[tuple[str, int]]) -> None:
        self.heading("SEE ALSO")
        others = [page for page in pages if page != (self.name, self.section)]
        for number, (name, section) in enumerate(others):
            comma = "," if number < len(others) - 1 else ""
            self.lines.append(f".BR {escape(name)} ({section}){comma}")

    def write(self, folder: Path) -> Path:
        path = folder / f"man{self.section}" / f"{self.name}.{self.section}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(self.wrapped()) + "\n", encoding="ascii")
        return path

    def wrapped(self) -> list[str]:
        """Sentences in short lines; what is a macro, or stands as it is, in its own."""
        lines: list[str] = []
        is_as_it_stands = False
        for text in "\n".join(self.lines).splitlines():
            is_as_it_stands = text == ".nf" or (is_as_it_stands and text != ".fi")
            if text.startswith(".") or is_as_it_stands or (lines and lines[-1] == ".TP"):
                lines.append(text)
                continue
            for line in textwrap.wrap(text, 78, break_long_words=False, break_on_hyphens=False):
                lines.append(f"\\&{line}" if line.startswith(".") else line)
        return lines


@dataclass
class Made:
    version: str
    date: str


def asked(*command: str | Path) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=PATIENCE_SECONDS).stdout


def help_of(program: Path, *verb: str) -> Help:
    return read_help(asked(program, *verb, "--help"))


def add_entries(page: Page, said: Help, names: tuple[str, ...] = ("Positionals", "Options")) -> None:
    for name in names:
        for typed, does in said.entries.get(name, []):
            page.item(typed, prose(does))


def add_footer(page: Page, footer: list[str], headings: bool) -> None:
    """Examples, exit codes, and whatever else stands below the options."""
    paragraphs: dict[str, list[str]] = {"NOTES": [], "EXIT STATUS": []}
    examples: list[str] = []
    into = "NOTES"
    for line in footer:
        example = re.match(r"Examples?:(.*)", line)
        if example or (line.startswith("  ") and not line.strip().startswith("(")):
            examples += [text] if (text := (example[1] if example else line).strip()) else []
            continue
        if re.match(r"Exit codes?\b|Ends as\b", line):
            into = "EXIT STATUS"
        if line.strip():
            paragraphs[into].append(line.strip())
    for title, lines in paragraphs.items():
        if lines:
            if headings:
                page.heading(title)
            page.paragraph(prose(" ".join(lines)))
    if examples:
        if headings:
            page.heading("EXAMPLES")
        page.example(examples)


def verbs_of(said: Help) -> list[tuple[str, str]]:
    return said.entries.get("Subcommands", [])


def wsgilab_pages(program: Path, made: Made) -> list[Page]:
    said = help_of(program)
    main = Page("wsgilab", 1, "how should a Python web application be hosted? With evidence", made)
    main.heading("SYNOPSIS")
    main.text("\\fBwsgilab\\fR \\fIverb\\fR [\\fIoptions\\fR]")
    main.heading("DESCRIPTION")
    main.paragraph(
        "Runs WSGI applications through every way of hosting them: in the server or in daemon processes, in the main interpreter "
        "or in a sub\\-interpreter, loaded by the first request or before it. It proves from inside where they ran, measures the first "
        "request and those that follow, and writes a record from which every report is made."
    )
    main.heading("VERBS")
    pages = [main]
    for verb, about in verbs_of(said):
        main.item(verb, prose(about) + f"; \\fBwsgilab\\-{escape(verb)}\\fR(1)")
        of_verb = help_of(program, verb)
        page = Page(f"wsgilab-{verb}", 1, of_verb.description, made)
        page.heading("SYNOPSIS")
        page.text(f"\\fBwsgilab {escape(verb)}\\fR {escape(of_verb.usage.partition(verb)[2].strip())}")
        page.heading("OPTIONS")
        add_entries(page, of_verb)
        add_footer(page, of_verb.footer, headings=True)
        pages.append(page)
    add_footer(main, said.footer, headings=True)
    return pages


def host_page(program: Path, made: Made) -> Page:
    said = help_of(program)
    page = Page("wsgilab-host", 8, "serves WSGI applications as a configuration in the style of Apache says", made)
    page.heading("SYNOPSIS")
    page.text("\\fBwsgilab\\-host\\fR \\fIverb\\fR [\\fIoptions\\fR]")
    page.heading("DESCRIPTION")
    page.paragraph(
        "A web server with CPython built in. It reads the directives that administrators of Apache and mod_wsgi know "
        "(\\fBwsgilab\\-host.conf\\fR(5)) and runs WSGI scripts where they say. Every line of its log carries a code "
        "(\\fBwsgilab\\-events\\fR(7))."
    )
    page.heading("VERBS")
    for verb, about in verbs_of(said):
        of_verb = help_of(program, verb)
        page.subheading(f"{verb} {of_verb.usage.partition(f' {verb}')[2].strip()}".strip())
        page.text(prose(about[0].upper() + about[1:] + "."))
        add_entries(page, of_verb)
        add_footer(page, of_verb.footer, headings=False)
    page.heading("SIGNALS")
    page.item("SIGTERM, SIGINT", "To the supervisor: the server ends, requests inside have \\fBshutdown\\-timeout=\\fR.")
    page.item("SIGHUP, SIGUSR1", "To the supervisor: the configuration is read again, and takes over whole or not at all.")
    page.item("SIGUSR1", "To a daemon process: it ends when no request is inside, and is replaced.")
    page.heading("EXIT STATUS")
    for code, meaning in (
        ("0", "it was told to end, and did"), ("2", "wrong usage"), ("78", "the configuration is not right"), ("70", "a failure of its own")
    ):
        page.item(code, meaning)
    return page


def configuration_page(program: Path, made: Made) -> Page:
    directives = json.loads(asked(program, "reference", "--json"))["directives"]
    page = Page("wsgilab-host.conf", 5, "the directives of wsgilab-host", made)
    page.heading("DESCRIPTION")
    page.paragraph(
        "A configuration is in the language of Apache and mod_wsgi. \\fBwsgilab\\-host check\\fR says what is wrong with one, "
        "\\fBwsgilab\\-host explain\\fR what it does. The marks are rules, which messages cite."
    )
    page.example([
        "Listen 127.0.0.1:8000",
        "WSGIDaemonProcess shop processes=2 threads=5 python-home=/srv/shop/venv",
        "WSGIScriptAlias / /srv/shop/shop.wsgi process-group=shop application-group=%{GLOBAL}",
        "<Directory /srv/shop>",
        "    Require all granted",
        "</Directory>",
    ])  # fmt: skip
    page.heading("DIRECTIVES")
    for row in directives:
        page.subheading(row["syntax"])
        page.text(prose(row["meaning"]))
        page.paragraph(escape(f"Where: {row['where']}."))
        if row["default"]:
            page.text(escape(f"Default: {row['default']}."))
        if row["rules"]:
            page.text(escape(f"Rules: {row['rules']}."))
        page.text(escape(f"Support: {row['support']}."))
        for option in row["options"]:
            more = [f"default: {option['default']}"] if option["default"] else []
            more += [option["rules"]] if option["rules"] else []
            more += [option["support"]] if option["support"] != "obeyed" else []
            behind = f" ({'; '.join(more)})" if more else ""
            page.item(f"{option['name']}={option['value']}", prose(option["meaning"]) + escape(behind))
        for deviation in row["deviations"]:
            page.paragraph(
                f"Differs from mod_wsgi ({escape(deviation['rule'])}): mod_wsgi: {prose(deviation['theirs'])}. "
                f"The engine: {prose(deviation['ours'])}."
            )
    return page


def events_page(program: Path, made: Made) -> Page:
    events = json.loads(asked(program, "events", "--json"))["events"]
    page = Page("wsgilab-events", 7, "what the codes in the log of wsgilab-host mean", made)
    page.heading("DESCRIPTION")
    page.paragraph("Every line of the log carries a code, behind its time and its level. \\fBwsgilab\\-host events H0104\\fR prints one.")
    page.heading("CODES")
    for event in events:
        sentences = [prose(event["happened"])]
        if event["outcome"]:
            sentences.append(f"\\fIOutcome:\\fR {prose(event['outcome'])}")
        if event["remedy"]:
            sentences.append(f"\\fIWhat to do:\\fR {prose(event['remedy'])}")
        page.item(f"{event['code']} ({event['level']})", "\n.br\n".join(sentences))
    return page


def date_of(root: Path) -> str:
    if "SOURCE_DATE_EPOCH" in os.environ:
        return time.strftime("%Y-%m-%d", time.gmtime(int(os.environ["SOURCE_DATE_EPOCH"])))
    said = subprocess.run(["git", "-C", root, "log", "-1", "--format=%cs"], capture_output=True, text=True, check=False)
    return said.stdout.strip() or time.strftime("%Y-%m-%d", time.gmtime())


def make(wsgilab: Path | None, host: Path, version: str, folder: Path) -> list[Path]:
    made = Made(version, date_of(Path(__file__).resolve().parent))
    pages = [host_page(host, made), configuration_page(host, made), events_page(host, made)]
    if wsgilab is not None:
        pages = wsgilab_pages(wsgilab, made) + pages
    named = [(page.name, page.section) for page in pages]
    verbs = [page for page in named if re.match(r"wsgilab-", page[0]) and page[1] == 1]
    for page in pages:
        page.see_also(named if page.name == "wsgilab" else [one for one in named if one not in verbs])
    return [page.write(folder) for page in pages]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--wsgilab", type=Path)
    parser.add_argument("--host", type=Path, required=True)
    parser.add_argument("--version", required=True)
    parser.add_argument("--into", type=Path, required=True)
    options = parser.parse_args()
    make(options.wsgilab, options.host, options.version, options.into)
    return 0


if __name__ == "__main__":
    sys.exit(main())
