"""diagnose, snapshot, network and plan: each under the policy that docs/iam/ publishes for it, and with each action taken away.

A command that only reads goes on without what it may not read; it says so by the action's name, and exits with 4, or with 3 where nothing
is left to say.
"""

import json
import tempfile
import pathlib
import time
import unittest

import least_privilege as lp
from support import Lab, doctor


def scenarios():
    return {row["name"]: row for row in doctor("lab", "--list", "--output", "json").json["scenarios"]}


def place_of(row):
    return ["--cluster", row["cluster"], *(["--service", row["service"]] if row["service"] else [])]


class Reading(unittest.TestCase):
    maxDiff = None

    def check(self, command, policy, runs, unreached=(), verdict=lambda answer: None, together=None):
        """`runs`: [(scenario, arguments)]. Each action is taken away in the first run that asks for it.

        `together`: {action: others} that are asked for only where others are refused.
        """
        began, report, reached = time.monotonic(), lp.Report(command), set()
        others = together or {}

        def under_the_policy(run):
            with lp.Callers(run[0], {"full": policy}) as callers:
                return callers.run("full", *run[1], "--debug"), callers.run("lab", *run[1])

        tried = []
        for (scenario, arguments), (full, free) in zip(runs, lp.in_threads(under_the_policy, runs)):
            self.assertEqual((full.code, verdict(full)), (free.code, verdict(free)), f"{scenario}: {full.out}\n{full.err}")
            self.assertNotIn("assumed-role/full/lab is not authorized", full.out + full.err, scenario)
            called = lp.asked(full.err)
            tried += [(scenario, arguments, action) for action in lp.actions_of(policy)
                      if action in others and scenario == LONG_WAY_IN or action in called and (lp.EXHAUSTIVE or action not in {a for _, _, a in tried})]
        answers = lp.in_threads(lambda one: lp.run_without(one[0], policy, one[1], one[2], *others.get(one[2], ())), tried)
        report.runs = 2 * len(runs) + len(tried)
        for (scenario, _, action), answer in zip(tried, answers):
            with self.subTest(command=command, scenario=scenario, without=action):
                if action in others and action not in answer.out + answer.err:
                    continue  # not asked for in this scenario
                self.assertIn(action, answer.out + answer.err)
                self.assertIn(answer.code, (3, 4), answer.out + answer.err)
                reached.add(action)
        report.pairs = len(reached)
        self.assertEqual(sorted(set(lp.actions_of(policy)) - reached), sorted(unreached), "actions that no scenario misses")
        print(f"\n{report}, {time.monotonic() - began:.1f} s", flush=True)


# Where each action is asked for first. Every incident needs the base of it; the others add what their family looks at.
DIAGNOSED = ["secrets-denied", "exec-task-role-missing", "eni-denied-by-scp", "image-too-large", "spot-health-event", "eni-no-addresses",
             "storage-application-writes"]
NO_SCENARIO = {  # of diagnose: why no scenario of the lab misses it
    "kms:DescribeKey": "no secret of the lab has a key of its own (docs/permissions.md: the secret's key)",
    "kms:GetKeyPolicy": "as kms:DescribeKey",
    "organizations:DescribeOrganizationalUnit": "the lab's account stands right below the root in every scenario",
}
# Asked for only where the short way up the organization is closed.
LONG_WAY = {"organizations:ListPolicies": ["organizations:ListParents"], "organizations:ListTargetsForPolicy": ["organizations:ListParents"]}
LONG_WAY_IN = "eni-denied-by-scp"


def incidents_of(answer):
    try:
        found = json.loads(answer.out)
    except ValueError:
        return None
    if "incidents" not in found:
        return None
    return ([(i["family"], i["resource"]["service"], i["causes"][0]["id"]) for i in found["incidents"]],
            sorted(m["evidence"] for m in found["missing"]))


class Diagnose(Reading):
    def test_runs_under_its_policy_and_names_each_action_that_is_taken_away(self):
        rows = scenarios()
        names = sorted(set(rows) - {"large"}) if lp.EXHAUSTIVE else DIAGNOSED
        runs = [(name, ["diagnose", *place_of(rows[name]), "--output", "json"]) for name in names]
        runs.append(("app-exit", ["diagnose", "--output", "json"]))  # finds clusters and services itself
        self.check("diagnose", lp.policy_of("diagnose"), runs, NO_SCENARIO, incidents_of, LONG_WAY)


class Snapshot(Reading):
    def test_runs_under_the_policy_of_diagnose(self):
        """The questions are those of diagnose; here that the refusals are named and the rest is written."""
        policy = lp.policy_of("diagnose")
        row = scenarios()["secrets-denied"]
        with lp.Callers("secrets-denied", {"full": policy}) as callers, tempfile.TemporaryDirectory() as folder:
            arguments = ["snapshot", *place_of(row), "--to"]
            full = callers.run("full", *arguments, f"{folder}/full", "--debug")
            self.assertEqual(full.code, 0, full.out + full.err)
            tried = sorted(lp.asked(full.err) & set(lp.actions_of(policy)))
            self.assertGreater(len(tried), 20)
            answers = lp.in_threads(lambda a: lp.run_without("secrets-denied", policy, [*arguments, f"{folder}/{a}"], a), tried)
            for action, answer in zip(tried, answers):
                with self.subTest(without=action):
                    self.assertIn(action, answer.out + answer.err)
                    self.assertIn(answer.code, (3, 4))
            print(f"\nsnapshot: {len(tried)} (command, action) pairs", flush=True)


class Plan(Reading):
    def test_names_each_action_that_is_taken_away(self):
        rows = scenarios()
        runs = [(name, ["plan", *place_of(rows[name]), "--output", "json"]) for name in PLANNED]
        own = lp.actions_of(lp.policy_of("plan"))
        policy = lp.policy_of("diagnose", "plan")
        self.check("plan", policy, runs, PLAN_UNREACHED, together={a: [] for a in own})


PLANNED = ["spot-zone-reclaimed", "eni-no-addresses", "exec-task-role-missing", "exec-no-path", "storage-application-writes",
           "capacity-vcpu-quota", "eni-denied-by-scp", "image-too-large", "elb-health"]
PLAN_UNREACHED = {}


class Network(Reading):
    def test_path_and_needs_name_each_action_that_is_taken_away(self):
        with Lab("exec-no-path") as lab:
            shown = lab.doctor("network", "needs", "--cluster", "prod", "--service", scenarios()["exec-no-path"]["service"], "--output", "json")
        runs = [("exec-no-path", ["network", "needs", "--cluster", "prod", "--service", scenarios()["exec-no-path"]["service"], "--output", "json"])]
        self.check("network needs", lp.policy_of("network"), runs, {}, lambda answer: answer.code)


if __name__ == "__main__":
    unittest.main()
