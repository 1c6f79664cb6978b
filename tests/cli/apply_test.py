"""plan, apply, rollback and runs from outside, against the lab."""

import json
import os
import pathlib
import subprocess
import tempfile
import unittest

from support import Lab, environment

SCENARIO, WHERE = "spot-zone-reclaimed", ("--cluster", "prod", "--service", "web")


class Apply(unittest.TestCase):
    flags = ("--speed", "600")  # a rollout takes a second

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.plan = pathlib.Path(self.folder.name, "plan.json")
        self.journal = pathlib.Path(self.folder.name, "state", "journal.db")
        self.lab = Lab(SCENARIO, *self.flags)
        self.addCleanup(self.lab.stop)
        made = self.run_doctor("plan", *WHERE, "--out", self.plan)
        self.assertEqual(made.code, 1, made.out + made.err)

    def run_doctor(self, *arguments):
        return self.lab.doctor(*arguments)

    def apply(self, *arguments, plan=None):
        return self.run_doctor("apply", plan or self.plan, "--journal", self.journal, "--accept-drift", *arguments)

    def rollback(self, *arguments):
        return self.run_doctor("rollback", "last", "--journal", self.journal, *arguments)

    def consent(self):
        plan = json.loads(self.plan.read_text())
        dependents = {(d["kind"], d["name"]) for radius in plan["blast_radius"] for d in radius["dependents"]}
        one_way = [flag for step in plan["steps"] if not step["reversible"] for flag in ("--allow-one-way", step["id"])]
        return ["--apply", "--yes", "--confirm", len(dependents), "--outside-window", *one_way]

    def aws(self, *arguments):
        done = subprocess.run(["/usr/bin/aws", *arguments], env={**self.lab.env(), "PATH": os.environ["PATH"]}, capture_output=True, text=True,
                              timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout or "{}")

    def service(self):
        service = self.aws("--endpoint-url", self.lab.url, "ecs", "describe-services", "--cluster", "prod", "--services", "web")["services"][0]
        for changing in ("deployments", "events", "runningCount", "pendingCount"):
            service.pop(changing, None)
        return service

    def test_a_dry_run_changes_nothing(self):
        before = self.service()
        result = self.apply()
        self.assertEqual(result.code, 1, result.out + result.err)
        self.assertIn("DRY RUN", result.out)
        self.assertIn("would change", result.out)
        self.assertEqual(self.service(), before)
        self.assertFalse(self.journal.exists())

    def test_is_refused_without_consent(self):
        before = self.service()
        result = self.apply("--apply")
        self.assertEqual(result.code, 2)
        self.assertRegex(result.err, "--yes|--confirm")
        self.assertEqual(self.service(), before)

    def test_applies_lists_and_takes_back(self):
        before = self.service()
        result = self.apply(*self.consent(), "--output", "json")
        self.assertEqual(result.code, 0, result.out + result.err)
        lines = [json.loads(line) for line in result.out.splitlines()]
        self.assertEqual(lines[-1]["schema"], "fargate-doctor/run/1")
        self.assertEqual(lines[-1]["result"], "done")
        self.assertEqual(lines[-1]["warnings"], [])
        self.assertEqual([line["what"] for line in lines[:-1]], ["done"] * len(json.loads(self.plan.read_text())["steps"]))
        self.assertNotEqual(self.service(), before)

        runs = self.run_doctor("runs", "--journal", self.journal, "--output", "json").json["runs"]
        self.assertEqual([run["state"] for run in runs], ["done"])
        self.assertEqual(runs[0]["run"], lines[-1]["run"])
        again = self.apply(*self.consent())
        self.assertEqual(again.code, 0, again.out + again.err)
        self.assertIn("nothing to do", again.out)
        self.assertEqual(self.apply("--resume", "last").code, 2, "a plan and a run are one too many")

        dry = self.rollback()
        self.assertEqual(dry.code, 1, dry.out + dry.err)
        back = self.rollback("--apply")
        self.assertEqual(back.code, 0, back.out + back.err)
        self.assertEqual(self.service(), before)
        metrics = self.aws("--endpoint-url", self.lab.url, "cloudwatch", "list-metrics", "--namespace", "FargateDoctor")["Metrics"]
        self.assertEqual({metric["MetricName"] for metric in metrics}, {"RemediationsApplied", "RemediationsTakenBack"})

    def test_a_stale_plan_is_refused_with_its_difference(self):
        self.aws("--endpoint-url", self.lab.url, "ecs", "update-service", "--cluster", "prod", "--service", "web", "--desired-count", "17")
        for flags in ((), self.consent()):
            result = self.apply(*flags)
            self.assertEqual(result.code, 2, result.out + result.err)
            self.assertRegex(result.out, r"/desiredCount: \d+ -> 17")

    def test_a_change_since_is_refused_with_all_three_states(self):
        self.assertEqual(self.apply(*self.consent()).code, 0)
        self.aws("--endpoint-url", self.lab.url, "ecs", "update-service", "--cluster", "prod", "--service", "web", "--desired-count", "17")
        changed = self.service()
        result = self.rollback("--apply")
        self.assertEqual(result.code, 2, result.out + result.err)
        self.assertRegex(result.out, r"/desiredCount: before \d+, ours \d+, theirs 17")
        self.assertEqual(self.service(), changed)

    def test_an_edited_plan_is_refused(self):
        plan = json.loads(self.plan.read_text())
        plan["steps"][0]["title"] = "Something else"
        self.plan.write_text(json.dumps(plan))
        result = self.apply()
        self.assertEqual(result.code, 2)
        self.assertIn("title", result.err)

    def test_a_bad_window_is_named(self):
        result = self.apply("--window", "Sat 02:00-04:00 Europe/Londinium")
        self.assertEqual(result.code, 2)
        self.assertIn("Europe/Londinium", result.err)

    def test_a_run_that_is_not_there_is_named(self):
        result = self.run_doctor("rollback", "r-20200101-000000-0000", "--journal", self.journal)
        self.assertEqual(result.code, 3)
        self.assertIn("r-20200101-000000-0000", result.err)


class ApplyThroughFaults(Apply):
    """Ends in done or in rolled back; whatever it says is what is."""

    flags = ("--speed", "600", "--faults", "throttle=5%,reset=4%,error500=4%,truncate=2%", "--seed", "3")

    def aws(self, *arguments):
        for _ in range(5):
            done = subprocess.run(["/usr/bin/aws", *arguments], env={**self.lab.env(), "PATH": os.environ["PATH"]}, capture_output=True,
                                  text=True, timeout=60)
            if done.returncode == 0:
                return json.loads(done.stdout or "{}")
        self.fail(done.stderr)

    def test_applies_lists_and_takes_back(self):
        before = self.service()
        result = self.apply(*self.consent())
        self.assertIn(result.code, (0, 5), result.out + result.err)
        if result.code == 0:
            self.assertEqual(self.apply().code, 0)
            back = self.rollback("--apply")
            self.assertEqual(back.code, 0, back.out + back.err)
        self.assertEqual(self.service(), before)

    # What is refused before anything is sent is the same with faults as without.
    test_a_dry_run_changes_nothing = test_is_refused_without_consent = test_a_stale_plan_is_refused_with_its_difference = None
    test_a_change_since_is_refused_with_all_three_states = test_an_edited_plan_is_refused = None
    test_a_bad_window_is_named = test_a_run_that_is_not_there_is_named = None


if __name__ == "__main__":
    unittest.main()
