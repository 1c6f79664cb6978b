"""`verify` and `runbook` from outside: over the wire against the lab, with repairs made by the stock AWS CLI."""

import base64
import http.server
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time
import unittest
import urllib.parse

from support import DOCTOR, Lab, doctor, environment

WRITE_RUN = os.environ.get("WRITE_RUN", str(pathlib.Path(DOCTOR).parent / "verify_write_run"))
ACCOUNT = "123456789012"


class Bench(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)
        self.journal = self.folder / "state" / "journal.db"

    def write_run(self, **run):
        run = {"region": "eu-west-1", "cluster": "prod", "service": "web", "cause": "x", **run}
        done = subprocess.run([WRITE_RUN, self.journal], input=json.dumps(run), capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout.strip()

    def lab(self, scenario, *flags):
        lab = Lab(scenario, *flags)
        self.addCleanup(lab.stop)
        return lab

    def aws(self, lab, *arguments):
        done = subprocess.run(["/usr/bin/aws", "--output", "json", "--endpoint-url", lab.url, *arguments], env=lab.env(), capture_output=True,
                              text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout) if done.stdout.strip() else None

    def verify(self, lab, run, *flags, **more):
        return lab.doctor("verify", run, "--journal", self.journal, "--poll", "100ms", "--settle", "1s", "--longest", "60s",
                          "--output", "json", *flags, **more)

    def ours(self, lab, cluster, run, status):
        """Tasks that a verification of this run has started."""
        return self.aws(lab, "ecs", "list-tasks", "--cluster", cluster, "--started-by", f"fd-verify_{run}"[:36],
                        "--desired-status", status)["taskArns"]

    def by_id(self, answer, check_id):
        return [c for c in answer["checks"] if c["id"] == check_id]


class Verify(Bench):
    def test_a_healthy_service_starts_tasks_in_every_subnet_and_leaves_none_behind(self):
        lab = self.lab("quiet", "--speed", "20")
        run = self.write_run(family="FargateExecError")
        answer = self.verify(lab, run)
        self.assertIn(answer.code, (0, 4), answer.err + answer.out)
        replays = self.by_id(answer.json, "replay.run_task")
        self.assertGreaterEqual(len(replays), 2, answer.out)
        self.assertEqual({c["standing"] for c in replays}, {"passed"}, answer.out)
        self.assertEqual(len({re.search(r"subnet-\w+", c["name"])[0] for c in replays}), len(replays))
        self.assertEqual(self.ours(lab, "prod", run, "RUNNING"), [])
        self.assertNotIn("failed", {c["standing"] for c in answer.json["checks"]}, answer.out)

    def test_what_is_still_broken_is_exit_1_and_named_as_the_same_failure(self):
        lab = self.lab("eni-no-addresses", "--speed", "20")
        cluster, service = self.place_of("eni-no-addresses")
        run = self.write_run(family="FargateENICreateFailed", cluster=cluster, service=service)
        answer = self.verify(lab, run)
        self.assertEqual(answer.code, 1, answer.err + answer.out)
        failed = [c for c in self.by_id(answer.json, "replay.run_task") if c["standing"] == "failed"]
        self.assertTrue(failed, answer.out)
        self.assertIn("the same failure again", failed[0]["why"])
        self.assertEqual(self.ours(lab, cluster, run, "RUNNING"), [])

    def place_of(self, scenario):
        row = next(s for s in doctor("lab", "--list", "--output", "json").json["scenarios"] if s["name"] == scenario)
        return row["cluster"], row["service"]

    def test_green_right_after_the_change_is_provisional_until_the_trail_has_had_its_time(self):
        lab = self.lab("quiet", "--speed", "20")
        early = self.verify(lab, self.write_run(family="FargateExecError"), "--look-only")
        same = self.by_id(early.json, "incidents.same")[0]
        self.assertEqual(same["standing"], "provisional")
        self.assertIsNotNone(same["until"])
        late = self.verify(lab, self.write_run(family="FargateExecError", ended_ago_s=3600), "--look-only")
        self.assertEqual(self.by_id(late.json, "incidents.same")[0]["standing"], "passed", late.out)
        self.assertEqual(self.by_id(late.json, "replay.run_task"), [])

    def test_ctrl_c_stops_what_was_started(self):
        lab = self.lab("quiet")  # real time: a task takes half a minute to start
        run = self.write_run(family="FargateExecError")
        process = subprocess.Popen([DOCTOR, "verify", run, "--journal", str(self.journal), "--poll", "100ms"], env=lab.env(),
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        line = process.stderr.readline()
        self.assertIn("started", line)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)
        self.assertIn(process.returncode, (1, 3, 4))
        self.assertEqual(self.ours(lab, "prod", run, "RUNNING"), [])

    def test_what_a_killed_verification_left_behind_is_stopped_by_the_next(self):
        lab = self.lab("quiet")
        run = self.write_run(family="FargateExecError")
        process = subprocess.Popen([DOCTOR, "verify", run, "--journal", str(self.journal), "--poll", "100ms"], env=lab.env(),
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.assertIn("started", process.stderr.readline())
        process.kill()
        process.communicate()
        left = set(self.ours(lab, "prod", run, "RUNNING"))
        self.assertTrue(left)
        process = subprocess.Popen([DOCTOR, "verify", run, "--journal", str(self.journal), "--poll", "100ms"], env=lab.env(),
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.assertIn("left behind", process.stderr.readline())
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)
        self.assertEqual(self.ours(lab, "prod", run, "RUNNING"), [])

    def test_a_lost_permission_fails_three_ways_and_is_green_once_it_is_given_back(self):
        lab = self.lab("exec-task-role-missing", "--speed", "20")
        broken = self.verify(lab, self.write_run(family="FargateExecError"))
        self.assertEqual(broken.code, 1, broken.err + broken.out)
        failed = {c["id"] for c in broken.json["checks"] if c["standing"] == "failed"}
        self.assertEqual(failed, {"replay.execute_command", "iam.call"}, broken.out)
        policy = json.dumps({"Version": "2012-10-17", "Statement": [{"Sid": "Exec", "Effect": "Allow", "Resource": "*", "Action": [
            "ssmmessages:CreateControlChannel", "ssmmessages:CreateDataChannel", "ssmmessages:OpenControlChannel",
            "ssmmessages:OpenDataChannel"]}]})
        self.aws(lab, "iam", "put-role-policy", "--role-name", "web-task", "--policy-name", "ecs-exec", "--policy-document", policy)
        run = self.write_run(family="FargateExecError", steps=[{
            "kind": "iam:role-policy", "resource": "web-task/ecs-exec", "service": "iam", "operation": "PutRolePolicy",
            "title": "Allow web-task to open a channel for ECS Exec",
            "input": {"RoleName": "web-task", "PolicyName": "ecs-exec", "PolicyDocument": policy}}])
        mended = self.verify(lab, run)
        self.assertEqual({c["standing"] for c in self.by_id(mended.json, "replay.execute_command")}, {"passed"}, mended.out)
        self.assertEqual({c["standing"] for c in self.by_id(mended.json, "iam.call")}, {"passed"}, mended.out)
        self.assertIn("what the run was to allow", str(self.by_id(mended.json, "iam.call")))
        self.assertEqual([c["standing"] for c in self.by_id(mended.json, "policy.lint")], ["passed"])
        # What the failed sessions of the first verification left in CloudTrail is our own doing.
        self.assertNotIn("failed", {c["standing"] for c in mended.json["checks"]}, mended.out)

    def test_a_run_that_was_rolled_back_and_one_that_is_not_there_are_one_line(self):
        back = self.write_run(state="rolled_back")
        for result, code in ((doctor("verify", back, "--journal", self.journal), 2), (doctor("verify", "r-none", "--journal", self.journal), 3),
                             (doctor("verify", "last", "--journal", self.folder / "none.db"), 3)):
            self.assertEqual((result.code, result.out), (code, ""), result.err)
            self.assertEqual(len(result.err.strip().splitlines()), 1)
        self.assertFalse((self.folder / "none.db").exists())

    def test_aws_out_of_reach_is_exit_3(self):
        run = self.write_run(family="FargateExecError")
        env = environment(AWS_ACCESS_KEY_ID="a", AWS_SECRET_ACCESS_KEY="b", AWS_ENDPOINT_URL="http://127.0.0.1:9", AWS_MAX_ATTEMPTS="1")
        result = doctor("verify", run, "--journal", self.journal, env=env)
        self.assertEqual((result.code, result.out), (3, ""), result.err)

    def test_another_region_that_has_no_such_service_is_incomplete_not_green(self):
        lab = self.lab("quiet", "--speed", "20")
        run = self.write_run(family="FargateExecError", ended_ago_s=3600)
        answer = self.verify(lab, run, "--look-only", "--region", "eu-west-1", "--region", "us-east-1")
        self.assertEqual(answer.code, 4, answer.out)
        self.assertIn("us-east-1", {c["region"] for c in answer.json["checks"] if c["standing"] == "not_possible"})


class AfterApply(Bench):
    def test_plan_apply_verify_runbook_and_a_rolled_back_run_is_not_verified(self):
        lab = self.lab("exec-task-role-missing", "--speed", "20")
        diagnosis, plan = self.folder / "diagnosis.json", self.folder / "plan.json"
        where = ["--cluster", "prod", "--service", "web"]
        diagnosis.write_text(lab.doctor("diagnose", *where, "--output", "json").out)
        planned = lab.doctor("plan", *where, "--out", plan)
        self.assertTrue(plan.exists(), planned.err + planned.out)
        shared = {(d["kind"], d["name"]) for r in json.loads(plan.read_text())["blast_radius"] for d in r["dependents"]}
        applied = lab.doctor("apply", plan, "--apply", "--yes", "--confirm", len(shared), "--journal", self.journal)
        self.assertEqual(applied.code, 0, applied.err + applied.out)
        verified = self.verify(lab, "last")
        self.assertNotIn("failed", {c["standing"] for c in verified.json["checks"]}, verified.out)
        for check in ("replay.execute_command", "iam.call", "change.in_place", "policy.lint"):
            self.assertEqual({c["standing"] for c in self.by_id(verified.json, check)}, {"passed"}, verified.out)
        book = lab.doctor("runbook", "last", "--journal", self.journal, "--diagnosis", diagnosis)
        self.assertEqual(book.code, 0, book.err)
        for words in ("ssmmessages", "## Evidence", "## Before and after", "aws iam put-role-policy", "aws iam delete-role-policy"):
            self.assertIn(words, book.out)
        back = lab.doctor("rollback", "last", "--apply", "--journal", self.journal)
        self.assertEqual(back.code, 0, back.err + back.out)
        self.assertEqual(self.verify(lab, "last").code, 2)


class Watch(Bench):
    def test_goes_on_after_a_kill(self):
        lab = self.lab("quiet")  # at its own pace: the watch goes by the clock of AWS
        run = self.write_run(family="FargateExecError", ended_ago_s=3600)
        flags = ["verify", run, "--journal", str(self.journal), "--look-only", "--watch", "5s", "--every", "500ms"]
        process = subprocess.Popen([DOCTOR, *flags], env=lab.env(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        lines = [process.stderr.readline() for _ in range(2)]
        process.kill()
        process.communicate()
        self.assertRegex(lines[1], r"^round 2 at ")
        again = lab.doctor(*flags, "--output", "json")
        self.assertIn("going on with the watch", again.err.splitlines()[0])
        self.assertRegex(again.err.splitlines()[1], r"^round [34] at ")
        self.assertEqual(again.json["schema"], "fargate-doctor/watch/1")
        self.assertGreaterEqual(again.json["rounds"], 4)
        self.assertEqual(again.code, {"verified": 0, "failed": 1}.get(again.json["verdict"], 4), again.out)


class Server:
    """Answers 200 after a wait, or what `fault` says of the n-th request."""

    def __init__(self, wait=0.0, fault=None):
        outer = self
        self.requests, self.running, self.most_at_once, self.lock = 0, 0, 0, threading.Lock()

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                with outer.lock:
                    outer.requests += 1
                    outer.running += 1
                    outer.most_at_once = max(outer.most_at_once, outer.running)
                    number = outer.requests
                time.sleep(wait)
                with outer.lock:
                    outer.running -= 1
                status = fault(number) if fault else 200
                if status is None:
                    self.close_connection = True
                    return
                self.send_response(status)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"ok")

            def log_message(self, *ignored):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/health"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


class Smoke(Bench):
    def load(self, server, *flags):
        self.addCleanup(server.stop)
        lab = self.lab("quiet", "--speed", "20")
        run = self.write_run(family="FargateExecError", ended_ago_s=3600)
        return self.verify(lab, run, "--look-only", "--smoke", server.url, *flags)

    def test_counts_times_and_percentiles_of_a_healthy_server(self):
        server = Server(wait=0.03)
        answer = self.load(server, "--smoke-for", "2s", "--smoke-rate", "20")
        smoke = answer.json["smoke"]
        self.assertEqual(smoke["sent"], server.requests)
        self.assertGreaterEqual(smoke["sent"], 36)
        self.assertLessEqual(smoke["sent"], 42)
        self.assertGreaterEqual(smoke["all"]["p50_ms"], 30)
        self.assertLessEqual(smoke["all"]["p50_ms"], smoke["all"]["p99_ms"])
        self.assertLessEqual(smoke["all"]["p99_ms"], smoke["all"]["max_ms"])
        self.assertEqual(self.by_id(answer.json, "smoke")[0]["standing"], "passed")

    def test_a_slow_server_never_has_more_than_twenty_in_flight(self):
        server = Server(wait=1.5)
        answer = self.load(server, "--smoke-for", "2s", "--smoke-rate", "50")
        self.assertLessEqual(server.most_at_once, 20)
        self.assertGreater(answer.json["smoke"]["skipped"], 0)

    def test_errors_are_told_by_kind_and_are_exit_1(self):
        server = Server(fault=lambda n: {3: 503, 5: None, 7: 404}.get(n, 200))
        answer = self.load(server, "--smoke-for", "2s", "--smoke-rate", "10")
        self.assertEqual(answer.code, 1, answer.out)
        errors = answer.json["smoke"]["errors"]
        self.assertEqual((errors["HTTP 503"], errors["HTTP 404"], errors["connection lost before an answer"]), (1, 1, 1))

    def test_a_url_that_is_none_and_a_rate_that_is_no_smoke_are_refused(self):
        run = self.write_run()
        for flags in (["--smoke", "shop"], ["--smoke", "http://127.0.0.1:9/", "--smoke-rate", "1000"],
                      ["--smoke", "http://127.0.0.1:9/", "--smoke-for", "2h"]):
            result = doctor("verify", run, "--journal", self.journal, *flags)
            self.assertEqual((result.code, result.out), (2, ""), result.err)


if __name__ == "__main__":
    unittest.main()
