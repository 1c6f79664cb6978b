"""Applies the changes that the program proposes, as AWS would, to a snapshot's documents.

A change that AWS would refuse (a rule number that is taken, a route that exists) raises Refused.
"""
import ipaddress
import pickle
import shlex


class Refused(Exception):
    pass


def shorthand(text):
    """The AWS CLI's shorthand syntax: A=b,C=[{D=e}]."""
    value, rest = fields(text, "")
    if rest:
        raise Refused(f"not the CLI's shorthand: {text}")
    return value


def fields(text, end):
    out = {}
    while text and not (end and text.startswith(end)):
        key, text = text.split("=", 1)
        if text.startswith("["):
            items, text = [], text[1:]
            while not text.startswith("]"):
                if text.startswith("{"):
                    item, text = fields(text[1:], "}")
                    text = text[1:]
                else:
                    stop = min(i for i in (text.find(","), text.find("]")) if i >= 0)
                    item, text = text[:stop], text[stop:]
                items.append(item)
                text = text.removeprefix(",")
            out[key], text = items, text[1:]
        else:
            stops = [i for i in (text.find(","), text.find(end) if end else -1) if i >= 0]
            stop = min(stops) if stops else len(text)
            out[key], text = text[:stop], text[stop:]
        text = text.removeprefix(",")
    return out, text


LISTS = ("subnet-ids", "security-group-ids", "route-table-ids", "add-subnet-ids", "add-route-table-ids", "add-security-group-ids")


def options_of(parameters):
    words, out = shlex.split(parameters), {}
    name = None
    for word in words:
        if word.startswith("--"):
            name = word[2:]
            out[name] = True
        elif name in LISTS:
            out[name] = [word] if out[name] is True else out[name] + [word]
        elif name is None or out[name] is not True:
            raise Refused(f"an argument with no option: {word}")
        else:
            out[name] = word
    return out


def row_of(documents, operation, key, field, value):
    for name, document in documents.items():
        if name.split(".")[:2] == ["ec2", operation]:
            for row in document[key]:
                if row[field] == value:
                    return row
    raise Refused(f"no {field} {value}")


def authorize(documents, options, side):
    group = row_of(documents, "describe-security-groups", "SecurityGroups", "GroupId", options["group-id"])
    rule = shorthand(options["ip-permissions"])
    for key in ("FromPort", "ToPort"):
        if key in rule:
            rule[key] = int(rule[key])
    if rule["IpProtocol"] in ("tcp", "udp") and not 0 <= rule["FromPort"] <= rule["ToPort"] <= 65535:
        raise Refused("ports")
    for pair in rule.get("UserIdGroupPairs", []):
        row_of(documents, "describe-security-groups", "SecurityGroups", "GroupId", pair["GroupId"])
    for item in rule.get("IpRanges", []):
        ipaddress.IPv4Network(item["CidrIp"])
    for item in rule.get("Ipv6Ranges", []):
        ipaddress.IPv6Network(item["CidrIpv6"])
    group[side].append(rule)


def create_acl_entry(documents, options):
    acl = row_of(documents, "describe-network-acls", "NetworkAcls", "NetworkAclId", options["network-acl-id"])
    egress, number = "egress" in options, int(options["rule-number"])
    if not 1 <= number <= 32766:
        raise Refused(f"rule number {number}")
    if any(e["Egress"] == egress and e["RuleNumber"] == number for e in acl["Entries"]):
        raise Refused(f"{'egress' if egress else 'ingress'} rule {number} exists")
    entry = {"RuleNumber": number, "Egress": egress, "RuleAction": options["rule-action"], "Protocol": options["protocol"]}
    if "cidr-block" in options:
        entry["CidrBlock"] = str(ipaddress.IPv4Network(options["cidr-block"]))
    else:
        entry["Ipv6CidrBlock"] = str(ipaddress.IPv6Network(options["ipv6-cidr-block"]))
    if "port-range" in options:
        ports = shorthand(options["port-range"])
        entry["PortRange"] = {"From": int(ports["From"]), "To": int(ports["To"])}
    elif entry["Protocol"] in ("6", "17", "tcp", "udp"):
        raise Refused("a port range is required for TCP and UDP")
    if "icmp-type-code" in options:
        icmp = shorthand(options["icmp-type-code"])
        entry["IcmpTypeCode"] = {"Type": int(icmp["Type"]), "Code": int(icmp["Code"])}
    elif entry["Protocol"] in ("1", "58", "icmp"):
        raise Refused("type and code are required for ICMP")
    acl["Entries"].append(entry)


TARGETS = {"gateway-id": "GatewayId", "nat-gateway-id": "NatGatewayId", "transit-gateway-id": "TransitGatewayId",
           "vpc-peering-connection-id": "VpcPeeringConnectionId", "egress-only-internet-gateway-id": "EgressOnlyInternetGatewayId",
           "network-interface-id": "NetworkInterfaceId"}
