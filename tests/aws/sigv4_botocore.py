"""Signs requests, one JSON object a line, with botocore's SigV4 signer, at one fixed time."""
import datetime
import json
import sys

import botocore.auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

NOW = datetime.datetime(2026, 11, 24, 3, 0, 0)


class FixedDatetime(datetime.datetime):
    @classmethod
    def utcnow(cls):
        return NOW


class FixedModule:
    datetime = FixedDatetime


botocore.auth.datetime = FixedModule

for line in sys.stdin:
    made = json.loads(line)
    credentials = Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", made["token"] or None)
    signer = botocore.auth.SigV4Auth(credentials, "ecs", "eu-west-1")
    request = AWSRequest(method=made["method"], url=made["url"], data=made["body"].encode())
    for name, value in made["headers"]:
        request.headers[name] = value
    signer.add_auth(request)
    authorization = request.headers["Authorization"]
    del request.headers["Authorization"]
    print(
        json.dumps(
            {
                "canonical_request": signer.canonical_request(request),
                "authorization": authorization,
                "body": made["body"],
            }
        ),
        flush=True,
    )
