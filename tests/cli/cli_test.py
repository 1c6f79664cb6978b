"""The program from outside: exit codes, bad input, replay, faults. Named by behaviour."""

import http.server
import json
import pathlib
import shutil
import signal
import subprocess
import tempfile
import threading
import time
import unittest

from support import DOCTOR, SCENARIOS, Lab, doctor, environment


def causes(diagnosis):
    """What must not change when the same world is asked again: who, which family, which first cause."""
    return sorted((i["family"] or "", i["resource"]["cluster"] or "", i["resource"]["service"] or "", i["causes"][0]["id"])
                  for i in diagnosis["incidents"])


class IamEvaluate(unittest.TestCase):
    """One JSON line a case; a broken case costs its own line only."""

    CASE = {"name": "x", "request": {"action": "s3:GetObject", "resource": "arn:aws:s3:::b/k",
                                     "principal": "arn:aws:iam::111122223333:user/bob"},
            "identity_policies": [{"Statement": {"Sid": "Yes", "Effect": "Allow", "Action": "s3:*", "Resource": "*"}}]}

    def run_on(self, text, *flags):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "cases.jsonl")
            path.write_text(text)
            return doctor("iam", "evaluate", "--input", path, *flags)

    def test_one_line_of_json_for_each_case(self):
        result = self.run_on(json.dumps(self.CASE) + "\n" + json.dumps(self.CASE) + "\n")
        self.assertEqual(result.code, 0, result.err)
        answers = [json.loads(line) for line in result.out.splitlines()]
        self.assertEqual([a["decision"] for a in answers], ["allowed", "allowed"])
        self.assertEqual(answers[1]["decided_by"], {"level": "identity", "policy": 0, "statement": 0, "sid": "Yes", "line": 2})

    def test_broken_case_names_its_place_and_the_others_are_answered(self):
        broken = json.dumps(self.CASE).replace('"Allow"', '"Alow"')
        result = self.run_on("\n".join([json.dumps(self.CASE), "{nonsense", broken, json.dumps(self.CASE)]))
        self.assertEqual(result.code, 2)
        self.assertEqual(len(result.out.splitlines()), 2)
        lines = result.err.strip().splitlines()
        self.assertEqual(len(lines), 2, result.err)
        self.assertIn("cases.jsonl:2:2", lines[0])
        self.assertRegex(lines[1], r"cases\.jsonl:3:\d+: 'Alow' is no Effect")

    def test_text_says_who_decided(self):
        result = self.run_on(json.dumps(self.CASE, indent=2), "--output", "text")
        self.assertIn("allowed by identity policy 0, statement 0 'Yes'", result.out)

    def test_lint_finds_and_says_so_with_its_exit_code(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "p.json")
            path.write_text('{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*"}}')
            result = doctor("iam", "lint", path)
            self.assertEqual(result.code, 1)
            self.assertIn("PASS_ROLE_WITH_STAR_IN_RESOURCE", result.out)
            self.assertEqual(doctor("iam", "lint", pathlib.Path(folder, "none.json")).code, 2)


