"""The whole pipeline over the wire, one family after another: diagnose, plan, dry run, apply, verify, runbook, codify, rollback.

Seven labs play at once, each on a port of its own. What stands in them before and after is judged by the AWS SDK (lab_state.py).
"""

import collections
import concurrent.futures
import dataclasses
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import time
import typing
import unittest

import yaml

from lab_state import LabState, Trail, differing
from support import Lab, ROOT

SPEED = "120"  # a rollout of three minutes takes one and a half seconds
WHERE = ("--cluster", "prod", "--service", "web")
PLACE = "prod/web (111122223333, eu-west-1)"
RUN = r"r-\d{8}-\d{6}-[0-9a-f]{4}"
# Green so far, and only time can make it final: how long CloudTrail and CloudWatch lag, how seldom Spot interrupts.
PROVISIONAL = {"incidents.same", "storage.used"}


class Loader(yaml.SafeLoader):
    """Templates, whose dates are strings."""


Loader.yaml_implicit_resolvers = {key: [row for row in rows if row[0] != "tag:yaml.org,2002:timestamp"]
                                  for key, rows in yaml.SafeLoader.yaml_implicit_resolvers.items()}


@dataclasses.dataclass
class Family:
    name: str
    scenario: str
    cause: str
    fixes: set  # that become steps
    # What differs after the change, by the SDK: "kind name: field" as patterns, each of which must be met and nothing else may be.
    changes: tuple
    terraform: tuple  # patterns in what codify writes
    template: dict  # type -> properties in the import template (values that must be there)
    mended: typing.Callable = lambda bench: None  # asserts that the symptom is gone
    broken: typing.Callable = lambda bench: None  # asserts that it is there before
    more_provisional: set = dataclasses.field(default_factory=set)
    prepare: typing.Callable = lambda bench: None  # before the state that must come back is written down


def revision_of(bench):
    return bench.service()["taskDefinition"].rpartition("/")[2]


# --- What "mended" means, by the lab ---------------------------------------------------------------------------------------------------


def spot_base_on_demand(bench):
    providers = collections.Counter(task["capacityProviderName"] for task in bench.tasks())
    bench.assertGreaterEqual(providers["FARGATE"], 3, providers)
    bench.assertEqual({c["stopTimeout"] for c in bench.definition()["containerDefinitions"]}, {120})


def tasks_in_the_new_subnet(bench):
    subnets = bench.service()["networkConfiguration"]["awsvpcConfiguration"]["subnets"]
    used = collections.Counter(detail["value"] for task in bench.tasks() for attachment in task["attachments"]
                               for detail in attachment["details"] if detail["name"] == "subnetId")
    new = [subnet for subnet in subnets if f"ec2 subnet {subnet}" not in bench.before]
    bench.assertEqual(len(new), 1)
    bench.assertGreater(used[new[0]], 0, used)


def tasks_with_more_disk(gib):
    def asserts(bench):
        bench.assertEqual({task["ephemeralStorage"]["sizeInGiB"] for task in bench.tasks()}, {gib})
    return asserts


def open_session(bench):
    return bench.state.call("ecs", "execute_command", cluster="prod", task=bench.tasks()[0]["taskArn"], container="web", command="/bin/sh",
                            interactive=True)


def exec_refused(bench):
    with bench.assertRaises(bench.state.client("ecs").exceptions.TargetNotConnectedException):
        open_session(bench)


def exec_opens(bench):
    bench.assertIn("sessionId", open_session(bench)["session"])


def tasks_in_one_zone(bench):
    bench.assertEqual({task["availabilityZone"] for task in bench.tasks()}, {"eu-west-1a"})


def tasks_in_other_zones(bench):
    bench.assertTrue({task["availabilityZone"] for task in bench.tasks()} - {"eu-west-1a"})


def tasks_on_platform(version):
    def asserts(bench):
        bench.assertEqual({task["platformVersion"] for task in bench.tasks()}, {version})
    return asserts


