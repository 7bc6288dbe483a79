"""The places where an option's value may be found, in the order in which Airflow looks.

The order is that of `AirflowConfigParser.get` (2.x `configuration.py`, 3.x
`_shared/configuration/parser.py:_lookup_sequence`): environment under the new name and then the old
one, file under the new or else the old one, `_cmd` options, `_secret` options. Defaults come after.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from airflow_tune.errors import SettingsError
from airflow_tune.origins import Origin, OriginKind
from airflow_tune.settings import command
from airflow_tune.settings.catalog import Catalog, Name
from airflow_tune.settings.cfg_file import CfgFile
from airflow_tune.settings.expansion import expand

VARIABLE_PREFIX = "AIRFLOW__"
# Such as my_package.my-module.Backend.
_IMPORT_PATH = re.compile(r"[^\W\d][\w-]*(\.[^\W\d][\w-]*)+")
_BACKEND_KWARGS = ("secrets", "backend_kwargs")


class Candidate(NamedTuple):
    """One place. `read` returns None where Airflow looks on, and raises SettingsError where it fails.

    `is_hidden` says that the value exists but must not be read.
    """

    name: Name
    origin: Origin
    read: Callable[[], str | None]
    is_hidden: bool = False


def _refuse(trouble: str) -> None:
    raise SettingsError(f"it would come from the secrets backend, but {trouble}")


def _unreadable(error: SettingsError) -> str:
    return f"secrets.backend_kwargs cannot be read: {error.tried}"


def variable(name: Name, team: str | None = None) -> str:
    """Return the environment variable of an option, such as AIRFLOW__CORE__PARALLELISM."""
    section, option = name
    team_part = f"{team.upper()}___" if team else ""
    return f"{VARIABLE_PREFIX}{team_part}{section.replace('.', '_').upper()}__{option.upper()}"


@dataclass(slots=True)
class Sources:
    """Environment, file and commands of one Airflow.

    `rewritten` maps variables that Airflow itself sets at its start to the origin of what it put in
    them, `printed` commands that were run to what they printed. `backend` returns the
    import path of the secrets backend, None where there is none to ask, empty where that cannot be read.
    """

    catalog: Catalog
    env: dict[str, str]
    cfg: CfgFile | None
    allow_commands: bool
    backend: Callable[[], str | None]
    rewritten: dict[str, Origin] = field(default_factory=dict)
    printed: dict[str, str] = field(default_factory=dict)

    def candidates(self, name: Name, old: Name | None, team: str | None) -> Iterator[Candidate]:
        """Yield every place that gives the option a value, from the strongest on."""
        names = (name, old) if old else (name,)
        for each in names:
            yield from self._in_environment(each, team if self.catalog.team_variables else None)
        in_team_section = bool(team) and self.catalog.team_sections
        yield from self._in_file((f"{team}={name[0]}", name[1]) if in_team_section else name)
        if old:
            yield from self._in_file(old)
        if not in_team_section:
            for indirect in (self._by_command, self._by_backend):
                for each in names:
                    yield from indirect(each)

    def _in_environment(self, name: Name, team: str | None) -> Iterator[Candidate]:
        """Yield the variable of one name, else its _CMD, else its _SECRET: Airflow takes just one."""
        plain = variable(name, team)
        is_sensitive = name in self.catalog.sensitive
        if plain in self.env:
            origin = self.rewritten.get(plain, Origin(OriginKind.ENVIRONMENT, plain))
            yield Candidate(name, origin, lambda: expand(self.env[plain], self.env))
        elif f"{plain}_CMD" in self.env and is_sensitive:
            origin = Origin(OriginKind.COMMAND, f"{plain}_CMD")
            yield self._command(name, origin, lambda: self.env[f"{plain}_CMD"])
        elif f"{plain}_SECRET" in self.env and is_sensitive and self.backend() is not None:
            yield self._secret(name, Origin(OriginKind.COMMAND, f"{plain}_SECRET (secrets backend)"))

    def _in_file(self, name: Name) -> Iterator[Candidate]:
        cfg = self.cfg
        if cfg and cfg.has(*name):
            origin = self._origin(cfg, name, OriginKind.FILE)
            yield Candidate(name, origin, lambda: expand(cfg.value(*name), self.env))

    def _by_command(self, name: Name) -> Iterator[Candidate]:
        cfg, asked = self.cfg, (name[0], f"{name[1]}_cmd")
        if cfg and name in self.catalog.sensitive and cfg.has(*asked):
            origin = self._origin(cfg, asked, OriginKind.COMMAND)
            found = self._command(name, origin, lambda: cfg.value(*asked))
            # Unlike in the environment, Airflow looks on where a command of the file prints nothing.
            yield Candidate(name, origin, lambda: found.read() or None, found.is_hidden)

    def _by_backend(self, name: Name) -> Iterator[Candidate]:
        cfg, asked = self.cfg, (name[0], f"{name[1]}_secret")
        if cfg and name in self.catalog.sensitive and cfg.has(*asked) and self.backend() is not None:
            place = self._origin(cfg, asked, OriginKind.COMMAND)
            yield self._secret(name, Origin(place.kind, f"{place.where} (secrets backend)", place.line))

    def _command(self, name: Name, origin: Origin, text: Callable[[], str]) -> Candidate:
        if not self.allow_commands:
            return Candidate(name, origin, lambda: None, is_hidden=True)
        return Candidate(name, origin, lambda: self._printed(text()))

    def _printed(self, line: str) -> str:
        """Run each command once, however often its option is asked for."""
        if line not in self.printed:
            self.printed[line] = command.run(line, self.env)
        return self.printed[line]

    def _secret(self, name: Name, origin: Origin) -> Candidate:
        trouble = self._own_trouble() if name == _BACKEND_KWARGS else self.backend_trouble()
        if trouble:
            return Candidate(name, origin, lambda: _refuse(trouble))
        return Candidate(name, origin, lambda: None, is_hidden=True)

    def backend_trouble(self) -> str:
        """Return why the secrets backend that is set cannot be asked, or ""."""
        trouble = self._path_trouble()
        if trouble:
            return trouble
        place = None
        try:
            for place in self.candidates(_BACKEND_KWARGS, None, None):
                if place.is_hidden or place.read() is not None:
                    return ""
        except command.FailedError:
            # Airflow then makes the backend without arguments.
            return ""
        except command.UnrunnableError as error:
            in_file = place is not None and place.origin.line is not None
            return "" if in_file and self.catalog.expects_unrunnable_commands else _unreadable(error)
        except SettingsError as error:
            return _unreadable(error)
        return ""

    def _path_trouble(self) -> str:
        is_path = _IMPORT_PATH.fullmatch(self.backend() or "")
        return "" if is_path else "the secrets backend is no import path"

    def _own_trouble(self) -> str:
        own = "the secrets backend needs it to start" if self.catalog.refuses_own_backend else ""
        return self._path_trouble() or own

    @staticmethod
    def _origin(cfg: CfgFile, name: Name, kind: OriginKind) -> Origin:
        entry = cfg.entry(*name)
        return Origin(kind, cfg.where, entry.first_line if entry else None)
