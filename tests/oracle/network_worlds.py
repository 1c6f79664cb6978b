"""Makes small random networks, as snapshots of the AWS CLI's answers, and questions about them.

    world, questions = generate(random.Random(seed), count)

Worlds lean towards letting traffic pass, so that answers of both kinds are common, and everything that they can hold
meets in a few subnets: overlapping rules, references to groups over peering, routes that shadow each other.
"""
import ipaddress
import json

ACCOUNT, REGION = "111122223333", "eu-west-1"
OUTSIDE = ["52.94.5.10", "8.8.8.8", "198.41.0.4", "93.184.216.34"]
OUTSIDE6 = ["2a00:1450:4001:81b::200e", "2606:4700::6810:84e5"]
S3_LIST, S3_CIDRS = "pl-6da54004", ["52.218.0.0/17", "3.5.64.0/21"]
DYNAMO_LIST, DYNAMO_CIDRS = "pl-6fa54006", ["52.94.5.0/24"]
OFFICE_LIST, OFFICE_CIDRS = "pl-0a11ce00000000001", ["10.0.0.0/22", "8.8.0.0/16", "10.1.1.0/24"]
ROUTED_LIST, ROUTED_CIDRS = "pl-0a11ce00000000002", ["8.8.0.0/16", "93.184.216.0/24"]
PORTS = [22, 53, 80, 443, 8080]
SERVICES = ["s3", "dynamodb", "ecr.api", "logs"]
ALL_PORTS = (0, 65535)


