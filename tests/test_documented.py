"""What the command line offers, the documents tell; what they link to is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer

from airflow_tune.cli.main import application

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
PAGES = sorted(ROOT.glob("docs/*.md"))
TOLD = "\n".join(page.read_text(encoding="utf-8") for page in [README, *PAGES])
PROGRAM = "airflow-tune"


def walk(command, path):
    """Yield (path, command) of a command and all below it."""
    yield path, command
    for name, below in sorted(getattr(command, "commands", {}).items()):
        yield from walk(below, f"{path} {name}")


COMMANDS = dict(walk(typer.main.get_command(application()), PROGRAM))
LEAVES = {path: command for path, command in COMMANDS.items() if not hasattr(command, "commands")}
FLAGS = sorted(
    (path, flag)
    for path, command in COMMANDS.items()
    for parameter in command.params
    for flag in [*parameter.opts, *parameter.secondary_opts]
    if flag.startswith("--")
)


def told(words):
    return re.search(rf"(?<![\w-]){re.escape(words)}(?![\w-])", TOLD)


def links(page):
    """Yield each relative link of a page, without its anchor."""
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        if not re.match(r"[a-z]+:|#", target):
            yield target.partition("#")[0]


@pytest.mark.parametrize("path", sorted(LEAVES))
def test_every_command_is_told_of(path):
    assert told(path), f"neither README.md nor docs/ shows `{path}`"


@pytest.mark.parametrize(("path", "flag"), FLAGS)
def test_every_flag_is_told_of(path, flag):
    assert told(flag), f"neither README.md nor docs/ tells of {flag} of `{path}`"


@pytest.mark.parametrize("path", sorted(LEAVES))
def test_every_help_shows_an_example(path):
    shown = f"{LEAVES[path].help or ''}\n{LEAVES[path].epilog or ''}"
    assert f"{path} " in shown or shown.rstrip("` ").endswith(path), f"`{path} --help` shows no call of it"


@pytest.mark.parametrize(("path", "flag"), FLAGS)
def test_every_flag_says_what_it_does(path, flag):
    (parameter,) = (
        each for each in COMMANDS[path].params if flag in [*each.opts, *each.secondary_opts]
    )  # fmt: skip
    assert parameter.help


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_page_is_linked_from_the_readme(page):
    assert f"docs/{page.name}" in set(links(README))


@pytest.mark.parametrize("page", [README, ROOT / "CONTRIBUTING.md", *PAGES], ids=lambda page: page.name)
def test_every_link_leads_somewhere(page):
    assert [target for target in links(page) if not (page.parent / target).exists()] == []
