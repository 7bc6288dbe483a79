"""What is read from a file does not depend on the files that were read before it."""

from __future__ import annotations

from itertools import permutations

import pytest

from airflow_tune.dags.reader import read_files

HEAD = "from airflow import DAG\nfrom airflow.operators.bash import BashOperator\n"
MAKES = "\nwith DAG({name}) as dag:\n    for name in {over}:\n        BashOperator(task_id=name)\n"


def dag(imports, name, over):
    return HEAD + imports + MAKES.format(name=name, over=over)


CIRCLE = {
    "one.py": "import two\nFIRST = ['one']\nBOTH = FIRST + getattr(two, 'SECOND', ['none'])\n",
    "two.py": "import one\nSECOND = ['two']\nBOTH = SECOND + getattr(one, 'FIRST', ['none'])\n",
    "a_dag.py": dag("import one\n", "'a'", "one.BOTH"),
    "b_dag.py": dag("import two\n", "'b'", "two.BOTH"),
    "c_dag.py": dag("import two\nimport one\n", "'c'", "[*one.BOTH, 'end']"),
}
REGISTRY = {
    "registry.py": "NAMES = ['base']\nMADE = {}\nclass Kind:\n    label = 'plain'\n    cached = None\n",
    "plugin.py": "import registry\nregistry.NAMES.append('plugin')\nregistry.MADE['x'] = 'made'\n",
    "other.py": "import registry\nregistry.NAMES += ['other']\nregistry.Kind.label = 'other'\n",
    "user.py": "import plugin\nimport registry\nALL = [*registry.NAMES, *registry.MADE.values()]\n",
    "a_dag.py": dag("import registry\n", "registry.Kind.label", "registry.NAMES"),
    "b_dag.py": dag("import registry, plugin\n", "'b'", "registry.NAMES"),
    "c_dag.py": dag("import other, user, registry\n", "registry.Kind.label", "[*registry.NAMES, 'c']"),
    "d_dag.py": dag("import user\n", "'d'", "user.ALL"),
}
CHANGED = {
    "settings.py": "ENV = None\nLIMITS = {'a': 1}\nclass Config:\n    names = ['x']\n    def ids(self):\n"
    "        return self.names\nconfig = Config()\nstream = (name for name in ['p', 'q'])\n",
    "a_dag.py": dag(
        "import os\nfrom settings import config, Config, stream\nif os.environ.get('X') == os.environ['Y']:\n"
        "    Config.names = ['y']\n    config.names.append('z')\nleft = list(stream)\n",
        "'a'",
        "[*config.ids(), *left]",
    ),
    "b_dag.py": dag("from settings import config, stream\n", "'b'", "[*config.ids(), *stream]"),
    "c_dag.py": dag(
        "import settings\nsettings.LIMITS.clear()\nsettings.ENV = 'dev'\n", "'c'", "[settings.ENV]"
    ),
    "d_dag.py": dag("import settings\n", "'d'", "[*settings.LIMITS, str(settings.ENV)]"),
}
DOUBTED = {
    "maybe.py": "import os\nclass Kept:\n    names = ['x']\nif os.environ.get('X'):\n    kept = Kept()\n",
    "a_dag.py": dag("from maybe import kept\nkept.names.append('a')\nkept.more = 'b'\n", "'a'", "kept.names"),
    "b_dag.py": dag("from maybe import kept, Kept\n", "'b'", "[*Kept.names, str(kept.more)]"),
}
EXTENDED = {
    "base_dag.py": HEAD + "dag = DAG('base')\nfirst = BashOperator(task_id='first', dag=dag)\n",
    "a_dag.py": HEAD + "from base_dag import dag, first\nfirst >> BashOperator(task_id='a', dag=dag)\n",
    "adds.py": HEAD + "from base_dag import dag\nBashOperator(task_id='adds', dag=dag)\n",
    "b_dag.py": HEAD + "import adds\nfrom base_dag import dag\n",
    "c_dag.py": HEAD + "from base_dag import dag, first\nfirst >> BashOperator(task_id='c', dag=dag)\n",
}


def shown(graph):
    told = [
        (str(one.dag_id), sorted(task.key for task in one.tasks), [str(why) for why in one.why_partial])
        for one in graph.dags
    ]
    return graph.file, told, str(graph.error)


@pytest.mark.parametrize(
    "files",
    [CIRCLE, REGISTRY, CHANGED, DOUBTED, EXTENDED],
    ids=["circle", "registry", "changed", "doubted", "dag"],
)
def test_every_order_reads_the_same_as_each_file_alone(tmp_path, files):
    folder = tmp_path / "dags"
    folder.mkdir()
    for name, source in files.items():
        (folder / name).write_text(source, encoding="utf-8")
    paths = sorted(folder.glob("*_dag.py"))
    alone = {shown(graph)[0]: shown(graph) for path in paths for graph in read_files([path])}
    for order in permutations(paths):
        for graph in read_files([*order, *order]):
            assert shown(graph) == alone[graph.file]


def tasks_of(tmp_path, files, name):
    folder = tmp_path / "dags"
    folder.mkdir()
    for one, source in files.items():
        (folder / one).write_text(source, encoding="utf-8")
    (graph,) = read_files([folder / name])
    return [task.key for one in graph.dags for task in one.tasks]


def test_a_circle_is_read_from_where_it_is_entered(tmp_path):
    assert tasks_of(tmp_path, CIRCLE, "a_dag.py") == ["one", "two"]


def test_what_a_module_does_in_another_is_done_where_it_is_imported(tmp_path):
    assert tasks_of(tmp_path, REGISTRY, "d_dag.py") == ["base", "plugin", "made"]


def test_a_dag_that_two_modules_build_is_whole(tmp_path):
    assert tasks_of(tmp_path, EXTENDED, "b_dag.py") == ["first", "adds"]
