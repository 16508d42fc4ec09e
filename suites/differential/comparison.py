"""What differs between two answers, and which of it is so on purpose."""

import json
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from corpus import Site

# What an explanation tells; the rest only a running process knows.
EXPLAINED = {
    "status",
    "file",
    "process_group",
    "application_group",
    "callable_object",
    "script",
    "script_name",
    "path_info",
    "user",
    "home",
    "python_home",
    "loading",
}


@dataclass(frozen=True)
class Difference:
    site: str
    request: str
    field: str
    host: str
    expected: str
    found: str

    def line(self) -> str:
        return f"    {self.field:<18} apache {self.expected:<32} {self.host} {self.found}"


@dataclass(frozen=True)
class Deviation:
    """A row of deviations.toml: what differs on purpose. "*" stands for every one."""

    site: str
    request: str
    field: str
    rule: str
    host: str = "*"

    def covers(self, difference: Difference) -> bool:
        return all(
            mine in ("*", theirs)
            for mine, theirs in (
                (self.site, difference.site),
                (self.request, difference.request),
                (self.field, difference.field),
                (self.host, difference.host),
            )
        )


def read_deviations(path: Path, rules: str) -> list[Deviation]:
    """`rules`: the text of the table that gives the reasons. VER rules are differences between
    versions of mod_wsgi, and need none."""
    rows = tomllib.loads(path.read_text(encoding="utf-8")).get("deviation", [])
    deviations = [Deviation(**row) for row in rows]
    for deviation in deviations:
        named = re.search(rf"{re.escape(deviation.rule)}\b", rules)
        if not deviation.rule.startswith("VER-") and not named:
            raise ValueError(f"{path}: {deviation.rule} is no rule of hosts/deviations.md")
    return deviations


def differences(
    site: Site, request: str, host: str, expected: dict, found: dict
) -> list[Difference]:
    if expected["status"] != found.get("status"):
        fields = ["status"]  # the rest follows from it
    elif host == "explain":
        fields = [field for field in expected if field in EXPLAINED]
    else:
        fields = list(dict.fromkeys([*expected, *found]))
    return [
        Difference(site.name, request, field, host, text(expected, field), text(found, field))
        for field in fields
        if expected.get(field) != found.get(field)
    ]


def text(answer: dict, field: str) -> str:
    """The fact, or the reason why there is none."""
    if field == "status" and "error" in answer:
        return answer["error"]
    return json.dumps(answer.get(field), ensure_ascii=False)
