#!/usr/bin/python3
"""Our decoded answers against what the stock AWS CLI prints for the same bytes.

Usage: answers_cli_test.py PATH/TO/aws_wire_dump

A server on loopback answers the CLI (Debian's awscli, /usr/bin/aws) with generated XML; the same XML goes through
our decoder; both must give the same JSON. Each call of the CLI takes about a second, so this is a sample over the
protocols, times, policy documents and paginated answers; operations_botocore_test.py covers every operation.
"""

import http.server
import json
import os
import subprocess
import sys
import threading
import unittest

import operations_botocore_test as generated

CALLS = [
    ("ec2", "DescribeNetworkInterfaces", ["describe-network-interfaces"]),
    ("ec2", "DescribeNatGateways", ["describe-nat-gateways"]),
    ("ec2", "DescribeVpcAttribute", ["describe-vpc-attribute", "--vpc-id", "vpc-1", "--attribute", "enableDnsSupport"]),
    ("elbv2", "DescribeTargetGroups", ["describe-target-groups"]),
    ("iam", "ListRoles", ["list-roles"]),
    ("iam", "GetRolePolicy", ["get-role-policy", "--role-name", "r", "--policy-name", "p"]),
    ("cloudwatch", "DescribeAlarms", ["describe-alarms"]),
    ("sts", "GetCallerIdentity", ["get-caller-identity"]),
]


class Endpoint(http.server.BaseHTTPRequestHandler):
    body = b""

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(200)
        self.send_header("Content-Type", "text/xml")
        self.send_header("Content-Length", str(len(self.body)))
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, *args):
        pass


class Cli(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = http.server.HTTPServer(("127.0.0.1", 0), Endpoint)
        threading.Thread(target=cls.server.serve_forever, daemon=True).start()

    @classmethod
    def tearDownClass(cls):
        cls.server.shutdown()
        cls.server.server_close()

    def printed_by_the_cli(self, service, arguments):
        kept = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")}
        environment = dict(kept, AWS_ACCESS_KEY_ID="AKIDEXAMPLE", AWS_SECRET_ACCESS_KEY="example", AWS_PAGER="",
                           AWS_DEFAULT_REGION="eu-west-1", AWS_CONFIG_FILE="/dev/null", NO_PROXY="127.0.0.1",
                           AWS_SHARED_CREDENTIALS_FILE="/dev/null", AWS_EC2_METADATA_DISABLED="true")
        url = f"http://127.0.0.1:{self.server.server_port}"
        command = ["/usr/bin/aws", "--endpoint-url", url, "--output", "json", service] + arguments
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def test_the_cli_prints_what_we_decode(self):
        for service, name, arguments in CALLS:
            with self.subTest(f"{service} {name}"):
                operation = generated.model_of(service).operation_model(name)
                value = generated.Values(name, full=True).of(operation.output_shape)[0]
                for token in ("NextToken", "NextMarker", "Marker"):
                    value.pop(token, None)
                if "IsTruncated" in value:
                    value["IsTruncated"] = False
                protocol = generated.model_of(service).metadata["protocol"]
                body = generated.XmlAnswer(name, protocol).of(operation, value)
                Endpoint.body = body.encode()
                ours = generated.run_dump([{"do": "decode", "service": service, "operation": name, "status": 200,
                                            "headers": {}, "body": body}])[0]["output"]
                ours.pop("IsTruncated", None)  # the CLI's pager drops it, as our Pages does
                self.assertEqual(self.printed_by_the_cli(service, arguments), ours)


if __name__ == "__main__":
    generated.DUMP = sys.argv.pop(1)
    unittest.main()
