"""What each fix makes of a source: the lines that it is about, before and after; comments and the rest stay."""

from __future__ import annotations

import ast

import pytest

from airflow_tune.lint.check import check
from airflow_tune.lint.edit import apply_fixes
from airflow_tune.lint.rules import RULES

TASK = "from airflow.decorators import task\n"
DAG = "from airflow import DAG\nfrom airflow.operators.empty import EmptyOperator\n"


def mended(subject, code, text):
    """Return a text after the fixes of one rule; the text has to be Python before and after."""
    ast.parse(text)
    rules = [rule for rule in RULES if rule.code == code]
    fixes = [one.fix for one in check(subject(text), rules) if one.code == code and one.fix]
    done = apply_fixes(text, fixes).text
    ast.parse(done)
    return done


CASES = {
    "heavy import": (
        "AFT104",
        "import pandas as pd\n" + TASK + '\n@task\ndef load():\n    """Load."""\n    return pd.DataFrame()\n',
        TASK + '\n@task\ndef load():\n    """Load."""\n    import pandas as pd\n    return pd.DataFrame()\n',
    ),
    "implied edge": (
        "AFT202",
        DAG
        + 'with DAG("d"):\n    a, b, c = (EmptyOperator(task_id=x) for x in "abc")\n    a >> b >> c\n    a >> c\n',
        DAG + 'with DAG("d"):\n    a, b, c = (EmptyOperator(task_id=x) for x in "abc")\n    a >> b >> c\n',
    ),
    "argument of the DAG in a dict of several lines": (
        "AFT308",
        DAG + 'ARGS = {\n    "retries": 1,\n    "catchup": False,  \n}\nd = DAG("d", default_args=ARGS)\n',
        DAG + 'ARGS = {\n    "retries": 1,\n}\nd = DAG("d", default_args=ARGS, catchup=False)\n',
    ),
    "last argument of the DAG in a dict of one line": (
        "AFT308",
        DAG + 'd = DAG("d", default_args={"retries": 1, "catchup": False})\n',
        DAG + 'd = DAG("d", default_args={"retries": 1}, catchup=False)\n',
    ),
    "decorated task": (
        "AFT613",
        TASK + "from airflow import DAG\n\n@task.virtualenv\ndef a():\n    ...\n\nwith DAG('d'):\n    a()\n",
        TASK
        + 'from airflow import DAG\n\n@task.virtualenv(venv_cache_path="/var/tmp/airflow-venvs")\ndef a():\n'
        "    ...\n\nwith DAG('d'):\n    a()\n",
    ),
    "decorated dag": (
        "AFT309",
        'from datetime import timedelta\nfrom airflow.decorators import dag\n\n@dag(schedule="@daily")\ndef d():\n'
        "    pass\n\nd()\n",
        'from datetime import timedelta\nfrom airflow.decorators import dag\n\n@dag(schedule="@daily", '
        "dagrun_timeout=timedelta(days=1))\ndef d():\n    pass\n\nd()\n",
    ),
    "connection opened and closed in a loop": (
        "AFT501",
        "import psycopg2\n" + TASK + "\n@task\ndef f(rows):\n    for row in rows:\n"
        '        conn = psycopg2.connect("x")\n        conn.cursor().execute("SELECT %s", row)\n'
        "        conn.close()\n    return 1\n",
        "import psycopg2\n"
        + TASK
        + '\n@task\ndef f(rows):\n    conn = psycopg2.connect("x")\n    for row in rows:\n'
        '        conn.cursor().execute("SELECT %s", row)\n    conn.close()\n    return 1\n',
    ),
    "commit of each row": (
        "AFT503",
        "import psycopg2\n"
        + TASK
        + '\n@task\ndef f(rows):\n    conn = psycopg2.connect("x")\n    cur = conn.cursor()\n'
        '    for row in rows:\n        cur.execute("INSERT INTO t VALUES (%s)", row)\n        conn.commit()\n',
        "import psycopg2\n"
        + TASK
        + '\n@task\ndef f(rows):\n    conn = psycopg2.connect("x")\n    cur = conn.cursor()\n'
        '    for row in rows:\n        cur.execute("INSERT INTO t VALUES (%s)", row)\n    conn.commit()\n',
    ),
    "all rows": (
        "AFT507",
        "import psycopg2\n"
        + TASK
        + '\n@task\ndef f():\n    conn = psycopg2.connect("x")\n    cur = conn.cursor()\n'
        '    cur.execute("SELECT a FROM t")\n    for row in cur.fetchall():\n        print(row)\n',
        "import psycopg2\n"
        + TASK
        + '\n@task\ndef f():\n    conn = psycopg2.connect("x")\n    cur = conn.cursor()\n'
        '    cur.execute("SELECT a FROM t")\n    for row in cur:\n        print(row)\n',
    ),
    "all lines": (
        "AFT601",
        TASK + "\n@task\ndef f(path):\n    with open(path) as file:\n        for line in file.readlines():\n"
        "            print(line)\n",
        TASK
        + "\n@task\ndef f(path):\n    with open(path) as file:\n        for line in file:\n            print(line)\n",
    ),
    "cache without a bound": (
        "AFT604",
        "from functools import lru_cache\n"
        + TASK
        + "\n@lru_cache(maxsize=None)\ndef look(x):\n    return x\n",
        "from functools import lru_cache\n"
        + TASK
        + "\n@lru_cache(maxsize=1024)\ndef look(x):\n    return x\n",
    ),
    "cache without a bound, by its short name": (
        "AFT604",
        "import functools\n" + TASK + "\n@functools.cache\ndef look(x):\n    return x\n",
        "import functools\n" + TASK + "\n@functools.lru_cache(maxsize=1024)\ndef look(x):\n    return x\n",
    ),
    "pool as large as the host": (
        "AFT605",
        "import os\nfrom multiprocessing import Pool, cpu_count\n" + TASK + "\n@task\ndef f(x):\n"
        "    with Pool(cpu_count()) as pool:\n        pool.map(abs, x)\n",
        "import os\nfrom multiprocessing import Pool, cpu_count\n"
        + TASK
        + "\n@task\ndef f(x):\n    with Pool(max(1, "
        'len(os.sched_getaffinity(0)) // int(os.environ.get("AIRFLOW__CELERY__WORKER_CONCURRENCY", "16")))) as pool:\n'
        "        pool.map(abs, x)\n",
    ),
    "temporary folder": (
        "AFT608",
        "import tempfile\n" + TASK + '\n@task\ndef f():\n    folder = tempfile.mkdtemp(prefix="x")\n'
        '    text = """\n  kept\n"""\n\n    with open(folder + "/a", "w") as file:\n        file.write(text)\n',
        "import tempfile\n"
        + TASK
        + '\n@task\ndef f():\n    with tempfile.TemporaryDirectory(prefix="x") as folder:\n'
        '        text = """\n  kept\n"""\n\n        with open(folder + "/a", "w") as file:\n            file.write(text)\n',
    ),
    "connection left open": (
        "AFT610",
        "import psycopg2\n"
        + TASK
        + '\n@task\ndef f():\n    conn = psycopg2.connect("x")\n    cur = conn.cursor()\n'
        '    cur.execute("SELECT 1")  # one\n',
        "import psycopg2\n" + TASK + "from contextlib import closing\n\n@task\ndef f():\n"
        '    with closing(psycopg2.connect("x")) as conn:\n        cur = conn.cursor()\n'
        '        cur.execute("SELECT 1")  # one\n',
    ),
    "no buffer": (
        "AFT611",
        TASK + '\n@task\ndef f():\n    with open("x", "wb", buffering=0) as file:\n        file.write(b"")\n',
        TASK
        + '\n@task\ndef f():\n    with open("x", "wb", buffering=-1) as file:\n        file.write(b"")\n',
    ),
    "flush of each item": (
        "AFT611",
        TASK + '\n@task\ndef f(rows):\n    with open("x", "w") as file:\n        for row in rows:\n'
        "            file.write(row)\n            file.flush()\n",
        TASK + '\n@task\ndef f(rows):\n    with open("x", "w") as file:\n        for row in rows:\n'
        "            file.write(row)\n",
    ),
    "pushed in vain": (
        "AFT807",
        DAG + "from airflow.operators.python import PythonOperator\n\ndef f(ti):\n    x = 1\n"
        '    ti.xcom_push(key="lone", value=x)\n    print(x)\n\nwith DAG("d"):\n'
        '    PythonOperator(task_id="a", python_callable=f)\n',
        DAG + "from airflow.operators.python import PythonOperator\n\ndef f(ti):\n    x = 1\n"
        '    print(x)\n\nwith DAG("d"):\n    PythonOperator(task_id="a", python_callable=f)\n',
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_fix_changes_what_it_is_about_and_nothing_else(subject, case):
    code, before, after = CASES[case]
    assert mended(subject, code, before) == after
    assert mended(subject, code, after) == after


@pytest.mark.parametrize(
    ("code", "text"),
    [
        # The annotation needs the name when the function is defined.
        (
            "AFT104",
            "import pandas as pd\n" + TASK + "\n@task\ndef f(x: pd.DataFrame):\n    return pd.concat(x)\n",
        ),
        # The name is used behind the block in which it is bound.
        (
            "AFT610",
            "import psycopg2\n"
            + TASK
            + '\n@task\ndef f(x):\n    if x:\n        conn = psycopg2.connect("x")\n'
            "        print(1)\n    conn.cursor()\n",
        ),
        # A comment would lose its statement.
        (
            "AFT503",
            "import psycopg2\n" + TASK + '\n@task\ndef f(rows):\n    conn = psycopg2.connect("x")\n'
            '    cur = conn.cursor()\n    for row in rows:\n        cur.execute("INSERT INTO t VALUES (1)", row)\n'
            "        conn.commit()  # each\n",
        ),
        # Another DAG uses the same default_args.
        (
            "AFT308",
            DAG
            + 'ARGS = {"catchup": False}\nd = DAG("d", default_args=ARGS)\ne = DAG("e", default_args=ARGS)\n',
        ),
    ],
)
def test_where_no_edit_is_sure_there_is_none(subject, code, text):
    assert mended(subject, code, text) == text
