"""Somebody else changes a resource, by the stock AWS CLI: between plan and apply, and between apply and rollback. Neither is walked over."""

import concurrent.futures
import dataclasses
import json
import os
import pathlib
import subprocess
import tempfile
import time
import unittest

from lab_state import LabState, Trail, differing
from support import Lab

WHERE = ("--cluster", "prod", "--service", "web")


def policy(action):
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]})


@dataclasses.dataclass
class Theirs:
    """What somebody does to one resource, how they take it back, and what the program must show of it."""
    name: str
    before: tuple  # commands between plan and apply
    before_back: tuple
    shows: str  # a line of the difference
    after: tuple  # between apply and rollback
    after_back: tuple
    three_ways: str


def service(*flags):
    return ("ecs", "update-service", "--cluster", "prod", "--service", "web", *flags)


def revisions(bench):
    return [arn.rpartition("/")[2] for arn in bench.state.list("ecs", "list_task_definitions", "taskDefinitionArns", familyPrefix="web")]


def register(bench):
    newest = bench.state.call("ecs", "describe_task_definition", taskDefinition="web")["taskDefinition"]
    kept = {key: newest[key] for key in ("family", "requiresCompatibilities", "networkMode", "executionRoleArn", "taskRoleArn",
                                         "containerDefinitions", "runtimePlatform")}
    return ("ecs", "register-task-definition", "--cli-input-json", json.dumps(kept | {"cpu": "1024", "memory": "2048"}))


def deregister(bench):
    return ("ecs", "deregister-task-definition", "--task-definition", revisions(bench)[-1])


SERVICE = Theirs("service", (service("--desired-count", "5"),), (service("--desired-count", "9"),), r"/desiredCount: 9 -> 5",
                 (service("--desired-count", "5"),), (service("--desired-count", "9"),), r"/desiredCount: before 9, ours 9, theirs 5")
FAMILY = Theirs("task definition family", (register,), (deregister,), r'/cpu: "512" -> "1024"',
                (register,), (deregister,), r'/cpu: before "512", ours "512", theirs "1024"')
ROLE_POLICY = Theirs(
    "role policy",
    (("iam", "put-role-policy", "--role-name", "web-task", "--policy-name", "fargate-doctor-exec", "--policy-document", policy("s3:*")),),
    (("iam", "delete-role-policy", "--role-name", "web-task", "--policy-name", "fargate-doctor-exec"),),
    r'/PolicyDocument/Statement/0/Action: absent -> "s3:\*"',
    (("iam", "put-role-policy", "--role-name", "web-task", "--policy-name", "fargate-doctor-exec", "--policy-document", policy("s3:*")),),
    (),  # put back by the test: what the run had written
    r'/PolicyDocument/Statement/0/Action: before absent, ours \["ssmmessages:.*\], theirs "s3:\*"')


def alarm(threshold):
    return ("cloudwatch", "put-metric-alarm", "--alarm-name", "fargate-doctor-ephemeral-storage-prod-web", "--namespace", "ECS/ContainerInsights",
            "--metric-name", "EphemeralStorageUtilized", "--statistic", "Maximum", "--period", "60", "--evaluation-periods", "1",
            "--threshold", threshold, "--comparison-operator", "GreaterThanThreshold")


ALARM = Theirs("alarm", (alarm("17"),), (("cloudwatch", "delete-alarms", "--alarm-names", "fargate-doctor-ephemeral-storage-prod-web"),),
               r"/Threshold: absent -> 17", (alarm("17"),), (), r"/Threshold: before absent, ours 80\.0, theirs 17")