DESTINATIONS = {"destination-cidr-block": "DestinationCidrBlock", "destination-ipv6-cidr-block": "DestinationIpv6CidrBlock",
                "destination-prefix-list-id": "DestinationPrefixListId"}


def route(documents, options, replace):
    table = row_of(documents, "describe-route-tables", "RouteTables", "RouteTableId", options["route-table-id"])
    (field, destination), = [(DESTINATIONS[o], v) for o, v in options.items() if o in DESTINATIONS]
    (key, target), = [(TARGETS[o], v) for o, v in options.items() if o in TARGETS]
    if target == "NAT_GATEWAY_ID":
        target = "nat-new"
        row_of(documents, "describe-nat-gateways", "NatGateways", "NatGatewayId", target)
    there = [r for r in table["Routes"] if r.get(field) == destination and r.get("Origin") != "EnableVgwRoutePropagation"]
    if bool(there) != replace:
        raise Refused(f"{table['RouteTableId']} has {'a' if there else 'no'} route to {destination}")
    table["Routes"] = [r for r in table["Routes"] if r not in there]
    table["Routes"].append({field: destination, key: target, "State": "active", "Origin": "CreateRoute"})


def associate_address(documents, options):
    interface = row_of(documents, "describe-network-interfaces", "NetworkInterfaces", "NetworkInterfaceId", options["network-interface-id"])
    wanted = options.get("private-ip-address", interface["PrivateIpAddress"])
    for a in interface["PrivateIpAddresses"]:
        if a["PrivateIpAddress"] == wanted:
            a["Association"] = {"PublicIp": "54.78.255.250"}
            return
    raise Refused(f"no address {wanted}")


def create_transit_route(documents, options):
    routes = documents[f"ec2.search-transit-gateway-routes.{options['transit-gateway-route-table-id']}.json"]["Routes"]
    attachment = options["transit-gateway-attachment-id"]
    if any(r["DestinationCidrBlock"] == options["destination-cidr-block"] and r["Type"] == "static" for r in routes):
        raise Refused("the static route exists")
    routes.append({"DestinationCidrBlock": options["destination-cidr-block"], "Type": "static", "State": "active",
                   "TransitGatewayAttachments": [{"TransitGatewayAttachmentId": attachment}]})


def attach_internet_gateway(documents, options):
    gateway = row_of(documents, "describe-internet-gateways", "InternetGateways", "InternetGatewayId", options["internet-gateway-id"])
    if gateway["Attachments"]:
        raise Refused("attached already")
    gateway["Attachments"].append({"VpcId": options["vpc-id"], "State": "available"})


def rows_of(documents, operation, key):
    return documents[f"ec2.{operation}.json"][key]


def accept_peering(documents, options):
    i = options["vpc-peering-connection-id"]
    peering = row_of(documents, "describe-vpc-peering-connections", "VpcPeeringConnections", "VpcPeeringConnectionId", i)
    if peering["Status"]["Code"] != "pending-acceptance":
        raise Refused(f"{i} is {peering['Status']['Code']}")
    peering["Status"]["Code"] = "active"
    for table in rows_of(documents, "describe-route-tables", "RouteTables"):
        for r in table["Routes"]:
            if r.get("VpcPeeringConnectionId") == i:
                r["State"] = "active"


def new_interface(documents, identity, subnet, kind, groups, public_ip=None):
    s = row_of(documents, "describe-subnets", "Subnets", "SubnetId", subnet)
    address = str(ipaddress.ip_network(s["CidrBlock"])[120])
    association = {"Association": {"PublicIp": public_ip}} if public_ip else {}
    rows_of(documents, "describe-network-interfaces", "NetworkInterfaces").append(
        {"NetworkInterfaceId": identity, "SubnetId": subnet, "VpcId": s["VpcId"], "AvailabilityZone": s["AvailabilityZone"],
         "Status": "in-use", "InterfaceType": kind, "Groups": [{"GroupId": g} for g in groups], "PrivateIpAddress": address,
         "PrivateIpAddresses": [{"PrivateIpAddress": address, "Primary": True, **association}], "Ipv6Addresses": []})
    return address


def create_nat_gateway(documents, options):
    """Its id is not known before; the route that follows names it NAT_GATEWAY_ID."""
    private = options.get("connectivity-type") == "private"
    public_ip = None if private else "54.78.255.251"
    s = row_of(documents, "describe-subnets", "Subnets", "SubnetId", options["subnet-id"])
    address = new_interface(documents, "eni-new-nat", s["SubnetId"], "nat_gateway", [], public_ip)
    rows_of(documents, "describe-nat-gateways", "NatGateways").append(
        {"NatGatewayId": "nat-new", "VpcId": s["VpcId"], "SubnetId": s["SubnetId"], "State": "available",
         "ConnectivityType": "private" if private else "public",
         "NatGatewayAddresses": [{"PrivateIp": address, **({} if private else {"PublicIp": public_ip})}]})