class Maker:
    def __init__(self, random):
        self.random = random
        self.n = 0
        self.rows = {}
        self.extra = {}

    def chance(self, p):
        return self.random.random() < p

    def pick(self, items):
        return self.random.choice(list(items))

    def some(self, items, least=1, most=2):
        items = list(items)
        return self.random.sample(items, min(len(items), self.random.randint(least, most)))

    def id(self, kind):
        self.n += 1
        return f"{kind}-{self.n:08x}"

    def add(self, operation, key, row):
        self.rows.setdefault((operation, key), []).append(row)
        return row

    def all(self, operation):
        return next((rows for (o, _), rows in self.rows.items() if o == operation), [])

    # --- places

    def vpcs(self):
        self.zones = ["eu-west-1a", "eu-west-1b"]
        for i in range(self.random.randint(1, 3)):
            vpc = {"VpcId": self.id("vpc"), "CidrBlock": f"10.{i}.0.0/16", "State": "available", "OwnerId": ACCOUNT,
                   "CidrBlockAssociationSet": [{"CidrBlock": f"10.{i}.0.0/16"}]}
            if self.chance(0.2):
                vpc["CidrBlockAssociationSet"].append({"CidrBlock": f"100.64.{i}.0/24"})
            if self.chance(0.5):
                vpc["Ipv6CidrBlockAssociationSet"] = [{"Ipv6CidrBlock": f"2600:1f16:{i + 1}::/56"}]
            self.add("describe-vpcs", "Vpcs", vpc)
            hostnames = not self.chance(0.15)
            for key, value in (("EnableDnsSupport", True), ("EnableDnsHostnames", hostnames)):
                self.extra[f"ec2.describe-vpc-attribute.{vpc['VpcId']}.{key}.json"] = {"VpcId": vpc["VpcId"], key: {"Value": value}}
            self.subnets_of(vpc, i)
            self.groups_of(vpc)
        for i, name, cidrs in ((S3_LIST, "s3", S3_CIDRS), (DYNAMO_LIST, "dynamodb", DYNAMO_CIDRS)):
            self.add("describe-prefix-lists", "PrefixLists",
                     {"PrefixListId": i, "PrefixListName": f"com.amazonaws.{REGION}.{name}", "Cidrs": cidrs})
        for i, name, cidrs in ((OFFICE_LIST, "office", OFFICE_CIDRS), (ROUTED_LIST, "routed", ROUTED_CIDRS)):
            self.add("describe-managed-prefix-lists", "PrefixLists", {"PrefixListId": i, "PrefixListName": name, "AddressFamily": "IPv4"})
            self.extra[f"ec2.get-managed-prefix-list-entries.{i}.json"] = {"Entries": [{"Cidr": c} for c in cidrs]}

    def subnets_of(self, vpc, i):
        for j in range(self.random.randint(2, 3)):
            s = {"SubnetId": self.id("subnet"), "VpcId": vpc["VpcId"], "CidrBlock": f"10.{i}.{j}.0/24", "State": "available",
                 "AvailabilityZone": self.pick(self.zones), "MapPublicIpOnLaunch": False, "AvailableIpAddressCount": 200}
            if j == 2 and len(vpc["CidrBlockAssociationSet"]) > 1:
                s["CidrBlock"] = f"100.64.{i}.0/25"
            s["SubnetArn"] = f"arn:aws:ec2:{REGION}:{ACCOUNT}:subnet/{s['SubnetId']}"
            if "Ipv6CidrBlockAssociationSet" in vpc:
                s["Ipv6CidrBlockAssociationSet"] = [{"Ipv6CidrBlock": f"2600:1f16:{i + 1}:{j}::/64"}]
            self.add("describe-subnets", "Subnets", s)

    def groups_of(self, vpc):
        for _ in range(self.random.randint(2, 3)):
            g = self.id("sg")
            self.add("describe-security-groups", "SecurityGroups",
                     {"GroupId": g, "GroupName": g, "VpcId": vpc["VpcId"], "OwnerId": ACCOUNT, "IpPermissions": [],
                      "IpPermissionsEgress": []})

    def of_vpc(self, operation, vpc):
        return [r for r in self.all(operation) if r["VpcId"] == vpc]

    def interface(self, subnet, kind="interface", groups=None, public=0.4, last=None):
        base = ipaddress.ip_network(subnet["CidrBlock"])
        taken = len([i for i in self.all("describe-network-interfaces") if i["SubnetId"] == subnet["SubnetId"]])
        own = groups if groups is not None else [g["GroupId"] for g in self.some(self.of_vpc("describe-security-groups", subnet["VpcId"]))]
        i = {"NetworkInterfaceId": self.id("eni"), "SubnetId": subnet["SubnetId"], "VpcId": subnet["VpcId"], "OwnerId": ACCOUNT,
             "AvailabilityZone": subnet["AvailabilityZone"], "Status": "in-use", "InterfaceType": kind, "SourceDestCheck": True,
             "Groups": [{"GroupId": g, "GroupName": g} for g in own], "PrivateIpAddresses": [], "Ipv6Addresses": []}
        for k in range(2 if self.chance(0.15) and kind == "interface" else 1):
            a = {"PrivateIpAddress": str(base[10 + taken * 4 + k]), "Primary": k == 0}
            if self.chance(public):
                self.n += 1
                a["Association"] = {"PublicIp": f"54.77.{self.n // 250}.{self.n % 250 + 1}"}
            i["PrivateIpAddresses"].append(a)
        i["PrivateIpAddress"] = i["PrivateIpAddresses"][0]["PrivateIpAddress"]
        if "Association" in i["PrivateIpAddresses"][0]:
            i["Association"] = i["PrivateIpAddresses"][0]["Association"]
        if "Ipv6CidrBlockAssociationSet" in subnet and kind == "interface" and self.chance(0.8):
            v6 = ipaddress.ip_network(subnet["Ipv6CidrBlockAssociationSet"][0]["Ipv6CidrBlock"])
            i["Ipv6Addresses"] = [{"Ipv6Address": str(v6[10 + taken])}]
        return self.add("describe-network-interfaces", "NetworkInterfaces", i)

    def interfaces(self):
        for s in self.all("describe-subnets"):
            for _ in range(self.random.randint(1, 3)):
                kind = self.pick(["interface"] * 4 + ["network_load_balancer", "lambda"])
                self.interface(s, kind)

    # --- rules

    def cidr(self, version):
        if version == 6:
            v6 = [c["Ipv6CidrBlock"] for v in self.all("describe-vpcs") for c in v.get("Ipv6CidrBlockAssociationSet", [])]
            return self.pick(["::/0", "::/0", "2000::/3", "2606::/16"] + v6)
        subnets = [s["CidrBlock"] for s in self.all("describe-subnets")]
        hosts = [i["PrivateIpAddress"] + "/32" for i in self.all("describe-network-interfaces")]
        vpcs = [v["CidrBlock"] for v in self.all("describe-vpcs")]
        return self.pick([self.pick(["0.0.0.0/0", "0.0.0.0/0", "10.0.0.0/8"]), "0.0.0.0/0", self.pick(subnets), self.pick(vpcs), self.pick(hosts),
                          self.pick([o + "/32" for o in OUTSIDE] + ["52.0.0.0/8", "8.0.0.0/7", "0.0.0.0/1", "128.0.0.0/1"])])

    def port_range(self):
        if self.chance(0.5):
            p = self.pick(PORTS)
            return p, p
        return self.pick([(0, 65535), (1, 1023), (80, 443), (53, 8080), (1024, 65535), (32768, 60999)])

    def group_rule(self, vpc):
        protocol = self.pick(["tcp"] * 5 + ["udp", "icmp", "icmpv6", "-1", "-1"])
        rule = {"IpProtocol": protocol, "IpRanges": [], "Ipv6Ranges": [], "PrefixListIds": [], "UserIdGroupPairs": []}
        if protocol in ("tcp", "udp"):
            rule["FromPort"], rule["ToPort"] = self.port_range()
        elif protocol == "icmp":
            rule["FromPort"], rule["ToPort"] = self.pick([(-1, -1), (8, 0), (8, -1), (0, 0), (3, 4)])
        elif protocol == "icmpv6":
            rule["FromPort"], rule["ToPort"] = self.pick([(-1, -1), (128, 0), (128, -1), (129, 0)])
        what = self.random.random()
        if what < 0.45:
            rule["IpRanges"] = [{"CidrIp": self.cidr(4)}]
            if self.chance(0.5):
                rule["Ipv6Ranges"] = [{"CidrIpv6": self.cidr(6)}]
        elif what < 0.55:
            rule["Ipv6Ranges"] = [{"CidrIpv6": self.cidr(6)}]
        elif what < 0.7:
            rule["PrefixListIds"] = [{"PrefixListId": self.pick([S3_LIST, OFFICE_LIST, DYNAMO_LIST])}]
        else:
            rule["UserIdGroupPairs"] = [self.reference(vpc)]
        return rule

    def reference(self, vpc):
        g = self.pick(self.of_vpc("describe-security-groups", vpc))
        for p in self.all("describe-vpc-peering-connections"):
            sides = [p["RequesterVpcInfo"]["VpcId"], p["AccepterVpcInfo"]["VpcId"]]
            if vpc in sides and self.chance(0.5):
                g = self.pick(self.of_vpc("describe-security-groups", sides[1 - sides.index(vpc)]))
                return {"GroupId": g["GroupId"], "UserId": ACCOUNT, "VpcId": g["VpcId"], "PeeringStatus": p["Status"]["Code"],
                        "VpcPeeringConnectionId": p["VpcPeeringConnectionId"]}
        return {"GroupId": g["GroupId"], "UserId": ACCOUNT}

    def group_rules(self):
        open_rule = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}], "Ipv6Ranges": [{"CidrIpv6": "::/0"}], "PrefixListIds": [],
                     "UserIdGroupPairs": []}
        for g in self.all("describe-security-groups"):
            for side, openness in (("IpPermissions", 0.3), ("IpPermissionsEgress", 0.6)):
                g[side] = [self.group_rule(g["VpcId"]) for _ in range(self.random.randint(0, 3))]
                if self.chance(openness):
                    g[side].append(open_rule)

    def acl_entry(self, number, egress, allow=None):
        version = 6 if self.chance(0.2) else 4
        e = {"RuleNumber": number, "Egress": egress, "RuleAction": "allow" if (self.chance(0.7) if allow is None else allow) else "deny",
             "Protocol": self.pick(["-1", "6", "6", "6", "17", "58" if version == 6 else "1"]),
             "CidrBlock" if version == 4 else "Ipv6CidrBlock": self.cidr(version)}
        if e["Protocol"] in ("6", "17"):
            low, high = self.port_range()
            e["PortRange"] = {"From": low, "To": high}
        elif e["Protocol"] in ("1", "58"):
            kinds = [(-1, -1), (8, 0), (0, 0), (8, -1)] if version == 4 else [(-1, -1), (128, 0), (129, 0)]
            kind, code = self.pick(kinds)
            e["IcmpTypeCode"] = {"Type": kind, "Code": code}
        return e

    def acl(self, vpc, default, subnets):
        acl = {"NetworkAclId": self.id("acl"), "VpcId": vpc, "IsDefault": default, "OwnerId": ACCOUNT, "Entries": [],
               "Associations": [{"SubnetId": s, "NetworkAclAssociationId": self.id("aclassoc")} for s in subnets]}
        wild = self.chance(0.15 if default else 0.75)
        for egress in (True, False):
            numbers = self.random.sample(range(10, 100), self.random.randint(0, 4)) if wild else []
            entries = [self.acl_entry(n, egress) for n in numbers]
            if not wild or self.chance(0.8):
                entries += [{"RuleNumber": 100, "Egress": egress, "RuleAction": "allow", "Protocol": "-1", "CidrBlock": "0.0.0.0/0"},
                            {"RuleNumber": 101, "Egress": egress, "RuleAction": "allow", "Protocol": "-1", "Ipv6CidrBlock": "::/0"}]
            entries += [{"RuleNumber": 32767, "Egress": egress, "RuleAction": "deny", "Protocol": "-1", "CidrBlock": "0.0.0.0/0"},
                        {"RuleNumber": 32768, "Egress": egress, "RuleAction": "deny", "Protocol": "-1", "Ipv6CidrBlock": "::/0"}]
            self.random.shuffle(entries)
            acl["Entries"] += entries
        self.add("describe-network-acls", "NetworkAcls", acl)

    def acls(self):
        for v in self.all("describe-vpcs"):
            subnets = [s["SubnetId"] for s in self.of_vpc("describe-subnets", v["VpcId"])]
            custom = self.some(subnets, 0, 2)
            if custom:
                self.acl(v["VpcId"], False, custom)
            self.acl(v["VpcId"], True, [s for s in subnets if s not in custom])

    # --- what leads out

    def gateways(self):
        for v in self.all("describe-vpcs"):
            vpc = v["VpcId"]
            attached = [{"VpcId": vpc, "State": "available"}]
            if self.chance(0.75):
                self.add("describe-internet-gateways", "InternetGateways", {"InternetGatewayId": self.id("igw"), "Attachments": attached})
            elif self.chance(0.3):
                self.add("describe-internet-gateways", "InternetGateways", {"InternetGatewayId": self.id("igw"), "Attachments": []})
            if "Ipv6CidrBlockAssociationSet" in v and self.chance(0.5):
                self.add("describe-egress-only-internet-gateways", "EgressOnlyInternetGateways",
                         {"EgressOnlyInternetGatewayId": self.id("eigw"), "Attachments": [{"VpcId": vpc, "State": "attached"}]})
            for _ in range(self.pick([0, 1, 1, 2])):
                self.nat(vpc)

    def nat(self, vpc):
        subnet = self.pick(self.of_vpc("describe-subnets", vpc))
        private = self.chance(0.25)
        eni = self.interface(subnet, "nat_gateway", groups=[], public=0 if private else 1)
        address = {"NetworkInterfaceId": eni["NetworkInterfaceId"], "PrivateIp": eni["PrivateIpAddress"]}
        if not private:
            address["PublicIp"] = eni["PrivateIpAddresses"][0]["Association"]["PublicIp"]
        self.add("describe-nat-gateways", "NatGateways",
                 {"NatGatewayId": self.id("nat"), "VpcId": vpc, "SubnetId": subnet["SubnetId"], "State": "available",
                  "ConnectivityType": "private" if private else "public", "NatGatewayAddresses": [address]})

    def peerings(self):
        vpcs = self.all("describe-vpcs")
        for i, a in enumerate(vpcs):
            for b in vpcs[i + 1:]:
                if self.chance(0.6):
                    status = "active" if self.chance(0.8) else self.pick(["pending-acceptance", "deleted"])
                    sides = [{"VpcId": v["VpcId"], "OwnerId": ACCOUNT, "Region": REGION, "CidrBlock": v["CidrBlock"],
                              "CidrBlockSet": [{"CidrBlock": c["CidrBlock"]} for c in v["CidrBlockAssociationSet"]],
                              "Ipv6CidrBlockSet": [{"Ipv6CidrBlock": c["Ipv6CidrBlock"]} for c in v.get("Ipv6CidrBlockAssociationSet", [])]}
                             for v in (a, b)]
                    self.add("describe-vpc-peering-connections", "VpcPeeringConnections",
                             {"VpcPeeringConnectionId": self.id("pcx"), "Status": {"Code": status}, "RequesterVpcInfo": sides[0],
                              "AccepterVpcInfo": sides[1]})

    def transit(self):
        vpcs = self.all("describe-vpcs")
        if len(vpcs) < 2 or not self.chance(0.5):
            return
        tgw = self.id("tgw")
        self.add("describe-transit-gateways", "TransitGateways", {"TransitGatewayId": tgw, "OwnerId": ACCOUNT, "State": "available"})
        tables = [self.id("tgw-rtb") for _ in range(self.pick([1, 1, 2]))]
        attachments = []
        for v in vpcs:
            if self.chance(0.1):
                continue
            zones = {}
            for s in self.of_vpc("describe-subnets", v["VpcId"]):
                if s["AvailabilityZone"] not in zones or self.chance(0.5):
                    zones[s["AvailabilityZone"]] = s["SubnetId"]
            subnets = list(zones.values())
            if len(subnets) > 1 and self.chance(0.2):
                subnets = subnets[:1]
            a = {"TransitGatewayAttachmentId": self.id("tgw-attach"), "TransitGatewayId": tgw, "ResourceType": "vpc", "ResourceId": v["VpcId"],
                 "ResourceOwnerId": ACCOUNT, "State": "available"}
            if self.chance(0.95):
                a["Association"] = {"TransitGatewayRouteTableId": self.pick(tables), "State": "associated"}
            attachments.append((self.add("describe-transit-gateway-attachments", "TransitGatewayAttachments", a), v))
            self.add("describe-transit-gateway-vpc-attachments", "TransitGatewayVpcAttachments",
                     {"TransitGatewayAttachmentId": a["TransitGatewayAttachmentId"], "TransitGatewayId": tgw, "VpcId": v["VpcId"],
                      "VpcOwnerId": ACCOUNT, "State": "available", "SubnetIds": subnets})
        for t in tables:
            self.add("describe-transit-gateway-route-tables", "TransitGatewayRouteTables",
                     {"TransitGatewayRouteTableId": t, "TransitGatewayId": tgw, "State": "available"})
            self.extra[f"ec2.search-transit-gateway-routes.{t}.json"] = {"Routes": self.transit_routes(attachments), "AdditionalRoutesAvailable": False}

    def transit_routes(self, attachments):
        routes = []

        def route(cidr, attachment, kind):
            r = {"DestinationCidrBlock": cidr, "Type": kind, "State": "active" if attachment else "blackhole"}
            if attachment:
                r["TransitGatewayAttachments"] = [{"TransitGatewayAttachmentId": attachment["TransitGatewayAttachmentId"],
                                                   "ResourceId": attachment["ResourceId"], "ResourceType": "vpc"}]
            routes.append(r)
        for a, v in attachments:
            if self.chance(0.85):
                for c in v["CidrBlockAssociationSet"]:
                    route(c["CidrBlock"], a, "propagated")
                for c in v.get("Ipv6CidrBlockAssociationSet", []):
                    route(c["Ipv6CidrBlock"], a, "propagated")
        if attachments and self.chance(0.3):
            route("0.0.0.0/0", self.pick(attachments)[0], "static")
        if self.chance(0.2):
            route(self.pick(self.all("describe-subnets"))["CidrBlock"], None, "static")
        return routes

    def endpoints(self):
        for v in self.all("describe-vpcs"):
            vpc = v["VpcId"]
            tables = [t["RouteTableId"] for t in self.of_vpc("describe-route-tables", vpc)]
            for name, prefixes in (("s3", S3_LIST), ("dynamodb", DYNAMO_LIST)):
                if self.chance(0.4):
                    on = self.some(tables, 1, 3)
                    e = self.endpoint(vpc, "Gateway", name)
                    e["RouteTableIds"] = on
                    for t in self.of_vpc("describe-route-tables", vpc):
                        if t["RouteTableId"] in on:
                            t["Routes"].append({"DestinationPrefixListId": prefixes, "GatewayId": e["VpcEndpointId"], "State": "active",
                                                "Origin": "CreateRoute"})
            for name in ("ecr.api", "logs"):
                if self.chance(0.4):
                    e = self.endpoint(vpc, "Interface", name)
                    e["PrivateDnsEnabled"] = self.chance(0.75)
                    groups = [g["GroupId"] for g in self.some(self.of_vpc("describe-security-groups", vpc))]
                    e["Groups"] = [{"GroupId": g, "GroupName": g} for g in groups]
                    for s in self.some(self.of_vpc("describe-subnets", vpc)):
                        e["SubnetIds"].append(s["SubnetId"])
                        e["NetworkInterfaceIds"].append(self.interface(s, "vpc_endpoint", groups=groups, public=0)["NetworkInterfaceId"])

    def endpoint(self, vpc, kind, name):
        i = self.id("vpce")
        return self.add("describe-vpc-endpoints", "VpcEndpoints",
                        {"VpcEndpointId": i, "VpcEndpointType": kind, "VpcId": vpc, "ServiceName": f"com.amazonaws.{REGION}.{name}",
                         "State": "available", "PrivateDnsEnabled": False, "RouteTableIds": [], "SubnetIds": [], "NetworkInterfaceIds": [],
                         "Groups": [], "DnsEntries": [{"DnsName": f"{i}.{name}.{REGION}.vpce.amazonaws.com"}], "OwnerId": ACCOUNT,
                         "PolicyDocument": '{"Statement":[{"Action":"*","Effect":"Allow","Principal":"*","Resource":"*"}]}'})

    # --- routes

    def routes(self, vpc, public=False):
        """public: the default route is the internet gateway's where there is one, as a NAT gateway's subnet needs."""
        v = next(x for x in self.all("describe-vpcs") if x["VpcId"] == vpc)
        out = []

        def route(destination, key, target, state="active", origin="CreateRoute"):
            field = ("DestinationPrefixListId" if destination.startswith("pl-") else
                     "DestinationIpv6CidrBlock" if ":" in destination else "DestinationCidrBlock")
            if any(r.get(field) == destination and r["Origin"] == origin for r in out):
                return  # "Route tables": one static route a destination
            out.append({field: destination, key: target, "State": state, "Origin": origin})
        for c in v["CidrBlockAssociationSet"]:
            route(c["CidrBlock"], "GatewayId", "local", origin="CreateRouteTable")
        for c in v.get("Ipv6CidrBlockAssociationSet", []):
            route(c["Ipv6CidrBlock"], "GatewayId", "local", origin="CreateRouteTable")
        igw = [g["InternetGatewayId"] for g in self.all("describe-internet-gateways") if any(a["VpcId"] == vpc for a in g["Attachments"])]
        nats = [n["NatGatewayId"] for n in self.all("describe-nat-gateways") if n["VpcId"] == vpc]
        eigw = [g["EgressOnlyInternetGatewayId"] for g in self.all("describe-egress-only-internet-gateways") if g["Attachments"][0]["VpcId"] == vpc]
        tgws = [t["TransitGatewayId"] for t in self.all("describe-transit-gateways")]
        wide = [("GatewayId", g) for g in igw * 3] + [("NatGatewayId", n) for n in nats * 2] + [("TransitGatewayId", t) for t in tgws]
        if public and igw:
            route("0.0.0.0/0", "GatewayId", igw[0])
        elif wide and self.chance(0.85):
            route("0.0.0.0/0", *self.pick(wide), state="active" if self.chance(0.95) else "blackhole")
        wide6 = [("GatewayId", g) for g in igw * 2] + [("EgressOnlyInternetGatewayId", e) for e in eigw]
        if wide6 and "Ipv6CidrBlockAssociationSet" in v and self.chance(0.8):
            route("::/0", *self.pick(wide6))
        for p in self.all("describe-vpc-peering-connections"):
            for mine, other in ((p["RequesterVpcInfo"], p["AccepterVpcInfo"]), (p["AccepterVpcInfo"], p["RequesterVpcInfo"])):
                if mine["VpcId"] == vpc and self.chance(0.8):
                    state = "active" if p["Status"]["Code"] == "active" else "blackhole"
                    for c in other["CidrBlockSet"]:
                        route(c["CidrBlock"], "VpcPeeringConnectionId", p["VpcPeeringConnectionId"], state)
                    for c in other["Ipv6CidrBlockSet"]:
                        route(c["Ipv6CidrBlock"], "VpcPeeringConnectionId", p["VpcPeeringConnectionId"], state)
        for t in tgws:
            if self.chance(0.7):
                route(self.pick(["10.0.0.0/8", "10.0.0.0/15", "10.0.0.0/14"]), "TransitGatewayId", t)
            for n in nats:
                if self.chance(0.2):
                    route(self.pick(["10.0.0.0/12", "100.64.0.0/10"]), "NatGatewayId", n)
        others = [w for w in wide if w[0] == "GatewayId"]
        if others and self.chance(0.3):
            route(self.pick(OUTSIDE) + "/32", *self.pick(others), state=self.pick(["active", "blackhole"]))
        if wide and self.chance(0.15):
            route("8.8.0.0/16", *self.pick(wide))
        if wide and self.chance(0.15):
            route(ROUTED_LIST, *self.pick(wide))
        if others and self.chance(0.1):
            # A propagated route that a static one of the same destination beats.
            route("198.41.0.0/24", "GatewayId", "vgw-0000dead", origin="EnableVgwRoutePropagation")
            route("198.41.0.0/24", *self.pick(others))
        self.random.shuffle(out)
        return out

    def table(self, vpc, subnets, public=False):
        i = self.id("rtb")
        self.add("describe-route-tables", "RouteTables",
                 {"RouteTableId": i, "VpcId": vpc, "OwnerId": ACCOUNT, "Routes": self.routes(vpc, public),
                  "Associations": [{"Main": False, "SubnetId": s, "RouteTableId": i, "RouteTableAssociationId": self.id("rtbassoc")}
                                   for s in subnets]})

    def tables(self):
        for v in self.all("describe-vpcs"):
            vpc = v["VpcId"]
            subnets = [s["SubnetId"] for s in self.of_vpc("describe-subnets", vpc)]
            main = self.id("rtb")
            self.add("describe-route-tables", "RouteTables",
                     {"RouteTableId": main, "VpcId": vpc, "OwnerId": ACCOUNT, "Routes": self.routes(vpc),
                      "Associations": [{"Main": True, "RouteTableId": main, "RouteTableAssociationId": self.id("rtbassoc")}]})
            translating = {n["SubnetId"] for n in self.of_vpc("describe-nat-gateways", vpc)}
            public = [s for s in subnets if s in translating and self.chance(0.7)]
            if public:
                self.table(vpc, public, True)
            own = [s for s in self.some(subnets, 0, 3) if s not in public]
            while own:
                mine = own[:self.random.randint(1, len(own))]
                own = own[len(mine):]
                self.table(vpc, mine)

    # --- questions

    def question(self):
        enis = [i for i in self.all("describe-network-interfaces") if i["InterfaceType"] != "nat_gateway"]
        senders = [i for i in enis if i["InterfaceType"] != "vpc_endpoint"]
        a, b = self.pick(senders), self.pick(enis)
        if a is b:
            b = self.pick([e for e in enis if e is not a] or [a])
        version = 6 if a["Ipv6Addresses"] and b["Ipv6Addresses"] and self.chance(0.3) else 4
        q = {"from": a["NetworkInterfaceId"], "to": b["NetworkInterfaceId"], "ip_version": version,
             "protocol": self.pick(["tcp"] * 7 + ["udp", "icmp"])}
        what = self.random.random()
        if what < 0.12:
            q["to"] = self.pick(OUTSIDE6 if version == 6 else OUTSIDE + S3_EXAMPLES)
        elif what < 0.18:
            q["to"] = "internet"
        elif what < 0.27:
            q["from"] = self.pick(OUTSIDE6 if version == 6 else OUTSIDE)
        elif what < 0.32:
            q["from"] = "internet"
        elif what < 0.47:
            q.update(to="service:" + self.pick(SERVICES), protocol="tcp", ip_version=4)
        elif what < 0.55:
            key, name = ("Ipv6Addresses", "Ipv6Address") if version == 6 else ("PrivateIpAddresses", "PrivateIpAddress")
            q["from"], q["to"] = a[key][-1][name], b[key][-1][name]
        elif what < 0.6 and version == 4:
            q["to"] = self.pick(self.all("describe-subnets"))["CidrBlock"]
        if q["from"] == q["to"] or a is b and q["from"] == a["NetworkInterfaceId"] and q["to"] == b["NetworkInterfaceId"]:
            return None
        if q["protocol"] != "icmp":
            port = self.pick(PORTS)
            q["ports"] = str(port) if self.chance(0.85) else self.pick(["1-1023", "50-9000", "80-443"])
            q["source_ports"] = self.pick(["", "", "40000", "1024", "32768-60999"])
        else:
            q["ports"] = ""
        return q


