"""The pack's colours, by name, light and dark.

A chart is drawn with a sentinel colour per name; the drawing's colours then become CSS classes, so that
one drawing serves light, dark and print. Contrast against the page: text at least 4.5 to 1, marks and
lines that carry meaning at least 3 to 1 (`band` and `grid` carry none alone).
"""

from __future__ import annotations

# name: (light, dark)
PALETTE: dict[str, tuple[str, str]] = {
    "accent": ("#b3261e", "#ff8a7a"),
    "muted": ("#6b7785", "#8d9aa8"),
    "limit": ("#1f5c99", "#7db5ec"),
    "band": ("#dfe8f1", "#24354a"),
    "ink": ("#1b1f24", "#e8eaed"),
    "soft": ("#525b66", "#aeb6c0"),
    "grid": ("#e4e7ea", "#2b3138"),
    "series1": ("#1f5c99", "#7db5ec"),
    "series2": ("#a65a00", "#f0a850"),
    "series3": ("#2f7d4f", "#6fcf97"),
    "series4": ("#7a4796", "#cf9fe8"),
    "met": ("#2f7d4f", "#6fcf97"),
    "missed": ("#b3261e", "#ff8a7a"),
    "unsure": ("#8a6d00", "#e0c04a"),
    "paper": ("#ffffff", "#15181c"),
}

SENTINEL = {name: f"#0{i:x}0{i:x}0d" for i, name in enumerate(PALETTE)}
NAME_OF = {sentinel: name for name, sentinel in SENTINEL.items()}


def palette_css() -> str:
    """Custom properties for light, dark and print, and one fill and one stroke class for each name."""
    light = "".join(f"--{name}:{pair[0]};" for name, pair in PALETTE.items())
    dark = "".join(f"--{name}:{pair[1]};" for name, pair in PALETTE.items())
    classes = "".join(f".f-{n}{{fill:var(--{n})}}.s-{n}{{stroke:var(--{n})}}" for n in PALETTE)
    return (
        f":root{{color-scheme:light dark;{light}}}"
        f"@media screen and (prefers-color-scheme:dark){{:root{{{dark}}}}}{classes}"
    )
