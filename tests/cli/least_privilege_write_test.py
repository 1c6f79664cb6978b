"""apply and rollback: each under the policies that docs/iam/ publishes for it, and with each action taken away.

What a step needs is known before anything runs: the plan is refused with the action's name (exit 2) and nothing has changed. Where the check
is skipped AWS refuses, the steps before are taken back (exit 5), and again nothing has changed.
"""

import contextlib
import hashlib
import json
import pathlib
import re
import subprocess
import tempfile
import time
import unittest

import botocore.config
import botocore.exceptions
import botocore.session

import least_privilege as lp
from support import doctor

APPLY, ROLLBACK = lp.policy_of("plan", "apply"), lp.policy_of("plan", "rollback")
# Scenarios whose plans change something, with the fixes that are planned beside the usual ones.
PLANNED = {
    "spot-zone-reclaimed": [],
    "storage-image-layers": ["enlarge_ephemeral_storage", "slim_image", "alarm_on_ephemeral_storage"],
    "exec-task-role-missing": [],
    "exec-no-path": [],
    "capacity-spot-vcpu-quota": [],
}
# Read to judge the caller: without them nothing is judged, and one line says why.
OWN = {"iam:GetPolicy", "iam:GetPolicyVersion", "iam:GetRole", "iam:GetRolePolicy", "iam:ListAttachedRolePolicies", "iam:ListRolePolicies", "organizations:DescribeOrganization",
       "organizations:DescribePolicy", "organizations:ListParents", "organizations:ListPoliciesForTarget"}
PUBLISHED = {"cloudwatch:PutMetricData", "events:PutEvents"}  # a warning, never a reason to take a change back
FAST = ("--speed", "600")


def rows():
    return {row["name"]: row for row in doctor("lab", "--list", "--output", "json").json["scenarios"]}


ROWS = rows()


class Bench:
    """One lab, one plan made in it by a caller who may do everything, and a journal for each caller."""

    def __init__(self, scenario, policies):
        self.scenario = scenario
        self.callers = lp.Callers(scenario, policies, *FAST)
        self.folder = tempfile.TemporaryDirectory()
        self.plan = pathlib.Path(self.folder.name, "plan.json")
        row = ROWS[scenario]
        fixes = [flag for fix in PLANNED[scenario] for flag in ("--fix", fix)]
        made = self.run("lab", "plan", "--cluster", row["cluster"], "--service", row["service"], "--out", self.plan, *fixes)
        if made.code != 1:
            raise AssertionError(f"{scenario}: no plan: {made.out}{made.err}")

    def run(self, key, *arguments):
        return self.callers.run(key, *arguments)

    def consent(self):
        plan = json.loads(self.plan.read_text())
        dependents = {(d["kind"], d["name"]) for radius in plan["blast_radius"] for d in radius["dependents"]}
        one_way = [flag for step in plan["steps"] if not step["reversible"] for flag in ("--allow-one-way", step["id"])]
        return ["--apply", "--yes", "--confirm", len(dependents), "--outside-window", "--accept-drift", *one_way]

    def journal(self, key):
        return ["--journal", pathlib.Path(self.folder.name, key, "journal.db")]

    def apply(self, key, *flags):
        return self.run(key, "apply", self.plan, *self.consent(), *self.journal(key), *flags)

    def rollback(self, key, *flags, journal=None):
        return self.run(key, "rollback", "last", "--apply", *self.journal(journal or key), *flags)

    def dry_run(self, key="lab"):
        return self.run(key, "apply", self.plan, "--accept-drift", *self.journal(key), "--output", "json")

    def state(self):
        """What a dry run sees: each step's verdict and the fields that would change."""
        return [(line.get("step"), line.get("verdict"), line.get("differences")) for line in map(json.loads, self.dry_run().out.splitlines())]

    def __enter__(self):
        return self

    def __exit__(self, *ignored):
        self.callers.__exit__()
        self.folder.cleanup()


def needed(plan, called):
    """The plan's own list, and what was asked of AWS."""
    return sorted(({action for step in plan["steps"] for action in step["iam_actions"]} | called) - OWN - PUBLISHED)


