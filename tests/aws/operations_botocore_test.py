#!/usr/bin/python3
"""The table of operations, the request encoder, the answer decoder and the paging loop, compared with botocore.

Usage: operations_botocore_test.py PATH/TO/aws_wire_dump

botocore (Debian's python3-botocore, January 2023) is AWS's own client library with AWS's own service models.
Where it is older than the service, the difference is listed below with its reason, and nowhere else.
"""

import base64
import datetime
import json
import random
import subprocess
import sys
import unittest
import urllib.parse
import xml.sax.saxutils

import botocore.handlers
import botocore.model
import botocore.paginate
import botocore.parsers
import botocore.serialize
import botocore.session

# --- where botocore 1.29 is older than AWS, or says less ------------------------------------------------------

# SQS moved from the query protocol to JSON 1.0 in November 2023.
PROTOCOL_EXCEPTIONS = {"sqs": {"protocol": "json 1.0", "target_prefix": "AmazonSQS"}}

# Operations that AWS added later.
NEWER_THAN_BOTOCORE = {
    ("accessanalyzer", "CheckNoNewAccess"): "custom policy checks came in November 2023",
}

# Operations that hand out a token, but for which botocore defines no paginator; and the reason.
PAGED_WITHOUT_PAGINATOR = {
    ("ecs", "DescribeCapacityProviders"): "the model has nextToken on both sides",
}

# Changes that a verb does not give away, and repeatable calls that look like changes.
WRITES_BY_EXCEPTION = {
    ("ecs", "ExecuteCommand"), ("ecs", "RunTask"), ("ecs", "StopTask"), ("ecs", "TagResource"),
    ("ecs", "UpdateCluster"), ("ecs", "UpdateService"), ("sqs", "ReceiveMessage"),
    ("service-quotas", "RequestServiceQuotaIncrease"),
}
READ_VERBS = ("Describe", "List", "Get", "BatchGet", "Lookup", "Filter", "Search", "Validate", "Decode", "Assume")

# Global services, whose one region is the credential scope of the partition's endpoint.
GLOBAL_SERVICES = {"iam": "us-east-1", "organizations": "us-east-1", "health": "us-east-1"}

TYPES = {
    "string": "text", "character": "text", "integer": "int", "long": "int", "double": "double",
    "float": "double", "boolean": "bool", "timestamp": "time", "blob": "blob",
}

DUMP = None
SESSION = botocore.session.get_session()
MODELS = {}


def model_of(service):
    if service not in MODELS:
        MODELS[service] = SESSION.get_service_model(service)
    return MODELS[service]


def run_dump(lines):
    text = "".join(json.dumps(line) + "\n" for line in lines)
    done = subprocess.run([DUMP], input=text.encode(), stdout=subprocess.PIPE, check=True)
    return [json.loads(line) for line in done.stdout.decode().splitlines()]


def is_form(protocol):
    return protocol in ("query", "ec2")


def with_query_shapes(table):
    """Rows whose answers are XML for us, or for older clients (SQS)."""
    for row in table["operations"]:
        if is_form(model_of(row["service"]).metadata["protocol"]):
            yield row, model_of(row["service"]).operation_model(row["name"])


# --- what botocore's model says a shape is, in the terms of aws_wire_dump's "table" ------------------------------


def request_name(member_name, shape, protocol):
    name = shape.serialization.get("name", member_name)
    if protocol == "ec2":
        if "queryName" in shape.serialization:
            return shape.serialization["queryName"]
        return name[0].upper() + name[1:] if "name" in shape.serialization else member_name
    if shape.type_name == "list" and shape.serialization.get("flattened"):
        return shape.member.serialization.get("name", name)
    return name


def answer_name(member_name, shape):
    if shape.type_name == "list" and shape.serialization.get("flattened"):
        own = shape.member.serialization.get("name")
        if own:
            return own
    return shape.serialization.get("name", member_name)