def refused_revision_deploys(bench):
    """The very call that ECS refused is taken now; put back again for the rollback."""
    tasks_on_platform("1.4.0")(bench)
    now = revision_of(bench)
    newest = bench.state.call("ecs", "describe_task_definition", taskDefinition="web")["taskDefinition"]
    bench.assertEqual(newest["ephemeralStorage"], {"sizeInGiB": 50})
    for revision in (f"web:{newest['revision']}", now):
        bench.state.client("ecs").update_service(cluster="prod", service="web", taskDefinition=revision)
        bench.wait_until_steady()


def fewer_tasks(bench):
    """So few that the full subnets hold them: taken back, they must find room there again, or the new subnet cannot go."""
    bench.state.client("ecs").update_service(cluster="prod", service="web", desiredCount=8)
    bench.wait_until_steady()


FAMILIES = (
    Family("FargateSpotInterrupted", "spot-zone-reclaimed", "spot.reclaimed_zone",
           {"on_demand_base", "stop_timeout", "deregistration_delay", "interruption_alarm"},
           (r"ecs service web: capacityProviderStrategy", r"ecs service web: taskDefinition", r"ecs task-definition web:2",
            r"elbv2 target-group-attributes \S+targetgroup/web/\w+: deregistration_delay.timeout_seconds",
            r"events rule fargate-doctor-interruptions-prod"),
           (r'capacity_provider = "FARGATE"\s+base\s+= var\.web_fargate_base', r'variable "web_fargate_base"[^}]+default\s+= 3',
            r"stopTimeout\s+= var\.web_stop_timeout", r'resource "aws_cloudwatch_event_rule"'),
           {"AWS::ECS::Service": {"CapacityProviderStrategy": [{"Base": 0, "CapacityProvider": "FARGATE_SPOT", "Weight": 1},
                                                               {"Base": 3, "CapacityProvider": "FARGATE", "Weight": 1}]}},
           mended=spot_base_on_demand,
           # In the zone that was reclaimed there is still no Spot capacity, and nobody needs it any more.
           more_provisional={"replay.run_task"}),
    Family("FargateENICreateFailed", "eni-no-addresses", "eni.no_free_addresses", {"create_subnet"},
           (r"ec2 route-table rtb-\w+: Associations", r"ec2 subnet subnet-\w+", r"ecs service web: networkConfiguration",
            r"ec2 acl acl-\w+: Associations"),  # AWS itself puts a new subnet under the VPC's default ACL ("Default network ACL")
           (r'resource "aws_subnet"[^}]+cidr_block\s+= "10\.20\.4\.0/22"', r"subnets\s+= var\.web_subnets"),
           {"AWS::EC2::Subnet": {"CidrBlock": "10.20.4.0/22"}},
           mended=tasks_in_the_new_subnet, prepare=fewer_tasks),
    Family("FargateEphemeralStorageExceeded", "storage-application-writes", "storage.application_writes",
           {"enlarge_ephemeral_storage", "alarm_on_ephemeral_storage"},
           (r"cloudwatch alarm fargate-doctor-ephemeral-storage-prod-web", r"ecs service web: taskDefinition", r"ecs task-definition web:2"),
           (r"size_in_gib\s+= var\.web_size_in_gib", r"default\s+= 40", r'resource "aws_cloudwatch_metric_alarm"'),
           {"AWS::ECS::TaskDefinition": {"EphemeralStorage": {"SizeInGiB": 40}}, "AWS::CloudWatch::Alarm": {"Threshold": 80.0}},
           mended=tasks_with_more_disk(40)),
    Family("FargateExecError", "exec-task-role-missing", "exec.task_role_missing_ssmmessages",
           {"policy_statement", "replace_tasks", "init_process"},
           (r"ecs service web: taskDefinition", r"ecs task-definition web:3", r"iam role-policy web-task/fargate-doctor-exec"),
           (r'resource "aws_iam_role_policy"', r'"ssmmessages:OpenDataChannel"', r"initProcessEnabled\s+= true"),
           {"AWS::IAM::RolePolicy": {"RoleName": "web-task", "PolicyName": "fargate-doctor-exec"}},
           broken=exec_refused, mended=exec_opens),
    Family("FargateImageSizeExceeded", "image-too-large", "image.larger_than_storage", {"enlarge_ephemeral_storage"},
           (r"ecs service web: taskDefinition", r"ecs task-definition web:3"),
           (r"size_in_gib\s+= var\.web_size_in_gib", r"default\s+= 41"),
           {"AWS::ECS::TaskDefinition": {"EphemeralStorage": {"SizeInGiB": 41}}},
           mended=tasks_with_more_disk(41)),
    Family("FargateInsufficientCapacity", "capacity-zone", "capacity.zone", {"more_zones"},
           (r"ecs service web: networkConfiguration",),
           (r"subnets\s+= var\.web_subnets", r'variable "web_subnets"[^}]+default\s+= \["subnet-\w+", "subnet-\w+", "subnet-\w+"\]'),
           {"AWS::ECS::Service": {"DesiredCount": 8}},
           broken=tasks_in_one_zone, mended=tasks_in_other_zones),
    Family("FargatePlatformVersionUnsupported", "platform-feature-needs-newer", "platform.feature_needs_newer", {"platform_latest"},
           (r"ecs service web: platformVersion",),
           (r"platform_version\s+= var\.web_platform_version", r'variable "web_platform_version"[^}]+default\s+= "LATEST"'),
           {"AWS::ECS::Service": {"PlatformVersion": "LATEST"}},
           broken=tasks_on_platform("1.3.0"), mended=refused_revision_deploys),
)


