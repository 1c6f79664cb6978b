"""`plan` from outside: what it prints, writes and refuses. Named by behaviour."""

import json
import pathlib
import re
import stat
import subprocess
import tempfile
import unittest

from support import SCENARIOS, Lab, doctor

SPOT = SCENARIOS / "spot-one-zone-of-three"


class Plan(unittest.TestCase):
    def test_the_text_reads_like_a_diff(self):
        result = doctor("plan", "--snapshot", SPOT)
        self.assertEqual(result.code, 1, result.err)
        self.assertRegex(result.out, r'- capacityProviderStrategy: \[\{"base":0,"capacityProvider":"FARGATE_SPOT"')
        self.assertRegex(result.out, r"\+ capacityProviderStrategy:")
        self.assertIn("reversible by ecs UpdateService", result.out)
        self.assertIn("needs ecs:UpdateService", result.out)
        self.assertIn("Nothing was changed.", result.out)
        self.assertLessEqual(max(map(len, result.out.splitlines())), 100)

    def test_the_file_is_its_owners_alone_and_the_same_twice(self):
        with tempfile.TemporaryDirectory() as folder:
            paths = [pathlib.Path(folder, name) for name in ("a.json", "b.json")]
            for path in paths:
                self.assertEqual(doctor("plan", "--snapshot", SPOT, "--out", path).code, 1)
                self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o600)
            self.assertEqual(paths[0].read_bytes(), paths[1].read_bytes())
            plan = json.loads(paths[0].read_text())
            self.assertEqual(plan["schema"], "fargate-doctor/plan/1")
            self.assertEqual(len(plan["digest"]["sha256"]), 64)

    def test_output_json_is_the_file(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "plan.json")
            result = doctor("plan", "--snapshot", SPOT, "--out", path, "--output", "json")
            self.assertEqual(result.out, path.read_text())

    def test_one_fix_alone(self):
        result = doctor("plan", "--snapshot", SPOT, "--fix", "circuit_breaker", "--output", "json")
        plan = json.loads(result.out)
        self.assertEqual([step["fix"] for step in plan["steps"]], ["circuit_breaker"])

    def test_what_would_change_nothing_exits_with_0(self):
        result = doctor("plan", "--snapshot", SPOT, "--fix", "handle_sigterm")
        self.assertEqual(result.code, 0, result.err)
        self.assertIn("No call would mend ", result.out)
        self.assertIn("SIGTERM", result.out)

    def test_a_fix_that_is_none_is_one_error(self):
        result = doctor("plan", "--snapshot", SPOT, "--fix", "reboot")
        self.assertEqual(result.code, 3)
        self.assertEqual(len(result.err.strip().splitlines()), 1)
        self.assertIn("there is no fix 'reboot'", result.err)

    def test_an_incident_that_is_none_is_one_error(self):
        result = doctor("plan", "--snapshot", SPOT, "--incident", "9")
        self.assertEqual(result.code, 3)
        self.assertIn("there is no incident 9", result.err)

    def test_terraform_is_asked_first(self):
        with tempfile.TemporaryDirectory() as folder:
            state = pathlib.Path(folder, "terraform.tfstate")
            state.write_text(json.dumps({"version": 4, "resources": [
                {"mode": "managed", "type": "aws_ecs_service", "name": "web", "instances": [
                    {"attributes": {"id": "arn:aws:ecs:eu-west-1:111122223333:service/prod/web"}}]}]}))
            result = doctor("plan", "--snapshot", SPOT, "--terraform-state", state)
            self.assertIn("managed by terraform: aws_ecs_service.web", re.sub(r"\s+", " ", result.out))
            state.write_text("{")
            result = doctor("plan", "--snapshot", SPOT, "--terraform-state", state)
            self.assertEqual(result.code, 2)
            self.assertIn("terraform.tfstate:1:", result.err)

    def test_the_state_may_stand_in_a_bucket(self):
        state = json.dumps({"version": 4, "resources": [
            {"mode": "managed", "type": "aws_ecs_service", "name": "web", "instances": [
                {"attributes": {"id": "arn:aws:ecs:eu-west-1:111122223333:service/prod/web"}}]}]})
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder, "terraform.tfstate")
            file.write_text(state)
            place = "states/env/pro d/terraform=1.tfstate"
            with Lab("spot-zone-reclaimed", "--s3-object", f"s3://{place}={file}") as lab:
                # Somebody else's client first: the lab is S3 to it.
                copy = pathlib.Path(folder, "copy")
                bucket, key = place.split("/", 1)
                aws = ["/usr/bin/aws", "--endpoint-url", lab.url, "s3api", "get-object", "--bucket", bucket, "--key"]
                done = subprocess.run([*aws, key, copy], env=lab.env(), capture_output=True, text=True)
                self.assertEqual((done.returncode, copy.read_text()), (0, state), done.stderr)
                done = subprocess.run([*aws, "none", copy], env=lab.env(), capture_output=True, text=True)
                self.assertIn("NoSuchKey", done.stderr)

                result = lab.doctor("plan", "--terraform-state", f"s3://{place}")
                self.assertEqual(result.code, 1, result.err)
                self.assertIn("managed by terraform: aws_ecs_service.web", re.sub(r"\s+", " ", result.out))
                result = lab.doctor("plan", "--terraform-state", "s3://states/none")
                self.assertEqual((result.code, len(result.err.strip().splitlines())), (3, 1), result.err)
                self.assertIn("NoSuchKey", result.err)
                result = lab.doctor("plan", "--terraform-state", "s3://states")
                self.assertEqual(result.code, 2)
                self.assertIn("s3://BUCKET/KEY", result.err)

    def test_a_bucket_may_be_kept_from_the_user(self):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder, "terraform.tfstate")
            file.write_text("{}")
            with Lab("spot-zone-reclaimed", "--s3-object", f"s3://states/a={file}", "--refuse", "s3:GetObject") as lab:
                result = lab.doctor("plan", "--terraform-state", "s3://states/a")
                self.assertEqual(result.code, 3)
                self.assertIn("allow s3:GetObject", result.err)

    def test_the_page_and_the_ticket_hold_the_answer_first(self):
        page = doctor("plan", "--snapshot", SPOT, "--output", "html")
        self.assertEqual(page.code, 1, page.err)
        self.assertRegex(page.out, r'<h1 class="lead">\d+ steps? mends? prod/web')
        self.assertNotIn("<script", page.out)
        ticket = doctor("plan", "--snapshot", SPOT, "--output", "markdown")
        self.assertRegex(ticket.out.splitlines()[0], r"^# \d+ steps? mends? prod/web")

    def test_who_else_shares_is_read_though_one_service_was_named(self):
        with Lab("exec-no-path") as lab:
            result = lab.doctor("plan", "--cluster", "prod", "--service", "web", "--output", "json")
            plan = json.loads(result.out)
            endpoint = [r for r in plan["blast_radius"] if r["resource"]["kind"] == "ec2:vpc-endpoint"][0]
            named = {(d["kind"], d["name"]) for d in endpoint["dependents"]}
            self.assertLessEqual({("ecs:service", f"prod/{name}") for name in ("web", "catalog", "mailer")}, named)
            self.assertEqual(plan["confirmation"], "type_count")
            text = lab.doctor("plan", "--cluster", "prod", "--service", "web").out
            self.assertIn(f"--confirm {len(named)})", re.sub(r"\s+", " ", text))
        with Lab("exec-no-path", "--refuse", "ecs:ListServices") as lab:
            text = lab.doctor("plan", "--cluster", "prod", "--service", "web").out
            self.assertIn("who else uses what is changed: ecs list-services", re.sub(r"\s+", " ", text))

    def test_against_aws_the_states_are_read_live(self):
        with Lab("spot-zone-reclaimed") as lab:
            result = lab.doctor("plan", "--output", "json")
            self.assertEqual(result.code, 1, result.err)
            plan = json.loads(result.out)
            update = [s for s in plan["steps"] if s["request"]["operation"] == "UpdateService"]
            self.assertEqual(len(update), 1, result.out[:500])
            self.assertIn("capacityProviderStrategy", update[0]["before"])
            self.assertNotIn("events", update[0]["before"])


if __name__ == "__main__":
    unittest.main()
