"""`iam explain` and `iam minimum` from outside. The sentences follow "Troubleshoot access denied error messages" (IAM User
Guide)."""

import json
import pathlib
import subprocess
import tempfile
import unittest

from support import Lab, doctor

RUN_TASK = ("User: arn:aws:sts::111122223333:assumed-role/ci/s is not authorized to perform: ecs:RunTask on resource: "
            "arn:aws:ecs:us-east-1:111122223333:task-definition/web:7 ")
BY_SCP = RUN_TASK + "with an explicit deny in a service control policy"
BY_IDENTITY = RUN_TASK + "because no identity-based policy allows the ecs:RunTask action"

SCP = """{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "EuropeOnly",
      "Effect": "Deny",
      "Action": "ecs:*",
      "Resource": "*",
      "Condition": {"StringNotEquals": {"aws:RequestedRegion": "eu-west-1"}}
    }
  ]
}"""


def snapshot(folder):
    """A hand-made snapshot: a role that may run tasks, and an SCP that forbids it outside one region."""
    allow = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "ecs:*", "Resource": "*"}]}
    role = {"Role": {"RoleName": "ci", "Arn": "arn:aws:iam::111122223333:role/ci", "Path": "/",
                     "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []}}}
    files = {
        "iam.get-role.ci.json": role,
        "iam.list-role-policies.ci.json": {"PolicyNames": ["deploy"]},
        "iam.list-attached-role-policies.ci.json": {"AttachedPolicies": []},
        "iam.get-role-policy.ci.json": {"RoleName": "ci", "PolicyName": "deploy", "PolicyDocument": allow},
        "organizations.describe-policy.p-regions.json": {"Policy": {
            "PolicySummary": {"Id": "p-regions", "Name": "regions", "Type": "SERVICE_CONTROL_POLICY"}, "Content": SCP}},
        "organizations.describe-policy.p-FullAWSAccess.json": {"Policy": {
            "PolicySummary": {"Id": "p-FullAWSAccess", "Name": "FullAWSAccess", "Type": "SERVICE_CONTROL_POLICY"},
            "Content": json.dumps({"Version": "2012-10-17",
                                   "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})}},
        "organizations.list-targets-for-policy.p-regions.json": {"Targets": [{"TargetId": "ou-prod"}]},
        "organizations.list-targets-for-policy.p-FullAWSAccess.json": {"Targets": [{"TargetId": "r-root"}]},
    }
    for name, content in files.items():
        (pathlib.Path(folder) / name).write_text(json.dumps(content))


class Explain(unittest.TestCase):
    def test_finds_the_scp_statement_hidden_behind_an_allow(self):
        with tempfile.TemporaryDirectory() as folder:
            snapshot(folder)
            result = doctor("iam", "explain", "--snapshot", folder, "--output", "json", BY_SCP)
        self.assertEqual(result.code, 0, result.err)
        found = json.loads(result.out)["denials"][0]
        self.assertEqual(found["policy_type"], "scp")
        self.assertEqual(found["policies"]["decision"], "explicit_deny")
        culprit = found["policies"]["decided_by"][0]
        self.assertEqual((culprit["policy"], culprit["sid"], culprit["line"], culprit["attached_to"]),
                         ("regions", "EuropeOnly", 4, "ou-prod"))

    def test_without_a_snapshot_says_only_what_the_words_prove(self):
        result = doctor("iam", "explain", BY_SCP)
        self.assertEqual(result.code, 0, result.err)
        self.assertIn("a Deny statement in a service control policy matched", result.out)
        self.assertIn("--snapshot", result.out)

    def test_refuses_what_is_no_refusal_in_one_line(self):
        result = doctor("iam", "explain", "all is well")
        self.assertEqual((result.code, result.out), (2, ""))
        self.assertEqual(len(result.err.strip().splitlines()), 1)

    def test_wants_a_text_or_an_event_not_both(self):
        self.assertEqual(doctor("iam", "explain").code, 2)
        self.assertEqual(doctor("iam", "explain", "--event", "x.json", BY_SCP).code, 2)


class Minimum(unittest.TestCase):
    def test_writes_the_policy(self):
        result = doctor("iam", "minimum", "--output", "json", BY_IDENTITY)
        self.assertEqual(result.code, 0, result.err)
        answer = json.loads(result.out)
        self.assertEqual(answer["schema"], "fargate-doctor/iam-minimum/1")
        statement = answer["policy"]["Statement"][0]
        self.assertEqual((statement["Action"], statement["Resource"]),
                         ("ecs:RunTask", "arn:aws:ecs:us-east-1:111122223333:task-definition/web:7"))

    def test_says_that_no_allow_helps_against_an_scp(self):
        result = doctor("iam", "minimum", BY_SCP)
        self.assertEqual(result.code, 1, result.err)
        self.assertIn("No Allow helps", result.out)
        self.assertIn("There is no policy to write", result.out)

    def test_reads_what_lookup_events_prints_and_keeps_to_a_role(self):
        def event(role, key):
            return {"CloudTrailEvent": json.dumps({
                "eventSource": "s3.amazonaws.com", "eventName": "GetObject", "awsRegion": "eu-west-1",
                "recipientAccountId": "111122223333",
                "userIdentity": {"arn": f"arn:aws:sts::111122223333:assumed-role/{role}/s", "sessionContext": {
                    "sessionIssuer": {"type": "Role", "arn": f"arn:aws:iam::111122223333:role/{role}"}}},
                "requestParameters": {"bucketName": "b", "key": key}})}
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "history.json"
            file.write_text(json.dumps({"Events": [event("web", "a"), event("web", "b"), event("other", "c")]}))
            result = doctor("iam", "minimum", "--history", str(file), "--role", "web", "--output", "json")
        self.assertEqual(result.code, 0, result.err)
        self.assertEqual(json.loads(result.out)["policy"]["Statement"][0]["Resource"],
                         ["arn:aws:s3:::b/a", "arn:aws:s3:::b/b"])

    def test_names_a_file_that_does_not_parse(self):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "history.json"
            file.write_text("{")
            result = doctor("iam", "minimum", "--history", str(file))
        self.assertEqual((result.code, result.out), (2, ""))
        self.assertIn("history.json:1:", result.err)


class AccessAnalyzer(unittest.TestCase):
    """IAM Access Analyzer asked over the wire: ValidatePolicy, CheckNoNewAccess, StartPolicyGeneration, GetGeneratedPolicy ("IAM Access
    Analyzer API Reference")."""

    ROLE = "arn:aws:iam::111122223333:role/Operator"

    @classmethod
    def setUpClass(cls):
        cls.lab = Lab("empty", "--speed", "10")
        cls.folder = tempfile.TemporaryDirectory()

    @classmethod
    def tearDownClass(cls):
        cls.lab.stop()
        cls.folder.cleanup()

    def file(self, name, text):
        path = pathlib.Path(self.folder.name) / name
        path.write_text(text)
        return path

    def aws(self, *words):
        done = subprocess.run(["/usr/bin/aws", "--endpoint-url", self.lab.url, "--region", "eu-west-1", *words], env=self.lab.env(AWS_PAGER=""),
                              capture_output=True, text=True, timeout=60)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout

    def test_new_access_is_told_from_access_that_is_there(self):
        def existing(action):
            return self.file("existing.json", json.dumps({"Version": "2012-10-17", "Statement": [
                {"Effect": "Allow", "Action": action, "Resource": "*"}]}))
        for action, result in (("ecs:*", "PASS"), ("ecs:StopTask", "FAIL")):
            done = self.lab.doctor("iam", "minimum", BY_IDENTITY, "--confirm-with-access-analyzer", "--existing", existing(action), "--output", "json")
            self.assertEqual((done.code, done.err), (0, ""))
            self.assertEqual(done.json["access_analyzer"]["new_access"], result, action)
            self.assertEqual(done.json["access_analyzer"]["findings"], [])

    def test_a_generated_policy_is_compared_with_ours(self):
        self.aws("ecs", "create-cluster", "--cluster-name", "seen")
        self.aws("ecs", "describe-clusters", "--clusters", "seen")
        history = self.file("history.json", self.aws("cloudtrail", "lookup-events"))
        done = self.lab.doctor("iam", "minimum", "--history", history, "--role", self.ROLE, "--confirm-with-access-analyzer", "--trail",
                               "arn:aws:cloudtrail:eu-west-1:111122223333:trail/all", "--access-role", self.ROLE, "--output", "json")
        self.assertEqual(done.err, "")
        opinion = done.json["access_analyzer"]
        self.assertEqual((opinion["generation"], opinion["only_minimum"]), ("SUCCEEDED", []))
        self.assertNotIn("ecs:CreateCluster", opinion["only_generated"])
        self.assertIn("cloudtrail:LookupEvents", opinion["only_generated"])  # it happened after the history was read

    def test_policy_generation_needs_to_be_told_where_to_read(self):
        done = self.lab.doctor("iam", "minimum", BY_IDENTITY, "--trail", "arn:aws:cloudtrail:eu-west-1:111122223333:trail/all")
        self.assertEqual(done.code, 2)
        self.assertIn("--access-role", done.err)



if __name__ == "__main__":
    unittest.main()
