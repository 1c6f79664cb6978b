"""The files of docs/iam/ themselves: as narrow as AWS's Service Authorization Reference lets them be."""

import json
import pathlib
import re
import tempfile
import unittest

import least_privilege as lp
from support import ROOT, doctor

# Actions that know resources and stand with "*" all the same.
FOR_ALL = {
    "cloudwatch:DescribeAlarms": "asked for all alarms, and AWS shows composite alarms only to who may see all (\"DescribeAlarms\")",
    "cloudwatch:GetMetricData": "a metric is no resource; the reference's dataset is another thing",
    "cloudwatch:PutMetricData": "as GetMetricData; cloudwatch:namespace narrows it",
    "ecs:DescribeCapacityProviders": "asked for all of the account",
    "ecs:ListTasks": "a cluster's tasks are listed, not a container instance's; ecs:cluster narrows it (\"Identity-based policy examples\", ECS)",
    "organizations:DescribePolicy": "the ARN of AWS's own policies (FullAWSAccess) is of no type that the reference gives it",
    "organizations:ListTargetsForPolicy": "as DescribePolicy",
    "organizations:DescribeOrganizationalUnit": "the ids of the organization's units are not known beforehand",
    "organizations:ListParents": "as DescribeOrganizationalUnit",
    "organizations:ListPoliciesForTarget": "as DescribeOrganizationalUnit",
}
OUTSIDE_THE_CATALOGUE = {"access-analyzer", "tiros"}  # neither knows resources for these actions


def catalogue():
    """{"ecs:RunTask": [ARN patterns]} of src/iam/actions_data.inc."""
    service, types, actions = "", {}, {}
    for line in (ROOT / "src/iam/actions_data.inc").read_text().splitlines():
        row = re.match(r'"(.)(.*)",?$', line)
        if not row:
            continue
        kind, fields = row[1], row[2].split("|")
        if kind == "@":
            service = fields[0]
        elif kind == "=":
            types[service, fields[0]] = fields[1]
        elif kind == "+":
            actions[f"{service}:{fields[0]}"] = [types[service, name.rstrip("*")] for name in fields[2].split(",") if name]
    return actions


def kind_of(arn):
    """The service and the resource's first word: "ecs", "service"."""
    parts = arn.split(":", 5)
    return parts[2], re.split(r"[/:$]", parts[5])[0] if len(parts) > 5 else ""


class Policies(unittest.TestCase):
    files = {path.stem: json.loads(path.read_text()) for path in sorted(lp.FOLDER.glob("*.json"))}

    def statements(self):
        for name, policy in self.files.items():
            for statement in policy["Statement"]:
                yield name, statement

    def test_no_action_has_a_wildcard_and_all_only_allow(self):
        for name, statement in self.statements():
            with self.subTest(file=name, statement=statement["Sid"]):
                self.assertEqual(statement["Effect"], "Allow")
                self.assertEqual([a for a in statement["Action"] if "*" in a or "?" in a], [])
                self.assertEqual(statement["Action"], sorted(set(statement["Action"])))

    def test_every_action_exists_and_is_limited_where_the_reference_knows_resources(self):
        known = catalogue()
        for name, statement in self.statements():
            for action in statement["Action"]:
                if action.split(":")[0] in OUTSIDE_THE_CATALOGUE:
                    continue
                with self.subTest(file=name, action=action):
                    self.assertIn(action, known)
                    if statement["Resource"] == "*":
                        self.assertTrue(not known[action] or action in FOR_ALL, known[action])

    def test_no_resource_stands_for_an_action_that_does_not_know_its_type(self):
        known = catalogue()
        for name, statement in self.statements():
            if statement["Resource"] == "*":
                continue
            resources = statement["Resource"] if isinstance(statement["Resource"], list) else [statement["Resource"]]
            for resource in resources:
                with self.subTest(file=name, resource=resource):
                    service, kind = kind_of(resource)
                    types = {kind_of(pattern) for action in statement["Action"] for pattern in known[action]}
                    self.assertIn(service, {s for s, _ in types})
                    self.assertTrue(kind == "*" or (service, kind) in types or (service, "") in types, (kind, types))

    def test_roles_are_passed_only_to_the_service_that_takes_them(self):
        for name, statement in self.statements():
            if "iam:PassRole" in statement["Action"]:
                with self.subTest(file=name):
                    self.assertIn("iam:PassedToService", statement["Condition"]["StringEquals"])

    def test_each_fits_a_managed_policy_and_lint_finds_nothing(self):
        for name in self.files:
            with self.subTest(file=name):
                path = lp.FOLDER / f"{name}.json"
                self.assertLessEqual(len("".join(path.read_text().split())), 6144)  # "IAM and AWS STS quotas"
                lint = doctor("iam", "lint", path, "--type", "identity", "--output", "json")
                self.assertEqual(lint.code, 0, lint.out + lint.err)

    def test_docs_permissions_names_each_file(self):
        text = (ROOT / "docs/permissions.md").read_text()
        self.assertEqual(sorted(set(re.findall(r"iam/([\w-]+)\.json", text))), sorted(self.files))



class CallersOfTheLab(unittest.TestCase):
    def test_a_policy_that_iam_would_not_store_is_named_with_its_place(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "caller.json")
            path.write_text('{"Version": "2012-10-17",\n "Statement": [{"Effect": "Alow", "Action": "ecs:*", "Resource": "*"}]}')
            for given, words in ((path, f"{path}:2:"), (f"me={path}", f"{path}:2:"), (f"{path}.none", "No such file")):
                result = doctor("lab", "--scenario", "empty", "--port", "0", "--enforce-iam", "--caller-policy", given)
                self.assertEqual((result.code, result.out), (2, ""), result.err)
                self.assertIn(words, result.err)
            result = doctor("lab", "--scenario", "empty", "--port", "0", "--caller-policy", path)
            self.assertEqual(result.code, 2)
            self.assertIn("--enforce-iam", result.err)

    def test_a_key_is_a_role_with_just_its_policy_and_the_operator_keeps_every_right(self):
        allow = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "ecs:ListClusters", "Resource": "*"}]}
        with lp.Callers("quiet", {"lister": allow}) as callers:
            for key, code in (("lister", 3), ("lab", 0)):
                result = callers.run(key, "diagnose", "--cluster", "prod", "--service", "web")
                self.assertEqual(result.code, code, result.out + result.err)


if __name__ == "__main__":
    unittest.main()
