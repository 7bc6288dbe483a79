"""The page parses, needs nothing else, keeps hostile names inert, and links findings to their figures."""

from __future__ import annotations

import re
import sys
from dataclasses import replace

import pytest

from airflow_tune.diagnose.past.lessons import learn
from airflow_tune.diagnose.past.pictures import take_pictures
from airflow_tune.diagnose.past.priced import About, Rule
from airflow_tune.diagnose.past.verdict import judge
from airflow_tune.diagnose.waits.machinery import Machinery
from airflow_tune.errors import UsageError
from airflow_tune.executors import ExecutorKind
from airflow_tune.findings import Finding, Layer, Severity
from airflow_tune.installation.past import Past
from airflow_tune.recommend.engine import recommend
from airflow_tune.report.html.page import analysis_html

pytest.importorskip("vl_convert", reason="the extra html is not installed")
html5lib = pytest.importorskip("html5lib")

HOSTILE = "\"><script>alert('x')</script><img src=x onerror=alert(1)>{{ 7 * 7 }}]]>&lt;\u202e"
ALLOWED_URLS = {
    "http://www.w3.org/2000/svg",
    "http://www.w3.org/1999/xlink",
    "http://www.w3.org/1999/xhtml",
}


def page_of(installation, history, machinery, findings=()):
    verdict = judge(Past(history, "here", None), machinery)
    pictures = take_pictures(history, machinery, verdict)
    advised = recommend(installation, learn(history, machinery, verdict))
    return analysis_html(installation, findings, verdict, pictures, advised), verdict


def parsed(page):
    """Return all elements; raises where a browser would have to guess."""
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    return list(parser.parse(page).iter())


@pytest.fixture(scope="module")
def recorded(build, real_history):
    """The page on a real history."""
    installation = build("[core]\nparallelism = 8\n", cores="2", memory="16GiB")
    return page_of(installation, *real_history("E1"))


@pytest.fixture(scope="module")
def hostile(build, make_history):
    """The page on a history whose every name is meant to break out."""
    rows = [
        {"dag": HOSTILE, "task": f"{HOSTILE}{n}", "run": 1, "pool": HOSTILE, "operator": HOSTILE,
         "host": HOSTILE, "scheduled": 0.0, "queued": 10.0 * n, "start": 10.0 * n, "end": 10.0 * n + 10,
         "state": "failed" if n == 2 else "success"}
        for n in range(3)
    ]  # fmt: skip
    graphs = {HOSTILE: {f"{HOSTILE}{n}": {} for n in range(3)}}
    history = make_history(rows, pools=[(HOSTILE, 1, False)], dags=[(HOSTILE, 16, 16)], graphs=graphs)
    finding = Finding(HOSTILE, HOSTILE, Severity.WARN, Layer.SYSTEM, HOSTILE, HOSTILE)
    machinery = Machinery(history.version, ExecutorKind.CELERY, 32)
    return page_of(build(), history, machinery, [finding])


@pytest.fixture(params=["recorded", "hostile"])
def page(request):
    return request.getfixturevalue(request.param)[0]


def test_a_browser_has_nothing_to_guess_or_to_load(page):
    elements = parsed(page)
    tags = {str(one.tag).rpartition("}")[2] for one in elements}
    assert not tags & {"script", "img", "link", "iframe", "object", "embed", "form", "base", "image", "use"}
    for one in elements:
        for name, value in one.attrib.items():
            local = str(name).rpartition("}")[2].lower()
            assert not local.startswith("on"), (one.tag, name)
            assert local not in {"src", "srcset", "action", "data", "poster"}
            assert local != "href" or value.startswith("#")
    assert set(re.findall(r"https?://[^\s\"'<>)]+", page)) <= ALLOWED_URLS
    assert not re.search(r"@import|url\(|javascript:", page)


def test_the_browser_is_told_to_load_nothing(page):
    policy = [one.get("content") for one in parsed(page) if one.get("http-equiv")]
    assert policy == ["default-src 'none'; style-src 'unsafe-inline'"]


def test_every_link_leads_to_one_place(page):
    elements = parsed(page)
    ids = [one.get("id") for one in elements if one.get("id")]
    assert len(ids) == len(set(ids))
    targets = {one.get("href")[1:] for one in elements if one.get("href")}
    assert len(targets) > 5
    assert targets <= set(ids)


