#!/usr/bin/env python3
"""What scripts/bench is made of does what it says: statistics, tables, plots, turns, and a suite for each name.

    bench_test.py      (in the source tree)
"""

import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as xml

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/bench"))

from harness import Failure, latchkey, machine, markdown, processes, report, svg  # noqa: E402
from harness.__main__ import suites  # noqa: E402
from harness.bench import Bench  # noqa: E402
from harness.load import Load  # noqa: E402
from harness.spread import column, ratios, spread  # noqa: E402

ROUNDS = [{"one": {"rate": 10.0}, "other": {"rate": 5.0}}, {"one": {"rate": 30.0}, "other": {"rate": 10.0}}]
SERVER = """
import http.server, sys
class Answer(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        self.send_response(200 if self.path == "/" else 404)
        self.send_header("Content-Length", "0")
        self.end_headers()
    def log_message(self, *_):
        pass
http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Answer).serve_forever()
"""


class Statistics(unittest.TestCase):
    def test_spread_is_median_least_and_greatest(self):
        self.assertEqual(spread([3, 1, 2]), {"median": 2, "least": 1, "greatest": 3})
        self.assertEqual(spread([4, 1, 2, 3])["median"], 2.5)

    def test_ratios_are_taken_round_by_round(self):
        rates = [column(ROUNDS, name, "rate") for name in ("one", "other")]
        self.assertEqual(ratios(*rates), {"median": 2.5, "least": 2, "greatest": 3})
        with self.assertRaises(ValueError):
            ratios([1, 2], [1])


class Tables(unittest.TestCase):
    def test_rows_have_as_many_cells_as_the_head(self):
        self.assertEqual(markdown.table(("", "a"), [("x", "1")]), "|  | a |\n|---|---:|\n| x | 1 |\n")

    def test_numbers_keep_three_digits(self):
        self.assertEqual([markdown.number(one) for one in (123456.7, 12.34, 1.234, 0.23, 0.0037)],
                         ["123,457", "12.3", "1.23", "0.230", "0.0037"])

    def test_a_broken_promise_is_said(self):
        self.assertEqual(markdown.verdict(1.1, 1.0, at_least=True), "≥ 1.00")
        self.assertIn("missed", markdown.verdict(0.9, 1.0, at_least=True))
        self.assertIn("missed", markdown.verdict(1.3, 1.2, at_least=False))


class Plots(unittest.TestCase):
    def widths(self, picture: str) -> list[float]:
        return [float(one.get("width")) for one in xml.fromstring(picture).iter("{http://www.w3.org/2000/svg}rect")
                if one.get("class", "").startswith("s")]

    def test_bars_are_as_long_as_their_values(self):
        picture = svg.bars("A & B", "µs", [("<one>", 10.0), ("two", 20.0, 18.0, 22.0, 1)])
        short, long = self.widths(picture)
        self.assertAlmostEqual(long / short, 2, delta=0.01)
        self.assertIn("A &amp; B", picture)
        self.assertIn("prefers-color-scheme: dark", picture)

    def test_lines_stay_within_the_page(self):
        picture = svg.lines("t", "x", "y", {"a": [(1e3, 10.0), (1e6, 99.0)], "b": [(1e3, 1.0)]}, log_x=True)
        circles = list(xml.fromstring(picture).iter("{http://www.w3.org/2000/svg}circle"))
        self.assertEqual(len(circles), 3)
        self.assertTrue(all(0 < float(one.get("cx")) <= svg.WIDTH for one in circles))
        self.assertLess(float(circles[1].get("cy")), float(circles[0].get("cy")))  # more is higher


