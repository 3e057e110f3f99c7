"""Charts drawn on the server: Vega-Lite to SVG, then made small, themable and free of inline style.

The converter's SVG names every mark for a screen reader, repeats colours, fonts and long decimals on
each, and hides what it does not show. The page says the same in `alt` and in the table beside the chart.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from lxml import etree

from casetrail.errors import OutputError
from casetrail.figures import Answer, Table
from casetrail.publish.colours import NAME_OF
from casetrail.publish.theme import LABEL, chart_rows, full_spec, undrawn

SVG = "{http://www.w3.org/2000/svg}"
LEAST_TEXT = 11

_KEEP = {
    *("transform", "d", "x", "y", "x1", "x2", "y1", "y2", "dx", "dy", "cx", "cy", "r", "width", "height", "viewBox"),
    *("fill", "stroke", "stroke-width", "stroke-dasharray", "stroke-linecap", "opacity", "fill-opacity"),
    *("stroke-opacity", "font-size", "font-weight", "font-style", "text-anchor", "id", "clip-path"),
}
_DEFAULTS = {"opacity": "1", "stroke-width": "1", "text-anchor": "start", "font-weight": "normal"} | {
    "font-size": f"{LABEL}px"
}
_INHERITED = (
    *("class", "stroke-width", "fill-opacity", "stroke-opacity", "stroke-dasharray"),
    *("font-size", "font-weight", "text-anchor"),
)
_NOTHING = {"", "M0,0h0v0h0Z"}
_DECIMAL = re.compile(r"-?\d*\.\d+(?:e-?\d+)?|-?\d+e-?\d+")
_MOVE = re.compile(r"translate\((-?[\d.]+),(-?[\d.]+)\)")
_CIRCLE = re.compile(r"M([\d.]+),0A\1,\1,0,1,1,-\1,0A\1,\1,0,1,1,\1,0Z?")


@dataclass(frozen=True, slots=True)
class Drawing:
    """A chart as SVG text, with how many rows have no mark: a cell withheld, or a place unknown."""

    svg: str
    left_out: int
    unknown: int


def draw(answer: Answer, prefix: str) -> Drawing | None:
    """The answer's chart, or None when it has none or nothing is left to draw.

    `prefix` keeps ids of several drawings on one page apart.
    Raises: OutputError when the specification breaks a convention or cannot be drawn.
    """
    if answer.chart is None or not isinstance(answer.body, Table):
        return None
    rows, left_out = chart_rows(answer.body)
    if not rows:
        return None
    import vl_convert  # takes a tenth of a second and 60 MB: only when there is a chart

    where = f"chart of answer {answer.id}"
    try:
        raw = vl_convert.vegalite_to_svg(full_spec(answer, rows), vl_version="6.4", allowed_base_urls=[])
    except ValueError as fault:
        # The converter's words are about the specification, yet may quote data: kept out of the message.
        raise OutputError(
            "A chart could not be drawn.", where=where, todo="Check its specification against docs/pack.md."
        ) from fault
    return Drawing(svg=_finish(raw, answer, prefix), left_out=left_out, unknown=undrawn(answer.chart.spec, rows))


def _finish(raw: str, answer: Answer, prefix: str) -> str:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
    root = etree.fromstring(raw.encode("utf-8"), parser)
    _names_to_titles(root)
    _drop_invisible(root)
    # The converter numbers ids through the whole process: renumbered, else no two packs had the same bytes.
    named = [str(node.get("id")) for node in root.iter(etree.Element) if node.get("id")]
    ids = {old: f"{prefix}-{i}" for i, old in enumerate(named, 1)}
    for node in root.iter(etree.Element):
        _attributes(node, ids, answer.id)
    for group in list(root.iter(f"{SVG}g")):
        _merge_lines(group)
        _circles(group)
        _hoist(group)
    _flatten(root)
    width, height = root.get("width", "720"), root.get("height", "340")
    alt = answer.chart.alt if answer.chart else ""
    root.attrib.clear()
    root.attrib.update(
        {"width": width, "height": height, "viewBox": f"0 0 {width} {height}", "role": "img", "aria-label": alt}
    )
    text = etree.tostring(root, encoding="unicode")
    return text.replace(' xmlns="http://www.w3.org/2000/svg"', "").replace(
        ' xmlns:xlink="http://www.w3.org/1999/xlink"', ""
    )


def _names_to_titles(root: etree._Element) -> None:
    """A description on a mark becomes its title, which browsers show on hover without any script."""
    for node in root.iter(f"{SVG}path"):
        label = node.get("aria-label")
        if label and node.get("role") == "graphics-symbol":
            etree.SubElement(node, f"{SVG}title").text = label


def _drop_invisible(root: etree._Element) -> None:
    for node in list(root.iter(etree.Element)):
        parent = node.getparent()
        if parent is None:
            continue
        hidden = node.get("opacity") == "0" or node.get("display") == "none"
        empty = node.tag == f"{SVG}path" and (
            node.get("d", "") in _NOTHING
            or (node.get("class") == "background" and node.get("stroke") is None and node.get("fill") is None)
        )
        if hidden or empty:
            parent.remove(node)


def _attributes(node: etree._Element, ids: Mapping[str, str], answer_id: str) -> None:
    classes = []
    for name, value in _said(node).items():
        if name not in _KEEP or value == _DEFAULTS.get(name):
            del node.attrib[name]
        elif name in {"fill", "stroke"}:
            found = _colour_class(name, value, answer_id)
            if found:
                classes.append(found)
                del node.attrib[name]
        elif name == "id":
            node.set(name, ids[value])
        elif name == "clip-path":
            node.set(name, f"url(#{ids[value.removeprefix('url(#').removesuffix(')')]})")
        elif name == "font-size":
            size = max(float(value.removesuffix("px")), LEAST_TEXT)
            node.set(name, f"{size:g}px")
        else:
            node.set(name, _DECIMAL.sub(_short, value))
    if classes:
        node.set("class", " ".join(classes))
    if node.tag == f"{SVG}text":
        _place(node)


def _said(node: etree._Element) -> dict[str, str]:
    """The node's attributes as text (the type stubs allow bytes, lxml gives text)."""
    return {str(name): str(value) for name, value in node.attrib.items()}


