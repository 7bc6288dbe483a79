"""A page from its template: self-contained, with the style sheet in it, and everything escaped."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from airflow_tune import __version__
from airflow_tune.report.html.draw import missing


def render(template: str, **values: Any) -> str:  # noqa: ANN401 - what the template shows
    """Return the page that `template` (a file in templates/) makes of `values`.

    It needs no other file and no network. Raises UsageError where Jinja2 is not installed.
    """
    try:
        import jinja2  # noqa: PLC0415 - only this format needs it
    except ImportError:
        raise missing("Jinja2") from None
    templates = files("airflow_tune.report.html") / "templates"
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    style = as_is((templates / "style.css").read_text(encoding="utf-8"))
    source = (templates / template).read_text(encoding="utf-8")
    page: str = environment.from_string(source).render(style=style, version=__version__, **values)
    return page


def as_is(text: str) -> Any:  # noqa: ANN401 - a class imported lazily
    """Return `text` as what a template does not escape: our style sheet, a chart that is escaped already.

    Raises UsageError where Jinja2, which brings MarkupSafe, is not installed.
    """
    try:
        from markupsafe import Markup  # noqa: PLC0415 - only this format needs it
    except ImportError:
        raise missing("Jinja2") from None
    return Markup(text)  # noqa: S704 - what is handed over is ours
