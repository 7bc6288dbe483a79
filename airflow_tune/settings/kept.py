"""Settings as a snapshot keeps them: what file and environment say, secrets masked, comments left out.

Kept is what was written and where, not what came of it: settings read back say the same lines and
variables, are shadowed alike, and find the same names ignored.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from airflow_tune import secrets
from airflow_tune.settings import startup
from airflow_tune.settings.candidate import VARIABLE_PREFIX, variable
from airflow_tune.settings.catalog import Name, catalog_of
from airflow_tune.settings.cfg_file import CfgFile, read_cfg
from airflow_tune.settings.lookup import Lookup
from airflow_tune.settings.ruling import without_suffix
from airflow_tune.settings.settings import Settings
from airflow_tune.versions import AirflowVersion

Rewrite = Callable[[Name, str], "str | None"]
"""What is kept of an option's value; None where the option is left out."""

TELLS_NOTHING = frozenset({
    ("core", "executor"), ("core", "mp_start_method"), ("core", "default_task_weight_rule"),
    ("core", "hostname_callable"), ("celery", "worker_autoscale"), ("celery", "pool"), ("api", "server_type"),
    ("scheduler", "file_parsing_sort_mode"), ("dag_processor", "file_parsing_sort_mode"),
    ("database", "sql_alchemy_conn"), ("core", "sql_alchemy_conn"), ("celery", "broker_url"),
    ("celery", "result_backend"),
})  # fmt: skip
"""Texts that name nobody's things: words that Airflow knows, and URLs of which the scheme is left."""
_PLAIN = re.compile(r"-?\d{1,9}(\.\d{1,6})?|true|false|none|", re.IGNORECASE)
"""Numbers and switches name nobody either."""


def kept_settings(settings: Settings, queues: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Return `settings` as JSON. With `queues` (old names to new ones) nothing in it names anything."""
    lookup = settings.lookup
    anonymous = queues is not None
    rewrite = _anonymous(lookup, queues) if queues is not None else _masked(lookup)
    return {
        "home": "airflow" if anonymous else str(settings.home),
        "cfg_path": "airflow.cfg" if anonymous else str(settings.cfg_path),
        "cfg": _file(lookup.cfg, rewrite) if lookup.cfg else None,
        "env": _environment(lookup, rewrite),
    }


def _masked(lookup: Lookup) -> Rewrite:
    def rewrite(name: Name, value: str) -> str | None:
        base = without_suffix(name)
        if lookup.is_sensitive(base) or secrets.looks_sensitive(name[1]) or lookup.is_sensitive(name):
            return _only_scheme(value)
        return secrets.redact(value)

    return rewrite


def _anonymous(lookup: Lookup, queues: Mapping[str, str]) -> Rewrite:
    masked = _masked(lookup)

    def rewrite(name: Name, value: str) -> str | None:
        if name == ("operators", "default_queue"):
            return queues.get(value)
        kept = masked(name, value)
        return kept if name in TELLS_NOTHING or _PLAIN.fullmatch(value.strip()) else None

    return rewrite


def _only_scheme(value: str) -> str:
    """Return a secret masked; of a URL its scheme is left, which says what kind of server it is."""
    scheme, found, _ = value.partition("://")
    return f"{scheme}://{secrets.MASK}" if found and scheme.replace("+", "").isalnum() else secrets.MASK


def _file(cfg: CfgFile, rewrite: Rewrite) -> dict[str, Any]:
    options = _options(cfg, rewrite)
    used = {section for section, *_ in options}
    sections = {section: line for section, line in cfg.sections.items() if section in used}
    return {"sections": sections, "options": options}


def _options(cfg: CfgFile, rewrite: Rewrite) -> list[list[Any]]:
    found = []
    for (section, option), entry in cfg.entries.items():
        value = rewrite((section, option), entry.raw)
        if value is not None:
            found.append([section, option, value, entry.first_line])
    return found


def _environment(lookup: Lookup, rewrite: Rewrite) -> dict[str, str]:
    names = {variable(name): name for name in lookup.catalog.all_names()}
    found = {}
    for given, value in sorted(lookup.sources.env.items()):
        if given.startswith(VARIABLE_PREFIX) and given not in lookup.sources.rewritten:
            section, _, option = given[len(VARIABLE_PREFIX) :].lower().partition("__")
            kept = rewrite(names.get(given, (section, option)), value)
            found.update({} if kept is None else {given: kept})
    return found


def settings_kept(kept: Mapping[str, Any], version: AirflowVersion, where: str) -> Settings:
    """Return the settings that `kept_settings` made JSON of; `where` is the file that they stand in.

    Raises KeyError, TypeError or ValueError where it is something else, SettingsError as load_settings.
    """
    cfg = None
    path = f"{where}: {kept['cfg_path']}"
    if kept["cfg"] is not None:
        cfg = read_cfg("\n".join(_lines(kept["cfg"])).encode(), path)
    env = {str(name): str(value) for name, value in kept["env"].items()}
    lookup = Lookup(version, catalog_of(version), str(kept["home"]), cfg, env, allow_commands=False)
    refusal = startup.start(lookup, home_is_given=True)
    return Settings(lookup, cfg_path=Path(path), refusal=refusal)


def _lines(cfg: Mapping[str, Any]) -> list[str]:
    """Return the lines of the file, each where it stood; others are empty."""
    at = dict(_placed(cfg))
    return [at.get(number, "") for number in range(1, max(at, default=0) + 1)]


def _placed(cfg: Mapping[str, Any]) -> Iterator[tuple[int, str]]:
    for section, line in cfg["sections"].items():
        yield int(line), f"[{section}]"
    for section, option, value, line in cfg["options"]:
        if section == "DEFAULT":
            # Its header is not counted among the sections; any line before it will do.
            yield max(int(line) - 1, 1), "[DEFAULT]"
        first, *more = str(value).split("\n")
        yield int(line), f"{option} = {first}"
        yield from ((int(line) + number, f"  {text.strip()}") for number, text in enumerate(more, start=1))
