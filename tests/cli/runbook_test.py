"""`runbook` from outside: files, git working copies, and a double of Confluence's page endpoints."""

import base64
import http.server
import json
import pathlib
import subprocess
import threading
import unittest
import urllib.parse
import xml.etree.ElementTree

from support import SCENARIOS, doctor, environment
from verify_test import Bench  # noqa: its tests are not ours

STEP = {"title": "Keep 2 on-demand tasks in prod/web", "resource": "arn:aws:ecs:eu-west-1:111122223333:service/prod/web",
        "operation": "UpdateService", "input": {"service": "web", "desiredCount": 3},
        "before": {"desiredCount": 2}, "after": {"desiredCount": 3},
        "inverse": {"operation": "UpdateService", "input": {"service": "web", "desiredCount": 2}}}


class Runbook(Bench):
    def run_id(self, **more):
        return self.write_run(family="FargateSpotInterrupted", cause="spot.zone_reclaimed", steps=[STEP], **more)

    def diagnosis(self):
        file = self.folder / "diagnosis.json"
        result = doctor("diagnose", "--snapshot", SCENARIOS / "spot-one-zone-of-three", "--output", "json")
        file.write_text(result.out)
        return file

    def test_a_run_alone_says_what_was_done_and_how_to_undo_it(self):
        run = self.run_id()
        result = doctor("runbook", run, "--journal", self.journal)
        self.assertEqual(result.code, 0, result.err)
        for words in ("# prod/web: FargateSpotInterrupted", "## What happened", "## Evidence", "## What was done",
                      "## Before and after", "## How to undo", "## How to recognise it next time", "Keep 2 on-demand tasks",
                      "aws ecs update-service --region eu-west-1", "desiredCount", f"fargate-doctor rollback {run} --apply"):
            self.assertIn(words, result.out)

    def test_a_diagnosis_alone_has_evidence_and_fixes_and_nothing_that_was_done(self):
        result = doctor("runbook", self.diagnosis())
        self.assertEqual(result.code, 0, result.err)
        self.assertIn("## What to do", result.out)
        self.assertIn("ecs describe-tasks", result.out)
        self.assertNotIn("## What was done", result.out)

    def test_a_secret_in_a_request_is_not_written_down(self):
        step = {**STEP, "operation": "RegisterTaskDefinition", "input": {"family": "web", "containerDefinitions": [
            {"name": "app", "environment": [{"name": "DB_PASSWORD", "value": "hunter2"}]}]},
            "before": None, "after": {"containerDefinitions": [{"environment": [{"name": "DB_PASSWORD", "value": "hunter2"}]}]}}
        run = self.write_run(family="FargateSpotInterrupted", steps=[step])
        result = doctor("runbook", run, "--journal", self.journal)
        self.assertEqual(result.code, 0, result.err)
        self.assertIn("DB_PASSWORD", result.out)
        self.assertNotIn("hunter2", result.out)

    def test_a_diagnosis_of_another_failure_is_refused(self):
        run = self.write_run(family="FargateExecError", steps=[STEP])
        result = doctor("runbook", run, "--journal", self.journal, "--diagnosis", self.diagnosis())
        self.assertEqual((result.code, result.out), (2, ""), result.err)
        self.assertIn("FargateExecError", result.err)

    def test_what_is_no_diagnosis_is_one_line_with_its_place(self):
        file = self.folder / "x.json"
        file.write_text('{"schema": ')
        result = doctor("runbook", file)
        self.assertEqual((result.code, result.out), (2, ""))
        self.assertIn("x.json:1:", result.err)

    def test_a_file_and_a_plain_folder_are_written(self):
        run = self.run_id()
        to = self.folder / "book.md"
        self.assertEqual(doctor("runbook", run, "--journal", self.journal, "--to", to).code, 0)
        self.assertTrue(to.read_text().startswith("# prod/web"))
        folder = self.folder / "books"
        folder.mkdir()
        result = doctor("runbook", run, "--journal", self.journal, "--to", folder)
        self.assertEqual([f.name for f in folder.iterdir()], ["prod-web-fargatespotinterrupted.md"], result.out)


