"""Which files changed since a commit, as git says."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from airflow_tune.errors import SourceError, UsageError

TIMEOUT_S = 60


def changed_since(ref: str, folder: Path) -> set[str]:
    """Return the real paths of files that differ from where this branch left `ref`, untracked ones included.

    Raises UsageError where `folder` is in no repository or `ref` names no commit, SourceError where git
    is not installed or gives no answer.
    """
    top = Path(ask(folder, "rev-parse", "--show-toplevel").strip())
    if ref.startswith("-"):
        raise no_commit(ref)
    try:
        base = ask(top, "merge-base", "--", ref, "HEAD").strip()
    except UsageError as error:
        raise no_commit(ref) from error
    listed = ask(top, "diff", "--name-only", "-z", "--diff-filter=d", base, "--")
    listed += ask(top, "ls-files", "--others", "--exclude-standard", "-z")
    return {os.path.realpath(top / name) for name in listed.split("\0") if name}


def no_commit(ref: str) -> UsageError:
    """Return the error for a name that git does not know."""
    return UsageError(
        f'git knows no commit "{ref}" that this branch comes from',
        where="--changed-since",
        remedy="name a branch or commit that was fetched, e.g. origin/main (in CI: fetch the history too)",
    )


def ask(folder: Path, *args: str) -> str:
    """Return what git prints; raises UsageError with its words where it refuses."""
    git = shutil.which("git")
    if git is None:
        raise SourceError(
            "git is not installed, so what changed is not known",
            where="--changed-since",
            remedy="install git, or lint without the flag",
        )
    try:
        done = subprocess.run([git, *args], cwd=folder, capture_output=True, timeout=TIMEOUT_S, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise SourceError(
            f"git gave no answer: {error}", where=str(folder), remedy="run git there by hand"
        ) from error
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().removeprefix("fatal: ")
        raise UsageError(
            f"git refused: {said}",
            where=str(folder),
            remedy="run in a git repository, or without --changed-since",
        )
    return os.fsdecode(done.stdout)