def tree_of(shape, protocol, is_input):
    if shape is None:
        return {"kind": "structure", "members": []}
    kind = shape.type_name
    if kind == "structure":
        members = []
        for name, inner in shape.members.items():
            wire = request_name(name, inner, protocol) if is_input else answer_name(name, inner)
            members.append({"name": name, "wire": wire, "shape": tree_of(inner, protocol, is_input)})
        return {"kind": kind, "members": members}
    if kind == "list":
        flattened = bool(shape.serialization.get("flattened")) or (is_input and protocol == "ec2")
        tree = {"kind": kind, "flattened": flattened}
        if not flattened:
            tree["item_name"] = shape.member.serialization.get("name", "member")
        tree["item"] = tree_of(shape.member, protocol, is_input)
        return tree
    if kind == "map":
        return {
            "kind": kind,
            "flattened": bool(shape.serialization.get("flattened")),
            "key": shape.key.serialization.get("name", "key"),
            "value": shape.value.serialization.get("name", "value"),
            "item": tree_of(shape.value, protocol, is_input),
        }
    if shape.name == "policyDocumentType" and not is_input:
        return {"kind": "policy"}
    return {"kind": TYPES[kind]}


def times_of(shape, seen=()):
    """Only the members of a JSON input that lead to a time, or None."""
    if shape is None or shape.name in seen:
        return None
    if shape.type_name == "timestamp":  # one in ISO 8601 goes out as the text that it is
        return None if shape.serialization.get("timestampFormat") == "iso8601" else {"kind": "time"}
    if shape.type_name == "structure":
        members = []
        for name, inner in shape.members.items():
            tree = times_of(inner, seen + (shape.name,))
            if tree:
                members.append({"name": name, "wire": name, "shape": tree})
        return {"kind": "structure", "members": members} if members else None
    if shape.type_name == "list":
        inner = times_of(shape.member, seen)
        return inner and {"kind": "list", "flattened": False, "item_name": "member", "item": inner}
    return None


# --- generated values ------------------------------------------------------------------------------------------

STRINGS = ["a", "subnet-0a1b", "", "two words", "a&b=c+d%20", "x/y:z,*~", "é 日本 🙂", "line\nbreak\ttab", '"quoted"', "<tag>&amp;"]


class Values:
    """Values that fit a shape: as we take them, and as botocore does (they differ in blobs)."""

    def __init__(self, seed, full, empty_lists=True):
        self.random = random.Random(seed)
        self.full = full
        self.counts = [0, 1, 2, 11] if empty_lists and not full else [1, 2]

    def of(self, shape, depth=0):
        kind = shape.type_name
        if kind == "structure":
            ours, theirs = {}, {}
            for name, inner in shape.members.items():
                wanted = self.full or name in shape.required_members or self.random.random() < 0.4
                if depth > 12 or not wanted:
                    continue
                ours[name], theirs[name] = self.of(inner, depth + 1)
            return ours, theirs
        if kind == "list":
            count = self.random.choice(self.counts)
            pairs = [self.of(shape.member, depth + 1) for _ in range(count if depth < 6 else 1)]
            return [p[0] for p in pairs], [p[1] for p in pairs]
        if kind == "map":
            keys = self.random.sample(["All", "b c", "k&v", "é"], self.random.choice([1, 2]))
            pairs = {key: self.of(shape.value, depth + 1) for key in keys}
            return {k: p[0] for k, p in pairs.items()}, {k: p[1] for k, p in pairs.items()}
        if kind in ("string", "character"):
            value = self.random.choice(shape.enum or STRINGS)
            return value, value
        if kind in ("integer", "long"):
            value = self.random.choice([0, 1, -1, 5, 443, 65535, 2147483647])
            return value, value
        if kind in ("double", "float"):
            value = self.random.choice([0.0, 1.0, 0.5, -2.25, 95.0, 1234567.125])
            return value, value
        if kind == "boolean":
            value = self.random.choice([True, False])
            return value, value
        if kind == "timestamp":
            value = self.random.choice(["2026-11-24T03:00:00Z", "2001-02-03T04:05:06Z", "1970-01-01T00:00:01Z"])
            return value, value
        if kind == "blob":
            value = self.random.choice([b"", b"\x00\xff", b"some bytes"])
            return base64.b64encode(value).decode(), value
        raise AssertionError(kind)


POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "ecs:*", "Resource": "*"}]}


