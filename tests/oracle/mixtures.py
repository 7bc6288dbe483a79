"""Random mixtures of environment, file, old names and junk, as nasty as users make them."""

from __future__ import annotations

import random

TEXTS = [
    "", " ", "7", " 7 ", "07", "-1", "0", "32.0", "1e3", "1_000", "٣", "nan", "inf", "0x10", "7 # note",
    "7 ; note", "7#note", "True", "true ", "FALSE", "t", "F", "1", "yes", "none", "None", "true # on",
    "# true", "tru", '"7"', "'7'", "abc", "a,b,c", "/opt/x", "~", "~/dags", "~root/x", "~nobodyatall/x",
    "a~b", "$ROOT/dags", "${ROOT}/x", "$NOPE/x", "${NOPE}", "$ROOTX", "${", "$", "$$ROOT", "$NEST",
    "$LOOP_A", "x$GROW", "{AIRFLOW_HOME}/x", "{{ ti.dag_id }}", "postgres://u:p@h/d",
    "postgres+psycopg2://u@h/d", "postgresql://u:p%40@h/d", "sqlite:////tmp/a.db", "http://[bad",
    "redis://:pa@h:1/0", "é ü ✓", "a=b", "a: b", "[x]", "x" * 400, "airflow.utils.net:getfqdn",
    "SequentialExecutor", "LocalExecutor", "team=CeleryExecutor;SequentialExecutor", "9" * 30, "1.5", "+3",
    "٣.٥", "Infinity", "1e400", "tree", "tree\n",
]  # fmt: skip
IN_FILE = [
    "%", "100%", "%%", "50%%", "%(parallelism)s", "%(nope)s", "%(a)s", "%(b)s", "%(__name__)s",
    "%%(asctime)s", "%(asctime)", "two\n  lines", "three\n\n  gap\n  lines", "x\n  # comment inside\n  y",
    "  padded  ", "%(zebra)s", "%(sql_alchemy_conn)s",
]  # fmt: skip
COMMANDS = [
    "echo secret", "printf plain", "true", "false", "no-such-command-here", "echo 'unclosed", "",
    "echo a b '#c'", "sh -c 'echo err >&2; exit 3'", "echo $HOME", "echo ~", "printf 'a\\n\\n'", "printf 7",
]  # fmt: skip
# What Airflow checks or rewrites at its start, so that it comes up often enough.
AT_START = {
    ("core", "executor"): ["SequentialExecutor", "x.SequentialExecutor,LocalExecutor", "CeleryExecutor"],
    ("core", "hostname_callable"): ["airflow.utils.net:getfqdn", "a:b:c", "socket.getfqdn"],
    ("core", "unit_test_mode"): ["False", "0", "f", "False # no", "True", "junk"],
    ("core", "airflow_home"): ["/moved", "~/moved", "$ROOT", ""],
    ("core", "default_task_weight_rule"): ["absolute", "Absolute", "", "downstream"],
    ("core", "dag_ignore_file_syntax"): ["glob", "regex"],
    ("core", "mp_start_method"): ["spawn", "thread"],
    ("logging", "logging_level"): ["INFO", "info", "WARN", "$LEVEL"],
    ("core", "logging_level"): ["DEBUG", "loud"],
    ("logging", "celery_logging_level"): ["", "INFO", "x"],
    ("logging", "log_filename_template"): ["{{ ti.dag_id }}/{{ ti.task_id }}/{{ ts }}/{{ try_number }}.log"],
    ("core", "log_filename_template"): ["{{ ti.dag_id }}/{{ ti.task_id }}/{{ ts }}/{{ try_number }}.log"],
    ("webserver", "navbar_color"): ["#007A87", "#007a87", "#007A87 "],
    ("webserver", "dag_default_view"): ["tree", "trees", "grid"],
    ("webserver", "config_file"): ["/etc/webserver_config.py", "%"],
    ("webserver", "analytical_tool"): ["matomo", "other", ""],
    ("email", "email_backend"): ["airflow.contrib.utils.sendgrid.send_email", "x"],
    ("api", "auth_backends"): ["", "airflow.api.auth.backend.deny_all", "airflow.api.auth.backend.basic_auth",
                               "airflow.api.auth.backend.default", "a,airflow.api.auth.backend.session"],
    ("api", "auth_backend"): ["airflow.api.auth.backend.deny_all", "airflow.api.auth.backend.basic_auth", ""],
    ("api", "grid_view_sorting_order"): ["topological", "x"],
    ("elasticsearch", "log_id_template"): ["{dag_id}-{task_id}-{execution_date}-{try_number}", "x"],
    ("database", "sql_alchemy_conn"): ["postgres://u:p@h/d", "postgres+psycopg2://u:p@h/d", "mysql://h/d", "http://[x",
                                       "", "$ROOT.db", "postgres:///d", "Postgres://h/d"],
    ("core", "sql_alchemy_conn"): ["postgres://old@h/d", "sqlite:///x", ""],
    ("secrets", "backend"): ["oracle_backend.Backend", "oracle_backend.Backend", ""],
    ("secrets", "backend_kwargs"): ["{}", "junk", '{"a": 1}'],
    ("webserver", "secret_key"): ["shh", ""],
    ("dag_processor", "file_parsing_sort_mode"): ["alphabetical", "newest"],
    ("scheduler", "file_parsing_sort_mode"): ["alphabetical", "newest"],
}  # fmt: skip
# What makes the whole file unreadable, or reads differently from what it looks like.
BROKEN = [
    "[core]\nparallelism = 1\n", "parallelism = 1\nparallelism = 2\n", "no separator here\n", "= 3\n",
    "[core\n", "\udcff\n",
]  # fmt: skip
ODD_LINES = [
    "# comment", "; comment", "", "   ", "#key = 1", "[empty section]", "[Core]\nparallelism = 3",
    "[core ]\nx = 1", "[team_a=celery]\nbroker_url = redis://team\nworker_concurrency = 3",
    "[DEFAULT]\nzebra = striped\nparallelism = 44", "[team_a=core]\nexecutor = LocalExecutor",
    "[my_plugin]\nanswer = 42\nroot = $ROOT\npercent = %",
]  # fmt: skip


