"""The pack in a real browser: nothing to complain about for axe, no request, nothing cut off."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from casetrail.figures import Table
from casetrail.publish import Release, protect, publish
from casetrail.publish.cells import cell_text
from publish import sample

pytestmark = pytest.mark.browser

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
QUIET = [
    *("--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]

# A font that is not there falls back to the next, which is a wide one or a narrow one.
FONT_IS_THERE = """() => {
    const pen = document.createElement('canvas').getContext('2d');
    const width = fonts => { pen.font = '20px ' + fonts; return pen.measureText('Quibbleborough lilies').width; };
    return ['Arial', '"Liberation Sans"'].some(
        font => width(font + ', monospace') !== width('monospace')
            && width(font + ', serif') === width(font + ', monospace')
    );
}"""


def lacking(what: str, todo: str) -> None:
    """Skip where a tool is not at hand, unless the tests were told that it must be."""
    message = f"{what} is not installed: {todo}"
    if os.environ.get("CASETRAIL_REQUIRE_BROWSER") == "1":
        pytest.fail(message)
    pytest.skip(message)


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    return publish(
        sample.pack(),
        tmp_path_factory.mktemp("browser") / "pack",
        title="Was Quibbleborough any worse than most? " + sample.NASTY,
        version="0.1.0",
        as_of="2011-03-31",
        lede="It cannot be told apart from most others.",
    )


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        lacking("Chromium", "install the system package 'chromium'")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        lacking("playwright", "install the development group of pyproject.toml")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program, args=QUIET)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def page(browser: Any, release: Release) -> Iterator[Any]:
    opened = browser.new_page(viewport={"width": 1280, "height": 900})
    opened.goto((release.folder / "index.html").as_uri())
    yield opened
    opened.close()


@pytest.mark.parametrize("width", [1280, 320])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(browser: Any, release: Release, scheme: str, width: int) -> None:
    if not AXE.is_file():
        lacking("axe-core", "run 'npm install' in the checkout")
    context = browser.new_context(bypass_csp=True, color_scheme=scheme, viewport={"width": width, "height": 900})
    tab = context.new_page()
    tab.goto((release.folder / "index.html").as_uri())
    # One long table stands for all: axe takes ten times as long over every cell of the others.
    tab.evaluate(
        "document.querySelectorAll('.origin, #fig-compare\\\\.funnel-1 .data').forEach(d => { d.open = true })"
    )
    tab.add_script_tag(path=AXE)
    found = tab.evaluate("tags => axe.run(document, {runOnly: tags})", TAGS)
    context.close()
    told = [(v["id"], v["help"], [n["target"] for n in v["nodes"]][:3]) for v in found["violations"]]
    assert told == []
    assert len(found["passes"]) > 20  # axe did run


def test_nothing_is_asked_of_any_network(browser: Any, release: Release) -> None:
    tab = browser.new_page()
    asked: list[str] = []
    said: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.on("console", lambda message: said.append(message.text))
    address = (release.folder / "index.html").as_uri()
    tab.goto(address, wait_until="networkidle")
    tab.close()
    assert asked == [address]
    assert said == []  # a breach of the content policy would be reported here


def test_the_policy_stops_script_and_inline_style(page: Any) -> None:
    assert page.locator("script, [style], link, iframe").count() == 0
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p id=probe style=\"color:red\">x</p>')")
    assert page.evaluate("getComputedStyle(document.getElementById('probe')).color") != "rgb(255, 0, 0)"
    page.evaluate("document.getElementById('probe').remove()")


@pytest.mark.parametrize("opened", [False, True])
def test_no_sideways_scrolling_at_320(browser: Any, release: Release, opened: bool) -> None:
    tab = browser.new_page(viewport={"width": 320, "height": 800})
    tab.goto((release.folder / "index.html").as_uri())
    if opened:
        tab.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
    width = tab.evaluate("document.scrollingElement.scrollWidth")
    tab.close()
    assert width <= 320


def test_each_charts_table_is_its_data(page: Any) -> None:
    for answer in map(protect, sample.pack()):
        if not isinstance(answer.body, Table):
            continue
        shown = page.evaluate(
            """id => [...document.getElementById('fig-' + id).querySelectorAll('tbody tr')].map(
                row => [...row.cells].map(cell => cell.textContent.trim()))""",
            answer.id,
        )
        table = answer.body
        expected = [[cell_text(c, v).strip() for c, v in zip(table.columns, r, strict=True)] for r in table.rows]
        assert shown == expected


def test_each_chart_draws_each_row(page: Any) -> None:
    def count(id_: str, what: str) -> int:
        return int(page.locator(f"[id='fig-{id_}'] svg {what}").count())

    assert count("compare.funnel-1", "circle") == 150
    assert count("compare.funnel-1", "path.dot") == 1  # the one that is asked about, again
    assert count("compare.funnel-1", "circle title") == 150
    assert count("compare.strip", ".dot > path") == 1050
    assert page.locator("svg[role=img][aria-label]").count() == page.locator("svg").count()


def test_text_of_charts_is_legible_and_inside(page: Any) -> None:
    """No text under 11 px, none outside its drawing, none over another text of its chart."""
    if not page.evaluate(FONT_IS_THERE):
        lacking("A font as wide as Arial", "install the system package 'fonts-liberation'")
    faults = page.evaluate(
        """() => [...document.querySelectorAll('svg')].flatMap((svg, at) => {
            const frame = svg.getBoundingClientRect();
            const boxes = [...svg.querySelectorAll('text')].map(t => [t.textContent, t.getBoundingClientRect(), t]);
            const bad = [];
            for (const [text, b, t] of boxes) {
                if (parseFloat(getComputedStyle(t).fontSize) < 11) bad.push([at, 'small', text]);
                if (b.left < frame.left - 1 || b.right > frame.right + 1 || b.top < frame.top - 1
                    || b.bottom > frame.bottom + 1) bad.push([at, 'outside', text]);
            }
            boxes.forEach(([one, a], i) => boxes.slice(i + 1).forEach(([two, b]) => {
                if (a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 3 && b.top < a.bottom - 3)
                    bad.push([at, 'overlap', one + ' / ' + two]);
            }));
            return bad;
        })"""
    )
    assert faults == []


def test_dark_changes_the_charts_too(browser: Any, release: Release) -> None:
    seen = []
    for scheme in ("light", "dark"):
        tab = browser.new_page(color_scheme=scheme)
        tab.goto((release.folder / "index.html").as_uri())
        seen.append(tab.evaluate("getComputedStyle(document.querySelector('svg text')).fill"))
        tab.close()
    assert seen[0] != seen[1]


def test_paper_shows_where_figures_come_from(browser: Any, release: Release) -> None:
    tab = browser.new_page()
    tab.goto((release.folder / "index.html").as_uri())
    tab.emulate_media(media="print", color_scheme="dark")
    assert tab.locator(".origin dl").first.is_visible()
    assert tab.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert tab.locator("nav").is_visible() is False
    tab.close()