class XmlAnswer:
    """An answer of the query or ec2 protocol as AWS writes it, from a value and a model's shape."""

    def __init__(self, seed, protocol):
        self.random = random.Random(seed)
        self.protocol = protocol

    def of(self, operation, value):
        name = operation.name
        body = self.structure(operation.output_shape, value) if operation.output_shape else ""
        space = ' xmlns="http://example.amazonaws.com/doc/2015-12-01/"'
        head = '<?xml version="1.0" encoding="UTF-8"?>\n' if self.random.random() < 0.5 else ""
        if self.protocol == "ec2":
            return f"{head}<{name}Response{space}><requestId>r-1</requestId>{body}</{name}Response>"
        wrapper = f"<{name}Result>{body}</{name}Result>" if operation.output_shape else ""
        meta = "<ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata>"
        return f"{head}<{name}Response{space}>\n  {wrapper}\n  {meta}\n</{name}Response>\n"

    def structure(self, shape, value):
        parts = []
        for name, inner in shape.members.items():
            if name not in value:
                continue
            parts.append(self.member(answer_name(name, inner), inner, value[name]))
        if self.random.random() < 0.3:
            parts.append("<memberOfTomorrow>new</memberOfTomorrow>")
        self.random.shuffle(parts)
        gap = self.random.choice(["", "\n   ", "<!-- so -->"])
        return gap.join(parts)

    def member(self, tag, shape, value):
        flattened = shape.serialization.get("flattened")
        if shape.type_name == "list":
            item = shape.member.serialization.get("name", "member")
            if flattened:
                return "".join(self.element(tag, shape.member, v) for v in value)
            inner = "".join(self.element(item, shape.member, v) for v in value)
            return f"<{tag}>{inner}</{tag}>" if inner else f"<{tag}/>"
        if shape.type_name == "map":
            key = shape.key.serialization.get("name", "key")
            val = shape.value.serialization.get("name", "value")
            entries = [f"<{key}>{xml.sax.saxutils.escape(k)}</{key}>{self.element(val, shape.value, v)}"
                       for k, v in value.items()]
            if flattened:
                return "".join(f"<{tag}>{e}</{tag}>" for e in entries)
            return f"<{tag}>" + "".join(f"<entry>{e}</entry>" for e in entries) + f"</{tag}>"
        return self.element(tag, shape, value)

    def element(self, tag, shape, value):
        if shape.type_name in ("list", "map"):
            return self.member(tag, shape, value)
        if shape.type_name == "structure":
            return f"<{tag}>{self.structure(shape, value)}</{tag}>"
        if shape.type_name == "boolean":
            text = "true" if value else "false"
        elif shape.name == "policyDocumentType":
            text = urllib.parse.quote(json.dumps(POLICY))
        elif shape.type_name == "timestamp":
            text = value.replace("Z", self.random.choice(["Z", ".123Z", ".000Z"]))
        else:
            text = xml.sax.saxutils.escape(str(value))
        return f"<{tag}>{text}</{tag}>"


def printed(value):
    """What the AWS CLI makes of a value that botocore's parser returns."""
    if isinstance(value, dict):
        return {k: printed(v) for k, v in value.items() if k != "ResponseMetadata"}
    if isinstance(value, list):
        return [printed(v) for v in value]
    if isinstance(value, datetime.datetime):
        return value.astimezone(datetime.timezone.utc).isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value


def nested(shape, path):
    for name in path.split("."):
        shape = shape.members[name]
    return shape


class Services(unittest.TestCase):
    def test_every_row_is_what_the_service_model_says(self):
        for row in TABLE["services"]:
            with self.subTest(row["name"]):
                model = model_of(row["name"])
                meta = model.metadata
                protocol = meta["protocol"]
                if protocol == "json":
                    protocol = "json " + meta["jsonVersion"]
                expected = {
                    "name": row["name"],
                    "endpoint_prefix": meta["endpointPrefix"],
                    "signing_name": model.signing_name,
                    "protocol": protocol,
                    "target_prefix": meta.get("targetPrefix", ""),
                    "api_version": model.api_version,
                    "global_region": GLOBAL_SERVICES.get(row["name"], ""),
                    "env_suffix": str(model.service_id).upper().replace(" ", "_"),
                }
                expected.update(PROTOCOL_EXCEPTIONS.get(row["name"], {}))
                self.assertEqual(row, expected)

    def test_global_services_are_those_that_sign_for_one_region(self):
        partition = SESSION.get_component("data_loader").load_data("endpoints")["partitions"][0]
        for name, region in GLOBAL_SERVICES.items():
            entry = partition["services"][model_of(name).endpoint_prefix]
            self.assertIn("aws-global", entry["endpoints"])
            self.assertEqual(entry["endpoints"]["aws-global"]["credentialScope"]["region"], region)
        for row in TABLE["services"]:
            entry = partition["services"].get(row["endpoint_prefix"], {})
            # STS has a legacy global endpoint too; the SDKs' default is the regional one.
            if not entry.get("isRegionalized", True) and row["name"] != "sts":
                self.assertIn(row["name"], GLOBAL_SERVICES)

    def test_every_operation_belongs_to_a_service_row_and_stands_once(self):
        services = {row["name"] for row in TABLE["services"]}
        names = [(row["service"], row["name"]) for row in TABLE["operations"]]
        self.assertEqual(len(names), len(set(names)))
        self.assertEqual({service for service, _ in names}, services)