class Mixer:
    """Makes mixtures out of the names that an Airflow knows, knew and never knew."""

    def __init__(self, known, old, sensitive, seed):
        self.random = random.Random(seed)  # noqa: S311 -- nothing here is secret
        self.known, self.old, self.sensitive = sorted(known), sorted(old), sorted(sensitive)

    def mixture(self, folder):
        env, names = self.environment(), []
        file = self.file() if self.random.random() < 0.93 else None
        cfg_dir = self.place(env, folder)
        team_names = self.team(env)
        if file is not None:
            names = [name for name in file[1] if name[0] == name[0].lower()]
        return {
            "env": env,
            "cfg": None if file is None else file[0],
            "folder": cfg_dir,
            "names": [*names, *(("my_plugin", option) for option in ("answer", "root", "percent"))],
            "team_names": team_names,
        }

    def name(self):
        pick = self.random.random()
        if pick < 0.12:
            return self.random.choice(sorted(AT_START))
        if pick < 0.5:
            return self.random.choice(self.known)
        if pick < 0.85:
            return self.random.choice(self.old)
        if pick < 0.95:
            return self.random.choice(self.sensitive)
        return self.random.choice(
            [("core", "nonsense"), ("nowhere", "x"), ("core", "parallelism_cmd"), ("a", "b__c")]
        )

    def value(self, name, more=()):
        if name in AT_START and self.random.random() < 0.8:
            return self.random.choice(AT_START[name])
        return self.random.choice([*TEXTS, *more])

    def indirect(self, name):
        """Return a name that may stand in for a secret, and what it says."""
        suffix = self.random.choice(["_cmd", "_cmd", "_secret"])
        text = self.random.choice(COMMANDS) if suffix == "_cmd" else "key/" + name[1]
        return (name[0], name[1] + suffix), text

    def environment(self):
        env = {
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "ROOT": "/root dir",
            "NEST": "$ROOT/$LEVEL",
            "LEVEL": "INFO",
        }
        env |= {"LOOP_A": "$LOOP_B", "LOOP_B": "$LOOP_A", "GROW": "x$GROW", "HOME": "/home/of"}
        if self.random.random() < 0.2:
            env["HOME"] = self.random.choice(["", "/", "/h/", "rel"])
        if self.random.random() < 0.1:
            del env["HOME"]
        for _ in range(self.random.choice([0, 2, 6, 15, 40])):
            self.set_variable(env)
        return env

    def set_variable(self, env):
        name = self.name()
        if self.random.random() < 0.15:
            name, text = self.indirect(self.random.choice(self.sensitive))
        else:
            text = self.value(name)
        variable = f"AIRFLOW__{name[0].replace('.', '_').upper()}__{name[1].upper()}"
        if self.random.random() < 0.05:
            variable = self.random.choice([variable.lower(), variable.replace("__", "_"), variable.title()])
        if variable and "\0" not in variable:
            env[variable] = text

    def file(self):
        sections, names = {}, []
        for _ in range(self.random.choice([0, 1, 5, 20, 60])):
            name = self.name()
            text = self.value(name, IN_FILE if self.random.random() < 0.5 else ())
            if self.random.random() < 0.12:
                name, text = self.indirect(self.random.choice(self.sensitive))
            if self.random.random() < 0.04:
                name = self.random.choice([(name[0], name[1].upper()), (name[0].upper(), name[1])])
            sections.setdefault(name[0], {})[name[1]] = text
            names.append(name)
        return self.written(sections), names

    def written(self, sections):
        blocks = [self.block(section, options) for section, options in sections.items()]
        odd = [line for line in ODD_LINES if self.random.random() < 0.15]
        blocks += [line for line in odd if line.partition("]")[0][1:] not in sections]
        self.random.shuffle(blocks)
        if self.random.random() < 0.06:
            blocks.insert(self.random.randint(0, len(blocks)), self.random.choice(BROKEN))
        text = "\n".join(blocks) + self.random.choice(["", "\n"])
        if self.random.random() < 0.1:
            text = text.replace("\n", self.random.choice(["\r\n", "\r"]))
        if self.random.random() < 0.01:
            text = "\ufeff" + text
        return text.encode("utf-8", "surrogateescape").decode("latin-1")

    def block(self, section, options):
        lines = [f"[{section}]"]
        for option, text in options.items():
            between = self.random.choice([" = ", "=", ": ", ":", "  =  "])
            # A value that runs over lines has to be indented; one that looks like a comment is one then.
            lines.append(f"{option}{between}" + text.replace("\n", "\n  "))
            if self.random.random() < 0.2:
                lines.append(self.random.choice(["# note", "; note", "", "  # indented note", "    "]))
        return "\n".join(lines)

    def place(self, env, folder):
        """Say where the file is in one of the ways that Airflow knows; return its folder."""
        pick = self.random.random()
        if pick < 0.4:
            env["AIRFLOW_HOME"] = folder
        elif pick < 0.6:
            env["AIRFLOW_HOME"] = self.random.choice(
                ["/srv/air flow", "~/af", "$ROOT/af/", "", "rel/dir", "/x//y/"]
            )
            env["AIRFLOW_CONFIG"] = f"{folder}/airflow.cfg"
        elif pick < 0.8:
            env["FOLDER"], env["AIRFLOW_CONFIG"] = folder, "${FOLDER}/airflow.cfg"
        elif pick < 0.9:
            env["AIRFLOW_HOME"], env["AIRFLOW_CONFIG"] = folder, "airflow.cfg"
        else:
            env["HOME"] = folder
            folder += "/airflow"
        return folder

    def team(self, env):
        names = [
            ("celery", "broker_url"),
            ("core", "executor"),
            ("celery", "worker_concurrency"),
            ("core", "parallelism"),
        ]
        for name in self.random.sample(names + self.old[:20], 4):
            if self.random.random() < 0.3:
                suffix = self.random.choice(["", "", "_CMD"])
                text = self.random.choice(COMMANDS) if suffix else self.value(name)
                env[f"AIRFLOW__TEAM_A___{name[0].upper()}__{name[1].upper()}{suffix}"] = text
        return [(*name, "team_a") for name in [*names, *self.random.sample(self.known, 10)]]
