"""Pictures: nothing overlaps, arrows go round boxes, everything has a name, text stays text, same picture same bytes."""

from __future__ import annotations

import math
import subprocess
import sys
from itertools import combinations, pairwise
from random import Random
from xml.etree import ElementTree as ET

import pytest
from golden import story
from golden.story import INTAKE, QUIET, fact

from adapters.drawing import STYLE, Arrow, Box, Picture, draw, draw_trace
from adapters.drawing.layout import Placed, Route, arrange
from adapters.drawing.setting import BOLD, SIZES
from adapters.drawing.style import DARK, LIGHT, Theme
from adapters.drawing.text import clean, width, wrap
from adapters.drawing.trace import trace_picture
from engine.dictionary import LANGUAGES, Language

BASE = story.base()
SVG = "{http://www.w3.org/2000/svg}"
WORDS = ("withdrawal", "risk", "is", "at", "least", "moderate", "unless", "somebody", "reviewed", "the", "medicines", "ansiedad", "y")


def picture(rng: Random) -> Picture:
    """Any picture at all: circles, several arrows between the same two boxes, boxes that nothing leads to."""
    names = [f"b{number}" for number in range(rng.randint(1, 24))]

    def words(most: int) -> str:
        return " ".join(rng.choices(WORDS, k=rng.randint(1, most)))

    boxes = [Box(name, "Kind", words(12), (words(6),) * rng.randint(0, 2), "✓ so", width=rng.choice((140, 190, 240))) for name in names]
    pairs = [rng.sample(names, 2) for _ in range(rng.randint(0, 2 * len(names)))] if len(names) > 1 else []
    arrows = [Arrow(one, other, label=rng.choice(("", "", words(8))), means=rng.choice(("", "so"))) for one, other in pairs]
    return Picture("en", words(9), (words(5),), (words(20),), tuple(boxes), tuple(arrows))


def overlap(one: Placed, other: Placed) -> bool:
    return one.x < other.right and other.x < one.right and one.y < other.bottom and other.y < one.bottom


def along(route: Route) -> list[tuple[float, float]]:
    """Points on the way of an arrow, close together."""
    points = []
    for number, ((x, y), (to_x, to_y)) in enumerate(pairwise(route.points)):
        for part in range(41):
            t = part / 40
            bend = 3 * t**2 - 2 * t**3 if number % 2 else t
            across = 3 * t * (1 - t) * 0.5 + t**3 if number % 2 else t
            points.append((x + (to_x - x) * across, y + (to_y - y) * bend))
    return points


@pytest.mark.parametrize("seed", range(120))
def test_nothing_overlaps_and_every_arrow_goes_round_the_boxes_between(seed: int) -> None:
    drawn = picture(Random(seed))
    layout = arrange(drawn.boxes, drawn.arrows)
    assert sorted(item.box.id for item in layout.boxes if item.box) == sorted(box.id for box in drawn.boxes)
    taken = [*layout.boxes, *(route.label for route in layout.routes if route.label)]
    assert not [pair for pair in combinations(taken, 2) if overlap(*pair)]
    assert all(min(item.x, item.y) > 0 and item.right < layout.width and item.bottom < layout.height for item in taken)
    middles = [round(item.x + item.right) for item in layout.boxes]
    assert middles == sorted(middles)  # the Tab key goes from left to right
    at = {item.box.id: item for item in layout.boxes if item.box}
    assert len(layout.routes) == len(drawn.arrows)
    for route in layout.routes:
        assert all(math.isfinite(number) for point in route.points for number in point)
        ends = (at[route.arrow.source], at[route.arrow.target]) if route.rightward else (at[route.arrow.target], at[route.arrow.source])
        (left_x, left_y), (right_x, right_y) = route.points[0], route.points[-1]
        assert left_x == pytest.approx(ends[0].right)
        assert right_x == pytest.approx(ends[1].x)
        assert ends[0].y <= left_y <= ends[0].bottom
        assert ends[1].y <= right_y <= ends[1].bottom
        for x, y in along(route):
            through = [item for item in taken if item.x + 0.1 < x < item.right - 0.1 and item.y < y < item.bottom]
            assert [item for item in through if item is not route.label] == []


@pytest.mark.parametrize("seed", range(40))
def test_every_line_fits_its_box(seed: int) -> None:
    drawn = picture(Random(seed))
    for item in arrange(drawn.boxes, drawn.arrows).boxes:
        for line in item.block.texts:
            room = width(line.words, SIZES[line.role], bold=line.role in BOLD)
            assert room <= item.block.width - 28
            assert 0 < line.y < item.block.height