class Bench(unittest.TestCase):
    """One family's lab and folder, and what is asked of both."""

    def __init__(self, family, lab, folder):
        super().__init__("run")
        self.maxDiff = None
        self.family, self.lab, self.folder = family, lab, folder
        self.state = LabState(lab)
        self.journal = folder / "journal.db"
        self.before = {}
        self.took = {}

    def doctor(self, name, *arguments, code, first):
        """Runs the program; its exit code and the first line that it prints are what they must be."""
        begun = time.monotonic()
        result = self.lab.doctor(*arguments)
        self.took[name] = time.monotonic() - begun
        self.assertIn(result.code, code, f"{name}: {result.out}{result.err}")
        self.assertRegex(result.out.split("\n", 1)[0], f"^{first}", f"{name}: {result.out}{result.err}")
        self.assertEqual(result.out.count("\x1b"), 0)
        return result

    def service(self):
        return self.state.call("ecs", "describe_services", cluster="prod", services=["web"])["services"][0]

    def definition(self):
        return self.state.call("ecs", "describe_task_definition", taskDefinition=self.service()["taskDefinition"])["taskDefinition"]

    def tasks(self):
        arns = self.state.list("ecs", "list_tasks", "taskArns", cluster="prod", serviceName="web", desiredStatus="RUNNING")
        described = self.state.call("ecs", "describe_tasks", cluster="prod", tasks=arns)["tasks"]
        return [task for task in described if task["lastStatus"] == "RUNNING"]

    def wait_until_steady(self):
        deadline = time.monotonic() + 15
        while True:
            service = self.service()
            primary = service["deployments"][0]
            if (service["runningCount"], primary["rolloutState"], len(service["deployments"])) == (service["desiredCount"], "COMPLETED", 1):
                return
            self.assertLess(time.monotonic(), deadline, service)
            time.sleep(0.1)