class Bench(unittest.TestCase):
    def __init__(self, scenario, prepare=None):
        super().__init__("run")
        self.maxDiff = None
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.plan, self.journal = pathlib.Path(folder.name, "plan.json"), pathlib.Path(folder.name, "journal.db")
        self.lab = Lab(scenario, "--speed", "60")
        self.addCleanup(self.lab.stop)
        self.state = LabState(self.lab)
        self.addCleanup(self.state.close)
        if prepare is not None:
            prepare(self)
        made = self.lab.doctor("plan", *WHERE, "--out", self.plan)
        self.assertEqual(made.code, 1, made.out + made.err)
        self.before = self.state.all()
        self.trail = Trail(self.state)

    def aws(self, commands):
        for command in commands:
            words = command(self) if callable(command) else command
            done = subprocess.run(["/usr/bin/aws", "--endpoint-url", self.lab.url, *words], env={**self.lab.env(), "PATH": os.environ["PATH"]},
                                  capture_output=True, text=True, timeout=60)
            self.assertEqual(done.returncode, 0, f"{words}: {done.stderr}")

    def apply(self, *flags):
        return self.lab.doctor("apply", self.plan, "--journal", self.journal, *flags)

    def apply_all(self):
        plan = json.loads(self.plan.read_text())
        dependents = {(d["kind"], d["name"]) for radius in plan["blast_radius"] for d in radius["dependents"]}
        return self.apply("--apply", "--yes", "--confirm", len(dependents), "--outside-window")

    def rollback(self, *flags):
        return self.lab.doctor("rollback", "last", "--journal", self.journal, *flags)

    def refused_before(self, theirs):
        """Between plan and apply: nothing is sent, and the difference is shown, in the dry run too."""
        self.aws(theirs.before)
        found = self.state.all()
        dry = self.apply()
        self.assertEqual(dry.code, 2, dry.out + dry.err)
        self.assertRegex(dry.out.split("\n", 1)[0], "^DRY RUN: would be refused, since .* is not as it was when the plan was made")
        self.assertRegex(dry.out, rf"(?m)^ +{theirs.shows}")
        wet = self.apply_all()
        self.assertEqual(wet.code, 2, wet.out + wet.err)
        self.assertRegex(wet.out.split("\n", 1)[0], "^refused: step .* is not as it was when the plan was made")
        self.assertRegex(wet.out, rf"(?m)^ +{theirs.shows}")
        self.assertEqual(self.trail.calls(), {})
        self.assertEqual(differing(found, self.state.all()), {})
        self.aws(theirs.before_back)
        self.assertEqual(differing(self.before, self.state.all()), {})

    def refused_after(self, theirs, ours):
        """Between apply and rollback: nothing of the run is taken back over it, and all three states are shown."""
        self.trail.mark()
        self.aws(theirs.after)
        found = self.state.all()
        dry = self.rollback()
        self.assertEqual(dry.code, 2, dry.out + dry.err)
        self.assertRegex(dry.out.split("\n", 1)[0], "^DRY RUN: would be refused, since someone has changed .* since")
        self.assertRegex(dry.out, rf"(?m)^ +{theirs.three_ways}")
        wet = self.rollback("--apply")
        self.assertEqual(wet.code, 2, wet.out + wet.err)
        self.assertRegex(wet.out.split("\n", 1)[0], "^run r-.*: refused: step .*: someone has changed .* since")
        self.assertRegex(wet.out, rf"(?m)^ +{theirs.three_ways}")
        self.assertEqual(self.trail.calls(), {})
        self.assertEqual(differing(found, self.state.all()), {})
        self.aws(theirs.after_back or self.as_the_run_wrote(theirs))
        self.assertEqual(differing(ours, self.state.all()), {})

    def as_the_run_wrote(self, theirs):
        """The run's own call again, by the stock CLI: what it needs of its request is in the plan."""
        for step in json.loads(self.plan.read_text())["steps"]:
            request = step["request"]
            if request["operation"] in {"role policy": "PutRolePolicy", "alarm": "PutMetricAlarm"}[theirs.name]:
                name = {"PutRolePolicy": "put-role-policy", "PutMetricAlarm": "put-metric-alarm"}[request["operation"]]
                return ((request["service"], name, "--cli-input-json", json.dumps(request["input"])),)
        raise AssertionError(theirs.name)

    def play(self, *all_theirs):
        for theirs in all_theirs:
            self.refused_before(theirs)
        done = self.apply_all()
        self.assertEqual(done.code, 0, done.out + done.err)
        ours = self.state.all()
        for theirs in all_theirs:
            self.refused_after(theirs, ours)
        back = self.rollback("--apply")
        self.assertEqual(back.code, 0, back.out + back.err)
        self.assertEqual(differing(self.before, self.state.all()), {})


def endpoint_group(bench):
    return next(name.rpartition(" ")[2] for name, group in bench.state.all().items()
                if name.startswith("ec2 group ") and group["GroupName"] == "prod-endpoints")


def close_the_endpoints(bench):
    """Somebody took the endpoints' only rule away: tasks reach ECR no more."""
    group = endpoint_group(bench)
    bench.aws([("ec2", "revoke-security-group-ingress", "--group-id", group, "--ip-permissions",
                json.dumps([{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "10.20.0.0/16"}]}])),
               service("--force-new-deployment")])
    deadline = time.monotonic() + 15
    while not [task for task in bench.state.list("ecs", "list_tasks", "taskArns", cluster="prod", serviceName="web", desiredStatus="STOPPED")]:
        bench.assertLess(time.monotonic(), deadline)
        time.sleep(0.2)


def group_rule(direction):
    return lambda bench: ("ec2", f"{direction}-security-group-ingress", "--group-id", endpoint_group(bench), "--protocol", "tcp", "--port", "22",
                          "--cidr", "203.0.113.0/24")


GROUP = Theirs("security group", (group_rule("authorize"),), (group_rule("revoke"),), r"/Ingress/tcp 22-22 203\.0\.113\.0~1\d+: absent -> \{\}",
               (group_rule("authorize"),), (group_rule("revoke"),),
               r"/Ingress/tcp 22-22 203\.0\.113\.0~1\d+: before absent, ours absent, theirs \{\}")


def play(scenario, *all_theirs, prepare=None):
    bench = Bench(scenario, prepare)
    try:
        bench.play(*all_theirs)
    finally:
        bench.doCleanups()


class Drift(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.pool = concurrent.futures.ThreadPoolExecutor(4)
        cls.of_service = cls.pool.submit(play, "spot-zone-reclaimed", SERVICE)
        cls.of_role = cls.pool.submit(play, "exec-task-role-missing", ROLE_POLICY, FAMILY)
        cls.of_alarm = cls.pool.submit(play, "storage-application-writes", ALARM)
        cls.of_group = cls.pool.submit(play, "quiet", GROUP, prepare=close_the_endpoints)

    @classmethod
    def tearDownClass(cls):
        cls.pool.shutdown()

    def test_of_a_service(self):
        self.of_service.result()

    def test_of_a_role_policy_and_of_a_task_definition_family(self):
        self.of_role.result()

    def test_of_an_alarm(self):
        self.of_alarm.result()

    def test_of_a_security_group(self):
        self.of_group.result()


if __name__ == "__main__":
    unittest.main()
