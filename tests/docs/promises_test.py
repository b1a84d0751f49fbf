#!/usr/bin/env python3
"""docs/security.md keeps its word: every test that it names for a promise is there and names the promise in its turn,
and every advisory that a promise comes from stands in one of its tests.

    promises_test.py [SOURCE-TREE]
"""

import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parents[2])
ROW = re.compile(r"^\| ([A-Z]+[0-9]+) \|(.*)\|(.*)\|(.*)\|$")
ADVISORY = re.compile(r"CVE-\d{4}-\d+|GHSA(?:-\w{4}){3}")


def files_of(name):
    """`unit/core/user_test`, relative to tests/, or a path from the top; a folder stands for all of its files."""
    for path in (root / "tests" / name, root / name):
        if path.is_dir():
            return [one for one in path.rglob("*") if one.is_file()]
        found = [one for one in (path, *(path.with_name(path.name + end) for end in (".cpp", ".py"))) if one.is_file()]
        if found:
            return found
    return []


def text_of(files):
    return "\n".join(one.read_text(errors="replace") for one in files)


faults, promises, pairs = [], 0, 0
for line in (root / "docs/security.md").read_text().splitlines():
    row = ROW.match(line)
    if not row:
        continue
    promise, _, tests, source = (part.strip() for part in row.groups())
    promises += 1
    texts = []
    for name in re.findall(r"`([^`]+)`", tests):
        files = files_of(name.split()[0])
        pairs += 1
        texts.append(text_of(files))
        if not files:
            faults.append(f"{promise}: there is no {name}")
        elif not re.search(rf"\b{promise}\b", texts[-1]):
            faults.append(f"{promise}: {name} does not name it")
    for advisory in ADVISORY.findall(source):
        if not any(advisory.upper() in text.replace("_", "-").upper() for text in texts):  # also in a test's name
            faults.append(f"{promise}: no test names {advisory}")

print(f"{promises} promises, {pairs} tests named, {len(faults)} faults")
print("\n".join(faults))
sys.exit(1 if faults or promises < 60 or pairs < 200 else 0)
