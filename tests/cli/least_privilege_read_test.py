"""diagnose, snapshot, network and plan: each under the policy that docs/iam/ publishes for it, and with each action taken away.

A command that only reads goes on without what it may not read; it says so by the action's name, and exits with 4, or with 3 where nothing
is left to say.
"""

import json
import tempfile
import unittest

import least_privilege as lp
from support import doctor


def scenarios():
    return {row["name"]: row for row in doctor("lab", "--list", "--output", "json").json["scenarios"]}


def place_of(row):
    return ["--cluster", row["cluster"], *(["--service", row["service"]] if row["service"] else [])]


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


class Diagnose(lp.Reading):
    def test_runs_under_its_policy_and_names_each_action_that_is_taken_away(self):
        rows = scenarios()
        names = sorted(set(rows) - {"large"}) if lp.EXHAUSTIVE else DIAGNOSED
        runs = [(name, ["diagnose", *place_of(rows[name]), "--output", "json"]) for name in names]
        runs.append(("app-exit", ["diagnose", "--output", "json"]))  # finds clusters and services itself
        self.check("diagnose", lp.policy_of("diagnose"), runs, NO_SCENARIO, incidents_of, LONG_WAY)


class Snapshot(lp.Reading):
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


PLANNED = ["spot-zone-reclaimed", "eni-no-addresses", "exec-task-role-missing", "exec-no-path", "storage-image-layers", "capacity-spot-vcpu-quota"]
WITH_FIXES = {"storage-image-layers": ["slim_image", "alarm_on_ephemeral_storage"]}


class Plan(lp.Reading):
    def test_runs_under_its_policy_and_names_each_action_that_is_taken_away(self):
        rows = scenarios()
        runs = [(name, ["plan", *place_of(rows[name]), "--output", "json", *[f for fix in WITH_FIXES.get(name, []) for f in ("--fix", fix)]])
                for name in PLANNED]
        self.check("plan", lp.policy_of("diagnose", "plan"), runs, None, lambda answer: json.loads(answer.out)["steps"] if answer.out else None)


if __name__ == "__main__":
    unittest.main()
