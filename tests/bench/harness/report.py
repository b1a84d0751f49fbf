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
    known = {"latchkey": machine.commit(ROOT), "wrk": machine.debian_version("wrk"), **bench.versions}
    return {"suite": name, "title": suite.TITLE, "date": datetime.date.today().isoformat(),
            "command": f"scripts/bench {name}", "machine": machine.facts(), "versions": known, "data": data}


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
    warning = f"**Something else kept the machine busy during {busy} measurements; take the figures with care.**\n\n" if busy else ""
    return (f"# {kept['title']}\n\n"
            f"Measured on {kept['date']} by `{kept['command']}`, which wrote this page, on a {machine.sentence(kept['machine'])}. "
            f"Each round is in [{kept['suite']}.json]({kept['suite']}.json). Of: {known}.\n\n"
            f"{warning}{table.strip()}\n\n{pictures}".rstrip() + "\n")


def write(kept: dict, suite: ModuleType, place: pathlib.Path = PLACE) -> None:
    place.mkdir(parents=True, exist_ok=True)
    name, drawn = kept["suite"], suite.plots(kept["data"])
    for end, picture in drawn.items():
        (place / f"{name}{end}.svg").write_text(picture)
    (place / f"{name}.md").write_text(page(kept, suite.table(kept["data"]), [f"{name}{end}.svg" for end in drawn]))
    (place / f"{name}.json").write_text(json.dumps(kept, indent=1) + "\n")
