"""The policies of docs/iam/, put in force: a command runs under its own, then with each action taken away.

An access key of the lab is a role with a policy of its own. Every run has a lab to itself, since CloudTrail's two LookupEvents a second are an
account's and would make them wait for each other; they mostly wait, so that a dozen run at once. What a run asks of AWS is seen with --debug, so that an
action is taken away just where it is missed.
"""

import concurrent.futures
import copy
import json
import os
import pathlib
import re
import tempfile

from support import DOCTOR, ROOT, Lab, doctor

ACCOUNT, PLACEHOLDER = "111122223333", "123456789012"
FOLDER = ROOT / "docs" / "iam"
EXHAUSTIVE = bool(os.environ.get("EXHAUSTIVE"))  # script/soak: every action in every scenario
# Service names of the CLI that are not IAM's prefix.
PREFIXES = {"elbv2": "elasticloadbalancing", "service-quotas": "servicequotas", "accessanalyzer": "access-analyzer"}


def policy_of(*names):
    """The published policies, with the lab's account in place of the documented one."""
    statements = []
    for name in names:
        statements += json.loads((FOLDER / f"{name}.json").read_text().replace(PLACEHOLDER, ACCOUNT))["Statement"]
    return {"Version": "2012-10-17", "Statement": statements}


def actions_of(policy):
    return sorted({action for statement in policy["Statement"] for action in statement["Action"]})


def without(policy, *actions):
    left = copy.deepcopy(policy)
    for statement in left["Statement"]:
        statement["Action"] = [one for one in statement["Action"] if one not in actions]
    left["Statement"] = [statement for statement in left["Statement"] if statement["Action"]]
    return left


def asked(stderr):
    """{"ecs:ListTasks", …} of the lines of --debug."""
    return {f"{PREFIXES.get(service, service)}:{operation}"
            for service, operation in re.findall(r"^aws: [A-Z]+ \S+ (\S+) (\w+) \d+ attempt", stderr, re.M)}


class Callers:
    """A lab whose access keys are roles: `policies` by key."""

    def __init__(self, scenario, policies, *flags):
        with tempfile.TemporaryDirectory() as folder:
            given = []
            for key, policy in policies.items():
                path = pathlib.Path(folder, f"{key}.json")
                path.write_text(json.dumps(policy))
                given += ["--caller-policy", f"{key}={path}"]
            self.lab = Lab(scenario, "--enforce-iam", *flags, *given)

    def run(self, key, *arguments):
        return self.lab.doctor(*arguments, AWS_ACCESS_KEY_ID=key)

    def __enter__(self):
        return self

    def __exit__(self, *ignored):
        self.lab.stop()


def run_without(scenario, policy, arguments, *actions):
    with Callers(scenario, {"less": without(policy, *actions)}) as callers:
        return callers.run("less", *arguments)


def in_threads(function, items, workers=12):
    with concurrent.futures.ThreadPoolExecutor(workers) as pool:
        return list(pool.map(function, items))


class Report:
    """What was tested, for the end of a test's output."""

    def __init__(self, command):
        self.command, self.pairs, self.runs = command, 0, 0

    def __str__(self):
        return f"{self.command}: {self.pairs} (command, action) pairs in {self.runs} runs"