class Writing(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.problems, self.runs = [], 0  # of all threads: a subTest belongs to one

    @contextlib.contextmanager
    def about(self, what):
        try:
            yield
        except AssertionError as failure:
            self.problems.append(f"{what}: {str(failure)[-1500:]}")

    def test_apply_and_rollback_run_under_their_policies_and_name_what_is_taken_away(self):
        began = time.monotonic()
        reached = {"apply": set(), "rollback": set()}
        runs = 0
        for results in lp.in_threads(self.whole_scenario, PLANNED):
            for command, actions, count in results:
                reached[command] |= actions
                runs += count
        self.assertEqual(self.problems, [], "\n\n".join(self.problems))
        print(f"\napply: {len(reached['apply'])}, rollback: {len(reached['rollback'])} (command, action) pairs in {runs} runs, "
              f"{time.monotonic() - began:.1f} s", flush=True)

    def whole_scenario(self, scenario):
        with self.about(scenario):
            return self.all_of(scenario)
        return []

    def all_of(self, scenario):
        called = self.under_the_policies(scenario)
        return [self.refused_before(scenario, called["apply"]), self.refused_by_aws(scenario, called["apply"]),
                self.rollback_refused(scenario, called["rollback"])]

    def under_the_policies(self, scenario):
        with Bench(scenario, {"full": APPLY, "back": ROLLBACK}) as bench:
            before = bench.state()
            done = bench.apply("full", "--debug")
            self.assertEqual(done.code, 0, f"{scenario}: {done.out}{done.err}")
            self.assertNotIn("warning", done.err)
            self.assertNotIn("not checked", done.err)
            back = bench.rollback("back", "--debug", journal="full")
            one_way = any(step["inverse"] is None for step in json.loads(bench.plan.read_text())["steps"])
            self.assertEqual(back.code, 6 if one_way else 0, f"{scenario}: {back.out}{back.err}")
            self.assertNotIn("not authorized", back.out + back.err)
            if not one_way:
                self.assertEqual(bench.state(), before, scenario)
            return {"apply": lp.asked(done.err), "rollback": lp.asked(back.err)}

    def refused_before(self, scenario, called):
        """One lab: nothing is changed by a refusal, nor by a dry run."""
        own = sorted(OWN & called)
        policies = {"full": APPLY}
        with Bench(scenario, {}) as bench:
            actions = [a for a in needed(json.loads(bench.plan.read_text()), called) if a in lp.actions_of(APPLY)]
            self.assertEqual(sorted(a for a in needed(json.loads(bench.plan.read_text()), called) if a not in actions and a != "sts:GetCallerIdentity"), [],
                             "actions that a plan needs and no policy has")
        policies = {f"no{n}": lp.without(APPLY, action) for n, action in enumerate(actions + own)}
        with Bench(scenario, policies) as bench:
            before = bench.state()
            for number, action in enumerate(actions):
                with self.about(f"{scenario}, without {action}"):
                    answer = bench.apply(f"no{number}")
                    self.assertEqual(answer.code, 2, answer.out + answer.err)
                    self.assertRegex(answer.out, rf"step \d+ needs {action} on ")
                    # Of an action that only needs a statement the statement is printed.
                    self.assertRegex(answer.out, rf'"{action}"')
            for number, action in enumerate(own, len(actions)):
                with self.about(f"{scenario}, without {action}"):
                    answer = bench.dry_run(f"no{number}")
                    self.assertIn(action, answer.err)
                    self.assertEqual(len([line for line in answer.err.splitlines() if "not checked" in line]), 1, answer.err)
                    self.assertIn(answer.code, (1, 3), answer.out + answer.err)  # 3: it reads a step's resource too
            with self.about(f"{scenario}, after all refusals"):
                self.assertEqual(bench.state(), before)
        return "apply", set(actions) | set(own), len(policies)

    def refused_by_aws(self, scenario, called):
        with Bench(scenario, {}) as bench:
            plan = json.loads(bench.plan.read_text())
        writes = [a for a in needed(plan, called) if not a.split(":")[1].startswith(("Describe", "Get", "List"))]
        if not lp.EXHAUSTIVE:
            writes = [a for a in writes if a in self.first_reached(scenario)]
        tried = writes + sorted(PUBLISHED if scenario == "spot-zone-reclaimed" else [])

        def one(action):
            with Bench(scenario, {"less": lp.without(APPLY, action)}) as bench:
                before = bench.state()
                answer = bench.apply("less", "--skip-iam-check")
                return answer, before == bench.state()

        reached = set()
        for action, (answer, unchanged) in zip(tried, lp.in_threads(one, tried)):
            with self.about(f"{scenario}, refused_by_aws {action}"):
                if action in PUBLISHED:
                    self.assertEqual(answer.code, 0, answer.out + answer.err)
                    self.assertIn(action, answer.err)
                elif answer.code == 0:
                    continue  # only its inverse needs it
                else:
                    self.assertIn(answer.code, (2, 5), answer.out + answer.err)
                    self.assertIn(action, answer.out + answer.err)
                    self.assertTrue(unchanged, f"{scenario} without {action}: something was left changed")
                reached.add(action)
        return "apply", reached, len(tried)

    @staticmethod
    def first_reached(scenario):
        """Each write is refused by AWS in the first scenario that makes it."""
        seen = set()
        for name in PLANNED:
            mine = FIRST.get(name, set())
            if name == scenario:
                return mine - seen
            seen |= mine
        return seen

    def rollback_refused(self, scenario, called):
        actions = sorted(a for a in called & set(lp.actions_of(ROLLBACK)) - OWN - PUBLISHED)
        policies = {f"no{n}": lp.without(ROLLBACK, action) for n, action in enumerate(actions)}
        with Bench(scenario, {"full": APPLY, **policies}) as bench:
            done = bench.apply("full")
            self.assertEqual(done.code, 0, done.out + done.err)
            after = bench.state()
            for number, action in enumerate(actions):
                with self.about(f"{scenario}, rollback_without {action}"):
                    answer = bench.rollback(f"no{number}", journal="full")
                    self.assertEqual(answer.code, 2, answer.out + answer.err)
                    self.assertRegex(answer.out, rf"step \d+ needs {action} on ")
            with self.about(f"{scenario}, after all refusals of the rollback"):
                self.assertEqual(bench.state(), after)
            if actions:  # AWS's own refusal: stuck, with the action's name and what to do by hand
                write = [a for a in actions if not a.split(":")[1].startswith(("Describe", "Get", "List"))]
                answer = bench.rollback(f"no{actions.index(write[-1])}", "--skip-iam-check", journal="full")
                self.assertEqual(answer.code, 6, answer.out + answer.err)
                self.assertIn(write[-1], answer.out + answer.err)
                self.assertIn("by hand", answer.out)
        return "rollback", set(actions), len(actions) + 1


FIRST = {
    # What AWS itself is seen to refuse in each; the rest is refused by botocore's calls below.
    "spot-zone-reclaimed": {"elasticloadbalancing:ModifyTargetGroupAttributes", "ecs:RegisterTaskDefinition", "iam:PassRole", "ecs:UpdateService",
                            "events:PutRule", "ecs:TagResource"},
    "storage-image-layers": {"ecr:PutLifecyclePolicy", "cloudwatch:PutMetricAlarm"},
    "exec-task-role-missing": {"iam:PutRolePolicy"},
    "exec-no-path": {"ec2:CreateVpcEndpoint", "ec2:CreateTags"},
    "capacity-spot-vcpu-quota": {"servicequotas:RequestServiceQuotaIncrease"},
}

ROLE, SERVICE = f"arn:aws:iam::{lp.ACCOUNT}:role/web-task", f"arn:aws:ecs:eu-west-1:{lp.ACCOUNT}:service/prod/web"
RULE = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}
GROUP, ACL, TABLE, SUBNET, VPC = "sg-0123456789abcdef0", "acl-0123456789abcdef0", "rtb-0123456789abcdef0", "subnet-0123456789abcdef0", "vpc-0123456789abcdef0"
ENTRY = {"NetworkAclId": ACL, "RuleNumber": 90, "Egress": False}
ROUTE = {"RouteTableId": TABLE, "DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-0123456789abcdef0"}
TAGS = [{"Key": "created-by", "Value": "fargate-doctor"}]
POLICY_TEXT = json.dumps({"Version": "2012-10-17", "Statement": []})
# Every call that a plan may make, whether or not a scenario of the lab leads to it.
CALLS = [
    ("ecs", "UpdateService", {"cluster": "prod", "service": "web", "desiredCount": 3}),
    ("ecs", "PutClusterCapacityProviders", {"cluster": "prod", "capacityProviders": ["FARGATE"], "defaultCapacityProviderStrategy": []}),
    ("ecs", "UpdateClusterSettings", {"cluster": "prod", "settings": [{"name": "containerInsights", "value": "enabled"}]}),
    ("ecs", "RegisterTaskDefinition", {"family": "new", "taskRoleArn": ROLE, "tags": [{"key": "team", "value": "web"}],
                                       "containerDefinitions": [{"name": "web", "image": "web"}]}),
    ("ecs", "DeregisterTaskDefinition", {"taskDefinition": "new:1"}),
    ("ec2", "AuthorizeSecurityGroupIngress", {"GroupId": GROUP, "IpPermissions": [RULE]}),
    ("ec2", "AuthorizeSecurityGroupEgress", {"GroupId": GROUP, "IpPermissions": [RULE]}),
    ("ec2", "RevokeSecurityGroupIngress", {"GroupId": GROUP, "IpPermissions": [RULE]}),
    ("ec2", "RevokeSecurityGroupEgress", {"GroupId": GROUP, "IpPermissions": [RULE]}),
    ("ec2", "CreateNetworkAclEntry", {**ENTRY, "Protocol": "6", "RuleAction": "allow", "CidrBlock": "0.0.0.0/0", "PortRange": {"From": 443, "To": 443}}),
    ("ec2", "DeleteNetworkAclEntry", ENTRY),
    ("ec2", "CreateRoute", ROUTE),
    ("ec2", "ReplaceRoute", ROUTE),
    ("ec2", "DeleteRoute", {"RouteTableId": TABLE, "DestinationCidrBlock": "0.0.0.0/0"}),
    ("ec2", "AssociateRouteTable", {"RouteTableId": TABLE, "SubnetId": SUBNET}),
    ("ec2", "DisassociateRouteTable", {"AssociationId": None}),  # one that is there
    ("ec2", "AttachInternetGateway", {"InternetGatewayId": "igw-0123456789abcdef0", "VpcId": VPC}),
    ("ec2", "DetachInternetGateway", {"InternetGatewayId": "igw-0123456789abcdef0", "VpcId": VPC}),
    ("ec2", "CreateSubnet", {"VpcId": VPC, "CidrBlock": "10.99.0.0/24", "TagSpecifications": [{"ResourceType": "subnet", "Tags": TAGS}]}),
    ("ec2", "DeleteSubnet", {"SubnetId": SUBNET}),
    ("ec2", "CreateVpcEndpoint", {"VpcId": VPC, "ServiceName": "com.amazonaws.eu-west-1.logs", "VpcEndpointType": "Interface", "SubnetIds": [SUBNET],
                                  "SecurityGroupIds": [GROUP], "TagSpecifications": [{"ResourceType": "vpc-endpoint", "Tags": TAGS}]}),
    ("ec2", "ModifyVpcEndpoint", {"VpcEndpointId": "vpce-0123456789abcdef0", "AddSubnetIds": [SUBNET]}),
    ("ec2", "DeleteVpcEndpoints", {"VpcEndpointIds": ["vpce-0123456789abcdef0"]}),
    ("ec2", "ModifyVpcAttribute", {"VpcId": VPC, "EnableDnsSupport": {"Value": True}}),
    ("ec2", "DeleteNetworkInterface", {"NetworkInterfaceId": "eni-0123456789abcdef0"}),
    ("elbv2", "ModifyTargetGroupAttributes", {"TargetGroupArn": f"arn:aws:elasticloadbalancing:eu-west-1:{lp.ACCOUNT}:targetgroup/web/0123456789abcdef",
                                              "Attributes": [{"Key": "deregistration_delay.timeout_seconds", "Value": "90"}]}),
    ("ecr", "PutLifecyclePolicy", {"repositoryName": "none", "lifecyclePolicyText": '{"rules": []}'}),
    ("ecr", "DeleteLifecyclePolicy", {"repositoryName": "none"}),
    ("ecr", "SetRepositoryPolicy", {"repositoryName": "none", "policyText": POLICY_TEXT}),
    ("ecr", "DeleteRepositoryPolicy", {"repositoryName": "none"}),
    ("kms", "PutKeyPolicy", {"KeyId": "0123abcd-0000-4000-8000-000000000000", "PolicyName": "default", "Policy": POLICY_TEXT}),
    ("secretsmanager", "PutResourcePolicy", {"SecretId": f"arn:aws:secretsmanager:eu-west-1:{lp.ACCOUNT}:secret:none-AbCdEf", "ResourcePolicy": POLICY_TEXT}),
    ("secretsmanager", "DeleteResourcePolicy", {"SecretId": f"arn:aws:secretsmanager:eu-west-1:{lp.ACCOUNT}:secret:none-AbCdEf"}),
    ("iam", "PutRolePolicy", {"RoleName": "none", "PolicyName": "more", "PolicyDocument": POLICY_TEXT}),
    ("iam", "DeleteRolePolicy", {"RoleName": "none", "PolicyName": "more"}),
    ("iam", "CreatePolicyVersion", {"PolicyArn": f"arn:aws:iam::{lp.ACCOUNT}:policy/none", "PolicyDocument": POLICY_TEXT, "SetAsDefault": True}),
    ("iam", "SetDefaultPolicyVersion", {"PolicyArn": f"arn:aws:iam::{lp.ACCOUNT}:policy/none", "VersionId": "v1"}),
    ("iam", "CreateServiceLinkedRole", {"AWSServiceName": "ecs.amazonaws.com"}),
    ("organizations", "UpdatePolicy", {"PolicyId": "p-FullAWSAccess", "Description": "more"}),
    ("logs", "CreateLogGroup", {"logGroupName": "/ecs/new"}),
    ("logs", "DeleteLogGroup", {"logGroupName": "/ecs/none"}),
    ("cloudwatch", "PutMetricAlarm", {"AlarmName": "new", "MetricName": "CPUUtilization", "Namespace": "AWS/ECS", "Period": 60, "Threshold": 80.0,
                                      "EvaluationPeriods": 1, "ComparisonOperator": "GreaterThanThreshold", "Statistic": "Average"}),
    ("cloudwatch", "DeleteAlarms", {"AlarmNames": ["none"]}),
    ("events", "PutRule", {"Name": "new", "EventPattern": '{"source": ["aws.ecs"]}'}),
    ("events", "DeleteRule", {"Name": "none"}),
    ("service-quotas", "RequestServiceQuotaIncrease", {"ServiceCode": "fargate", "QuotaCode": "L-3032A538", "DesiredValue": 9999.0}),
]
# What AWS asks besides.
ALSO = {"RegisterTaskDefinition": ["iam:PassRole", "ecs:TagResource"], "CreateSubnet": ["ec2:CreateTags"], "CreateVpcEndpoint": ["ec2:CreateTags"]}


