"""Airflow itself reads what was written: the changed options changed, all others stayed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.metadata import version

import pytest

from airflow_tune.apply.change import Change
from airflow_tune.apply.document import CfgDocument
from airflow_tune.apply.plan import plan_write
from airflow_tune.apply.write import write_atomically
from airflow_tune.errors import ApplyError
from airflow_tune.findings import Confidence, Recommendation, Risk
from airflow_tune.origins import Origin, OriginKind
from airflow_tune.settings import load_settings
from airflow_tune.versions import AirflowVersion

pytestmark = pytest.mark.airflow

# What Airflow makes of each cfg: every option of file and defaults as `conf.get` gives it, or its refusal.
READ = """
import json, sys
from airflow import configuration
from airflow.providers_manager import ProvidersManager
ProvidersManager().initialize_providers_configuration()

def answers(cfg, more):
    configuration.AIRFLOW_CONFIG = cfg
    conf = configuration.initialize_config()
    conf.load_providers_configuration()
    contents = conf.as_dict(display_sensitive=True, raw=True)
    names = {(section, option) for section, options in contents.items() for option in options}
    for section, option in names | {tuple(name) for name in more}:
        if option == option.lower():
            try:
                yield f"{section}.{option}", conf.get(section, option, fallback=None)
            except Exception as error:
                yield f"{section}.{option}", type(error).__name__

found = []
for cfg in sys.argv[2:]:
    try:
        found.append(dict(answers(cfg, json.loads(sys.argv[1]))))
    except Exception as error:
        found.append(type(error).__name__)
