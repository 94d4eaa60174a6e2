#!/usr/bin/env python3
"""Lines of SQL have at most 120 characters. How many longer ones were there before this check stands in lint_lines.txt, per folder; the numbers
may only fall. Says what is wrong and ends with 1 then; tools/reflow_sql breaks what is too long. --record: writes the numbers as they are now.
"""
import pathlib
import sys

LONGEST = 120
SHOWN = 10  # lines of each folder
ROOT = pathlib.Path(__file__).resolve().parent.parent
NUMBERS = ROOT / "scripts" / "lint_lines.txt"


def long_lines():
    found = {}
    for file in sorted((ROOT / "sql").rglob("*.sql")):
        name = file.relative_to(ROOT)
        if name.name == "schema.dump.sql":  # made by a tool
            continue
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            if len(line) > LONGEST:
                found.setdefault(str(name.parent), []).append(f"{name}:{number}: {len(line)} characters")
    return found


def main():
    found = long_lines()
    if "--record" in sys.argv[1:]:
        NUMBERS.write_text("".join(f"{folder} {len(lines)}\n" for folder, lines in sorted(found.items())), encoding="utf-8")
        return
    allowed = dict(line.split() for line in NUMBERS.read_text(encoding="utf-8").splitlines())
    wrong = {folder: lines for folder, lines in sorted(found.items()) if len(lines) > int(allowed.get(folder, 0))}
    for folder, lines in wrong.items():
        print(f"{folder}: {len(lines)} lines have more than {LONGEST} characters, {allowed.get(folder, 0)} may (scripts/lint_lines.txt)")
        print(*lines[:SHOWN], *(["…"] if len(lines) > SHOWN else []), sep="\n")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
