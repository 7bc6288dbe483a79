"""What became of every option name over all known versions.

Names and successors come from the deprecation maps of each version, from the rules of `config lint`,
and from what vanished between one config.yml and the next.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

LEGEND = {
    "c": "current: an option under this name",
    "h": "honoured: an old name that is still read",
    "i": "ignored: an old name that is not read any more",
    "r": "removed: gone without successor",
    "u": "unknown: not yet there",
}

Rule = tuple[str, str | None, bool]


def renames(catalogs: dict[str, dict[str, Any]], rules: Iterable[Rule]) -> dict[str, Any]:
    """Return {"minors", "legend", "names"} of all names that are not current everywhere.

    A name has "fate", one letter of the legend for each minor, and where it has a successor "new";
    "since" is the version that renamed or dropped it as far as Airflow says so.
    """
    successors = _successors(catalogs, rules)
    current = {minor: _current(catalog) for minor, catalog in catalogs.items()}
    honoured = {minor: _honoured(catalog, catalogs) for minor, catalog in catalogs.items()}
    known = set().union(*current.values(), *honoured.values(), successors)
    names: dict[str, dict[str, str]] = {}
    for name in sorted(known):
        fate = _fate(
            name, [current[minor] for minor in catalogs], [honoured[m] for m in catalogs], successors
        )
        if set(fate) - {"c", "u"}:
            new, since = successors.get(name, ("", ""))
            since = since or _first_without(fate, list(catalogs))
            extra = {key: text for key, text in (("new", new), ("since", since)) if text}
            names[name] = {"fate": fate, **extra}
    return {
        "minors": list(catalogs),
        "legend": LEGEND,
        "names": names,
    }


def _successors(catalogs: dict[str, dict[str, Any]], rules: Iterable[Rule]) -> dict[str, tuple[str, str]]:
    """Return old name → (new name or "", since); what a deprecation map says goes before a lint rule."""
    found = {old: (new or "", "") for old, new, is_gone in rules if new or is_gone}
    for catalog in catalogs.values():
        for new_section, (old_section, since) in catalog["deprecated_sections"].items():
            for option in _options_ever(new_section, catalogs):
                found[f"{old_section}.{option}"] = (f"{new_section}.{option}", since)
        for table in ("many_to_one", "deprecated_options"):
            for new_section, new_option, old_section, old_option, since in catalog[table]:
                found[f"{old_section}.{old_option}"] = (f"{new_section}.{new_option}", since)
    return found


def _current(catalog: dict[str, Any]) -> set[str]:
    """Return the names under which the version reads an option, other than as an old name."""
    redirected = {f"{old_section}.{old}" for *_, old_section, old, _ in catalog["deprecated_options"]}
    return {f"{s}.{o}" for s, options in catalog["options"].items() for o in options} - redirected


def _options_ever(section: str, catalogs: dict[str, dict[str, Any]]) -> set[str]:
    """Return the options that any version has in the section: a renamed section is read whole."""
    return {option for catalog in catalogs.values() for option in catalog["options"].get(section, {})}


def _honoured(catalog: dict[str, Any], catalogs: dict[str, dict[str, Any]]) -> set[str]:
    old = {f"{section}.{option}" for *_, section, option, _ in catalog["deprecated_options"]}
    old |= {f"{section}.{option}" for *_, section, option, _ in catalog["many_to_one"]}
    for new_section, (old_section, _) in catalog["deprecated_sections"].items():
        old |= {f"{old_section}.{option}" for option in _options_ever(new_section, catalogs)}
    return old


def _fate(
    name: str, current: list[set[str]], honoured: list[set[str]], successors: dict[str, tuple[str, str]]
) -> str:
    letters = ""
    was_there = not any(name in names for names in current)
    for position, (now, old) in enumerate(zip(current, honoured, strict=True)):
        if name in old:
            letters += "h"
        elif name in now:
            letters += "c"
        elif not was_there or any(name in later for later in current[position:]):
            # Not there yet: an older release of a provider may stand beside a newer Airflow.
            letters += "u"
        else:
            letters += "i" if successors.get(name, ("", ""))[0] else "r"
        was_there = was_there or letters[-1] in "ch"
    return letters


def _first_without(fate: str, minors: list[str]) -> str:
    """Return the first version that dropped a name; empty where no known version had it."""
    if not set(fate) & {"c", "h"}:
        return ""
    return next((minor for letter, minor in zip(fate, minors, strict=True) if letter in "ir"), "")