class Operations(unittest.TestCase):
    def rows(self):
        for row in TABLE["operations"]:
            yield row, model_of(row["service"]).operation_model(row["name"])

    def test_every_operation_exists(self):
        for row in TABLE["operations"]:
            self.assertIn(row["name"], model_of(row["service"]).operation_names, row["service"])

    def test_tokens_are_those_of_the_paginators(self):
        for row, operation in self.rows():
            key = (row["service"], row["name"])
            with self.subTest(key):
                theirs = SESSION.get_paginator_model(row["service"])._paginator_config.get(row["name"])
                if theirs is None:
                    if key not in PAGED_WITHOUT_PAGINATOR:
                        self.assertEqual(row["input_token"], "")
                        continue
                    self.assertIn(row["input_token"], operation.input_shape.members)
                    self.assertIn(row["output_token"], operation.output_shape.members)
                    continue
                self.assertEqual(row["input_token"], theirs["input_token"])
                self.assertEqual(row["output_token"], theirs["output_token"])
                self.assertEqual(row["limit_key"], theirs.get("limit_key", ""))
                keys = theirs["result_key"]
                self.assertLessEqual(set([keys] if isinstance(keys, str) else keys),
                                     set(row["result_keys"].split()))
                self.assertIn(theirs.get("more_results", "IsTruncated"), ("IsTruncated",))

    def test_result_keys_are_lists_of_the_answer(self):
        for row, operation in self.rows():
            with self.subTest((row["service"], row["name"])):
                for key in row["result_keys"].split():
                    self.assertEqual(operation.output_shape.members[key].type_name, "list")
                if row["input_token"] or row["batch_key"]:
                    lists = {n for n, s in operation.output_shape.members.items() if s.type_name == "list"}
                    self.assertEqual(set(row["result_keys"].split()), lists, "a list would be cut off")

    def test_page_sizes_are_the_most_that_the_model_allows(self):
        for row, operation in self.rows():
            if not row["limit_key"]:
                self.assertEqual(row["page_size"], 0)
                continue
            with self.subTest((row["service"], row["name"])):
                limit = operation.input_shape.members[row["limit_key"]]
                self.assertEqual(limit.type_name, "integer")
                self.assertEqual(row["page_size"], limit.metadata.get("max", row["page_size"]))
                self.assertGreater(row["page_size"], 0)

    def test_batches_are_lists_of_the_input_and_fit(self):
        for row, operation in self.rows():
            if not row["batch_key"]:
                self.assertEqual(row["batch_size"], 0)
                continue
            with self.subTest((row["service"], row["name"])):
                self.assertTrue(row["read_only"])
                ids = nested(operation.input_shape, row["batch_key"])
                self.assertEqual(ids.type_name, "list")
                self.assertLessEqual(row["batch_size"], ids.metadata.get("max", row["batch_size"]))
                self.assertGreater(row["batch_size"], 0)

    def test_read_only_operations_only_read(self):
        for row in TABLE["operations"]:
            key = (row["service"], row["name"])
            reads = row["name"].startswith(READ_VERBS) and key not in WRITES_BY_EXCEPTION
            self.assertEqual(row["read_only"], reads, key)

    def test_rest_operations_carry_their_uri(self):
        for row, operation in self.rows():
            if model_of(row["service"]).metadata["protocol"] == "rest-xml":  # of GetObject, bucket and key alone
                self.assertEqual(row["http"], operation.http["method"] + " " + operation.http["requestUri"])
                continue
            if model_of(row["service"]).metadata["protocol"] != "rest-json":
                self.assertEqual(row["http"], "")
                continue
            query = [s.serialization["name"] for s in operation.input_shape.members.values()
                     if s.serialization.get("location") == "querystring"]
            uri = operation.http["method"] + " " + operation.http["requestUri"].split("?")[0]
            self.assertEqual(row["http"], uri + ("?" + "&".join(query) if query else ""))

    def test_shapes_are_those_of_the_model(self):
        for row, operation in self.rows():
            protocol = model_of(row["service"]).metadata["protocol"]
            with self.subTest((row["service"], row["name"])):
                if is_form(protocol):
                    self.assertEqual(row["input"], tree_of(operation.input_shape, protocol, True))
                    self.assertEqual(row["output"], tree_of(operation.output_shape, protocol, False))
                else:
                    # Of S3's GetObject, times stand in headers that are not asked.
                    times = None if protocol == "rest-xml" else times_of(operation.input_shape)
                    self.assertEqual(row["input"], times)
                    self.assertIsNone(row["output"])


