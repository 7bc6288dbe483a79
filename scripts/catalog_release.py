"""One release's options as Airflow itself would give them: types, defaults, secrets, old names."""

from __future__ import annotations

import ast
from configparser import ConfigParser
from typing import Any

import catalog_wheel as wheels

# What Airflow puts into a default when it starts. The home is known to us only when the catalog is
# used; a secret key is made anew by each process. The other keys are empty until a file is written.
PLACEHOLDERS = {
    "AIRFLOW_HOME": "{AIRFLOW_HOME}",
    "SECRET_KEY": "{SECRET_KEY}",
    "FERNET_KEY": "",
    "JWT_SECRET_KEY": "",
}

# From the strictest on.
TYPES = {"getboolean": "boolean", "getint": "integer", "getfloat": "float"}

Descriptions = dict[str, dict[str, Any]]


def describe(
    core: wheels.Wheel, providers: dict[str, wheels.Wheel], others: list[wheels.Wheel]
) -> dict[str, Any]:
    """Return the catalog of one release, ready to be written as JSON.

    `providers` maps the folder of a provider to its wheel, `others` hold code that reads options.
    """
    sources = wheels.parser_sources(core)
    described = _descriptions(core, providers)
    fallbacks = wheels.fallback_defaults(core)
    values = wheels.deprecated_values(sources)
    options = _options(described, fallbacks, _Rules("".join(sources)))
    readers = wheels.readers([core, *providers.values(), *others])
    _set_types(options, readers)
    _set_template(values, options)
    return {
        "options": options,
        "undocumented": sorted(f"{s}.{o}" for s, o in readers if o not in options.get(s, {})),
        "deprecated_options": _pairs(wheels.class_table(sources, "deprecated_options")),
        "many_to_one": _pairs_of_lists(wheels.class_table(sources, "many_to_one_deprecated_options")),
        "deprecated_sections": {
            new: list(old)
            for new, old in ast.literal_eval(wheels.class_table(sources, "deprecated_sections")).items()
        },
        "deprecated_values": values,
        "enums": wheels.enums(sources),
        "upgrades_auth_backends": "_upgrade_auth_backends" in sources[-1],
        # Where the backend is made outside of the try, its endless recursion into itself gets out.
        "refuses_own_backend": "secrets_client = get_custom_secret_backend()" in _before_try(sources[-1]),
        "expects_unrunnable_commands": "Cannot run the command" in "".join(sources),
        "moves_home_by_option": "def load_providers_configuration" in sources[-1],
        "team_variables": 'f"{team_name.upper()}___"' in "".join(sources),
        "team_sections": '"{team_name}={section}"' in "".join(sources) or "team_section_name" in sources[0],
    }


def _before_try(source: str) -> str:
    """Return the function that asks the secrets backend, up to its try."""
    return source.partition("def _get_config_value_from_secret_backend")[2].partition("try:")[0]


class _Rules:
    """What a release's own code does with descriptions, told by the code itself."""

    def __init__(self, source: str) -> None:
        self.drops_deprecated_defaults = '.get("version_deprecated")' in source
        self.keeps_bad_formats = "except (KeyError, ValueError):" in source
        self.guesses_secrets = 'option.endswith(("password", "secret"))' in source


def _descriptions(core: wheels.Wheel, providers: dict[str, wheels.Wheel]) -> Descriptions:
    """Return Airflow's descriptions, completed by the providers', which never override."""
    merged: Descriptions = {}
    parts = [wheels.option_descriptions(core)]
    parts += [wheels.provider_descriptions(wheel, folder) for folder, wheel in providers.items()]
    for part in parts:
        for section, content in part.items():
            options = merged.setdefault(section, {})
            for option, description in content["options"].items():
                options.setdefault(option, description)
    return merged


def _options(described: Descriptions, fallbacks: ConfigParser, rules: _Rules) -> dict[str, Any]:
    options: dict[str, dict[str, Any]] = {}
    for section, content in described.items():
        for option, description in content.items():
            guessed = rules.guesses_secrets and _is_guessed_secret(option, description, fallbacks, section)
            entry = _entry(section, option, description, rules)
            if guessed or description.get("sensitive") is True:
                entry["sensitive"] = True
            options.setdefault(section.lower(), {})[option.lower()] = entry
    _add_fallbacks(options, fallbacks, rules)
    return options


def _is_guessed_secret(option: str, description: dict[str, Any], cfg: ConfigParser, section: str) -> bool:
    named = option.endswith(("password", "secret"))
    return named and "sensitive" not in description and cfg.has_option(section, option)


def _entry(section: str, option: str, description: dict[str, Any], rules: _Rules) -> dict[str, Any]:
    entry: dict[str, Any] = {"type": description.get("type") or "string"}
    is_deprecated = bool(description.get("version_deprecated") or description.get("deprecation_reason"))
    if is_deprecated:
        entry["deprecated"] = True
    raw = description["default"]
    if raw is not None and not (rules.drops_deprecated_defaults and is_deprecated):
        entry["default"] = _default(section, option, str(raw), description, rules)
    return entry


def _default(section: str, option: str, raw: str, description: dict[str, Any], rules: _Rules) -> str:
    """Return what Airflow's parser of defaults would give: formatted, set, interpolated."""
    if not description.get("is_template", False):
        try:
            raw = raw.format(**PLACEHOLDERS)
        except (KeyError, ValueError):
            if not rules.keeps_bad_formats:
                raise
    parser = ConfigParser()
    parser.add_section(section)
    parser.set(section, option, raw)
    return parser.get(section, option)


def _add_fallbacks(options: dict[str, Any], fallbacks: ConfigParser, rules: _Rules) -> None:
    for section in fallbacks.sections():
        for option in fallbacks.options(section):
            default = fallbacks.get(section, option)
            if "$" in default or default.startswith("~"):
                # Old releases give these as they stand, new ones expand them.
                raise ValueError(f"the default of {section}.{option} differs by release: {default}")
            known = options.setdefault(section, {})
            if option not in known:
                guessed = rules.guesses_secrets and option.endswith(("password", "secret"))
                known[option] = {"type": "string", **({"sensitive": True} if guessed else {})}
            known[option].setdefault("default", default)


def _set_types(options: dict[str, Any], readers: dict[tuple[str, str], set[str]]) -> None:
    """Let the getters that read an option decide its type: config.yml calls many a number a string.

    Where two of them read it the stricter one decides; where plain `get` does, more than the type's
    values may be meant, and config.yml has its way.
    """
    for (section, option), getters in readers.items():
        entry = options.get(section, {}).get(option)
        if entry is None or "get" in getters:
            continue
        read_as = [type_ for getter, type_ in TYPES.items() if getter in getters]
        if read_as:
            entry["type"] = read_as[0]


def _set_template(values: dict[str, dict[str, list[str]]], options: dict[str, Any]) -> None:
    """Replace the stand-in for the present log template, as `AirflowConfigParser.__init__` does."""
    values["logging"]["log_filename_template"][1] = options["logging"]["log_filename_template"]["default"]


def _pairs(table: ast.expr) -> list[list[str]]:
    """Return [new section, new option, old section, old option, since] in Airflow's order."""
    return [[*new, *old] for new, old in ast.literal_eval(table).items()]


def _pairs_of_lists(table: ast.expr) -> list[list[str]]:
    return [[*new, *old] for new, olds in ast.literal_eval(table).items() for old in olds]