def test_the_same_picture_gives_the_same_bytes_in_every_process() -> None:
    code = "import test_drawing as t; from random import Random; print(hash('x'), *[t.draw(t.picture(Random(s))) for s in range(30)])"
    runs = [
        subprocess.run(
            [sys.executable, "-c", code], env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2")
    ]
    (one, drawn), (other, again) = (run.split(b" ", 1) for run in runs)
    assert one != other  # the processes did differ
    assert drawn == again
    assert len(drawn) > 10_000


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("name", "facts", "component"), [("intake", INTAKE, None), ("quiet", QUIET, "naloxone")])
def test_golden_pictures(name: str, facts: tuple[story.Fact, ...], component: str | None, language: Language) -> None:
    story.held_to(f"{name}-{language}.svg", draw_trace(BASE, story.decide(BASE, *facts), language, component))


def boxes_of(svg: str) -> list[ET.Element]:
    return [item for item in ET.fromstring(svg).iter(f"{SVG}g") if "box" in item.get("class", "").split()]


@pytest.mark.parametrize("seed", range(20))
def test_well_formed_and_readable_without_being_seen(seed: int) -> None:
    drawn = picture(Random(seed))
    svg = draw(drawn)
    root = ET.fromstring(svg)
    assert {"role", "aria-labelledby", "aria-describedby", "viewBox", "lang"} <= set(root.attrib)
    named = {item.get("id"): item.text for item in root if item.get("id")}
    assert named[root.get("aria-labelledby")] == drawn.title
    assert named[root.get("aria-describedby")] == "\n".join(drawn.twin)
    found = boxes_of(svg)
    assert len(found) == len(drawn.boxes)
    for item in found:
        assert item.get("tabindex") == "0"
        assert item.get("role") == "graphics-symbol img"
        assert item[0].tag == f"{SVG}title"
        assert item[0].text
    assert not [word for word in ("<script", "href", "url(", "@import", "http:") if word in svg.replace(SVG[1:-1], "")]


def test_a_box_tells_what_leads_to_it_and_what_it_leads_to() -> None:
    boxes = tuple(Box(name, "Stage", name.upper(), said=said) for name, said in (("a", ""), ("b", "Read me.")))
    svg = draw(Picture("es", "T", (), (), boxes, (Arrow("a", "b", label="if so", means="permite"),)))
    assert [item[0].text for item in boxes_of(svg)] == [
        "Stage: A.\nLleva a: B (permite: if so).",
        "Read me.\nViene de: A (permite: if so).",
    ]


def test_an_arrow_joins_two_different_boxes() -> None:
    with pytest.raises(ValueError, match="itself"):
        Arrow("a", "a")


HOSTILE = "<script>alert(1)</script> ]]> & \"'> \x00\x07\x1b\ufffe\ud800 \u202egnp.exe\u2066 {x}%s 𝒳👩‍⚕️漢字 é" + "w" * 90


def test_hostile_text_stays_text() -> None:
    boxes = (Box(HOSTILE, HOSTILE, HOSTILE, (HOSTILE,), HOSTILE), Box("b", "k", "t"))
    svg = draw(Picture(HOSTILE, HOSTILE, (HOSTILE,), (HOSTILE,), boxes, (Arrow(HOSTILE, "b", HOSTILE, badge=HOSTILE, means=HOSTILE),)))
    root = ET.fromstring(svg)
    assert {item.tag.removeprefix(SVG) for item in root.iter()} == {"svg", "title", "desc", "style", "rect", "g", "path", "text", "circle"}
    assert root[0].text == clean(HOSTILE)
    assert not [name for item in root.iter() for name in item.attrib if name.startswith("on")]
    svg.encode("utf-8")


def test_hostile_sources_and_labels_in_a_trace() -> None:
    decision = story.decide(BASE, fact("opioid.disorder", "active", source="<img src=x onerror=alert(1)>\x00"))
    svg = draw_trace(BASE, decision, "en", "naloxone")
    assert "<img" not in svg
    assert "onerror=alert(1)&gt;" in svg
    ET.fromstring(svg)


