"""Runs the program as a user would, and a lab for it to talk to."""

import json
import os
import pathlib
import re
import signal
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
DOCTOR = os.environ.get("DOCTOR", str(ROOT / "build" / "fargate-doctor"))
SCENARIOS = ROOT / "tests" / "scenarios"


def environment(**more):
    """Nothing of the machine's own AWS configuration leaks into a test."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")}
    env.update(AWS_CONFIG_FILE="/dev/null", AWS_SHARED_CREDENTIALS_FILE="/dev/null", AWS_EC2_METADATA_DISABLED="true", HOME="/nonexistent")
    env.update(more)
    return env


class Result:
    def __init__(self, process):
        self.code, self.out, self.err = process.returncode, process.stdout, process.stderr

    @property
    def json(self):
        return json.loads(self.out)


def doctor(*arguments, env=None, stdin="", timeout=120):
    return Result(subprocess.run([DOCTOR, *map(str, arguments)], env=env or environment(), input=stdin, capture_output=True, text=True,
                                 timeout=timeout))


class Lab:
    """with Lab("spot-zone-reclaimed", "--latency", "5ms") as lab: lab.doctor("diagnose", …)"""

    def __init__(self, scenario, *flags):
        self.process = subprocess.Popen([DOCTOR, "lab", "--scenario", scenario, "--port", "0", *flags], stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL, text=True, env=environment())
        line = self.process.stdout.readline()
        match = re.match(r"listening on (http://127\.0\.0\.1:\d+)$", line)
        if not match:
            self.stop()
            raise RuntimeError(f"the lab did not start: {line!r}")
        self.url = match[1]

    def env(self, **more):
        return environment(**{"AWS_ACCESS_KEY_ID": "lab", "AWS_SECRET_ACCESS_KEY": "lab", "AWS_REGION": "eu-west-1",
                              "AWS_ENDPOINT_URL": self.url, **more})

    def doctor(self, *arguments, **more):
        return doctor(*arguments, env=self.env(**more))

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=20)
        self.process.stdout.close()

    def __enter__(self):
        return self

    def __exit__(self, *ignored):
        self.stop()