class Git(Bench):
    run_id = Runbook.run_id

    def git(self, *arguments):
        return subprocess.run(["git", "-C", str(self.copy), *arguments], check=True, capture_output=True, text=True,
                              env=environment(GIT_CONFIG_GLOBAL="/dev/null")).stdout

    def setUp(self):
        super().setUp()
        self.copy = self.folder / "runbooks"
        self.copy.mkdir()
        self.git("init", "-q")
        self.git("config", "user.name", "On Call")
        self.git("config", "user.email", "oncall@example.com")

    def put(self, run, *flags):
        return doctor("runbook", run, "--journal", self.journal, "--to", self.copy, *flags)

    def test_the_runbook_alone_is_committed_and_again_only_where_it_changed(self):
        run = self.run_id()
        (self.copy / "other.txt").write_text("not ours")
        self.git("add", "other.txt")
        first = self.put(run)
        self.assertEqual(first.code, 0, first.err)
        self.assertIn("committed as", first.out)
        self.assertEqual(self.git("show", "--name-only", "--format=%s").split("\n")[0], "Runbook: prod/web: FargateSpotInterrupted")
        self.assertEqual(self.git("show", "--name-only", "--format=").split(), ["prod-web-fargatespotinterrupted.md"])
        self.assertIn("other.txt", self.git("status", "--short"))
        self.assertIn("already", self.put(run).out)

    def test_no_commit_only_writes(self):
        self.assertEqual(self.put(self.run_id(), "--no-commit").code, 0)
        self.assertIn("??", self.git("status", "--short"))

    def test_a_commit_that_git_refuses_is_an_error_with_the_commands(self):
        hook = self.copy / ".git" / "hooks" / "pre-commit"
        hook.write_text("#!/bin/sh\necho no commits on a Friday\nexit 1\n")
        hook.chmod(0o755)
        result = self.put(self.run_id())
        self.assertEqual((result.code, result.out), (2, ""))
        self.assertIn("no commits on a Friday", result.err)
        self.assertIn("git -C", result.err)


class Confluence:
    """Pages of one space, as the REST API of Cloud (v2) and of Data Center (/rest/api/content) answers for them."""

    def __init__(self):
        outer = self
        self.pages, self.seen, self.stale_once, self.status = {}, [], False, None

        class Handler(http.server.BaseHTTPRequestHandler):
            def answer(self, status, body):
                data = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def handle_call(self):
                length = int(self.headers.get("Content-Length") or 0)
                body = json.loads(self.rfile.read(length)) if length else None
                url = urllib.parse.urlsplit(self.path)
                query = dict(urllib.parse.parse_qsl(url.query))
                outer.seen.append((self.command, url.path, query, body, self.headers.get("Authorization")))
                if outer.status:
                    return self.answer(outer.status, {"message": "no"})
                if url.path == "/wiki/api/v2/spaces":
                    return self.answer(200, {"results": [{"id": "7", "key": "OPS"}] if query["keys"] == "OPS" else []})
                if self.command == "GET":
                    page = outer.pages.get(query["title"])
                    return self.answer(200, {"results": [page] if page else []})
                links = {"_links": {"base": "http://confluence", "webui": "/page/1"}}
                if self.command == "POST":
                    if body["title"] in outer.pages:
                        return self.answer(400, {"message": "a page with this title exists"})
                    outer.pages[body["title"]] = {"id": "1", "title": body["title"], "version": {"number": 1}, "content": body["body"]}
                    return self.answer(200, {**outer.pages[body["title"]], **links})
                page = outer.pages[body["title"]]
                if outer.stale_once:  # someone saves the page between our reading and our writing
                    outer.stale_once = False
                    page["version"]["number"] += 1
                if url.path.rsplit("/", 1)[1] != page["id"] or body["version"]["number"] != page["version"]["number"] + 1:
                    return self.answer(409, {"message": "Version must be incremented on update"})
                page.update(version={"number": body["version"]["number"]}, content=body["body"])
                return self.answer(200, {**page, **links})

            do_GET = do_POST = do_PUT = handle_call

            def log_message(self, *ignored):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