def _colour_class(name: str, value: str, answer_id: str) -> str | None:
    if value in NAME_OF:
        return f"{name[0]}-{NAME_OF[value]}"
    if value in {"none", "transparent"} or value.startswith("url("):
        return None
    raise OutputError(
        "A chart uses a colour that is not of the pack.",
        where=f"chart of answer {answer_id}",
        todo="Give the colour channel a scale whose range has names of docs/pack.md.",
    )


def _short(match: re.Match[str]) -> str:
    text = f"{float(match.group()):.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def _place(node: etree._Element) -> None:
    """`transform="translate(3,4)"` alone on a text as x and y: shorter, and easier to select."""
    move = _MOVE.fullmatch(node.get("transform", ""))
    if move:
        del node.attrib["transform"]
        for key, value in zip(("x", "y"), move.groups(), strict=True):
            if value != "0":
                node.set(key, value)


def _merge_lines(group: etree._Element) -> None:
    """Grid lines, ticks and rules of one look become one path."""
    lines = list(group)
    if not lines or any(n.tag != f"{SVG}line" or len(n) for n in lines):
        return
    shift = {"transform", "x2", "y2"}
    looks = [{k: v for k, v in _said(n).items() if k not in shift} for n in lines]
    if any(look != looks[0] for look in looks):
        return
    steps = []
    for line in lines:
        move = _MOVE.fullmatch(line.get("transform", "translate(0,0)"))
        if move is None:
            return
        steps.append(f"M{move[1]} {move[2]}l{line.get('x2', '0')} {line.get('y2', '0')}")
        group.remove(line)
    etree.SubElement(group, f"{SVG}path", {**looks[0], "d": "".join(steps)})


def _circles(group: etree._Element) -> None:
    """A mark drawn as two arcs becomes a circle, or a bare dot when nothing names it."""
    for node in group.findall(f"{SVG}path"):
        circle = _CIRCLE.fullmatch(node.get("d", ""))
        move = _MOVE.fullmatch(node.get("transform", ""))
        if not circle or not move:
            continue
        del node.attrib["transform"], node.attrib["d"]
        look = node.get("class", "")
        opacity = str(node.attrib.pop("opacity", "1"))
        if len(node) or "s-" in look or not look:
            node.tag = f"{SVG}circle"
            node.attrib.update({"cx": move[1], "cy": move[2], "r": circle[1]})
            faded = ("fill-opacity", "stroke-opacity") if "s-" in look else ("fill-opacity",)
        else:
            width = f"{2 * float(circle[1]):.1f}".removesuffix(".0")
            node.attrib.update({"d": f"M{move[1]} {move[2]}h0", "class": look.replace("f-", "dot s-")})
            node.attrib["stroke-width"] = width
            faded = ("stroke-opacity",)
        if opacity != "1":
            node.attrib.update(dict.fromkeys(faded, opacity))


def _hoist(group: etree._Element) -> None:
    """What all children share is said once, on the group."""
    children = list(group)
    if len(children) < 2:
        return
    for name in _INHERITED:
        values = {child.get(name) for child in children}
        if len(values) == 1 and group.get(name) is None and (value := values.pop()) is not None:
            group.set(name, value)
            for child in children:
                del child.attrib[name]


def _flatten(root: etree._Element) -> None:
    """Groups that say nothing go; groups with nothing in them too."""
    for group in reversed(list(root.iter(f"{SVG}g"))):
        parent = group.getparent()
        if parent is None:
            continue
        if group.get("transform") in {"translate(0,0)", ""}:
            del group.attrib["transform"]
        if len(group) == 0:
            parent.remove(group)
        elif not group.attrib:
            at = parent.index(group)
            for i, child in enumerate(list(group)):
                parent.insert(at + i, child)
            parent.remove(group)
