"""Charts as SVG text: Vega-Lite specifications drawn by vl-convert, without a browser or a network."""

from __future__ import annotations

import re
from typing import Any

from airflow_tune.errors import UsageError

SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
# The page's own colours, light or dark, take the place of these names.
_CONFIG = {
    "background": None,
    "font": "sans-serif",
    "view": {"stroke": None},
    "axis": {
        "labelColor": "var(--muted)",
        "titleColor": "var(--muted)",
        "titleFontWeight": "normal",
        "gridColor": "var(--line)",
        "domainColor": "var(--line)",
        "tickColor": "var(--line)",
        "labelFontSize": 11,
        "titleFontSize": 11,
    },
}
_LABELLED = re.compile(
    r'<(path|line|rect) aria-label="([^"]*)" role="graphics-symbol" aria-roledescription="(?!axis)[^"]*"'
    r"([^>]*)/>"
)
_SIZE = re.compile(r'^<svg ([^>]*?)width="([\d.]+)" height="([\d.]+)"')


def draw(spec: dict[str, Any]) -> str:
    """Return the chart of `spec` as an `<svg>` element that fills its container's width.

    What a mark is called becomes its tooltip. Names of DAGs and tasks in `spec` come out escaped.
    Raises UsageError where vl-convert is not installed.
    """
    try:
        import vl_convert  # noqa: PLC0415 - heavy, and only this format needs it
    except ImportError:
        raise missing("vl-convert-python") from None
    svg: str = vl_convert.vegalite_to_svg({"$schema": SCHEMA, "config": _CONFIG, **spec})
    return _SIZE.sub(r'<svg \1style="max-width:\2px"', _titled(svg), count=1)


def missing(package: str) -> UsageError:
    """Return what a user is told where a package that draws pages is not installed."""
    return UsageError(
        f"--format html needs {package}, which is not installed",
        remedy="pip install 'airflow-tune[html]'",
    )


def _titled(svg: str) -> str:
    return _LABELLED.sub(r'<\1 role="graphics-symbol"\3><title>\2</title></\1>', svg)
