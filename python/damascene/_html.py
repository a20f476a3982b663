"""Small pieces of HTML for notebooks: no scripts, no server, no widgets."""

from __future__ import annotations

import base64
import html
import math
from collections.abc import Iterable, Mapping, Sequence

LIMIT = 300_000
"""Bytes a notebook card may have."""


def cell(value: object) -> str:
    """Text of a table cell."""
    return html.escape(f"{value:.8g}" if isinstance(value, float) else str(value))


def rows(items: Iterable[tuple[str, object, str]]) -> str:
    """A table of name, value, unit."""
    lines = (
        f"<tr><td style='text-align:left'>{cell(name)}</td><td>{cell(value)}</td>"
        f"<td style='text-align:left'>{cell(unit)}</td></tr>"
        for name, value, unit in items
    )
    return "<table>" + "".join(lines) + "</table>"


def picture(png: bytes, alt: str) -> str:
    """A PNG inside the page."""
    data = base64.b64encode(png).decode()
    return f"<img style='max-width:480px' alt='{html.escape(alt, quote=True)}' src='data:image/png;base64,{data}'>"


def card(title: str, parts: Iterable[str]) -> str:
    """The parts, in order, as long as they fit into LIMIT bytes."""
    out = f"<div><b>{html.escape(title)}</b>"
    for part in parts:
        if len((out + part).encode()) + 16 < LIMIT:
            out += part
    return out + "</div>"


COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#666666")


def curves(
    x: Sequence[float], lines: Mapping[str, Sequence[float]], x_name: str, y_name: str, bands: Sequence[float] = ()
) -> str:
    """Curves over one axis as SVG; `bands`: dashed levels. Points that are not finite leave gaps."""
    known = [v for line in lines.values() for v in line if math.isfinite(v)] + list(bands)
    if not known or len(x) < 2:
        return "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 10 10'></svg>"
    low, high = min(known), max(known)
    high = high if high > low else low + 1

    def px(v: float) -> float:
        return 60 + 380 * (v - x[0]) / (x[-1] - x[0])

    def py(v: float) -> float:
        return 250 - 230 * (v - low) / (high - low)

    out = ["<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 560 300' font-family='sans-serif' font-size='12'>"]
    for i in range(5):
        u, v = x[0] + (x[-1] - x[0]) * i / 4, low + (high - low) * i / 4
        out.append(f"<path d='M{px(u):.1f} 20V250M60 {py(v):.1f}H440' stroke='#ddd' fill='none'/>")
        out.append(f"<text x='{px(u):.1f}' y='266' text-anchor='middle'>{u:.4g}</text>")
        out.append(f"<text x='54' y='{py(v) + 4:.1f}' text-anchor='end'>{v:.4g}</text>")
    out += [f"<path d='M60 {py(b):.1f}H440' stroke='#333' stroke-dasharray='5 4'/>" for b in bands]
    for i, (name, line) in enumerate(lines.items()):
        path, pen = "", "M"
        for u, v in zip(x, line):
            path, pen = (path + f"{pen}{px(u):.1f} {py(v):.1f}", "L") if math.isfinite(v) else (path, "M")
        colour = COLOURS[i % len(COLOURS)]
        out.append(f"<path d='{path}' stroke='{colour}' stroke-width='2' fill='none'/>")
        out.append(f"<text x='448' y='{28 + 15 * i}' fill='{colour}'>{html.escape(name)}</text>")
    out.append(f"<text x='250' y='290' text-anchor='middle'>{html.escape(x_name)}</text>")
    out.append(f"<text transform='translate(14 135) rotate(-90)' text-anchor='middle'>{html.escape(y_name)}</text>")
    return "".join(out) + "</svg>"
