"""`network path` and `network needs` from outside, on small snapshots that each test writes itself.

The rules are those of "Security group rules", "Network ACLs", "Route tables", "NAT gateways" and "Access AWS services through
AWS PrivateLink" (Amazon VPC User Guide)."""

import html.parser
import http.server
import json
import pathlib
import shlex
import tempfile
import threading
import unittest
import urllib.parse
import urllib.request

import botocore.session

from support import Lab, doctor, environment

VPC, ACCOUNT, REGION = "vpc-1", "111122223333", "eu-west-1"


def subnet(number, **more):
    return {"SubnetId": f"subnet-{number}", "VpcId": VPC, "CidrBlock": f"10.0.{number}.0/24", "State": "available",
            "AvailabilityZone": f"{REGION}a", "SubnetArn": f"arn:aws:ec2:{REGION}:{ACCOUNT}:subnet/subnet-{number}", **more}


def interface(name, number, groups, public=None):
    out = {"NetworkInterfaceId": name, "SubnetId": f"subnet-{number}", "VpcId": VPC, "PrivateIpAddress": f"10.0.{number}.5",
           "Groups": [{"GroupId": g} for g in groups], "Status": "in-use", "InterfaceType": "interface",
           "AvailabilityZone": f"{REGION}a"}
    if public:
        out["Association"] = {"PublicIp": public}
    return out


