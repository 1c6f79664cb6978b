#!/usr/bin/python3
"""Every request of every plan, held against AWS's own service models as botocore ships them.

Usage: requests_botocore_test.py PATH/TO/remedy_plan_dump

A request must name an operation that exists and pass botocore's parameter validation, after references to
earlier answers ("${1.taskDefinition.taskDefinitionArn}") are taken as the text that they are.
"""

import collections
import json
import os
import re
import subprocess
import sys
import unittest

import botocore.session
import botocore.validate

SESSION = botocore.session.get_session()
DUMP = None
FIXES = None

# Fields that AWS added after Debian's botocore (January 2023).
NEWER = {("ecs", "RegisterTaskDefinition"): {"enableFaultInjection"}}


# What the client can send; the lab answers all of it (tests/lab/served_operations_test.cc).
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "src", "aws", "operations.cc"), encoding="utf-8") as source:
    TABLE = set(re.findall(r'(?:reads|writes|paged|merged)\("([a-z0-9-]+)", "([A-Za-z0-9]+)"', source.read()))


def lines():
    out = subprocess.run([DUMP, *FIXES], check=True, capture_output=True, text=True).stdout
    return [json.loads(line) for line in out.splitlines()]


class Requests(unittest.TestCase):
    maxDiff = None

    def test_every_request_is_what_the_service_model_takes(self):
        seen = collections.Counter()
        models = {}
        for line in lines():
            service, operation = line["service"], line["operation"]
            if service not in models:
                models[service] = SESSION.get_service_model(service)
            self.assertIn(operation, models[service].operation_names, line)
            self.assertIn((service, operation), TABLE, line)
            shape = models[service].operation_model(operation).input_shape
            given = dict(line["input"])
            for field in NEWER.get((service, operation), ()):
                given.pop(field, None)
            report = botocore.validate.ParamValidator().validate(given, shape)
            self.assertFalse(report.has_errors(), f"{line}\n{report.generate_report()}")
            seen[f"{service} {operation} ({line['part']})"] += 1
        for what, count in sorted(seen.items()):
            print(f"{count:6} {what}")
        print(sum(seen.values()), "requests,", len(seen), "of different operations and parts")
        self.assertGreater(sum(seen.values()), 500)


if __name__ == "__main__":
    DUMP, FIXES = sys.argv[1], sys.argv[2:]
    unittest.main(argv=sys.argv[:1], verbosity=2)