class Pipeline(Bench):
    def play(self):
        self.family.prepare(self)
        self.trail = Trail(self.state)
        self.before = self.state.all()
        self.family.broken(self)
        diagnosis = self.diagnose()
        plan = self.plan()
        self.dry_run(plan)
        run = self.apply(plan)
        self.verify(run, plan)
        self.runbook(run, plan, diagnosis)
        self.codify(run)
        self.roll_back(run, plan)
        return self.took

    def diagnose(self):
        self.doctor("diagnose", "diagnose", *WHERE, code={1}, first=r"(1 +)?prod/web: \d+ .+\. (Almost certain|Very likely|Likely) \(")
        answer = self.lab.doctor("diagnose", *WHERE, "--output", "json")
        path = self.folder / "diagnosis.json"
        path.write_text(answer.out)
        incident = answer.json["incidents"][0]
        self.assertEqual((incident["family"], incident["causes"][0]["id"]), (self.family.name, self.family.cause))
        return path

    def plan(self):
        path = self.folder / "plan.json"
        result = self.doctor("plan", "plan", *WHERE, "--out", path, code={1}, first=r"\d+ steps? mends? prod/web; ")
        self.assertIn(self.family.cause, " ".join(result.out.split()[:20]))
        plan = json.loads(path.read_text())
        self.assertEqual({fix for step in plan["steps"] for fix in step["fix"].split()}, self.family.fixes)
        self.assertTrue(all(step["reversible"] for step in plan["steps"]))
        return plan

    def dry_run(self, plan):
        result = self.doctor("dry run", "apply", self.folder / "plan.json", "--journal", self.journal, code={1},
                             first=rf"DRY RUN: {len(plan['steps'])} steps? would change prod/web\b.*; nothing was changed")
        for step in plan["steps"]:
            self.assertIn(step["title"], result.out)
        self.assertFalse(self.journal.exists())
        self.assertEqual(differing(self.before, self.state.all()), {})

    def apply(self, plan):
        dependents = {(d["kind"], d["name"]) for radius in plan["blast_radius"] for d in radius["dependents"]}
        result = self.doctor("apply", "apply", self.folder / "plan.json", "--journal", self.journal, "--apply", "--yes", "--confirm",
                             len(dependents), "--outside-window", code={0}, first=rf"run {RUN}: done")
        run = re.search(RUN, result.out)[0]
        self.after = self.state.all()
        found = differing(self.before, self.after)
        for pattern in self.family.changes:
            self.assertTrue([name for name in found if re.fullmatch(pattern, name)], f"{pattern} is not among {found}")
        for name in found:
            self.assertTrue([p for p in self.family.changes if re.fullmatch(p, name)], f"{name} was changed too: {found[name]}")
        self.wait_until_steady()
        self.family.mended(self)
        calls = self.trail.calls()
        self.assertEqual(calls, collections.Counter(step["request"]["operation"] for step in plan["steps"]))
        return run

    def verify(self, run, plan):
        result = self.doctor("verify", "verify", "last", "--journal", self.journal, "--poll", "200ms", code={0, 4},
                             first=rf"Run {run}: (verified|provisional)")
        answer = self.lab.doctor("verify", "last", "--journal", self.journal, "--poll", "200ms", "--output", "json").json
        standings = collections.defaultdict(set)
        for check in answer["checks"]:
            standings[check["standing"]].add(check["id"])
        self.assertEqual(set(standings) - {"passed", "provisional"}, set(), result.out)
        self.assertLessEqual(standings["provisional"], PROVISIONAL | self.family.more_provisional, result.out)
        self.assertLessEqual({"replay.run_task", "service.steady", "targets.healthy", "change.in_place"}, standings["passed"], result.out)
        in_place = [check for check in answer["checks"] if check["id"] == "change.in_place"]
        self.assertGreaterEqual(len(in_place), len(plan["steps"]))

    def runbook(self, run, plan, diagnosis):
        result = self.doctor("runbook", "runbook", "last", "--journal", self.journal, "--diagnosis", diagnosis, code={0},
                             first=f"# prod/web: {self.family.name}$")
        text = result.out.replace("\\", "").replace("&gt;", ">").replace("&#39;", "'").replace("&quot;", '"')
        self.assertIn(f"({self.family.cause})", text)
        for step in plan["steps"]:
            self.assertIn(f". {step['title']} (done at", text)
        self.assertIn(f"fargate-doctor rollback {run} --apply", text)
        for heading in ("What happened", "Evidence", "What was done", "Before and after", "How to undo", "How to recognise it next time"):
            self.assertIn(f"\n## {heading}\n", text)
        self.assertNotIn("${", text)  # what is to be typed by hand can be

    def codify(self, run):
        for to in ("terraform", "cloudformation"):
            self.doctor(f"codify {to}", "codify", "last", "--journal", self.journal, "--to", to, "--out", self.folder / to, code={1},
                        first=rf"Run {run} changed \d+ resources?: ")
        terraform = "\n".join(path.read_text() for path in sorted((self.folder / "terraform").glob("*.tf")))
        for pattern in self.family.terraform:
            self.assertRegex(terraform, pattern)
        template = yaml.load((self.folder / "cloudformation" / "fargate-doctor-import.yaml").read_text(), Loader)
        for kind, properties in self.family.template.items():
            found = [item["Properties"] for item in template["Resources"].values() if item["Type"] == kind]
            self.assertEqual(len(found), 1, template)
            self.assertEqual({key: found[0].get(key) for key in properties}, properties)

    def roll_back(self, run, plan):
        self.doctor("rollback, dry", "rollback", "last", "--journal", self.journal, code={1},
                    first=rf"DRY RUN: {len(plan['steps'])} steps? would be taken back .*; nothing was changed")
        self.doctor("rollback", "rollback", "last", "--journal", self.journal, "--apply", code={0}, first=rf"run {run}: rolled back")
        self.assertEqual(differing(self.before, self.state.all()), {})
        calls = self.trail.calls()
        for name in ("RunTask", "StopTask", "ExecuteCommand"):  # of verify's tasks
            calls.pop(name, None)
        calls.pop("DeleteSubnet Client.DependencyViolation", None)  # asked again until its last task has stopped
        steps = [step[call]["operation"] for step in plan["steps"] for call in ("request", "inverse")]
        self.assertEqual(calls, collections.Counter(steps))
        again = self.lab.doctor("verify", "last", "--journal", self.journal)
        self.assertEqual(again.code, 2)
        self.assertIn("was rolled back", again.err)