class Requests(unittest.TestCase):
    """Generated inputs through botocore's serializers and through our encoder."""

    ROUNDS = 12

    def cases(self):
        for row in TABLE["operations"]:
            operation = model_of(row["service"]).operation_model(row["name"])
            for number in range(self.ROUNDS):
                # botocore writes an empty flattened list as `Names=`, which no service reads; only SQS has them.
                values = Values(f"{row['service']}/{row['name']}/{number}", full=number == 0,
                                empty_lists=row["service"] != "sqs")
                ours, theirs = values.of(operation.input_shape) if operation.input_shape else ({}, {})
                if row["service"] == "s3":  # what stands in headers and in the query is not asked
                    ours, theirs = ({name: given.get(name) for name in ("Bucket", "Key")} for given in (ours, theirs))
                for name in row["http"].split("{")[1:]:  # a part of the path is never empty
                    name = name.split("}")[0].removesuffix("+")
                    ours[name] = theirs[name] = ours.get(name) or "x y/z"
                yield row, operation, ours, theirs

    def test_requests_are_the_same(self):
        cases = list(self.cases())
        lines = []
        for row, _, ours, _ in cases:
            line = {"do": "encode", "service": row["service"], "operation": row["name"], "input": ours}
            if row["service"] == "sqs":
                line["as"] = "query"
            lines.append(line)
        compared = 0
        for (row, operation, ours, theirs), answer in zip(cases, run_dump(lines)):
            key = f"{row['service']} {row['name']} {json.dumps(ours)[:300]}"
            self.assertNotIn("error", answer, key)
            model = model_of(row["service"])
            serializer = botocore.serialize.create_serializer(model.metadata["protocol"], False)
            expected = serializer.serialize_to_request(theirs, operation)
            if is_form(model.metadata["protocol"]):
                form = urllib.parse.parse_qsl(answer["body"], keep_blank_values=True, strict_parsing=True)
                self.assertEqual(len(form), len(dict(form)), key)
                self.assertEqual(dict(form), {k: str(v) for k, v in expected["body"].items()}, key)
            else:
                self.assertEqual(json.loads(answer["body"] or "{}"), json.loads(expected["body"] or b"{}"), key)
                query = dict(urllib.parse.parse_qsl(answer["query"], keep_blank_values=True))
                self.assertEqual(query, {k: str(v) for k, v in dict(expected["query_string"] or {}).items()}, key)
            if row["service"] != "sqs":
                self.assertEqual(answer["method"], expected["method"])
                self.assertEqual(answer["path"], expected["url_path"])
                for name, value in expected["headers"].items():
                    self.assertEqual(answer["headers"].get(name), value, key)
            compared += 1
        self.assertEqual(compared, len(TABLE["operations"]) * self.ROUNDS)

    def test_sqs_in_json_has_the_input_as_its_body(self):
        given = {"QueueUrl": "http://h/1/q", "AttributeNames": ["All"]}
        answer = run_dump([{"do": "encode", "service": "sqs", "operation": "GetQueueAttributes", "input": given}])[0]
        self.assertEqual(json.loads(answer["body"]), given)
        self.assertEqual(answer["headers"], {"Content-Type": "application/x-amz-json-1.0",
                                             "X-Amz-Target": "AmazonSQS.GetQueueAttributes"})

    def test_a_member_of_the_wrong_name_or_type_is_refused(self):
        wrong = [({"subnetIds": ["a"]}, "subnetIds"), ({"SubnetIds": "a"}, "SubnetIds"),
                 ({"SubnetIds": [1]}, "SubnetIds[0]"), ({"MaxResults": "5"}, "MaxResults"),
                 ({"MaxResults": 5.5}, "MaxResults"), ({"DryRun": "true"}, "DryRun"),
                 ({"Filters": [{"Nme": "x"}]}, "Filters[0].Nme")]
        lines = [{"do": "encode", "service": "ec2", "operation": "DescribeSubnets", "input": i} for i, _ in wrong]
        for (given, path), answer in zip(wrong, run_dump(lines)):
            self.assertIn(path + " ", answer.get("error", {}).get("sentence", ""), given)


