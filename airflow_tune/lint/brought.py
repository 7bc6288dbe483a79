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
            *(
                "arcgis",
                "awswrangler",
                "catboost",
                "geopandas",
                "gspread_dataframe",
                "pandas_datareader",
                "pandas_gbq",
            ),
            *("prophet", "pydomo", "xarray", "yfinance", "FinanceDataReader", "akshare", "pykrx", "tushare"),
        ),
        TABLES,
    ),
    "seaborn": TABLES | {"matplotlib"},
    "statsmodels": TABLES | {"scipy"},
    **dict.fromkeys(("category_encoders", "imblearn", "shap"), TABLES | {"scipy", "sklearn"}),
}
"""Packages and which of the heavy ones their own top level imports, by their sources of 2026."""


def bringers(subject: Subject, asked: Import) -> Iterator[Import]:
    """Yield a file's other imports of the same package, and of packages that bring it."""
    for one in subject.index.imports:
        brings = one.package == asked.package or asked.package in BRINGS.get(one.package, ())
        if one is not asked and brings:
            yield one


def modules_with(subject: Subject, package: str) -> Iterator[str]:
    """Yield the project's modules, imported by the file, at whose top a package is imported or brought."""
    packages = [package, *(name for name, brought in BRINGS.items() if package in brought)]
    top = re.compile(rf"^(?:import|from)\s+(?:{'|'.join(map(re.escape, packages))})\b", re.MULTILINE)
    for one in {each.module: each for each in subject.index.imports}.values():
        name = one.module.lstrip(".")
        stem, level = name.replace(".", "/"), len(one.module) - len(name)
        if one.package in (*packages, "airflow") or not stem:
            continue
        places = [f".{'/..' * (level - 1)}"] if level else folders(subject)
        texts = (subject.read(f"{place}/{stem}.py") for place in places)
        if any(text is not None and top.search(text) for text in texts):
            yield one.module


def folders(subject: Subject) -> list[str]:
    """Return the folders that Airflow, and whoever deploys it, puts on Python's path."""
    root = subject.root or "."
    return [root, f"{root}/plugins", f"{root}/..", f"{root}/../plugins"]
