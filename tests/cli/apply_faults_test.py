"""apply and rollback while the network, AWS and the credentials fail: done, or rolled back, or in between and saying so; never twice.

Each cell is one way to fail at one step, with the lab's state before and after read by the AWS SDK and what was called by CloudTrail.
"""

import collections
import concurrent.futures
import json
import pathlib
import re
import tempfile
import unittest

from bad_network import BadNetwork
from lab_state import LabState, Trail, differing
from support import Lab, doctor

WHERE = ("--cluster", "prod", "--service", "web")
RUN = r"r-\d{8}-\d{6}-[0-9a-f]{4}"
STEPS = ("PutRolePolicy", "RegisterTaskDefinition", "UpdateService")  # of the plan for exec-task-role-missing, in their order
INVERSES = ("UpdateService", "DeregisterTaskDefinition", "DeleteRolePolicy")


class Bench(unittest.TestCase):
    """A lab behind a bad network, and a plan for it. What one cell changed it takes back, so that the next finds the lab as it was."""

    def __init__(self, scenario="exec-task-role-missing", flags=()):
        super().__init__("run")
        self.maxDiff = None
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.plan, self.journal = self.folder / "plan.json", self.folder / "journal.db"
        self.lab = Lab(scenario, "--speed", "240", *flags)
        self.addCleanup(self.lab.stop)
        self.network = BadNetwork(self.lab).__enter__()
        self.addCleanup(self.network.__exit__)
        made = self.lab.doctor("plan", *WHERE, "--out", self.plan)
        self.assertEqual(made.code, 1, made.out + made.err)
        steps = json.loads(self.plan.read_text())["steps"]
        self.assertEqual([step["request"]["operation"] for step in steps], list(STEPS))
        self.state = LabState(self.lab)
        self.addCleanup(self.state.close)
        self.trail = Trail(self.state)
        self.before = self.state.all()

    def doctor(self, *arguments, **more):
        result = doctor(*arguments, "--journal", self.journal, env=self.network.env(**more))
        self.assertIn(result.code, (0, 5, 6), result.out + result.err)
        return result

    def apply(self, **more):
        return self.doctor("apply", self.plan, "--apply", "--yes", "--confirm", "1", **more)

    def resume(self, **more):
        return self.doctor("apply", "--resume", "last", "--apply", **more)

    def rollback(self, **more):
        return self.doctor("rollback", "last", "--apply", **more)

    def is_as_before(self):
        self.assertEqual(differing(self.before, self.state.all()), {})

    def begin(self):
        self.trail.mark()
        self.network.mend()

    def made(self, *calls):
        """Each once, and nothing else; what was refused changed nothing."""
        found = collections.Counter({name: count for name, count in self.trail.calls().items() if " " not in name})
        self.assertEqual(found, collections.Counter(calls))

    def run_ends(self, result, code, word, state=None):
        """The first line says what it came to, and `runs` says the same."""
        self.assertEqual(result.code, code, result.out + result.err)
        self.assertRegex(result.out.split("\n", 1)[0], rf"^run {RUN}: {word}")
        runs = self.doctor("runs", "--output", "json").json["runs"]
        self.assertEqual(runs[0]["state"], state or word.replace(" ", "_"))
        self.assertEqual(runs[0]["run"], re.search(RUN, result.out)[0])

    # --- Cells -------------------------------------------------------------------------------------------------------------------------

    def done_in_spite(self, operation, way):
        """Done, each call made once; taken back after."""
        self.begin()
        self.network.spoil(operation, way)
        self.run_ends(self.apply(), 0, "done")
        self.assertEqual(self.network.spoiled, [(operation, way)])
        self.made(*STEPS)
        self.run_ends(self.rollback(), 0, "rolled back")
        self.made(*STEPS, *INVERSES)
        self.is_as_before()

    def taken_back_in_spite(self, operation, way):
        self.begin()
        self.run_ends(self.apply(), 0, "done")
        self.network.spoil(operation, way)
        self.run_ends(self.rollback(), 0, "rolled back")
        self.assertEqual(self.network.spoiled[-1:], [(operation, way)])
        self.made(*STEPS, *INVERSES)
        self.is_as_before()

    def refused_and_taken_back(self, operation, way):
        """Every try fails: what was done before is taken back, by the same run."""
        self.begin()
        self.network.spoil(operation, way, times=99)
        if way == "throttled" and operation in INVERSES:  # the inverse of an earlier step goes through
            self.network.spoil(operation, way, times=3)
        self.run_ends(self.apply(AWS_MAX_ATTEMPTS="1"), 5, "rolled back")
        stood = STEPS[:STEPS.index(operation)]
        back = tuple(reversed(INVERSES))[:len(stood)]
        self.made(*stood, *back)
        self.is_as_before()

    def expired_halfway(self, operation, ending):
        """From this step on nothing is let through: nobody can tell or take back, which is said; with new credentials it ends."""
        self.begin()
        self.network.spoil(operation, "expired_from_here")
        result = self.apply()
        self.run_ends(result, 6, "stuck")
        self.assertIn("what is left to do by hand:", result.out)
        self.assertRegex(result.out, rf"fargate-doctor apply --resume {RUN} --apply")
        self.assertRegex(result.out, r"(?m)^  aws (iam|ecs) ")
        self.assertNotIn("${", result.out)
        self.network.mend()
        stood = STEPS[:STEPS.index(operation)]
        self.made(*stood)
        if ending == "resume":
            self.run_ends(self.resume(), 0, "done")
            self.made(*STEPS)
            stood = STEPS
        back = self.rollback()
        self.run_ends(back, 0, "rolled back" if stood else "nothing to do: nothing of the run stands", "rolled_back")
        self.made(*stood, *tuple(reversed(INVERSES))[:len(stood)])
        self.is_as_before()


def cells():
    once = ("throttled", "error500_before", "error500_after", "reset_before", "reset_after")
    for way in once:
        for operation in STEPS:
            yield "done_in_spite", operation, way
        for operation in INVERSES:
            yield "taken_back_in_spite", operation, way
    for operation in STEPS:
        yield "refused_and_taken_back", operation, "throttled"
        yield "refused_and_taken_back", operation, "denied"
        yield "expired_halfway", operation, "resume"
        yield "expired_halfway", operation, "roll back"


def play(some):
    """Runs the cells one after another in one lab. Answers those that failed."""
    bench = Bench()
    failed = []
    try:
        for name, *arguments in some:
            try:
                getattr(bench, name)(*arguments)
            except Exception as error:  # pylint: disable=broad-except
                failed.append((name, *arguments, f"{type(error).__name__}: {error}"))
                bench.doCleanups()
                bench = Bench()
    finally:
        bench.doCleanups()
    return failed


def play_silence(operation):
    """The answer never comes: the program waits for its 30 s, then reads."""
    return play([("done_in_spite", operation, "silence_after")])


class Faults(unittest.TestCase):
    LABS = 8

    def test_every_fault_at_every_step_ends_in_a_state_that_is_said(self):
        all_cells = list(cells())
        with concurrent.futures.ThreadPoolExecutor(self.LABS + 1) as pool:
            silence = pool.submit(play_silence, "UpdateService")
            parts = [pool.submit(play, all_cells[i::self.LABS]) for i in range(self.LABS)]
            failed = [failure for part in [silence, *parts] for failure in part.result()]
        print(f"{len(all_cells) + 1} cells")
        self.assertEqual(failed, [])


if __name__ == "__main__":
    unittest.main()