class Answers(unittest.TestCase):
    """Generated XML through botocore's parsers and through our decoder."""

    ROUNDS = 12

    def test_answers_are_the_same(self):
        cases, lines = [], []
        for row, operation in with_query_shapes(TABLE):
            protocol = model_of(row["service"]).metadata["protocol"]
            for number in range(self.ROUNDS):
                seed = f"{row['service']}/{row['name']}/{number}"
                shape = operation.output_shape
                value = Values(seed, full=number == 0).of(shape)[0] if shape else {}
                text = XmlAnswer(seed, protocol).of(operation, value)
                line = {"do": "decode", "service": row["service"], "operation": row["name"], "status": 200,
                        "headers": {}, "body": text}
                if row["service"] == "sqs":
                    line["as"] = "query"
                cases.append((row, operation, protocol, text))
                lines.append(line)
        for (row, operation, protocol, text), answer in zip(cases, run_dump(lines)):
            key = f"{row['service']} {row['name']}\n{text}"
            self.assertIn("output", answer, f"{answer} {key}")
            parser = botocore.parsers.create_parser(protocol)
            response = {"status_code": 200, "headers": {}, "body": text.encode()}
            parsed = parser.parse(response, operation.output_shape)
            if row["service"] == "iam":
                botocore.handlers.json_decode_policies(parsed, operation)
            self.assertEqual(answer["output"], printed(parsed), key)
        self.assertGreater(len(cases), 600)

    def test_members_come_in_the_order_that_the_cli_prints(self):
        operation = model_of("ec2").operation_model("DescribeSubnets")
        value = {"Subnets": [Values("order", True).of(operation.output_shape.members["Subnets"].member)[0]]}
        text = XmlAnswer("order", "ec2").of(operation, value)
        answer = run_dump([{"do": "decode", "service": "ec2", "operation": "DescribeSubnets", "status": 200,
                            "headers": {}, "body": text}])[0]
        parsed = botocore.parsers.create_parser("ec2").parse(
            {"status_code": 200, "headers": {}, "body": text.encode()}, operation.output_shape)
        self.assertEqual(list(answer["output"]["Subnets"][0]), list(parsed["Subnets"][0]))


