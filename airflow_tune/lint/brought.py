"""What an import brings along: packages that other packages, or modules of the project, import too."""

from __future__ import annotations

import re
from collections.abc import Iterator

from airflow_tune.lint.index import Import
from airflow_tune.lint.subject import Subject

NUMBERS = frozenset({"numpy"})
TABLES = NUMBERS | {"pandas"}
BRINGS: dict[str, frozenset[str]] = {
    **dict.fromkeys(("pandas", "scipy", "matplotlib", "tensorflow", "keras", "transformers"), NUMBERS),
    **dict.fromkeys(("sklearn", "xgboost", "lightgbm", "gensim"), NUMBERS | {"scipy"}),
    **dict.fromkeys(
        (
            *("awswrangler", "catboost", "geopandas", "gspread_dataframe", "pandas_datareader", "pandas_gbq"),
            *("prophet", "pydomo", "xarray", "yfinance", "FinanceDataReader", "akshare", "pykrx", "tushare"),
        ),
        TABLES,
    ),
    "seaborn": TABLES | {"matplotlib"},
    "statsmodels": TABLES | {"scipy"},
    **dict.fromkeys(("category_encoders", "imblearn", "shap"), TABLES | {"scipy", "sklearn"}),
}
"""Packages and which of the heavy ones their own top level imports, by their sources of 2026."""


def bringers(subject: Subject, package: str) -> Iterator[Import]:
    """Yield a file's imports of other packages that bring a package."""
    for one in subject.index.imports:
        if package in BRINGS.get(one.module.partition(".")[0], ()):
            yield one


def module_with(subject: Subject, package: str) -> str:
    """Return a module of the project, imported by the file, that imports a package at its top, or ""."""
    top = re.compile(rf"^(?:import|from)\s+{re.escape(package)}\b", re.MULTILINE)
    for one in {each.module: each for each in subject.index.imports}.values():
        name = one.module.lstrip(".")
        stem, level = name.replace(".", "/"), len(one.module) - len(name)
        if one.module.partition(".")[0] in (package, "airflow") or not stem:
            continue
        places = [f".{'/..' * (level - 1)}"] if level else folders(subject)
        texts = (subject.read(f"{place}/{stem}.py") for place in places)
        if any(text is not None and top.search(text) for text in texts):
            return one.module
    return ""


def folders(subject: Subject) -> list[str]:
    """Return the folders that Airflow, and whoever deploys it, puts on Python's path."""
    root = subject.root or "."
    return [root, f"{root}/plugins", f"{root}/..", f"{root}/../plugins"]