S3_EXAMPLES = ["52.218.1.20", "3.5.64.9"]


def generate(random, count):
    """A snapshot ({file name: document}) and `count` questions about it."""
    m = Maker(random)
    m.vpcs()
    m.interfaces()
    m.gateways()
    m.peerings()
    m.transit()
    m.group_rules()
    m.acls()
    m.tables()
    m.endpoints()
    documents = {f"ec2.{operation}.json": {key: rows} for (operation, key), rows in m.rows.items()}
    for operation, key in (("describe-internet-gateways", "InternetGateways"), ("describe-nat-gateways", "NatGateways"),
                           ("describe-vpc-endpoints", "VpcEndpoints"), ("describe-vpc-peering-connections", "VpcPeeringConnections"),
                           ("describe-transit-gateways", "TransitGateways"),
                           ("describe-egress-only-internet-gateways", "EgressOnlyInternetGateways"),
                           ("describe-transit-gateway-attachments", "TransitGatewayAttachments"),
                           ("describe-transit-gateway-vpc-attachments", "TransitGatewayVpcAttachments")):
        documents.setdefault(f"ec2.{operation}.json", {key: []})  # asked, and there is none
    documents.update(m.extra)
    questions = []
    while len(questions) < count:
        q = m.question()
        if q:
            questions.append(q)
    return documents, questions


def write(documents, folder):
    folder.mkdir(parents=True, exist_ok=True)
    for name, document in documents.items():
        (folder / name).write_text(json.dumps(document))