def test_text_is_cleaned_measured_and_wrapped() -> None:
    assert clean(" a\n\tb\u2028c\u202e\x00d ") == "a b cd"
    assert width("W", 10) > width("i", 10)
    assert width("é", 10) == width("e", 10)
    assert width("e\u0301", 10) == width("e", 10)
    assert width("漢", 10) > width("M", 10, bold=True)
    assert wrap("", 12, 100) == ()
    assert wrap("C-SSRS and PHQ-9", 12, 84) == ("C-SSRS and", "PHQ-9")
    assert wrap("very-long-rule-name@1.0.0", 12, 90) == ("very-long-", "rule-name", "@1.0.0")
    assert "".join(wrap("x" * 50, 12, 60)) == "x" * 50


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_contrast_meets_wcag_aa(theme: Theme) -> None:
    for ground in (theme.paper, *theme.fill.values()):
        assert contrast(theme.ink, ground) >= 7
        assert contrast(theme.soft, ground) >= 4.5
    for colour in (theme.line, theme.focus, *theme.edge.values()):
        assert contrast(colour, theme.paper) >= 3
    for tone, edge in theme.edge.items():
        assert contrast(edge, theme.fill[tone]) >= 3
        assert contrast(theme.focus, theme.fill[tone]) >= 3


def test_the_sheet_touches_nothing_outside_the_picture_and_prints_light() -> None:
    rules = [rule for part in STYLE.replace("}}", "}").split("}") if (rule := part.rpartition("){")[2] if "@media (" in part else part)]
    selectors = [
        one for rule in rules for one in rule.replace("@media screen and (prefers-color-scheme:dark){", "").split("{")[0].split(",")
    ]
    assert {selector.split()[0] for selector in selectors if not selector.startswith("@")} == {".tandem-picture"}
    assert "@media screen and (prefers-color-scheme:dark)" in STYLE  # so that print keeps the light colours
    assert "@media (forced-colors:active)" in STYLE


def drawn(*facts: story.Fact, component: str | None = None, everything: bool = False) -> Picture:
    return trace_picture(BASE, story.decide(BASE, *facts), "en", component, everything=everything)


def test_by_default_only_what_is_to_be_done_now_and_what_is_withheld() -> None:
    now, whole = drawn(*INTAKE), drawn(*INTAKE, everything=True)
    assert [box.id for box in now.boxes][:3] == ["escalation:E4 clinician", "recommendation:naloxone", "withheld:naltrexone"]
    assert "Not drawn: 2 further outcomes." in now.caption[1]
    assert {"recommendation:acamprosate", "follow_up:P7D"} <= {box.id for box in whole.boxes}
    assert len(whole.caption) == 1
    assert {box.id for box in now.boxes} < {box.id for box in whole.boxes}


def test_each_kind_of_box_and_arrow_looks_different() -> None:
    whole = drawn(*INTAKE, everything=True)
    looks = {(box.id.partition(":")[0], box.shape, box.heavy, box.kind) for box in whole.boxes}
    assert len({kind for kind, *_ in looks}) == len(looks) == 8
    lines = {(arrow.line, arrow.badge, arrow.means) for arrow in whole.arrows}
    assert lines == {
        ("solid", "", "leads to"),
        ("dotted", "", "while not known"),
        ("dashed", "✗", "forbids"),
        ("dashed", "!", "asks for caution"),
    }


def test_boxes_say_what_is_the_case() -> None:
    boxes = {box.id: box for box in drawn(*INTAKE, everything=True).boxes}
    assert boxes["premise:kidney.egfr < 30"].title == "kidney function (eGFR) is at least 30 mL/min"
    assert boxes["premise:kidney.egfr < 30"].mark == "✓ true"
    assert boxes["finding:kidney.egfr"].notes == ("45 mL/min", "24 Oct 2026, 30 days ago", "laboratory")
    assert boxes["finding:suicide.intent"].mark == "? not known"
    assert boxes["conclusion:suicide.risk"].mark == "? not settled"
    assert boxes["rule:high-risk-needs-a-clinician"].mark == "? precaution"
    assert boxes["escalation:E4 clinician"].title == "E4 within 24 h: clinician"
    assert boxes["recommendation:naloxone"].mark == "✓ urgent"
    assert boxes["withheld:naltrexone"].mark == "✗ contraindicated"
    assert boxes["follow_up:P7D"].notes == ("by phone",)


def test_an_open_rule_that_could_change_nothing_is_left_out() -> None:
    boxes = {box.id for box in drawn(*INTAKE).boxes}
    assert "rule:disorder-is-exposure" in boxes
    assert not {"rule:test-is-exposure", "premise:opioid.test == true", "finding:opioid.test"} & boxes


def test_a_component_without_an_argument_is_still_answered() -> None:
    (box,) = drawn(*QUIET, component="naloxone").boxes
    assert box.notes == ("Not recommended: Naloxone at hand. No rule that could recommend it does.",)
    assert drawn(*QUIET).boxes == ()
    ET.fromstring(draw_trace(BASE, story.decide(BASE, *QUIET), "es"))