class OneClearError(unittest.TestCase):
    """Bad input: one line on stderr, nothing on stdout, the right code."""

    def check(self, result, code, *words):
        self.assertEqual(result.code, code, result.err)
        self.assertEqual(result.out, "")
        lines = result.err.strip().splitlines()
        self.assertEqual(len(lines), 1, result.err)
        for word in words:
            self.assertIn(word, lines[0])

    def snapshot(self, name="spot-one-zone-of-three"):
        folder = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, folder)
        shutil.copytree(SCENARIOS / name, folder / "s")
        return folder / "s"

    def test_truncated_snapshot_file_is_named_with_line_and_column(self):
        folder = self.snapshot()
        file = folder / "ecs.describe-tasks.json"
        file.write_text(file.read_text()[:5000])
        self.check(doctor("diagnose", "--snapshot", folder), 2, "ecs.describe-tasks.json:")
        self.assertRegex(doctor("diagnose", "--snapshot", folder).err, r"ecs\.describe-tasks\.json:\d+:\d+")

    def test_every_truncation_of_a_file_is_an_error_or_the_same_facts(self):
        folder = self.snapshot("spot-with-one-file-only")
        file = folder / "ecs.describe-tasks.json"
        whole = file.read_text()
        for size in range(0, len(whole.rstrip()), len(whole) // 12):
            file.write_text(whole[:size])
            self.check(doctor("diagnose", "--snapshot", folder), 2, "ecs.describe-tasks.json")

    def test_json_of_the_wrong_shape_is_no_snapshot(self):
        folder = self.snapshot()
        (folder / "ecs.describe-tasks.json").write_text('["not", "an", "answer"]')
        self.check(doctor("diagnose", "--snapshot", folder), 2, "ecs.describe-tasks.json")
        (folder / "ecs.describe-tasks.json").write_text('{"tasks": {"taskArn": "x"}}')
        self.check(doctor("diagnose", "--snapshot", folder), 2, "ecs.describe-tasks.json", "tasks")

    def test_folder_that_is_none(self):
        self.check(doctor("diagnose", "--snapshot", "/no/such/folder"), 2, "/no/such/folder")

    def test_folder_without_answers(self):
        with tempfile.TemporaryDirectory() as folder:
            pathlib.Path(folder, "holiday.jpg").write_text("x")
            self.check(doctor("diagnose", "--snapshot", folder), 2, folder)

    def test_unknown_region_name(self):
        env = environment(AWS_ACCESS_KEY_ID="a", AWS_SECRET_ACCESS_KEY="b")
        self.check(doctor("diagnose", "--region", "europe", env=env), 2, "europe", "region")

    def test_well_formed_region_that_aws_does_not_know(self):
        env = environment(AWS_ACCESS_KEY_ID="a", AWS_SECRET_ACCESS_KEY="b")
        self.check(doctor("diagnose", "--region", "eu-wst-9", env=env), 3, "eu-wst-9")

    def test_no_credentials_says_what_was_tried(self):
        self.check(doctor("diagnose", "--region", "eu-west-1"), 3, "credentials")

    def test_no_region_says_how_to_name_one(self):
        self.check(doctor("diagnose", env=environment(AWS_ACCESS_KEY_ID="a", AWS_SECRET_ACCESS_KEY="b")), 2, "--region")

    def test_expired_credentials(self):
        with Lab("quiet") as lab:
            self.check(lab.doctor("diagnose", AWS_ACCESS_KEY_ID="AKIAEXPIRED", AWS_SESSION_TOKEN="expired"), 3, "xpired")

    def test_wrong_arn(self):
        for flag, value in (("--task", "arn:aws:ecs:eu-west-1:111122223333"), ("--task", "arn:aws:s3:::bucket/task/x"),
                            ("--cluster", "arn:aws:ecs:eu-west-1:12:cluster/prod"), ("--service", "arn:aws:ecs:eu-west-1:111122223333:task/p/x")):
            self.check(doctor("diagnose", "--snapshot", SCENARIOS / "spot-one-zone-of-three", flag, value), 2, value)

    def test_service_that_does_not_exist_names_those_that_do(self):
        result = doctor("diagnose", "--snapshot", SCENARIOS / "spot-one-zone-of-three", "--service", "wep")
        self.check(result, 3, "wep", "web")

    def test_endpoint_that_answers_html(self):
        class Html(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                body = b"<!DOCTYPE html><html><body><h1>Sign in to the guest network</h1></body></html>"
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST

            def log_message(self, *ignored):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Html)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        url = f"http://127.0.0.1:{server.server_port}"
        env = environment(AWS_ACCESS_KEY_ID="a", AWS_SECRET_ACCESS_KEY="b", AWS_REGION="eu-west-1")
        self.check(doctor("diagnose", "--endpoint-url", url, env=env), 3, url)

    def test_endpoint_where_nobody_listens(self):
        env = environment(AWS_ACCESS_KEY_ID="a", AWS_SECRET_ACCESS_KEY="b", AWS_REGION="eu-west-1")
        self.check(doctor("diagnose", "--endpoint-url", "http://127.0.0.1:9", env=env), 3, "127.0.0.1")

    def test_wrong_usage(self):
        for arguments in ([], ["heal"], ["diagnose", "--output", "pdf"], ["diagnose", "--since", "soon", "--snapshot", "."],
                          ["diagnose", "--frobnicate"], ["lab", "--scenario", "no-such"], ["lab", "--faults", "throttle=lots"],
                          ["explain"], ["snapshot"]):
            self.check(doctor(*arguments), 2)

    def test_unknown_profile(self):
        self.check(doctor("diagnose", "--profile", "nobody", "--region", "eu-west-1"), 2, "nobody")


class Explain(unittest.TestCase):
    def test_pasted_reason(self):
        result = doctor("explain", "Unexpected EC2 error while attempting to Create Network Interface: InsufficientFreeAddressesInSubnet")
        self.assertEqual(result.code, 0)
        self.assertIn("eni.no_free_addresses", result.out)

    def test_standard_input_and_json(self):
        result = doctor("explain", "-", "--output", "json", stdin="Your Spot Task was interrupted.")
        self.assertEqual(result.code, 0)
        self.assertIn("FargateSpotInterrupted", result.out)
        json.loads(result.out)

    def test_unknown_text_lists_what_is_known(self):
        result = doctor("explain", "the coffee machine is broken")
        self.assertEqual(result.code, 2)
        self.assertIn("FargateSpotInterrupted", result.err)


class Snapshots(unittest.TestCase):
    def test_labelled_cause_is_first_and_bytes_repeat(self):
        for folder in sorted(SCENARIOS.iterdir()):
            with self.subTest(folder.name):
                label = json.loads((folder / "label.json").read_text())["incidents"][0]
                first = doctor("diagnose", "--snapshot", folder, "--output", "json")
                self.assertIn(first.code, (1, 4), first.err)
                incident = first.json["incidents"][0]
                self.assertEqual((incident["family"], incident["causes"][0]["id"]), (label["family"] or None, label["cause"]))
                self.assertEqual(first.out, doctor("diagnose", "--snapshot", folder, "--output", "json").out)

    def test_every_format_renders(self):
        folder = SCENARIOS / "spot-one-zone-of-three"
        for output, start in (("text", ""), ("json", "{"), ("markdown", "#"), ("html", "<!"), ("sarif", "{")):
            result = doctor("diagnose", "--snapshot", folder, "--output", output)
            self.assertTrue(result.out.lstrip().startswith(start), output)
            self.assertIn("spot.reclaimed_zone", result.out.replace("\\_", "_"), output)


class Live(unittest.TestCase):
    def test_every_scenario_of_the_lab_is_diagnosed_as_what_was_injected(self):
        scenarios = doctor("lab", "--list", "--output", "json").json["scenarios"]
        families = {}
        for scenario in scenarios:
            families[scenario["family"]] = families.get(scenario["family"], 0) + bool(scenario["cause"])
        for family in ("FargateENICreateFailed", "FargateEphemeralStorageExceeded", "FargateExecError", "FargateImageSizeExceeded",
                       "FargateInsufficientCapacity", "FargatePlatformVersionUnsupported"):
            self.assertGreaterEqual(families.get(family, 0), 2, family)
        self.assertGreaterEqual(families.get("FargateSpotInterrupted", 0), 3)
        for scenario in scenarios:
            if not scenario["cause"] or scenario["name"] == "large":
                continue
            with self.subTest(scenario["name"]), Lab(scenario["name"]) as lab:
                selectors = ["--cluster", scenario["cluster"]] + (["--service", scenario["service"]] if scenario["service"] else [])
                result = lab.doctor("diagnose", *selectors, "--output", "json")
                self.assertIn(result.code, (1, 4), result.err)
                incident = result.json["incidents"][0]
                self.assertEqual((incident["family"], incident["causes"][0]["id"]), (scenario["family"], scenario["cause"]))

    def test_healthy_world_has_nothing_to_find(self):
        with Lab("quiet") as lab:
            result = lab.doctor("diagnose", "--output", "json")
            self.assertEqual((result.code, result.json["incidents"]), (0, []), result.err)

    def test_all_regions_asks_those_that_the_account_has(self):
        with Lab("spot-zone-reclaimed") as lab:
            result = lab.doctor("diagnose", "--all-regions", "--output", "json")
            self.assertIn(result.code, (1, 4), result.err)
            self.assertGreater(len(result.json["scope"]["regions"]), 1)
            self.assertEqual(result.json["incidents"][0]["causes"][0]["id"], "spot.reclaimed_zone")

    def test_faults_do_not_change_the_answer(self):
        with Lab("spot-zone-reclaimed", "--seed", "7") as lab:
            plain = lab.doctor("diagnose", "--cluster", "prod", "--output", "json")
        for seed in ("11", "12", "13"):
            with Lab("spot-zone-reclaimed", "--seed", seed, "--faults", "throttle=10%,reset=2%,truncate=1%") as lab:
                faulty = lab.doctor("diagnose", "--cluster", "prod", "--output", "json")
                self.assertEqual(faulty.code, plain.code, faulty.err)
                self.assertEqual(causes(faulty.json), causes(plain.json))
                self.assertEqual(len(faulty.json["missing"]), len(plain.json["missing"]))

    def test_recorded_run_replays_byte_for_byte(self):
        with tempfile.TemporaryDirectory() as folder, Lab("spot-zone-reclaimed") as lab:
            target = pathlib.Path(folder, "snapshot")
            live = lab.doctor("diagnose", "--cluster", "prod", "--output", "json", "--record", target)
            self.assertIn(live.code, (1, 4), live.err)
            replay = doctor("diagnose", "--cluster", "prod", "--snapshot", target, "--output", "json")
            self.assertEqual(replay.out, live.out)
            self.assertEqual(replay.code, live.code)

    def test_snapshot_command_writes_what_diagnose_reads(self):
        with tempfile.TemporaryDirectory() as folder, Lab("eni-no-addresses") as lab:
            target = pathlib.Path(folder, "snapshot")
            written = lab.doctor("snapshot", "--to", target)
            self.assertIn(written.code, (0, 4), written.err)
            replay = doctor("diagnose", "--snapshot", target, "--output", "json")
            self.assertEqual(replay.json["incidents"][0]["causes"][0]["id"], "eni.no_free_addresses")

    def test_refused_evidence_is_named_with_what_would_grant_it(self):
        with Lab("spot-zone-reclaimed", "--refuse", "cloudtrail:LookupEvents") as lab:
            result = lab.doctor("diagnose", "--cluster", "prod", "--output", "json")
            self.assertEqual(result.code, 4, result.err)
            self.assertTrue(any("cloudtrail:LookupEvents" in m["how_to_grant"] for m in result.json["missing"]), result.json["missing"])
            self.assertEqual(result.json["incidents"][0]["causes"][0]["id"], "spot.reclaimed_zone")

    def test_control_c_ends_at_once(self):
        with Lab("spot-zone-reclaimed", "--latency", "20s") as lab:
            process = subprocess.Popen([DOCTOR, "diagnose", "--cluster", "prod"], env=lab.env(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            time.sleep(1)
            start = time.monotonic()
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=10)
            self.assertLess(time.monotonic() - start, 2)
            self.assertEqual((process.returncode, out), (3, ""))
            self.assertEqual(len(err.strip().splitlines()), 1, err)

    def test_no_secret_is_printed_in_debug(self):
        with Lab("spot-zone-reclaimed") as lab:
            result = lab.doctor("diagnose", "--cluster", "prod", "--debug", AWS_SECRET_ACCESS_KEY="topsecretkey", AWS_SESSION_TOKEN="topsecrettoken")
            self.assertNotIn("topsecret", result.out + result.err)
            self.assertIn("DescribeTasks", result.err)


if __name__ == "__main__":
    unittest.main()
