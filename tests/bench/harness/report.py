"""What a suite leaves in docs/performance: NAME.json, NAME.md and its plots."""

import datetime
import json
import pathlib
from types import ModuleType

from . import machine
from .bench import Bench, ROOT

PLACE = ROOT / "docs/performance"
BUSY = 0.15  # of a core


def record(name: str, suite: ModuleType, bench: Bench, data: dict) -> dict:
    generator = {"wrk": machine.debian_version("wrk")} if bench.wrk else {}
    known = {"latchkey": machine.commit(ROOT), **generator, **bench.versions}
    return {"suite": name, "title": suite.TITLE, "date": datetime.date.today().isoformat(),
            "command": " ".join(["scripts/bench", name, *bench.flags()]),
            "machine": machine.facts(), "versions": known, "data": data}


def busy_rounds(data: object) -> int:
    """In how many measurements something else kept a good part of a core busy, wherever in `data` they are."""
    if isinstance(data, dict):
        mine = int(data.get("other_cores", 0) > BUSY)
        return mine + sum(busy_rounds(one) for one in data.values())
    return sum(busy_rounds(one) for one in data) if isinstance(data, list) else 0


def page(kept: dict, table: str, plots: list[str]) -> str:
    known = ", ".join(f"{name} {version}" for name, version in kept["versions"].items())
    pictures = "".join(f"![{kept['title']}]({plot})\n\n" for plot in plots)
    busy = busy_rounds(kept["data"])
    warning = ""
    if busy:
        warning = f"**Something else kept the machine busy during {busy} measurements; take the figures with care.**\n\n"
    return (f"# {kept['title']}\n\n"
            f"Measured on {kept['date']} by `{kept['command']}`, which wrote this page, on a "
            f"{machine.sentence(kept['machine'])}. Each round is in [{kept['suite']}.json]({kept['suite']}.json). "
            f"Of: {known}.\n\n"
            f"{warning}{table.strip()}\n\n{pictures}".rstrip() + "\n")


def write(kept: dict, suite: ModuleType, place: pathlib.Path = PLACE) -> None:
    place.mkdir(parents=True, exist_ok=True)
    name, drawn = kept["suite"], suite.plots(kept["data"])
    for end, picture in drawn.items():
        (place / f"{name}{end}.svg").write_text(picture)
    (place / f"{name}.md").write_text(page(kept, suite.table(kept["data"]), [f"{name}{end}.svg" for end in drawn]))
    (place / f"{name}.json").write_text(json.dumps(kept, indent=1) + "\n")


def index(text: str, place: pathlib.Path) -> str:
    """`text` with its list of pages anew, between two comments that stand in it."""
    begin, end = "<!-- pages: written by scripts/bench -->\n", "<!-- end of pages -->\n"
    known = [json.loads(one.read_text()) for one in sorted(place.glob("*.json"))]
    rows = [(f"[{one['title']}]({one['suite']}.md)", f"`{one['command']}`", one["date"]) for one in known]
    head, _, rest = text.partition(begin)
    lines = "".join(f"| {' | '.join(row)} |\n" for row in [("", "again by", "measured"), ("---", "---", "---"), *rows])
    return head + begin + "\n" + lines + "\n" + end + rest.partition(end)[2]


def write_index(place: pathlib.Path = PLACE) -> None:
    page = place / "README.md"
    page.write_text(index(page.read_text(), place))
