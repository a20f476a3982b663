"""Small pieces of HTML for notebooks: no scripts, no server, no widgets."""

from __future__ import annotations

import base64
import html
from collections.abc import Iterable

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
