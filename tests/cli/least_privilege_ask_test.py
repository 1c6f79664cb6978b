"""network, iam minimum and verify: each under the policy that docs/iam/ publishes for it, and with each action taken away."""

import json
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

import least_privilege as lp
from support import DOCTOR, Lab

WRITE_RUN = os.environ.get("WRITE_RUN", str(pathlib.Path(DOCTOR).parent / "verify_write_run"))
FAST = ("--speed", "60")


def interfaces():
    """Two interfaces of running tasks: the same seed gives every lab the same."""
    with Lab("quiet", "--enforce-iam", *FAST) as lab, tempfile.TemporaryDirectory() as folder:
        lab.doctor("network", "path", "--from", "eni-0", "--to", "eni-1", "--record", folder)
        found = next(pathlib.Path(folder).rglob("ec2.describe-network-interfaces.json"))
        return [i["NetworkInterfaceId"] for i in json.loads(found.read_text())["NetworkInterfaces"] if i["InterfaceType"] == "interface"][:2]


def a_task():
    with Lab("quiet", "--enforce-iam", *FAST) as lab:
        done = subprocess.run(["/usr/bin/aws", "--output", "json", "--endpoint-url", lab.url, "ecs", "list-tasks", "--cluster", "prod"], env=lab.env(),
                              capture_output=True, text=True, timeout=60)
        return json.loads(done.stdout)["taskArns"][0]


class Network(lp.Reading):
    # A refusal is always named; the verdict may be certain without it.
    codes = (0, 1, 3, 4)

    def test_needs_and_path(self):
        one, other = interfaces()
        needs = ["network", "needs", "--cluster", "prod", "--service", "web", "--output", "json"]
        path = ["network", "path", "--from", one, "--to", other, "--port", "443", "--output", "json"]
        by_task = ["network", "needs", "--cluster", "prod", "--task", a_task(), "--output", "json"]
        no_transit = {"ec2:SearchTransitGatewayRoutes": "the lab has no transit gateways (docs/lab.md)"}
        self.check("network", lp.policy_of("network"), [("exec-no-path", needs), ("quiet", path), ("quiet", by_task)], no_transit,
                   lambda answer: answer.out and json.loads(answer.out).get("reachable"), codes=self.codes)

    def test_confirm(self):
        one, other = interfaces()
        path = ["network", "path", "--from", one, "--to", other, "--port", "9", "--confirm", "--output", "json"]
        tiros = [action for action in lp.actions_of(lp.policy_of("network-confirm")) if action.startswith("tiros:")]
        self.check("network path --confirm", lp.policy_of("network", "network-confirm"), [("quiet", path)], None,
                   lambda answer: json.loads(answer.out)["reachability_analyzer"]["agrees"], codes=(0, 1, 3, 4), flags=FAST)
        self.assertEqual(len(tiros), 5)  # AWS asks for them inside; the lab has no such service


class IamMinimum(lp.Reading):
    def test_access_analyzer_and_policy_generation(self):
        denial = ("User: arn:aws:sts::111122223333:assumed-role/web/1 is not authorized to perform: ecs:StopTask on resource: "
                  "arn:aws:ecs:eu-west-1:111122223333:task/prod/0f9d because no identity-based policy allows the ecs:StopTask action")
        with tempfile.TemporaryDirectory() as folder:
            existing = pathlib.Path(folder, "existing.json")
            existing.write_text(json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "ecs:*", "Resource": "*"}]}))
            role = "arn:aws:iam::111122223333:role/"
            ask = ["iam", "minimum", denial, "--confirm-with-access-analyzer", "--output", "json"]
            runs = [("empty", [*ask, "--existing", existing]),
                    ("empty", [*ask, "--role", f"{role}Operator", "--trail", "arn:aws:cloudtrail:eu-west-1:111122223333:trail/all", "--access-role",
                               f"{role}service-role/AccessAnalyzerMonitorServiceRole_X"])]
            self.check("iam minimum", lp.policy_of("iam-minimum"), runs, {},
                       lambda answer: answer.out and json.loads(answer.out).get("access_analyzer", {}).get("new_access"), codes=(3,), flags=FAST)



CHANNEL = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Resource": "*", "Action": [
    f"ssmmessages:{action}" for action in ("CreateControlChannel", "CreateDataChannel", "OpenControlChannel", "OpenDataChannel")]}]})