def test_hostile_names_are_shown_as_they_are(hostile):
    page, verdict = hostile
    assert verdict.waits.by_limit[0].limit == f"pool:{HOSTILE}"
    texts = [text for one in parsed(page) for text in (one.text, one.tail) if text]
    # In sentences, cells and the tooltips of charts; nothing was evaluated on the way.
    assert sum(HOSTILE in text for text in texts) > 10
    titles = [one.text for one in parsed(page) if str(one.tag).rpartition("}")[2] == "title"]
    assert any(f"waited 10s for pool:{HOSTILE}" in str(title) for title in titles)
    assert "49" not in "".join(re.findall(r"onerror=alert\(1\)&gt;(.{12})", page))


def test_the_answer_stands_first(recorded):
    page, verdict = recorded
    lead = next(one.text for one in parsed(page) if one.get("class") == "lead")
    assert lead == "1h 7m of waiting, 52.6% of it for parallelism, 19.8% for pool:db_pool"
    assert page.index('class="lead"') < page.index('id="waits"') < page.index('id="findings"')
    assert verdict.waits.by_limit[0].limit == "parallelism"


def test_what_the_issue_of_a_day_needs_is_all_there(recorded):
    page, verdict = recorded
    elements = parsed(page)
    ids = {one.get("id") for one in elements}
    assert {"waits", "findings", "advice", "use", "runs", "kpis", "concurrency", "critical_paths", "failures",
            "scheduler", "installation"} <= ids  # fmt: skip
    # Waits and each run are drawn twice, for a page and for a phone.
    wide, narrow = (
        [one for one in elements if one.get("class") == f"chart {kind}"] for kind in ("wide", "narrow")
    )
    assert len(wide) == len(narrow) == 6
    fills = [one.get("fill") for one in elements]
    assert {"var(--path)", "var(--run)", "var(--c0)", "var(--c1)"} <= set(fills)
    cells = [one.text for one in elements if str(one.tag) == "td"]
    for limit in verdict.waits.by_limit:
        assert limit.limit in cells


def test_the_colour_of_a_limit_is_the_same_in_table_and_charts(recorded):
    elements = parsed(recorded[0])
    rows = {one.text: one.get("style") for one in elements if one.get("class") == "t limit"}
    assert rows["parallelism"] == "border-left-color:var(--c0)"
    areas = [one for one in elements if any(child.text == "scheduler" for child in one)]
    (colour,) = {one.get("fill") for one in areas if one.get("fill")}
    assert rows["scheduler"] == f"border-left-color:{colour}"


def test_findings_link_to_the_row_they_rest_on(build, real_history):
    history, machinery = real_history("E1")
    verdict = judge(Past(history, "here", None), machinery)
    rule = Rule("AFH99", "made-up", Layer.SYSTEM)
    about = [
        About("concurrency", "pool:db_pool"),
        About("waits", "scheduler"),
        About("scheduler"),
        About("none"),
    ]
    findings = tuple(rule.found("found", "mend it", saved_s=9.0, about=one) for one in about)
    page = analysis_html(build(), (), replace(verdict, findings=findings), None, None)
    elements = parsed(page)
    links = {one.text: one.get("href")[1:] for one in elements if one.tag == "a"}
    places = {one.get("id"): one for one in elements if one.get("id")}
    assert "pool:db_pool" in [cell.text for cell in places[links["Limits: pool:db_pool"]]]
    assert "scheduler" in [cell.text for cell in places[links["Waits by limit: scheduler"]]]
    assert places[links["Scheduler"]].tag == "section"
    assert len([one for one in elements if one.tag == "article"]) == 4


def test_without_a_past_the_page_tells_of_the_installation(build):
    installation = build("[core]\nparallelism = 500\n")
    page = analysis_html(installation, (), None, None, recommend(installation))
    ids = {one.get("id") for one in parsed(page)}
    assert {"advice", "installation"} <= ids
    assert "waits" not in ids
    assert "core.parallelism" in page


def test_an_empty_history_is_a_page_too(build, make_history):
    history = make_history([])
    machinery = Machinery(history.version, ExecutorKind.CELERY, 32)
    verdict = judge(Past(history, "here", None), machinery)
    assert take_pictures(history, machinery, verdict) is None
    parsed(analysis_html(build(), (), verdict, None, None))


@pytest.mark.parametrize(("module", "package"), [("jinja2", "Jinja2"), ("vl_convert", "vl-convert-python")])
def test_what_draws_may_be_missing(build, make_history, monkeypatch, module, package):
    monkeypatch.setitem(sys.modules, module, None)
    history = make_history(
        [{"dag": "d", "task": "t", "run": 1, "scheduled": 0.0, "queued": 1.0, "start": 1.0, "end": 2.0}]
    )
    with pytest.raises(UsageError) as caught:
        page_of(build(), history, Machinery(history.version, ExecutorKind.CELERY, 32))
    assert str(caught.value) == (
        f"--format html needs {package}, which is not installed\n  → pip install 'airflow-tune[html]'"
    )