def action_of(service, operation):
    return f"{lp.PREFIXES.get(service, service)}:{operation}"


def signed(plan):
    """docs/plans.md: the digest is over the canonical JSON of all else."""
    rest = {key: value for key, value in plan.items() if key != "digest"}
    text = json.dumps(rest, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return {**rest, "digest": {"sha256": hashlib.sha256(text.encode()).hexdigest(), "sections": plan["digest"]["sections"]}}


class EveryCall(unittest.TestCase):
    """The calls of CALLS, each judged offline as a step of a plan, and each made in the lab by botocore."""

    @classmethod
    def setUpClass(cls):
        cls.actions = [a for a in lp.actions_of(lp.policy_of("apply")) if a not in OWN | PUBLISHED]
        cls.bench = Bench("spot-zone-reclaimed", {"full": APPLY, **{f"no{n}": lp.without(APPLY, a) for n, a in enumerate(cls.actions)}})
        cls.addClassCleanup(cls.bench.__exit__)

    def test_every_action_of_apply_is_asked_by_a_call(self):
        asked = {action_of(service, operation) for service, operation, _ in CALLS} | {a for more in ALSO.values() for a in more}
        self.assertEqual(sorted(asked), sorted(self.actions))

    def test_each_action_that_is_taken_away_refuses_the_plan(self):
        plan = json.loads(self.bench.plan.read_text())
        template = plan["steps"][-1]
        plan["steps"] = []
        for number, (service, operation, given) in enumerate(CALLS, 1):
            given = {key: value or "rtbassoc-0123456789abcdef0" for key, value in given.items()} if "AssociationId" in given else given
            plan["steps"].append({**template, "id": str(number), "title": operation, "effects": [], "inverse": None, "before": None, "shared_with": [],
                                  "resource": {"kind": "ecs:service", "id": SERVICE, "account": lp.ACCOUNT, "region": "eu-west-1"},
                                  "request": {"service": service, "operation": operation, "region": "eu-west-1", "input": given},
                                  "probe": {"request": None, "pointer": "", "expected": None, "timeout_ms": 1000},
                                  "iam_actions": [action_of(service, operation)], "touches_dns_or_tls": False, "reversible": True})
        path = pathlib.Path(self.bench.folder.name, "every.json")
        path.write_text(json.dumps(signed(plan), ensure_ascii=False))

        def apply(key):
            return self.bench.run(key, "apply", path, *self.bench.consent(), *self.bench.journal(key))

        full = apply("full")  # what is refused is that nothing is as this plan says
        self.assertEqual(full.code, 2, full.out + full.err)
        self.assertIn("is not as it was", full.out)
        self.assertNotRegex(full.out, r"step \d+ needs")
        for action, answer in zip(self.actions, lp.in_threads(apply, [f"no{n}" for n in range(len(self.actions))])):
            with self.subTest(without=action):
                self.assertEqual(answer.code, 2, answer.out + answer.err)
                needs = set(re.findall(r"^step \d+ needs (\S+) on ", answer.out, re.M))
                self.assertEqual(needs, {action}, answer.out)
                self.assertIn(f'"{action}"', answer.out)  # the statement that would allow it
        print(f"\napply, judged offline: {len(self.actions)} (command, action) pairs", flush=True)

    def test_each_action_that_is_taken_away_refuses_the_rollback(self):
        """A run in the journal whose inverses are every call that takes something back."""
        wanted = [a for a in lp.actions_of(lp.policy_of("rollback")) if a not in OWN | PUBLISHED]
        back = [(service, operation, given) for service, operation, given in CALLS if action_of(service, operation) in wanted]
        self.assertEqual(sorted(action_of(service, operation) for service, operation, _ in back), sorted(wanted))
        steps = [{"id": str(number), "title": operation, "kind": "ecs:service", "resource": SERVICE, "service": service, "operation": "None",
                  "inverse": {"operation": operation, "input": {key: value or "rtbassoc-0123456789abcdef0" for key, value in given.items()}
                              if "AssociationId" in given else given}} for number, (service, operation, given) in enumerate(back, 1)]
        run = {"account": lp.ACCOUNT, "region": "eu-west-1", "cluster": "prod", "service": "web", "cause": "x", "steps": steps}
        policies = {"back": ROLLBACK, **{f"less{n}": lp.without(ROLLBACK, action) for n, action in enumerate(wanted)}}
        with lp.Callers("quiet", policies) as callers, tempfile.TemporaryDirectory() as folder:

            def rollback(key):
                journal = pathlib.Path(folder, key, "journal.db")
                written = subprocess.run([lp.WRITE_RUN, journal], input=json.dumps(run), capture_output=True, text=True)
                self.assertEqual(written.returncode, 0, written.stderr)
                return callers.run(key, "rollback", "last", "--apply", "--journal", journal)

            full = rollback("back")  # what is refused is that nothing is as that run left it
            self.assertNotIn("needs", full.out + full.err)
            self.assertNotIn("not authorized", full.out + full.err)
            for action, answer in zip(wanted, lp.in_threads(rollback, [f"less{n}" for n in range(len(wanted))])):
                with self.subTest(without=action):
                    self.assertEqual(answer.code, 2, answer.out + answer.err)
                    self.assertEqual(set(re.findall(r"^step \d+ needs (\S+) on ", answer.out, re.M)), {action}, answer.out)
        print(f"\nrollback, judged offline: {len(wanted)} (command, action) pairs", flush=True)

    def test_the_lab_enforces_the_same(self):
        session = botocore.session.get_session()
        config = botocore.config.Config(retries={"max_attempts": 1}, parameter_validation=False)

        def refusal(key, service, operation, given):
            client = session.create_client(service, region_name="eu-west-1", endpoint_url=self.bench.callers.lab.url, aws_access_key_id=key,
                                           aws_secret_access_key="x", config=config)
            try:
                client._make_api_call(operation, given)
            except botocore.exceptions.ClientError as error:
                return str(error) if "not authorized" in str(error) or "AccessDenied" in str(error) or "permissions" in str(error) else ""
            finally:
                client.close()
            return ""

        tables = session.create_client("ec2", region_name="eu-west-1", endpoint_url=self.bench.callers.lab.url, aws_access_key_id="lab",
                                       aws_secret_access_key="x").describe_route_tables()["RouteTables"]
        association = next(a["RouteTableAssociationId"] for t in tables for a in t["Associations"] if a.get("SubnetId"))
        for service, operation, given in CALLS:
            given = {"AssociationId": association} if "AssociationId" in given else given
            for action in [action_of(service, operation), *ALSO.get(operation, [])]:
                with self.subTest(without=action, call=operation):
                    refused = refusal(f"no{self.actions.index(action)}", service, operation, given)
                    self.assertTrue(refused, "was not refused")
                    if service != "organizations":  # whose words name nothing
                        self.assertIn(action, refused)
            # AWS's own policy, whose ARN has no account, may be changed by nobody; a key must allow by its own policy too, and there is none.
            if service in ("organizations", "kms"):
                continue
            with self.subTest(under_the_policy=operation):
                self.assertEqual(refusal("full", service, operation, given), "")


if __name__ == "__main__":
    unittest.main()