class Verify(lp.Reading):
    """Of a run that wrote a policy which somebody has changed since, in a service whose tasks open sessions."""

    POLICY, VERIFY = lp.policy_of("diagnose", "verify"), set(lp.actions_of(lp.policy_of("verify")))
    SPEED = ("--speed", "60")

    def verify(self, folder, policy, key, *flags, scenario="quiet"):
        with lp.Callers(scenario, {"it": policy} if policy else {}, *self.SPEED) as callers:
            document = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]})
            self.aws(callers.lab, "iam", "put-role-policy", "--role-name", "web-task", "--policy-name", "more", "--policy-document", document)
            if scenario != "quiet":  # sessions open again
                self.aws(callers.lab, "iam", "put-role-policy", "--role-name", "web-task", "--policy-name", "exec", "--policy-document", CHANNEL)
            journal = pathlib.Path(folder, re.sub(r"\W", "_", key), "journal.db")
            written = document.replace("GetObject", "PutObject")
            run = {"region": "eu-west-1", "cluster": "prod", "service": "web", "cause": "x", "family": "FargateExecError", "ended_ago_s": 3600,
                   "steps": [{"kind": "iam:role-policy", "resource": "web-task/more", "service": "iam", "operation": "PutRolePolicy",
                              "title": "Allow more", "input": {"RoleName": "web-task", "PolicyName": "more", "PolicyDocument": written}}]}
            done = subprocess.run([WRITE_RUN, journal], input=json.dumps(run), capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, done.stderr)
            answer = callers.run("it" if policy else "lab", "verify", done.stdout.strip(), "--journal", journal, "--poll", "100ms", "--settle", "1s",
                                 "--longest", "30s", "--most-tasks", "1", "--output", "json", *flags)
            tasks = self.aws(callers.lab, "ecs", "list-tasks", "--cluster", "prod", "--started-by", f"fd-verify_{done.stdout.strip()}"[:36])
            return answer, tasks["taskArns"]

    def aws(self, lab, *arguments):
        done = subprocess.run(["/usr/bin/aws", "--output", "json", "--endpoint-url", lab.url, *arguments], env=lab.env(), capture_output=True,
                              text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout) if done.stdout.strip() else None

    def under_the_policy(self, folder, scenario):
        """The exit code, and what was asked, with nothing taken away."""
        (full, left), (free, _) = lp.in_threads(
            lambda policy: self.verify(folder, policy, f"{scenario} {bool(policy)}", "--debug", scenario=scenario), [self.POLICY, {}])
        standings = [[(c["id"], c["standing"]) for c in answer.json["checks"]] for answer in (full, free)]
        self.assertEqual((full.code, standings[0]), (free.code, standings[1]), full.err)
        self.assertEqual(left, [])
        return full.code, lp.asked(full.err)

    def test_runs_under_its_policy_and_names_each_action_that_is_taken_away(self):
        # Of the second only the session: a service whose tasks have ECS Exec.
        sessions = {"ecs:ExecuteCommand": "exec-task-role-missing"}
        with tempfile.TemporaryDirectory() as folder:
            usual, asked = self.under_the_policy(folder, "quiet")
            broken, asked_of_exec = self.under_the_policy(folder, "exec-task-role-missing")
            self.assertEqual(self.VERIFY - asked, set(sessions), "actions that the usual run does not ask for")
            self.assertLessEqual(set(sessions), asked_of_exec)
            actions = sorted(self.VERIFY)
            answers = lp.in_threads(lambda a: self.verify(folder, lp.without(self.POLICY, a), a, scenario=sessions.get(a, "quiet")), actions)
            for action, (answer, left) in zip(actions, answers):
                with self.subTest(without=action):
                    self.assertIn(action, answer.out + answer.err)
                    self.assertIn(answer.code, (3, 4, broken) if action in sessions else (3, 4, usual), answer.out + answer.err)
                    if action != "ecs:StopTask":  # then what was started cannot be stopped, and that is said
                        self.assertEqual(left, [])
            print(f"\nverify: {len(actions)} (command, action) pairs", flush=True)

    def test_a_round_of_the_watch_needs_no_more(self):
        with tempfile.TemporaryDirectory() as folder:
            answer, left = self.verify(folder, self.POLICY, "watch", "--watch", "1s", "--every", "1s")
            self.assertNotIn("not authorized", answer.out + answer.err)
            self.assertEqual(left, [])



class TerraformState(unittest.TestCase):
    def test_plan_reads_the_state_under_its_policy_and_names_the_action(self):
        policy = lp.policy_of("diagnose", "plan", "terraform-state")
        place = "s3://amzn-s3-demo-bucket/terraform.tfstate"
        with tempfile.TemporaryDirectory() as folder:
            state = pathlib.Path(folder, "terraform.tfstate")
            state.write_text(json.dumps({"version": 4, "resources": [
                {"mode": "managed", "type": "aws_ecs_service", "name": "web", "instances": [
                    {"attributes": {"id": f"arn:aws:ecs:eu-west-1:{lp.ACCOUNT}:service/prod/web"}}]}]}))
            plan = ["plan", "--cluster", "prod", "--service", "web", "--terraform-state", place, "--output", "json"]
            with lp.Callers("spot-zone-reclaimed", {"full": policy, "less": lp.without(policy, "s3:GetObject")},
                            "--s3-object", f"{place}={state}") as callers:
                full, less = callers.run("full", *plan), callers.run("less", *plan)
        self.assertEqual(full.code, 1, full.out + full.err)
        self.assertIn("terraform: aws_ecs_service.web", full.out)
        self.assertEqual(less.code, 3, less.out + less.err)
        self.assertIn("s3:GetObject", less.err)


if __name__ == "__main__":
    unittest.main()
