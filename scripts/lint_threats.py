#!/usr/bin/env python3
"""The threat model names tests: each must exist, and each row of its tables of threats must name one."""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
NAMED = re.compile(r"`((?:Tests|scripts)/[A-Za-z0-9_./-]+)`")


def main() -> int:
    problems: list[str] = []
    text = (ROOT / "docs/threat-model.md").read_text()
    for path in sorted(set(NAMED.findall(text))):
        if not (ROOT / path).exists():
            problems.append(f"docs/threat-model.md names {path}, which is not there")
    threats = text.split("## Threats")[1].split("\n## ")[0]
    for line in threats.splitlines():
        if line.startswith("|") and not re.match(r"\| (threat|---)", line) and not NAMED.search(line.rsplit("|", 2)[-2]):
            problems.append(f"docs/threat-model.md: no test for {line.split('|')[1].strip()}")
    print("\n".join(problems), file=sys.stderr if problems else sys.stdout, end="\n" if problems else "")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
