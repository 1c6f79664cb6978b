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
import time
import unittest

from support import DOCTOR, ROOT, Lab, doctor

ACCOUNT, PLACEHOLDER = "111122223333", "123456789012"
WRITE_RUN = os.environ.get("WRITE_RUN", str(pathlib.Path(DOCTOR).parent / "verify_write_run"))
FOLDER = ROOT / "docs" / "iam"
EXHAUSTIVE = bool(os.environ.get("EXHAUSTIVE"))  # script/soak: every action in every scenario
# Service names of the CLI that are not IAM's prefix.
PREFIXES = {"elbv2": "elasticloadbalancing", "service-quotas": "servicequotas", "accessanalyzer": "access-analyzer"}
# What AWS asks besides the action that has the call's name.
INNER = {"access-analyzer:StartPolicyGeneration": ["iam:PassRole"], "ecs:RunTask": ["iam:PassRole", "ecs:TagResource"]}


def policy_of(*names):
    """The published policies, with the lab's account in place of the documented one."""
    statements = []
    for name in names:
        statements += json.loads((FOLDER / f"{name}.json").read_text().replace(PLACEHOLDER, ACCOUNT))["Statement"]
    for statement in statements:
        statement.pop("Sid")  # two files may have the same
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
    calls = {f"{PREFIXES.get(service, service)}:{operation}"
             for service, operation in re.findall(r"^aws: [A-Z]+ \S+ (\S+) (\w+) \d+ attempt", stderr, re.M)}
    return calls.union(*(INNER.get(call, ()) for call in calls))


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


def run_without(scenario, policy, arguments, *actions, flags=()):
    with Callers(scenario, {"less": without(policy, *actions)}, *flags) as callers:
        return callers.run("less", *arguments)


def in_threads(function, items, workers=12):
    with concurrent.futures.ThreadPoolExecutor(workers) as pool:
        return list(pool.map(function, items))


class Reading(unittest.TestCase):
    maxDiff = None

    def check(self, command, policy, runs, unreached=(), verdict=lambda answer: None, together=None, codes=(3, 4), flags=()):
        """`runs`: [(scenario, arguments)]. Each action is taken away in the first run that asks for it.

        `unreached`: the actions that no run misses; None: those are another test's. `codes`: exit codes of a run that misses one.
        `together`: {action: others} that are asked for only where others are refused.
        """
        began, reached = time.monotonic(), set()
        others = together or {}

        def under_the_policy(run):
            with Callers(run[0], {"full": policy}, *flags) as callers:
                return callers.run("full", *run[1], "--debug"), callers.run("lab", *run[1])

        tried = []
        for (scenario, arguments), (full, free) in zip(runs, in_threads(under_the_policy, runs)):
            self.assertEqual((full.code, verdict(full)), (free.code, verdict(free)), f"{scenario}: {full.out}\n{full.err}")
            self.assertNotIn("assumed-role/full/lab is not authorized", full.out + full.err, scenario)
            called = asked(full.err)
            tried += [(scenario, arguments, action) for action in actions_of(policy)
                      if set(others.get(action, ["-"])) <= called or action in called and (EXHAUSTIVE or action not in {a for _, _, a in tried})]
        answers = in_threads(lambda one: run_without(one[0], policy, one[1], one[2], *others.get(one[2], ()), flags=flags), tried)
        for (scenario, _, action), answer in zip(tried, answers):
            with self.subTest(command=command, scenario=scenario, without=action):
                if action in others and action not in answer.out + answer.err:
                    continue  # not asked for in this run
                self.assertIn(action, answer.out + answer.err)
                self.assertIn(answer.code, codes, answer.out + answer.err)
                reached.add(action)
        if unreached is not None:
            self.assertEqual(sorted(set(actions_of(policy)) - reached), sorted(unreached), "actions that no scenario misses")
        print(f"\n{command}: {len(reached)} (command, action) pairs in {2 * len(runs) + len(tried)} runs, {time.monotonic() - began:.1f} s", flush=True)
