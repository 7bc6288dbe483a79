"""What one Airflow version makes of an option's name that a user gave it."""

from __future__ import annotations

from typing import NamedTuple

from airflow_tune.settings.catalog import Catalog, Name, load
from airflow_tune.settings.rename import Fate, Rename, rename_of
from airflow_tune.versions import KNOWN_MINORS, AirflowVersion

INDIRECT = ("_cmd", "_secret")


class Ruling(NamedTuple):
    """Fate of a name, one sentence that says why, and the present option that means the same."""

    fate: Fate
    explanation: str
    today: str | None = None


def rule(name: Name, catalog: Catalog, version: AirflowVersion) -> Ruling | None:
    """Return what becomes of `name`, or None where this version reads it as a present option."""
    if is_read(name, catalog):
        return None
    today = today_of(name, catalog)
    return _old(name, catalog, version, today) or _misspelt(name, catalog) or _unknown(name, catalog, version)


def is_read(name: Name, catalog: Catalog) -> bool:
    """Return whether the version reads `name` itself, or as what stands in for a secret."""
    plain = without_suffix(name)
    return catalog.is_read(name) or catalog.is_open(name[0]) or (plain != name and plain in catalog.sensitive)


def without_suffix(name: Name) -> Name:
    """Return the option that a `_cmd` or `_secret` name stands in for, else `name` itself."""
    for suffix in INDIRECT:
        if name[1].lower().endswith(suffix):
            return name[0], name[1][: -len(suffix)]
    return name


def today_of(name: Name, catalog: Catalog) -> str | None:
    """Return the present option that means the same as an old name, over several renames."""
    seen = [name]
    while not catalog.is_read(seen[-1]):
        rename = rename_of(seen[-1])
        following = catalog.successor(seen[-1]) or (rename.new if rename else None)
        if following is None or following in seen:
            return None
        seen.append(following)
    return ".".join(seen[-1])


def _old(name: Name, catalog: Catalog, version: AirflowVersion, today: str | None) -> Ruling | None:
    rename = rename_of(name)
    fate = rename.fates.get(catalog.minor) if rename else None
    since = _since(rename)
    successor = catalog.successor(name)
    if successor:
        why = f"renamed to {'.'.join(successor)}{since}; the old name is still read"
        return Ruling(Fate.HONOURED, why, today)
    if fate is Fate.REMOVED:
        return Ruling(fate, f"removed{since}; Airflow {version} does not read it")
    if fate is Fate.RENAMED and rename and rename.new:
        to = today or ".".join(rename.new)
        return Ruling(fate, f"renamed to {to}{since}; Airflow {version} silently ignores the old name", today)
    return None


def _misspelt(name: Name, catalog: Catalog) -> Ruling | None:
    lower = (name[0].lower(), name[1].lower())
    if lower != name and (is_read(lower, catalog) or catalog.successor(lower)):
        why = f"Airflow reads {'.'.join(lower)}, in lower case only"
        return Ruling(Fate.WRONG_CASE, why, today_of(lower, catalog))
    if without_suffix(name) != name and catalog.is_read(without_suffix(name)):
        return Ruling(Fate.NOT_SENSITIVE, "Airflow reads _cmd and _secret for its sensitive options only")
    return None


def _unknown(name: Name, catalog: Catalog, version: AirflowVersion) -> Ruling:
    elsewhere = [minor for minor in KNOWN_MINORS if load(minor).is_read(name)]
    if elsewhere:
        return Ruling(Fate.UNKNOWN, f"an option of Airflow {elsewhere[0]}, which {version} does not have yet")
    if name[0] not in catalog.sections:
        return Ruling(Fate.FOREIGN, "no section of Airflow itself; a provider or plugin may read it")
    import difflib  # noqa: PLC0415 - only an unknown name needs it

    near = difflib.get_close_matches(".".join(name), map(".".join, catalog.options), n=1, cutoff=0.6)
    hint = f"; the nearest name is {near[0]}" if near else ""
    return Ruling(Fate.UNKNOWN, f"no option of Airflow {version}{hint}")


def _since(rename: Rename | None) -> str:
    return f" in {rename.since}" if rename and rename.since else ""