def group(name, ingress=(), egress=({"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]},)):
    return {"GroupId": name, "GroupName": name, "VpcId": VPC, "IpPermissions": list(ingress), "IpPermissionsEgress": list(egress)}


def tcp(port, **source):
    return {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, **source}


def entry(number, egress, action, ports=None):
    out = {"RuleNumber": number, "Protocol": "6" if ports else "-1", "RuleAction": action, "Egress": egress, "CidrBlock": "0.0.0.0/0"}
    if ports:
        out["PortRange"] = {"From": ports[0], "To": ports[1]}
    return out


OPEN_ACL = [entry(100, True, "allow"), entry(100, False, "allow"), entry(32767, True, "deny"), entry(32767, False, "deny")]
LOCAL = {"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local", "State": "active"}


def table(name, subnets, routes, main=False):
    return {"RouteTableId": name, "VpcId": VPC, "Routes": [LOCAL, *routes],
            "Associations": [{"SubnetId": s, "RouteTableId": name} for s in subnets] + ([{"Main": True, "RouteTableId": name}] if main else [])}


def town():
    """A private subnet with an application, one with a database, and a public one with a NAT gateway."""
    return {
        "ec2.describe-vpcs": {"Vpcs": [{"VpcId": VPC, "CidrBlock": "10.0.0.0/16", "OwnerId": ACCOUNT, "CidrBlockAssociationSet": [
            {"CidrBlock": "10.0.0.0/16", "CidrBlockState": {"State": "associated"}}]}]},
        "ec2.describe-subnets": {"Subnets": [subnet(1), subnet(2), subnet(3)]},
        "ec2.describe-network-interfaces": {"NetworkInterfaces": [
            interface("eni-app", 1, ["sg-app"]), interface("eni-db", 2, ["sg-db"]), interface("eni-web", 3, ["sg-app"], "198.51.100.7")]},
        "ec2.describe-security-groups": {"SecurityGroups": [
            group("sg-app"), group("sg-db", ingress=[tcp(5432, UserIdGroupPairs=[{"GroupId": "sg-app", "UserId": ACCOUNT}])], egress=[])]},
        "ec2.describe-network-acls": {"NetworkAcls": [
            {"NetworkAclId": "acl-main", "VpcId": VPC, "IsDefault": True, "Associations": [], "Entries": list(OPEN_ACL)}]},
        "ec2.describe-route-tables": {"RouteTables": [
            table("rtb-main", [], [], main=True),
            table("rtb-app", ["subnet-1"], [{"DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": "nat-1", "State": "active"}]),
            table("rtb-public", ["subnet-3"], [{"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1", "State": "active"}])]},
        "ec2.describe-internet-gateways": {"InternetGateways": [
            {"InternetGatewayId": "igw-1", "Attachments": [{"VpcId": VPC, "State": "available"}]}]},
        "ec2.describe-nat-gateways": {"NatGateways": [
            {"NatGatewayId": "nat-1", "VpcId": VPC, "SubnetId": "subnet-3", "State": "available", "ConnectivityType": "public",
             "NatGatewayAddresses": [{"PrivateIp": "10.0.3.9", "PublicIp": "198.51.100.9"}]}]},
        "ec2.describe-vpc-endpoints": {"VpcEndpoints": []},
        "ec2.describe-egress-only-internet-gateways": {"EgressOnlyInternetGateways": []},
        "ec2.describe-vpc-peering-connections": {"VpcPeeringConnections": []},
    }


class Snapshot:
    """with Snapshot(town()) as folder: …"""

    def __init__(self, documents):
        self.folder, self.documents = tempfile.TemporaryDirectory(), documents

    def __enter__(self):
        for name, document in self.documents.items():
            (pathlib.Path(self.folder.name) / f"{name}.json").write_text(json.dumps(document))
        return self.folder.name

    def __exit__(self, *ignored):
        self.folder.cleanup()


def path(documents, *arguments, output="json"):
    with Snapshot(documents) as folder:
        return doctor("network", "path", "--snapshot", folder, "--output", output, *arguments)


def needs(documents, *arguments, output="json"):
    with Snapshot(documents) as folder:
        return doctor("network", "needs", "--snapshot", folder, "--output", output, *arguments)


class Page(html.parser.HTMLParser):
    """Which elements are there, whether each is closed, and the text of the drawing."""

    VOID = {"meta", "br", "link", "img", "hr"}

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.open, self.seen, self.drawing, self.urls = [], [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.seen.append(tag)
        self.urls += [v for k, v in attributes if k in ("src", "href")]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.seen.append(tag)

    def handle_endtag(self, tag):
        assert self.open and self.open[-1] == tag, f"</{tag}> closes {self.open[-1:]}"
        self.open.pop()

    def handle_data(self, data):
        if "svg" in self.open:
            self.drawing.append(data)


class Path(unittest.TestCase):
    def check(self, result, code):
        self.assertEqual(result.code, code, result.err + result.out)
        return result

    def test_reachable_is_0_and_shows_the_rule_at_each_hop(self):
        answer = self.check(path(town(), "--from", "eni-app", "--to", "eni-db", "--port", "5432"), 0).json
        self.assertEqual((answer["schema"], answer["reachable"], answer["blocked_by"]), ("fargate-doctor/network-path/1", True, []))
        for hop in answer["forward"] + answer["return"]:
            self.assertEqual(set(hop), {"resource", "kind", "rule", "admitted", "why"})
            self.assertIs(hop["admitted"], True)
        self.assertIn("sg-db", [hop["resource"] for hop in answer["forward"]])
        self.assertNotIn("parts", answer)

    def test_every_blocking_rule_is_named_and_the_change_is_a_command(self):
        answer = self.check(path(town(), "--from", "eni-db", "--to", "1.1.1.1"), 1).json
        self.assertIs(answer["reachable"], False)
        self.assertEqual([b["resource"] for b in answer["blocked_by"]], ["sg-db", "rtb-main"])
        for change in answer["smallest_change"]:
            words = shlex.split(change["command"], comments=True)
            self.assertEqual(words[:2], ["aws", "ec2"])
            operation = "".join(word.capitalize() for word in words[2].split("-"))
            self.assertEqual("ec2:" + operation, change["operation"])

    def test_the_changes_open_the_path_and_nothing_else_was_in_the_way(self):
        documents = town()
        change = path(documents, "--from", "eni-app", "--to", "eni-db").json["smallest_change"]
        self.assertEqual([c["resource"] for c in change], ["sg-db"])
        documents["ec2.describe-security-groups"]["SecurityGroups"][1]["IpPermissions"].append(
            tcp(443, UserIdGroupPairs=[{"GroupId": "sg-app", "UserId": ACCOUNT}]))
        self.check(path(documents, "--from", "eni-app", "--to", "eni-db"), 0)

    def test_a_dropped_answer_is_blocked_on_the_way_back(self):
        documents = town()
        documents["ec2.describe-network-acls"]["NetworkAcls"].append(
            {"NetworkAclId": "acl-public", "VpcId": VPC, "IsDefault": False,
             "Associations": [{"SubnetId": "subnet-3", "NetworkAclId": "acl-public"}],
             "Entries": [entry(90, False, "deny", (1024, 65535)), *OPEN_ACL]})
        answer = self.check(path(documents, "--from", "eni-app", "--to", "8.8.8.8"), 1).json
        self.assertEqual({(b["resource"], b["direction"]) for b in answer["blocked_by"]}, {("acl-public", "return")})

    def test_what_the_facts_lack_is_4_and_named(self):
        documents = town()
        del documents["ec2.describe-route-tables"]
        result = self.check(path(documents, "--from", "eni-app", "--to", "eni-db", "--port", "5432"), 4)
        self.assertEqual(result.json["reachable"], "depends")
        self.assertTrue(any("route table" in line for line in result.json["depends_on"]), result.json["depends_on"])
        self.assertIn("unknown", [hop["admitted"] for hop in result.json["forward"]])

    def test_a_range_that_passes_in_part_has_parts_and_is_a_finding(self):
        answer = self.check(path(town(), "--from", "eni-app", "--to", "eni-db", "--port", "5431-5433"), 1).json
        self.assertGreater(len(answer["parts"]), 1)
        self.assertEqual({part["reachable"] for part in answer["parts"]}, {True, False})
        opened = [part["ports"] for part in answer["parts"] if part["reachable"] is True]
        self.assertEqual(opened, ["5432-5432"])

    def test_the_internet_comes_in_where_there_is_a_public_address(self):
        self.check(path(town(), "--from", "internet", "--to", "eni-web"), 1)  # sg-app lets nothing in
        documents = town()
        documents["ec2.describe-security-groups"]["SecurityGroups"][0]["IpPermissions"] = [tcp(443, IpRanges=[{"CidrIp": "0.0.0.0/0"}])]
        self.check(path(documents, "--from", "internet", "--to", "eni-web"), 0)
        self.check(path(documents, "--from", "internet", "--to", "eni-app"), 1)

    def test_a_service_is_reached_by_nat_or_not_at_all(self):
        way = self.check(path(town(), "--from", "eni-app", "--to", "service:ecr.api"), 0).json
        self.assertIn("NAT gateway", [hop["kind"] for hop in way["forward"]])
        self.check(path(town(), "--from", "eni-db", "--to", "service:ecr.api"), 1)

    def test_text_begins_with_the_answer(self):
        result = self.check(path(town(), "--from", "eni-app", "--to", "eni-db", output="text"), 1)
        self.assertTrue(result.out.startswith("NOT REACHABLE: eni-app -> eni-db tcp 443: "), result.out)
        self.assertIn("✗ sg-db", result.out)
        self.assertIn("  aws ec2 authorize-security-group-ingress --group-id sg-db ", result.out)
        self.assertNotIn("\x1b", result.out)

    def test_html_parses_fetches_nothing_and_draws_the_dropping_rule(self):
        result = self.check(path(town(), "--from", "eni-db", "--to", "1.1.1.1", output="html"), 1)
        page = Page(result.out)
        self.assertEqual(page.open, [])
        self.assertEqual([url for url in page.urls if not url.startswith("#")], [])
        drawing = " ".join(page.drawing)
        self.assertIn("no egress rule admits it", drawing)
        self.assertIn("rtb-main", drawing)

    def test_markdown_has_the_path(self):
        result = self.check(path(town(), "--from", "eni-app", "--to", "eni-db", output="markdown"), 1)
        self.assertTrue(result.out.startswith("# NOT REACHABLE"))
        self.assertIn("| ✗ | <code>sg-db</code> | security group |", result.out)

    def test_bad_input_is_2_in_one_line_and_prints_no_answer(self):
        for arguments in (["--from", "eni-app"], ["--from", "eni-app", "--to", "nowhere"], ["--from", "eni-app", "--to", "10.0.0.0/40"],
                          ["--from", "eni-app", "--to", "eni-db", "--port", "70000"], ["--from", "eni-app", "--to", "eni-db", "--port", "9-1"],
                          ["--from", "eni-app", "--to", "eni-db", "--protocol", "sctp"], ["--from", "internet", "--to", "internet"],
                          ["--from", "eni-app", "--to", "eni-db", "--protocol", "icmp", "--port", "443"],
                          ["--from", "eni-app", "--to", "eni-db", "--ip-version", "5"], ["--from", "eni-app", "--to", "eni-db", "--confirm"]):
            with self.subTest(arguments):
                result = path(town(), *arguments, output="text")
                self.assertEqual((result.code, result.out), (2, ""), result.err)
                self.assertEqual(len(result.err.strip().splitlines()), 1, result.err)

    def test_there_is_no_sarif_of_a_path(self):
        self.assertEqual(path(town(), "--from", "eni-app", "--to", "eni-db", output="sarif").code, 2)

    def test_a_snapshot_that_does_not_parse_is_2_with_its_place(self):
        with Snapshot(town()) as folder:
            (pathlib.Path(folder) / "ec2.describe-subnets.json").write_text('{"Subnets": [}')
            result = doctor("network", "path", "--snapshot", folder, "--from", "eni-app", "--to", "eni-db")
        self.assertEqual(result.code, 2)
        self.assertIn("ec2.describe-subnets.json:1:", result.err)

    def test_no_credentials_is_3(self):
        result = doctor("network", "path", "--region", REGION, "--from", "eni-app", "--to", "eni-db", env=environment())
        self.assertEqual((result.code, result.out), (3, ""), result.err)


class Needs(unittest.TestCase):
    def test_all_that_a_task_needs_goes_by_nat(self):
        result = needs(town(), "--subnet", "subnet-1", "--group", "sg-app")
        self.assertEqual(result.code, 0, result.err)
        start = result.json["starts"][0]
        self.assertIs(start["reachable"], True)
        self.assertEqual({need["way"] for need in start["needs"]}, {"by NAT gateway nat-1"})
        self.assertIn("image.layers", [need["id"] for need in start["needs"]])

    def test_a_subnet_without_a_way_out_reaches_nothing(self):
        result = needs(town(), "--subnet", "subnet-2", "--group", "sg-app", output="text")
        self.assertEqual(result.code, 1, result.err)
        self.assertTrue(result.out.startswith("NOT REACHABLE from subnet-2 with sg-app: "), result.out)
        self.assertIn("✗ ECS Exec", result.out)

    def test_a_public_subnet_needs_a_public_address(self):
        self.assertEqual(needs(town(), "--subnet", "subnet-3", "--group", "sg-app").code, 1)
        self.assertEqual(needs(town(), "--subnet", "subnet-3", "--group", "sg-app", "--public-ip").code, 0)

    def test_an_endpoint_carries_its_service_alone(self):
        documents = town()
        documents["ec2.describe-vpc-endpoints"]["VpcEndpoints"] = [{
            "VpcEndpointId": "vpce-s3", "VpcId": VPC, "VpcEndpointType": "Gateway", "State": "available",
            "ServiceName": f"com.amazonaws.{REGION}.s3", "RouteTableIds": ["rtb-main"]}]
        documents["ec2.describe-route-tables"]["RouteTables"][0]["Routes"].append(
            {"DestinationPrefixListId": "pl-s3", "GatewayId": "vpce-s3", "State": "active"})
        documents["ec2.describe-managed-prefix-lists"] = {"PrefixLists": [
            {"PrefixListId": "pl-s3", "PrefixListName": f"com.amazonaws.{REGION}.s3", "AddressFamily": "IPv4", "OwnerId": "AWS"}]}
        result = needs(documents, "--subnet", "subnet-2", "--group", "sg-app")
        ways = {need["id"]: need["path"]["reachable"] for need in result.json["starts"][0]["needs"]}
        self.assertIs(ways.pop("image.layers"), True)
        self.assertEqual(set(ways.values()), {False})

    def test_an_interface_is_a_start(self):
        self.assertEqual(needs(town(), "--eni", "eni-app").code, 0)
        self.assertEqual(needs(town(), "--eni", "eni-gone").code, 3)

    def test_missing_facts_are_4(self):
        documents = town()
        del documents["ec2.describe-network-acls"]
        result = needs(documents, "--subnet", "subnet-1", "--group", "sg-app")
        self.assertEqual((result.code, result.json["reachable"]), (4, "depends"), result.err)

    def test_one_start_and_no_more(self):
        for arguments in ([], ["--subnet", "subnet-1"], ["--eni", "eni-app", "--group", "sg-app"], ["--subnet", "net-1", "--group", "sg-app"],
                          ["--subnet", "subnet-1", "--group", "app"], ["--eni", "eni-app", "--task", "1"], ["--eni", "app"]):
            with self.subTest(arguments):
                result = needs(town(), *arguments, output="text")
                self.assertEqual((result.code, result.out), (2, ""), result.err)
                self.assertEqual(len(result.err.strip().splitlines()), 1, result.err)


class Recorder(http.server.BaseHTTPRequestHandler):
    """Stands between the program and the lab, and keeps what was asked."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.bodies.append(dict(urllib.parse.parse_qsl(body.decode(), keep_blank_values=True)))
        request = urllib.request.Request(self.server.lab + self.path, body, {k: v for k, v in self.headers.items()})
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                code, headers, text = answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as error:
            code, headers, text = error.code, error.headers, error.read()
        self.send_response(code)
        for name in ("Content-Type", "x-amzn-RequestId"):
            if headers.get(name):
                self.send_header(name, headers[name])
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *ignored):
        pass


class Live(unittest.TestCase):
    def interfaces(self, lab, folder):
        """Two interfaces of the running tasks."""
        lab.doctor("network", "path", "--from", "eni-0", "--to", "eni-1", "--record", folder)
        found = next(pathlib.Path(folder).rglob("ec2.describe-network-interfaces.json"))
        return [i["NetworkInterfaceId"] for i in json.loads(found.read_text())["NetworkInterfaces"] if i["InterfaceType"] == "interface"]

    def test_a_recorded_network_answers_as_the_live_one(self):
        with Lab("quiet") as lab, tempfile.TemporaryDirectory() as folder:
            start = self.interfaces(lab, folder)[0]
            question = ("network", "path", "--from", start, "--to", "service:logs", "--output", "json")
            live, replayed = lab.doctor(*question), doctor(*question, "--snapshot", folder)
        self.assertEqual(live.code, 0, live.err)
        self.assertEqual((live.code, live.out), (replayed.code, replayed.out))

    def test_a_service_of_the_lab_lacks_its_way_to_exec(self):
        with Lab("exec-no-path") as lab:
            result = lab.doctor("network", "needs", "--service", "web", "--cluster", "prod", "--output", "json")
        self.assertEqual(result.code, 1, result.err)
        for start in result.json["starts"]:
            closed = [need["id"] for need in start["needs"] if need["path"]["reachable"] is not True]
            self.assertEqual(closed, ["exec"])
            self.assertIn("health_check", [need["id"] for need in start["needs"]])

    def test_confirm_lays_both_answers_side_by_side_and_leaves_nothing_behind(self):
        ec2 = botocore.session.get_session().get_service_model("ec2")
        with Lab("quiet", "--speed", "600") as lab, tempfile.TemporaryDirectory() as folder:
            one, other = self.interfaces(lab, folder)[:2]
            server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Recorder)
            server.lab, server.bodies = lab.url, []
            threading.Thread(target=server.serve_forever, daemon=True).start()
            proxied = {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{server.server_address[1]}"}
            result = lab.doctor("network", "path", "--from", one, "--to", other, "--port", "9", "--confirm", "--output", "json", **proxied)
            server.shutdown()
            server.server_close()
        self.assertEqual(result.code, 1, result.err)
        opinion = result.json["reachability_analyzer"]
        self.assertEqual((opinion["asked"], opinion["reachable"], opinion["agrees"], opinion["status"]), (True, False, True, "succeeded"))
        self.assertIn("ENI_SG_RULES_MISMATCH", opinion["explanations"][0])
        self.assertIn("$0.10", result.err)
        asked = [body for body in server.bodies if "NetworkInsights" in body["Action"]]
        self.assertEqual([b["Action"] for b in asked if b["Action"] != "DescribeNetworkInsightsAnalyses"],
                         ["CreateNetworkInsightsPath", "StartNetworkInsightsAnalysis", "DeleteNetworkInsightsAnalysis",
                          "DeleteNetworkInsightsPath"])
        for body in asked:  # AWS's own model knows every parameter, and none that it requires is missing
            shape = ec2.operation_model(body["Action"]).input_shape
            names = {member.serialization.get("queryName") or (lambda n: n[0].upper() + n[1:])(member.serialization.get("name", name))
                     for name, member in shape.members.items()}
            given = {key.split(".")[0] for key in body} - {"Action", "Version"}
            self.assertLessEqual(given, names, body)
            self.assertLessEqual(set(shape.required_members), given, body)
        self.assertEqual((asked[0]["Source"], asked[0]["Destination"], asked[0]["Protocol"], asked[0]["DestinationPort"]),
                         (one, other, "tcp", "9"))

    def test_what_the_analyzer_does_not_take_is_said_and_costs_nothing(self):
        with Lab("quiet") as lab, tempfile.TemporaryDirectory() as folder:
            one, other = self.interfaces(lab, folder)[:2]
            for question, why in ((["--to", other, "--protocol", "icmp"], "TCP and UDP"), (["--to", other, "--port", "1-9"], "one port"),
                                  (["--to", "10.0.0.0/16"], "no range"), (["--to", "service:kms"], "endpoint"),
                                  (["--to", other, "--source-port", "5000"], "source port")):
                with self.subTest(question):
                    result = lab.doctor("network", "path", "--from", one, *question, "--confirm", "--output", "json")
                    opinion = result.json["reachability_analyzer"]
                    self.assertEqual((opinion["asked"], opinion["agrees"]), (False, None))
                    self.assertIn(why, opinion["why"])
                    self.assertNotIn("$", result.err)


if __name__ == "__main__":
    unittest.main()
