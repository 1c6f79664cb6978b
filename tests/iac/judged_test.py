"""What codify writes, judged by others: HashiCorp's HCL parser, the CloudFormation resource specification, patch(1)."""
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

import yaml

HERE = pathlib.Path(__file__).parent
RUNS = ("spot", "storage", "exec", "network", "quotas")


class Loader(yaml.SafeLoader):
    """CloudFormation's YAML: !Ref and its like become the long form."""


def intrinsic(loader, suffix, node):
    name = suffix if suffix in ("Ref", "Condition") else "Fn::" + suffix
    if isinstance(node, yaml.ScalarNode):
        value = node.value.split(".") if suffix == "GetAtt" else node.value
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    return {name: value}


Loader.add_multi_constructor("!", intrinsic)
# A date is a string to CloudFormation.
Loader.yaml_implicit_resolvers = {
    key: [(tag, pattern) for tag, pattern in rows if tag != "tag:yaml.org,2002:timestamp"]
    for key, rows in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def template_of(text):
    return yaml.load(text, Loader)


class JudgedTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp())
        subprocess.run([os.environ["IAC_SAMPLE"], cls.folder], check=True)

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def test_real_parsers_find_no_fault(self):
        for path in self.folder.rglob("*.yaml"):
            if path.is_dir():
                continue
            imports = path.parent / "fargate-doctor-resources-to-import.json"
            own = path.name == "fargate-doctor-import.yaml"
            judged = {"template": template_of(path.read_text()), "imports": json.loads(imports.read_text()) if own else None}
            path.with_suffix(".template.judge.json").write_text(json.dumps(judged))
        for path in self.folder.rglob("patched/stack.json"):
            path.with_suffix(".template.judge.json").write_text(
                json.dumps({"template": json.loads(path.read_text()), "imports": None}))
        judged = subprocess.run(["node", "judge.mjs", self.folder], cwd=HERE / "oracle", capture_output=True, text=True)
        self.assertEqual(judged.stdout, "")
        self.assertEqual(judged.returncode, 0, judged.stderr)
        counted = json.loads(judged.stderr)
        print("judged:", counted)
        self.assertGreater(counted["files"], 20)
        self.assertGreater(counted["resources"], 30)
        self.assertGreater(counted["imports"], 20)
        self.assertGreater(counted["templates"], 15)

    def test_the_judge_sees_faults(self):
        with tempfile.TemporaryDirectory() as folder:
            at = pathlib.Path(folder)
            (at / "fargate_doctor_a.tf").write_text('resource "aws_route" "a" {\n  rout_table_id = 1\n}\n')
            (at / "fargate_doctor_b.tf").write_text('variable "a" {}\nimport {\n  id = "x"\n}\n')
            (at / "c.tf").write_text('resource "a" {\n')
            (at / "d.template.judge.json").write_text(json.dumps({"template": {"Resources": {"A": {
                "Type": "AWS::ECS::Service", "Properties": {"DesiredCount": "two", "Nonsense": 1}}}}, "imports": []}))
            judged = subprocess.run(["node", "judge.mjs", folder], cwd=HERE / "oracle", capture_output=True, text=True)
            for words in ("rout_table_id is no argument", "lacks route_table_id", "has no validation", "import without to",
                          "c.tf\",\"what\":\"does not parse", "not a integer", "A.Nonsense is no property",
                          "no DeletionPolicy", "not Cluster,ServiceArn"):
                self.assertIn(words, judged.stdout)

    def test_every_diff_is_what_patch_makes(self):
        diffs = list(self.folder.rglob("*.diff"))
        self.assertGreater(len(diffs), 5)
        for diff in diffs:
            before, after = diff.with_suffix(".before"), diff.with_suffix("")
            with tempfile.TemporaryDirectory() as folder:
                shutil.copy(before, pathlib.Path(folder) / after.name)
                subprocess.run(["patch", "-p1", "-s", "-i", diff], cwd=folder, check=True)
                self.assertEqual((pathlib.Path(folder) / after.name).read_bytes(), after.read_bytes(), diff)

    def test_a_patched_template_differs_in_nothing_else(self):
        before = template_of((HERE / "code/stack.yaml").read_text())
        after = template_of((self.folder / "stack-patched/spot/stack.yaml/patched/stack.yaml").read_text())
        web = before["Resources"]["Web"]["Properties"]
        web["DesiredCount"] = 3
        web["CapacityProviderStrategy"] = [
            {"CapacityProvider": "FARGATE_SPOT", "Weight": 3}, {"CapacityProvider": "FARGATE", "Base": 2, "Weight": 1}]
        web["DeploymentConfiguration"]["DeploymentCircuitBreaker"] = {"Enable": True, "Rollback": True}
        web["NetworkConfiguration"]["AwsvpcConfiguration"]["Subnets"].append("subnet-0b")
        before["Resources"]["TargetGroup"]["Properties"]["TargetGroupAttributes"] = [
            {"Key": "deregistration_delay.timeout_seconds", "Value": "60"}]
        self.assertEqual(after, before)

    def test_a_change_set_holds_what_create_change_set_takes(self):
        import botocore.session
        import botocore.validate
        shape = botocore.session.get_session().get_service_model("cloudformation").operation_model("CreateChangeSet").input_shape
        inputs = list(self.folder.rglob("*change-set.json")) + list(self.folder.rglob("fargate-doctor-update-*.json"))
        self.assertGreater(len(inputs), 8)
        for path in inputs:
            report = botocore.validate.ParamValidator().validate(json.loads(path.read_text()), shape)
            self.assertFalse(report.has_errors(), f"{path}: {report.generate_report()}")

    @unittest.skipUnless(shutil.which("terraform"), "terraform is not on this machine")
    def test_terraform_would_not_format_what_was_generated(self):
        for path in self.folder.rglob("fargate_doctor_*.tf"):
            done = subprocess.run(["terraform", "fmt", "-check", "-diff", path], capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, done.stdout)

    def doctor(self, *words, code):
        done = subprocess.run([os.environ["DOCTOR"], "codify", "last", "--journal", self.folder / "journal.db", *words],
                              capture_output=True, text=True)
        self.assertEqual(done.returncode, code, done.stderr)
        return done

    def test_the_command_shows_patches_and_writes_them_only_when_told(self):
        with tempfile.TemporaryDirectory() as folder:
            code = pathlib.Path(folder) / "code"
            shutil.copytree(HERE / "code", code)
            before = (code / "main.tf").read_text()
            words = ("--to", "terraform", "--state", code / "terraform.tfstate", "--patch", code / "main.tf", "--patch", code / "network.tf",
                     "--out", code / "new")
            shown = self.doctor(*words, code=1)
            self.assertIn("+  desired_count   = 3   # two are enough?\n", shown.stdout)
            self.assertIn("refused at", shown.stdout)
            self.assertIn("nothing was patched", shown.stderr)
            self.assertEqual((code / "main.tf").read_text(), before)
            self.doctor(*words, "--apply", code=1)
            after = (code / "main.tf").read_text()
            self.assertIn("  desired_count   = 3   # two are enough?\n", after)
            self.assertEqual(sorted(path.name for path in code.iterdir()),
                             ["main.tf", "network.tf", "new", "stack.json", "stack.yaml", "terraform.tfstate"])
            # What is in the code is drift no more; what was refused still is.
            left = json.loads(self.doctor(*words, "--output", "json", code=1).stdout)
            self.assertEqual([row["answer"] for row in left["drift"]], ["refused"])
            self.assertEqual(left["patches"], [])

    def test_the_command_writes_cloudformation(self):
        shown = self.doctor("--to", "cloudformation", "--patch", HERE / "code/stack.yaml", code=1)
        self.assertIn("+        - Base: 2\n", shown.stdout)
        self.assertIn('"ChangeSetType": "UPDATE"', shown.stdout)

    def test_the_command_says_what_is_wrong(self):
        for words, said in ((("--to", "pulumi"), "pulumi not in {"),
                            (("--to", "terraform", "--state", "/nowhere"), "/nowhere: No such file"),
                            (("--to", "terraform", "--patch", HERE / "code/stack.yaml"), "stack.yaml:2:25:"),
                            (("--to", "cloudformation", "--patch", HERE / "code/main.tf"), "main.tf")):
            self.assertIn(said, self.doctor(*words, code=2).stderr)
        done = subprocess.run([os.environ["DOCTOR"], "codify", "last", "--to", "terraform", "--journal", "/nowhere/j.db"], capture_output=True, text=True)
        self.assertEqual(done.returncode, 3)
        self.assertIn("there is no journal at /nowhere/j.db", done.stderr)


if __name__ == "__main__":
    unittest.main()
