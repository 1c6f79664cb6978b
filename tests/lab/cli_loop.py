#!/usr/bin/python3
"""The stock AWS CLI, started once: a JSON list of words a line in, {"returncode", "stdout", "stderr"} a line out.

Half of what a call of the CLI costs is its start, and a process of its own keeps its botocore apart from Debian's.
"""
import contextlib
import io
import json
import sys

import awscli.clidriver

for line in sys.stdin:
    out, errors = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(errors):
        code = awscli.clidriver.create_clidriver().main(json.loads(line))
    print(json.dumps({"returncode": code, "stdout": out.getvalue(), "stderr": errors.getvalue()}), flush=True)
