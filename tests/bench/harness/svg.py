"""Plots as SVG by hand: bars and lines, legible on light and on dark pages."""

import html
import math
from collections.abc import Callable, Mapping, Sequence

WIDTH, BAR, GAP = 760, 18, 8
SERIES = 6  # how many colours there are

# Chosen to be told apart on both grounds, by the colour-blind too.
_STYLE = """<style>
.ground { fill: #ffffff } .ink { fill: #1c1e21 } .faint { fill: #5a6068 } .rule { stroke: #d5d8dc } .whisker { stroke: #1c1e21 }
.s0 { fill: #2f6f4f; stroke: #2f6f4f } .s1 { fill: #8a8f98; stroke: #8a8f98 } .s2 { fill: #2b5c9e; stroke: #2b5c9e }
.s3 { fill: #b0662a; stroke: #b0662a } .s4 { fill: #7b4f9d; stroke: #7b4f9d } .s5 { fill: #0f8a99; stroke: #0f8a99 }
.line { fill: none; stroke-width: 2 }
@media (prefers-color-scheme: dark) {
.ground { fill: #14171a } .ink { fill: #e6e8ea } .faint { fill: #9aa1a9 } .rule { stroke: #33383e } .whisker { stroke: #e6e8ea }
.s0 { fill: #5fbf8f; stroke: #5fbf8f } .s1 { fill: #767c86; stroke: #767c86 } .s2 { fill: #6ea4e8; stroke: #6ea4e8 }
.s3 { fill: #e09a5b; stroke: #e09a5b } .s4 { fill: #b58ad6; stroke: #b58ad6 } .s5 { fill: #4cc5d4; stroke: #4cc5d4 }
}
</style>"""


def _text(x: float, y: float, text: str, kind: str = "ink", anchor: str = "start", more: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" class="{kind}" text-anchor="{anchor}"{more}>{html.escape(text)}</text>'


def _page(title: str, height: float, parts: Sequence[str]) -> str:
    head = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:.0f}" role="img" '
            f'font-family="system-ui, sans-serif" font-size="13"><title>{html.escape(title)}</title>', _STYLE,
            f'<rect width="{WIDTH}" height="{height:.0f}" class="ground"/>',
            _text(12, 24, title, more=' font-size="15" font-weight="600"')]
    return "\n".join([*head, *parts, "</svg>"]) + "\n"


def plain(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def bars(title: str, unit: str, rows: Sequence[tuple], form: Callable[[float], str] = plain, left: int = 290) -> str:
    """`rows`: (name, value), (name, value, least, greatest), or one of these with a series' number at the end, by
    which it is coloured. Least and greatest are drawn as a whisker."""
    parts = []
    greatest = max(max(row[1], row[3] if len(row) > 3 else 0) for row in rows) or 1
    scale = (WIDTH - left - 120) / greatest
    for i, row in enumerate(rows):
        name, value = row[:2]
        series = row[-1] if len(row) in (3, 5) else 0
        y, width = 44 + i * (BAR + GAP), max(value * scale, 1)
        end = width
        parts.append(_text(left - 8, y + 13, name, anchor="end"))
        parts.append(f'<rect x="{left}" y="{y}" width="{width:.1f}" height="{BAR}" rx="2" class="s{series % SERIES}"/>')
        if len(row) > 3:
            low, high = left + row[2] * scale, left + row[3] * scale
            end = max(width, row[3] * scale)
            parts.append(f'<path d="M{low:.1f} {y + 9}H{high:.1f}M{low:.1f} {y + 5}v8M{high:.1f} {y + 5}v8" class="whisker"/>')
        parts.append(_text(left + end + 6, y + 13, f"{form(value)} {unit}".strip()))
    return _page(title, 56 + len(rows) * (BAR + GAP), parts)


def _ticks(least: float, greatest: float, log: bool) -> list[float]:
    if log:
        return [10.0 ** power for power in range(math.floor(math.log10(least)), math.ceil(math.log10(greatest)) + 1)]
    step = 10 ** math.floor(math.log10(greatest or 1))
    step = next(step * part for part in (0.2, 0.5, 1, 2) if greatest / (step * part) <= 6)
    return [step * i for i in range(math.ceil(greatest / step) + 1)]


def lines(title: str, across: str, up: str, series: Mapping[str, Sequence[tuple[float, float]]], log_x: bool = False,
          log_y: bool = False, form: Callable[[float], str] = plain) -> str:
    """`series`: points by name. Logarithmic axes end at powers of ten, others begin at zero."""
    left, right, top, bottom = 70, 20, 66, 380
    points = [point for one in series.values() for point in one]

    def axis(values: list[float], log: bool, begin: float, end: float):
        ticks = _ticks(min(values), max(values), log)
        shape = math.log10 if log else float
        low, high = shape(ticks[0]), shape(ticks[-1])
        return ticks, lambda value: begin + (shape(value) - low) / ((high - low) or 1) * (end - begin)

    x_ticks, at_x = axis([x for x, _ in points], log_x, left, WIDTH - right)
    y_ticks, at_y = axis([y for _, y in points], log_y, bottom, top)
    parts = [f'<path d="M{left} {at_y(tick):.1f}H{WIDTH - right}" class="rule"/>' +
             _text(left - 6, at_y(tick) + 4, form(tick), "faint", "end") for tick in y_ticks]
    parts += [_text(at_x(tick), bottom + 18, form(tick), "faint", "middle") for tick in x_ticks]
    parts += [_text((left + WIDTH - right) / 2, bottom + 40, across, "faint", "middle"), _text(12, top - 14, up, "faint")]
    for i, (name, one) in enumerate(series.items()):
        path = "L".join(f"{at_x(x):.1f} {at_y(y):.1f}" for x, y in one)
        parts.append(f'<path d="M{path}" class="line s{i % SERIES}" style="fill:none"/>')
        parts += [f'<circle cx="{at_x(x):.1f}" cy="{at_y(y):.1f}" r="3" class="s{i % SERIES}"/>' for x, y in one]
        y = bottom + 64 + 20 * (i // 2)
        x = left + (i % 2) * 330
        parts.append(f'<rect x="{x}" y="{y - 10}" width="12" height="12" rx="2" class="s{i % SERIES}"/>')
        parts.append(_text(x + 18, y, name))
    return _page(title, bottom + 64 + 20 * ((len(series) + 1) // 2), parts)