def gateway_route(documents, endpoint, tables):
    lists = {p["PrefixListName"]: p["PrefixListId"] for p in rows_of(documents, "describe-prefix-lists", "PrefixLists")}
    for t in tables:
        table = row_of(documents, "describe-route-tables", "RouteTables", "RouteTableId", t)
        destination = lists[endpoint["ServiceName"]]
        if any(r.get("DestinationPrefixListId") == destination for r in table["Routes"]):
            raise Refused(f"{t} has the route already")
        table["Routes"].append({"DestinationPrefixListId": destination, "GatewayId": endpoint["VpcEndpointId"], "State": "active",
                                "Origin": "CreateRoute"})
    endpoint["RouteTableIds"] += tables


def check_private_dns(documents, endpoint):
    for e in rows_of(documents, "describe-vpc-endpoints", "VpcEndpoints"):
        if e is not endpoint and e["VpcId"] == endpoint["VpcId"] and e["ServiceName"] == endpoint["ServiceName"] and e["PrivateDnsEnabled"]:
            raise Refused("another endpoint of the VPC has the private name")


def create_endpoint(documents, options):
    kind = options["vpc-endpoint-type"]
    endpoint = {"VpcEndpointId": "vpce-new", "VpcEndpointType": kind, "VpcId": options["vpc-id"], "ServiceName": options["service-name"],
                "State": "available", "PrivateDnsEnabled": "private-dns-enabled" in options, "RouteTableIds": [], "SubnetIds": [],
                "NetworkInterfaceIds": [], "Groups": []}
    if kind == "Gateway":
        gateway_route(documents, endpoint, options["route-table-ids"])
    else:
        groups = options["security-group-ids"]
        endpoint["Groups"] = [{"GroupId": g} for g in groups]
        for n, s in enumerate(options["subnet-ids"]):
            new_interface(documents, f"eni-new-endpoint-{n}", s, "vpc_endpoint", groups)
            endpoint["NetworkInterfaceIds"].append(f"eni-new-endpoint-{n}")
            endpoint["SubnetIds"].append(s)
        if endpoint["PrivateDnsEnabled"]:
            check_private_dns(documents, endpoint)
    rows_of(documents, "describe-vpc-endpoints", "VpcEndpoints").append(endpoint)


def modify_endpoint(documents, options):
    endpoint = row_of(documents, "describe-vpc-endpoints", "VpcEndpoints", "VpcEndpointId", options["vpc-endpoint-id"])
    gateway_route(documents, endpoint, options.get("add-route-table-ids", []))
    if "private-dns-enabled" in options:
        check_private_dns(documents, endpoint)
        endpoint["PrivateDnsEnabled"] = True


def modify_vpc_attribute(documents, options):
    for option, key in (("enable-dns-hostnames", "EnableDnsHostnames"), ("enable-dns-support", "EnableDnsSupport")):
        if option in options:
            if options[option] != "Value=true":
                raise Refused(options[option])
            documents[f"ec2.describe-vpc-attribute.{options['vpc-id']}.{key}.json"][key]["Value"] = True


def modify_transit_attachment(documents, options):
    attachment = row_of(documents, "describe-transit-gateway-vpc-attachments", "TransitGatewayVpcAttachments", "TransitGatewayAttachmentId",
                        options["transit-gateway-attachment-id"])
    zones = {s["SubnetId"]: s["AvailabilityZone"] for s in rows_of(documents, "describe-subnets", "Subnets")}
    for s in options["add-subnet-ids"]:
        if zones[s] in [zones[t] for t in attachment["SubnetIds"]]:
            raise Refused("a second subnet of the zone")
        attachment["SubnetIds"].append(s)


OTHERS = {"AcceptVpcPeeringConnection": accept_peering, "CreateNatGateway": create_nat_gateway, "CreateVpcEndpoint": create_endpoint,
          "ModifyVpcEndpoint": modify_endpoint, "ModifyVpcAttribute": modify_vpc_attribute,
          "ModifyTransitGatewayVpcAttachment": modify_transit_attachment, "AssociateAddress": associate_address,
          "CreateTransitGatewayRoute": create_transit_route, "AttachInternetGateway": attach_internet_gateway,
          "CreateNetworkAclEntry": create_acl_entry}


def applied(documents, changes):
    documents = pickle.loads(pickle.dumps(documents))  # a deep copy, and much faster
    for c in changes:
        options = options_of(c["parameters"])
        operation = c["operation"].removeprefix("ec2:")
        if operation == "AuthorizeSecurityGroupIngress":
            authorize(documents, options, "IpPermissions")
        elif operation == "AuthorizeSecurityGroupEgress":
            authorize(documents, options, "IpPermissionsEgress")
        elif operation in ("CreateRoute", "ReplaceRoute"):
            route(documents, options, operation == "ReplaceRoute")
        elif operation in OTHERS:
            OTHERS[operation](documents, options)
        else:
            raise NotImplementedError(operation)
    return documents