class Errors(unittest.TestCase):
    CASES = [
        ("ecs", "DescribeTasks", 400, {}, '{"__type":"ClusterNotFoundException","message":"Cluster not found."}'),
        ("ecs", "DescribeTasks", 400, {}, '{"__type":"com.amazonaws.ecs#ClientException","message":"no"}'),
        ("ecs", "DescribeTasks", 500, {}, '{"__type":"ServerException","Message":"oops é"}'),
        ("cloudtrail", "LookupEvents", 400, {}, '{"__type":"ThrottlingException"}'),
        ("health", "DescribeEvents", 400, {}, '{"__type":"SubscriptionRequiredException","message":""}'),
        ("accessanalyzer", "ValidatePolicy", 400, {"x-amzn-ErrorType": "ValidationException:http://internal/"},
         '{"message":"bad","reason":"fieldValidationFailed"}'),
        ("accessanalyzer", "ValidatePolicy", 403, {"x-amzn-errortype": "AccessDeniedException"}, '{"Message":"User"}'),
        ("iam", "GetRole", 404, {}, '<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><Error>'
         "<Type>Sender</Type><Code>NoSuchEntity</Code><Message>The role with name x cannot be found.</Message>"
         "</Error><RequestId>r</RequestId></ErrorResponse>"),
        ("sts", "GetCallerIdentity", 403, {}, "<ErrorResponse><Error><Type>Sender</Type><Code>ExpiredToken</Code>"
         "<Message>The security token &lt;included&gt; is expired</Message></Error></ErrorResponse>"),
        ("ec2", "DescribeSubnets", 403, {}, '<?xml version="1.0" encoding="UTF-8"?>\n<Response><Errors><Error>'
         "<Code>UnauthorizedOperation</Code><Message>You are not authorized to perform this operation.</Message>"
         "</Error></Errors><RequestID>r</RequestID></Response>"),
        ("ec2", "DescribeSubnets", 503, {}, "<Response><Errors><Error><Code>RequestLimitExceeded</Code><Message>"
         "Request limit exceeded.</Message></Error></Errors><RequestID>r</RequestID></Response>"),
        ("s3", "GetObject", 404, {}, '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>NoSuchKey</Code>'
         "<Message>The specified key does not exist.</Message><RequestId>r</RequestId></Error>"),
        ("cloudwatch", "DescribeAlarms", 400, {}, "<ErrorResponse><Error><Code>Throttling</Code><Message>Rate "
         "exceeded</Message></Error><RequestId>r</RequestId></ErrorResponse>"),
    ]

    def test_code_and_message_are_the_same(self):
        lines = [{"do": "decode", "service": s, "operation": o, "status": status, "headers": h, "body": b}
                 for s, o, status, h, b in self.CASES]
        for (service, operation, status, headers, body), answer in zip(self.CASES, run_dump(lines)):
            model = model_of(service)
            parser = botocore.parsers.create_parser(model.metadata["protocol"])
            folded = botocore.compat.HTTPHeaders()
            for name, value in headers.items():
                folded[name] = value
            shape = model.operation_model(operation).output_shape
            parsed = parser.parse({"status_code": status, "headers": folded, "body": body.encode()}, shape)
            error = answer["error"]
            self.assertEqual(error["code"], parsed["Error"]["Code"], body)
            message = parsed["Error"].get("Message") or ""
            expected = f"{service} {operation}: {parsed['Error']['Code']}" + (f": {message}" if message else "")
            self.assertEqual(error["sentence"], expected)


class Pages(unittest.TestCase):
    """Three made pages through botocore's paginators and through our loop."""

    def test_merged_answers_are_the_same(self):
        cases, lines = [], []
        for row in TABLE["operations"]:
            if not row["input_token"] or (row["service"], row["name"]) in PAGED_WITHOUT_PAGINATOR:
                continue
            operation = model_of(row["service"]).operation_model(row["name"])
            pages = []
            for number in range(3):
                page = {key: [f"{key}-{number}-{i}" for i in range(number + 1)] for key in row["result_keys"].split()}
                if row["service"] == "iam":
                    page["IsTruncated"] = number < 2
                if number < 2:
                    page[row["output_token"]] = f"token {number}"
                pages.append(page)
            given = {n: "x" for n in operation.input_shape.required_members}
            cases.append((row, operation, given, pages))
            lines.append({"do": "pages", "service": row["service"], "operation": row["name"], "input": given,
                          "pages": pages})
        for (row, operation, given, pages), answer in zip(cases, run_dump(lines)):
            with self.subTest((row["service"], row["name"])):
                asked = []

                def method(**kwargs):
                    asked.append(kwargs)
                    return pages[len(asked) - 1]

                config = SESSION.get_paginator_model(row["service"]).get_paginator(row["name"])
                paginator = botocore.paginate.Paginator(method, config, operation)
                extra = {"PaginationConfig": {"PageSize": row["page_size"]}} if row["limit_key"] else {}
                full = paginator.paginate(**given, **extra).build_full_result()
                self.assertEqual(answer["inputs"], asked)
                for key in row["result_keys"].split():
                    self.assertEqual(answer["output"][key], full[key] if key in full else None)
                self.assertNotIn(row["output_token"], answer["output"])
        self.assertGreater(len(cases), 40)


if __name__ == "__main__":
    DUMP = sys.argv.pop(1)
    TABLE = run_dump([{"do": "table"}])[0]
    TABLE["operations"] = [row for row in TABLE["operations"] if (row["service"], row["name"]) not in NEWER_THAN_BOTOCORE]
    unittest.main()