print("\\x1e" + json.dumps(found))
"""

VALUES = {
    ("core", "parallelism"): "17",
    ("core", "max_active_tasks_per_dag"): "9",
    ("scheduler", "max_tis_per_query"): "65",
    ("database", "sql_alchemy_pool_size"): "7",
    ("celery", "worker_concurrency"): "11",
    ("celery", "extra_celery_config"): '{"worker_max_tasks_per_child": 100}',
    ("celery_broker_transport_options", "visibility_timeout"): "7200",
    ("kubernetes_executor", "worker_pods_creation_batch_size"): "8",
    ("logging", "simple_log_format"): "%(message)s # 100%",
}
CHANGES = [Change(*name, value, "a reason with 5% and ; signs") for name, value in VALUES.items()]


def environment(home, **more):
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW")},
        "AIRFLOW_HOME": str(home),
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        "PYTHONWARNINGS": "ignore",
        **more,
    }


def airflow_reads(*cfgs, **more):
    """Return what Airflow reads from each file: a value by name, or the name of its error."""
    ran = subprocess.run(
        [sys.executable, "-c", READ, json.dumps([*VALUES]), *cfgs],
        check=True, capture_output=True, text=True, env=environment(cfgs[0].parent, **more),
    )  # fmt: skip
    return json.loads(ran.stdout.split("\x1e")[1])


def without_generated(found):
    """Return what does not differ between any two processes: some secrets are made anew by each."""
    return {
        name: value
        for name, value in found.items()
        if not name.endswith(("secret_key", "jwt_secret", "fernet_key"))
    }


def must_read_back(folder, *contents):
    """Assert that each file is read with all changes and nothing else changed."""
    originals, written = [], []
    for number, data in enumerate(contents):
        originals.append(folder / f"{number}.cfg")
        written.append(folder / f"{number}-written.cfg")
        originals[-1].write_bytes(data)
        written[-1].write_bytes(data)
        after = CfgDocument.parse(data, str(written[-1])).edited(CHANGES)
        write_atomically(written[-1], after, expected=data)
    found = airflow_reads(*originals, *written)
    changed = {".".join(name): value for name, value in VALUES.items()}
    for before, after in zip(found[: len(contents)], found[len(contents) :], strict=True):
        assert len(before) > 100
        assert without_generated(after) == without_generated(before) | changed


@pytest.fixture(scope="module")
def generated(tmp_path_factory):
    """Return the cfg that Airflow writes where there is none, with all its defaults."""
    home = tmp_path_factory.mktemp("home")
    subprocess.run(
        [sys.executable, "-m", "airflow", "config", "list"],
        check=True, capture_output=True, env=environment(home),
    )  # fmt: skip
    return (home / "airflow.cfg").read_bytes()


def test_the_generated_cfg_is_read_back(generated, tmp_path):
    assert len(generated.splitlines()) > 1000
    must_read_back(tmp_path, generated)


def test_a_cfg_of_commented_defaults_is_read_back(tmp_path):
    ran = subprocess.run(
        [sys.executable, "-m", "airflow", "config", "list", "--defaults"],
        check=True, capture_output=True, env=environment(tmp_path),
    )  # fmt: skip
    assert b"# parallelism =" in ran.stdout
    must_read_back(tmp_path, ran.stdout)


def test_hand_written_cfgs_are_read_back(tmp_path):
    must_read_back(
        tmp_path,
        b"",
        b"# nothing but a comment",
        b"[core]\r\nparallelism : 32  \r\n\r\n# mine\r\n[celery]\r\nextra_celery_config =\r\n  {\r\n  }\r\n",
        b"[logging]\rsimple_log_format = %%(asctime)s\r[core]\rPARALLELISM = 3\r",
        b"[core]\n\tparallelism=1\n\tdags_folder = ~/$NONE/dags\n[database]\n sql_alchemy_conn = sqlite:////x%%20y",
        "[core]\nparallelism = 5\nhostname_callable =\n  # größe\n  airflow.utils.net.getfqdn\n".encode(),
        b"[DEFAULT]\nparallelism = 4\n"
        + b"".join(b"[%s]\n" % section.encode() for section in sorted({section for section, _ in VALUES})),
    )


def test_what_is_refused_airflow_cannot_read_either(tmp_path):
    refused = {
        b"\xef\xbb\xbf[core]\nparallelism = 3\n": "MissingSectionHeaderError",
        b"[core]\nparallelism = 3\nparallelism = 4\n": "DuplicateOptionError",
        b"[core]\n[core]\n": "DuplicateSectionError",
        b"[core]\nparallelism\n": "ParsingError",
        b"parallelism = 3\n": "MissingSectionHeaderError",
        b"[core]\nparallelism = \xff\n": "UnicodeDecodeError",
    }
    files = []
    for number, text in enumerate(refused):
        with pytest.raises(ApplyError):
            CfgDocument.parse(text, "airflow.cfg")
        files.append(tmp_path / f"{number}.cfg")
        files[-1].write_bytes(text)
    assert airflow_reads(*files) == list(refused.values())


def recommended(option, value):
    origin = Origin(OriginKind.DEFAULT, "default")
    return Recommendation(option, "1", origin, value, "why", Risk("none"), Confidence.HIGH, "")


def test_what_a_plan_leaves_to_the_environment_works_there(tmp_path):
    cfg = tmp_path / "airflow.cfg"
    cfg.write_bytes(b"[core]\n")
    env = {"AIRFLOW__CORE__PARALLELISM": "3", "AIRFLOW__CORE__DAG_CONCURRENCY": "4"}
    settings = load_settings(version=AirflowVersion(version("apache-airflow")), home=tmp_path, env=env)
    advice = [recommended("core.parallelism", "17"), recommended("core.max_active_tasks_per_dag", "9")]
    plan = plan_write(cfg, cfg.read_bytes(), advice, settings)
    write_atomically(cfg, plan.rewrite.after, expected=plan.rewrite.before)

    lines = [one.remedy.removeprefix("set it there: ").split("=") for one in plan.elsewhere]
    before = airflow_reads(cfg, **env)[0]
    after = airflow_reads(cfg, **(env | dict(lines)))[0]
    assert before["core.parallelism"] == "3", "the file must not be trusted to win"
    assert (after["core.parallelism"], after["core.max_active_tasks_per_dag"]) == ("17", "9")


def test_an_old_name_in_the_file_is_changed_where_airflow_reads_it(tmp_path):
    cfg = tmp_path / "airflow.cfg"
    cfg.write_bytes(b"[core]\ndag_concurrency = 4\n")
    settings = load_settings(version=AirflowVersion(version("apache-airflow")), home=tmp_path, env={})
    advice = [recommended("core.max_active_tasks_per_dag", "9")]
    plan = plan_write(cfg, cfg.read_bytes(), advice, settings)
    write_atomically(cfg, plan.rewrite.after, expected=plan.rewrite.before)
    assert airflow_reads(cfg)[0]["core.max_active_tasks_per_dag"] == "9"
