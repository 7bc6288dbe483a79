"""The bench's page parses, needs nothing else, and keeps hostile names inert."""

from __future__ import annotations

import dataclasses
import re
import sys

import pytest

from airflow_tune.errors import UsageError
from airflow_tune.report.html.bench import bench_html
from airflow_tune.suite.model import Curve

pytest.importorskip("vl_convert", reason="the extra html is not installed")
html5lib = pytest.importorskip("html5lib")

HOSTILE = "\"><script>alert('x')</script><img src=x onerror=alert(1)>{{ 7 * 7 }}&lt;\u202e"
SECONDS = (1.0, 1.1, 0.9)


@pytest.fixture(scope="module")
def page(make_workload, make_suite):
    """Return the page of workloads whose every text is meant to break out."""
    curve = {1: SECONDS, 10: (0.1, 0.1, 0.1), 100: (0.05, 0.06, 0.05)}
    plain = make_workload({HOSTILE: SECONDS, "other": SECONDS}, answer=HOSTILE)
    noted = dataclasses.replace(plain.variants[0], notes=(HOSTILE,))
    suite = make_suite(
        dataclasses.replace(plain, variants=(noted, plain.variants[1])),
        make_workload(curve, Curve.BATCH, "batches", answer="Ten."),
        make_workload(curve, Curve.SCALING, "scaling"),
        make_workload({}, name="redis-cache", skipped=HOSTILE),
        machine=dataclasses.replace(make_suite().machine, hostname=HOSTILE),
    )
    return bench_html(suite)


def elements(page):
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    return list(parser.parse(page).iter())


def test_hostile_texts_stay_text(page):
    tags = {one.tag for one in elements(page) if isinstance(one.tag, str)}
    assert not tags & {"script", "img", "iframe", "object", "link"}
    assert "49" not in re.findall(r">\s*(49)\s*<", page)
    assert not [name for one in elements(page) for name in one.attrib if str(name).startswith("on")]


def test_it_needs_no_network(page):
    urls = set(re.findall(r"https?://[^\s\"'<>)]+", page))
    assert urls <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}


def test_curves_are_drawn_for_a_page_and_a_phone(page):
    drawn = [one for one in elements(page) if str(one.tag).endswith("svg")]
    assert len(drawn) == 4


def test_every_workload_has_a_section_that_the_answers_link_to(page):
    found = elements(page)
    ids = {one.attrib["id"] for one in found if "id" in one.attrib}
    targets = {one.attrib["href"][1:] for one in found if one.tag == "a"}
    assert targets == {"rows", "batches", "scaling"}
    assert targets <= ids


def test_without_jinja_it_says_what_to_install(make_suite, monkeypatch):
    monkeypatch.setitem(sys.modules, "jinja2", None)
    with pytest.raises(UsageError, match="needs Jinja2"):
        bench_html(make_suite())