class Servers(unittest.TestCase):
    def setUp(self):
        self.bench = self.enterContext(Bench(first_port=20500))

    def start(self, name: str):
        port = self.bench.port()
        return self.bench.server(name, [sys.executable, "-c", SERVER, port], port)

    def test_a_server_is_asked_measured_and_stopped(self):
        server = self.start("one")
        for _ in range(50):
            self.assertEqual(server.ask().status, 200)
        self.assertGreater(server.cpu_seconds(), 0)
        self.assertGreater(server.resident_bytes(), 1 << 20)
        self.assertIn(server.pid, processes.family(os.getpid()))
        self.bench.stop(server)
        self.assertIsNotNone(server.process.poll())

    def test_others_stand_still_during_a_turn(self):
        def state(one) -> str:
            return processes.state(one.pid)
        one, other = self.start("one"), self.start("other")
        seen = []
        turns = {"one": (one, lambda: seen.append((state(one), state(other))) or {"rate": 1.0}),
                 "other": (other, lambda: seen.append((state(one), state(other))) or {"rate": 2.0})}
        rounds = self.bench.alternate(turns, 2)
        self.assertEqual([[list(one), one["other"]["rate"]] for one in rounds], [[["one", "other"], 2.0]] * 2)
        self.assertEqual([(mine == "T", yours == "T") for mine, yours in seen],
                         [(False, True), (True, False), (True, False), (False, True)])  # each round from another one on
        self.assertNotEqual(state(one), "T")

    def test_a_process_that_has_gone_is_no_error(self):
        gone = subprocess.Popen(["/bin/true"])
        gone.wait()
        processes.send([gone.pid], signal.SIGSTOP)
        self.assertEqual(processes.state(gone.pid), "Z")
        self.assertEqual(processes.cpu_seconds([gone.pid]), 0)
        self.assertEqual(processes.resident_bytes([gone.pid]), 0)

    def test_what_does_not_start_or_answers_badly_is_told(self):
        with self.assertRaisesRegex(Failure, "does not start: broken"):
            self.bench.server("bad", [sys.executable, "-c", "import sys; sys.exit('broken')"], 1)
        with self.assertRaisesRegex(Failure, "404"):
            Load("/nothing").probe(self.start("one"))

    def test_figures_that_hide_bad_answers_are_refused(self):
        good = {"requests": 10, "bytes": 1000, "refused": 0, "broken": 0, "timeouts": 0}
        Load._judge("x", good, 100)
        for change in ({"refused": 1}, {"broken": 1}, {"timeouts": 1}, {"requests": 0}, {"bytes": 5000}):
            with self.assertRaises(Failure):
                Load._judge("x", {**good, **change}, 100)


class Command(unittest.TestCase):
    def test_the_list_names_every_suite(self):
        there = sorted(one.stem for one in (ROOT / "tests/bench/suites").glob("*.py") if one.stem != "__init__")
        said = subprocess.run([ROOT / "scripts/bench", "--list"], capture_output=True, text=True, check=True).stdout
        self.assertEqual([line.split()[0] for line in said.splitlines()], there)
        self.assertNotEqual(subprocess.run([ROOT / "scripts/bench", "--list", "nonsense"], capture_output=True).returncode, 0)

    def test_suites_have_what_the_harness_asks_for(self):
        for name, suite in suites().items():
            with self.subTest(name):
                self.assertIsInstance(suite.TITLE, str)
                self.assertGreater(suite.MINUTES, 0)
                self.assertTrue(all(isinstance(one, str) for one in suite.TARGETS))
                self.assertTrue(all(callable(getattr(suite, one)) for one in ("run", "table", "plots")))

    def test_what_is_kept_still_makes_its_page(self):
        class Suite:
            TITLE = "A title"
            table = staticmethod(lambda data: f"{data['x']} is x")
            plots = staticmethod(lambda data: {"": "<svg/>", "-more": "<svg/>"})
        with Bench() as bench, tempfile.TemporaryDirectory() as place:
            kept = report.record("name", Suite, bench, {"x": 5, "rounds": [{"a": {"other_cores": 0.9}}]})
            report.write(kept, Suite, pathlib.Path(place))
            page = (pathlib.Path(place) / "name.md").read_text()
            before = "before\n<!-- pages: written by scripts/bench -->\nold\n<!-- end of pages -->\nafter\n"
            readme = report.index(before, pathlib.Path(place))
            self.assertEqual(sorted(os.listdir(place)), ["name-more.svg", "name.json", "name.md", "name.svg"])
        self.assertRegex(readme, r"(?s)^before\n.*\[A title\]\(name\.md\).*\nafter\n$")
        self.assertNotIn("old", readme)
        for part in ("# A title", "5 is x", "scripts/bench name", "name-more.svg", "busy during 1 measurement",
                     str(machine.facts()["cores"])):
            self.assertIn(part, page)

    def test_tables_of_ones_own_take_the_place_of_the_usual(self):
        text = latchkey.configuration(1, pathlib.Path("/x/y.db"), 1, '[log]\nlevel = "info"\n')
        self.assertEqual(text.count("[log]"), 1)
        self.assertIn("io_threads = 1", text)


if __name__ == "__main__":
    unittest.main()