def play(family, folder):
    folder.mkdir()
    with Lab(family.scenario, "--speed", SPEED) as lab:
        pipeline = Pipeline(family, lab, folder)
        try:
            return pipeline.play()
        finally:
            pipeline.state.close()


class EveryFamily(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp())
        cls.pool = concurrent.futures.ThreadPoolExecutor(len(FAMILIES))
        cls.plays = {family.name: cls.pool.submit(play, family, cls.folder / family.name) for family in FAMILIES}

    @classmethod
    def tearDownClass(cls):
        cls.pool.shutdown()
        shutil.rmtree(cls.folder)

    def finish(self, name):
        took = self.plays[name].result()
        print(f"{name}: " + ", ".join(f"{stage} {seconds:.1f} s" for stage, seconds in took.items()))

    def test_spot_interrupted(self):
        self.finish("FargateSpotInterrupted")

    def test_eni_create_failed(self):
        self.finish("FargateENICreateFailed")

    def test_ephemeral_storage_exceeded(self):
        self.finish("FargateEphemeralStorageExceeded")

    def test_exec_error(self):
        self.finish("FargateExecError")

    def test_image_size_exceeded(self):
        self.finish("FargateImageSizeExceeded")

    def test_insufficient_capacity(self):
        self.finish("FargateInsufficientCapacity")

    def test_platform_version_unsupported(self):
        self.finish("FargatePlatformVersionUnsupported")

    def test_real_parsers_take_what_codify_wrote(self):
        concurrent.futures.wait(self.plays.values())
        oracle = ROOT / "tests" / "iac" / "oracle"
        if shutil.which("node") is None or not (oracle / "node_modules").is_dir():
            self.skipTest("npm ci in tests/iac/oracle installs the parsers")
        for name in self.plays:
            folder = self.folder / name / "cloudformation"
            template = yaml.load((folder / "fargate-doctor-import.yaml").read_text(), Loader)
            imports = json.loads((folder / "fargate-doctor-resources-to-import.json").read_text())
            (folder / "import.template.judge.json").write_text(json.dumps({"template": template, "imports": imports}))
        judged = subprocess.run(["node", "judge.mjs", self.folder], cwd=oracle, capture_output=True, text=True, timeout=60)
        self.assertEqual((judged.stdout, judged.returncode), ("", 0), judged.stderr)
        counted = json.loads(judged.stderr)
        self.assertGreaterEqual(counted["templates"], len(FAMILIES))


if __name__ == "__main__":
    unittest.main()