class ConfluencePages(Bench):
    run_id = Runbook.run_id

    def setUp(self):
        super().setUp()
        self.confluence = Confluence()
        self.addCleanup(self.confluence.stop)
        self.id = self.run_id()

    def put(self, path="/wiki", space="OPS", **env):
        env = environment(**{"CONFLUENCE_TOKEN": "s3cr3t-token", **env})
        return doctor("runbook", self.id, "--journal", self.journal, "--to", self.confluence.url + path, "--space", space, "--debug", env=env)

    def check_created_then_updated(self, path, value_of, **env):
        first = self.put(path, **env)
        self.assertEqual((first.code, first.out), (0, "created http://confluence/page/1\n"), first.err)
        second = self.put(path, **env)
        self.assertEqual((second.code, second.out), (0, "updated http://confluence/page/1\n"), second.err)
        page = self.confluence.pages["prod/web: FargateSpotInterrupted"]
        self.assertEqual(page["version"]["number"], 2)
        value = value_of(page["content"])
        tree = xml.etree.ElementTree.fromstring(f'<body xmlns:ac="ac">{value}</body>')  # well-formed, as XHTML must be
        self.assertIn("How to undo", [h.text for h in tree.iter("h2")])
        self.assertTrue(list(tree.iter("{ac}structured-macro")))

    def test_cloud_creates_then_updates_by_title_and_version(self):
        self.check_created_then_updated("/wiki", lambda body: body["value"], CONFLUENCE_USER="me@example.com")
        basic = "Basic " + base64.b64encode(b"me@example.com:s3cr3t-token").decode()
        self.assertEqual({call[4] for call in self.confluence.seen}, {basic})
        self.assertEqual(self.confluence.seen[1][2]["space-id"], "7")

    def test_data_center_does_the_same_with_a_personal_access_token(self):
        self.check_created_then_updated("", lambda body: body["storage"]["value"])
        self.assertEqual({call[4] for call in self.confluence.seen}, {"Bearer s3cr3t-token"})
        self.assertEqual(self.confluence.seen[0][2]["spaceKey"], "OPS")

    def test_who_was_faster_is_not_overwritten_unread(self):
        self.put()
        self.confluence.stale_once = True
        result = self.put()
        self.assertEqual(result.code, 0, result.err)
        self.assertEqual(self.confluence.pages["prod/web: FargateSpotInterrupted"]["version"]["number"], 3)

    def test_the_token_is_nowhere_in_what_is_printed(self):
        self.confluence.status = 401
        result = self.put()
        self.assertEqual(result.code, 3)
        self.assertIn("CONFLUENCE_TOKEN", result.err)
        self.assertNotIn("s3cr3t-token", result.err + result.out)

    def test_missing_token_space_and_plain_http_are_refused_before_anything_is_sent(self):
        to = ["runbook", self.id, "--journal", self.journal, "--to"]
        token = environment(CONFLUENCE_TOKEN="t")
        for arguments, env in (([*to, self.confluence.url, "--space", "OPS"], environment()), ([*to, self.confluence.url], token),
                               ([*to, "http://confluence.example.com", "--space", "OPS"], token)):
            result = doctor(*arguments, env=env)
            self.assertEqual((result.code, result.out), (2, ""), result.err)
        self.assertEqual(self.confluence.seen, [])

    def test_a_space_that_is_not_there_is_named(self):
        result = self.put(space="NONE")
        self.assertEqual(result.code, 3)
        self.assertIn("NONE", result.err)


if __name__ == "__main__":
    unittest.main()
