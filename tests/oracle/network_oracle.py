"""Follows one packet and its answer through a snapshot of a network: a plain, slow and independent second opinion.

It is written from AWS's documentation alone, reads what the AWS CLI prints, and knows nothing of ranges: every question
is one packet with one source, one destination and its ports. What it rests on, by page title:
  "Security group rules", "Security group connection tracking", "Update your security groups to reference peer security
  groups", "Network ACL rules", "Custom network ACLs and ephemeral ports", "How route priority works", "Enable internet
  access for a VPC using an internet gateway", "Egress-only internet gateways", "NAT gateways", "NAT gateway basics",
  "VPC peering basics", "VPC peering limitations", "Network ACLs for transit gateways", "Amazon VPC attachments in Amazon
  Transit Gateway", "Route tables" (transit gateways), "Gateway endpoints", "Access an AWS service using an interface VPC
  endpoint" (private DNS).
"""
import functools
import ipaddress
import json
import pathlib
from dataclasses import dataclass, field, replace

NAT_PORTS = (1024, 65535)  # "NAT gateways": a NAT gateway uses ports 1024-65535
NUMBERS = {"tcp": "6", "udp": "17", "icmp": "1", "icmpv6": "58"}
PRIVATE = [ipaddress.ip_network(n) for n in ("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
                                             "172.16.0.0/12", "192.168.0.0/16", "224.0.0.0/3")]
GLOBAL_V6 = ipaddress.ip_network("2000::/3")


def network(text):
    return ipaddress.ip_network(text, strict=False)


network = functools.lru_cache(maxsize=None)(network)
address_of = functools.lru_cache(maxsize=None)(ipaddress.ip_address)


def is_public(address):
    if address.version == 6:
        return address in GLOBAL_V6
    return not any(address in n for n in PRIVATE)


@dataclass(frozen=True)
class Packet:
    src: object
    dst: object
    protocol: str  # tcp, udp, icmp
    sport: tuple   # lowest and highest: one port, but for what a NAT gateway chose
    dport: tuple
    reply: bool = False

    def answer(self):
        return Packet(self.dst, self.src, self.protocol, self.dport, self.sport, not self.reply)

    def number(self):
        return "58" if self.protocol == "icmp" and self.dst.version == 6 else NUMBERS[self.protocol]

    def icmp(self):
        """Type and code of an echo request or reply (ICMP 8 and 0, ICMPv6 128 and 129)."""
        if self.dst.version == 6:
            return (129 if self.reply else 128), 0
        return (0 if self.reply else 8), 0


@dataclass
class Arrival:
    kind: str            # "interface", "internet", "service"
    interface: dict = None
    through: str = ""    # the gateway that the packet left by
    packet: Packet = None    # as it arrives
    nats: list = field(default_factory=list)  # (NAT gateway, packet before it, subnet before it)


class Dead(Exception):
    """The packet can be followed no further."""


class Walk:
    def __init__(self, nat_ports):
        self.nat_ports = nat_ports
        self.nats = set()       # those that the request passed
        self.table = ""         # the route table that was asked last
        self.blocks = set()     # (resource, on_return)
        self.unsettled = set()  # why neither facts nor documentation decide
        self.cut_short = False  # blocks further on are not known
        self.on_return = False

    def drop(self, resource):
        self.blocks.add((resource, self.on_return))

    def dead(self, resource):
        self.drop(resource)
        raise Dead

    def unknown(self, why):
        self.unsettled.add(why)


@dataclass
class Verdict:
    reachable: object  # True, False; None where it is not settled
    blocks: set
    cut_short: bool
    unsettled: set


class World:
    """documents: {file name: parsed JSON}, as in docs/snapshots.md."""

    def __init__(self, documents):
        self.documents = documents
        rows = self.rows
        self.vpcs = {v["VpcId"]: v for v in rows("describe-vpcs", "Vpcs")}
        self.subnets = {s["SubnetId"]: s for s in rows("describe-subnets", "Subnets")}
        self.interfaces = {i["NetworkInterfaceId"]: i for i in rows("describe-network-interfaces", "NetworkInterfaces")}
        self.groups = {g["GroupId"]: g for g in rows("describe-security-groups", "SecurityGroups")}
        self.acls = rows("describe-network-acls", "NetworkAcls")
        self.tables = rows("describe-route-tables", "RouteTables")
        self.nats = {n["NatGatewayId"]: n for n in rows("describe-nat-gateways", "NatGateways")}
        self.igws = {g["InternetGatewayId"]: g for g in rows("describe-internet-gateways", "InternetGateways")}
        self.eigws = {g["EgressOnlyInternetGatewayId"]: g
                      for g in rows("describe-egress-only-internet-gateways", "EgressOnlyInternetGateways")}
        self.peerings = {p["VpcPeeringConnectionId"]: p for p in rows("describe-vpc-peering-connections", "VpcPeeringConnections")}
        self.endpoints = {e["VpcEndpointId"]: e for e in rows("describe-vpc-endpoints", "VpcEndpoints")}
        self.attachments = {a["TransitGatewayAttachmentId"]: dict(a)
                            for a in rows("describe-transit-gateway-attachments", "TransitGatewayAttachments")}
        for a in rows("describe-transit-gateway-vpc-attachments", "TransitGatewayVpcAttachments"):
            self.attachments[a["TransitGatewayAttachmentId"]]["SubnetIds"] = a["SubnetIds"]
        self.tgw_routes, self.lists, self.attributes = {}, {}, {}
        for name, document in documents.items():
            parts = name.split(".")
            if name.startswith("ec2.search-transit-gateway-routes."):
                self.tgw_routes[parts[2]] = document["Routes"]
            if name.startswith("ec2.get-managed-prefix-list-entries."):
                self.lists[parts[2]] = [e["Cidr"] for e in document["Entries"]]
            if name.startswith("ec2.describe-vpc-attribute."):
                for key in ("EnableDnsSupport", "EnableDnsHostnames"):
                    if key in document:
                        self.attributes[document["VpcId"], key] = document[key]["Value"]
        self.list_names = {}
        for row in rows("describe-prefix-lists", "PrefixLists") + rows("describe-managed-prefix-lists", "PrefixLists"):
            self.list_names[row["PrefixListName"]] = row["PrefixListId"]
            if "Cidrs" in row:
                self.lists[row["PrefixListId"]] = row["Cidrs"]
        self.cidrs = {i: [network(a["CidrBlock"]) for a in v["CidrBlockAssociationSet"]] +
                         [network(a["Ipv6CidrBlock"]) for a in v.get("Ipv6CidrBlockAssociationSet", [])]
                      for i, v in self.vpcs.items()}
        self.owners, self.public = {}, {}
        for i in self.interfaces.values():
            for a in i.get("PrivateIpAddresses", []):
                self.owners[i["VpcId"], address_of(a["PrivateIpAddress"])] = i
                if a.get("Association"):
                    self.public[address_of(a["Association"]["PublicIp"])] = (i, address_of(a["PrivateIpAddress"]))
            for a in i.get("Ipv6Addresses", []):
                self.owners[i["VpcId"], address_of(a["Ipv6Address"])] = i

    def rows(self, operation, key):
        out = []
        for name, document in self.documents.items():
            if name.split(".")[:2] == ["ec2", operation]:
                out += document[key]
        return out

    @classmethod
    def read(cls, folder):
        return cls({p.name: json.loads(p.read_text()) for p in pathlib.Path(folder).glob("*.json")})

    def vpc_of(self, address):
        return next((v for v, cidrs in self.cidrs.items() if any(address in c for c in cidrs)), None)

    def interface_at(self, address):
        """The interface that has this private (or IPv6) address; address ranges of VPCs do not overlap here."""
        return self.owners.get((self.vpc_of(address), address))

    # --- what stands in one place

    def acl_of(self, subnet):
        for acl in self.acls:
            if any(a["SubnetId"] == subnet for a in acl["Associations"]):
                return acl
        vpc = self.subnets[subnet]["VpcId"]
        return next(a for a in self.acls if a["VpcId"] == vpc and a["IsDefault"])

    def table_of(self, subnet):
        for table in self.tables:
            if any(a.get("SubnetId") == subnet for a in table["Associations"]):
                return table
        vpc = self.subnets[subnet]["VpcId"]
        return next(t for t in self.tables if t["VpcId"] == vpc and any(a.get("Main") for a in t["Associations"]))

    def resolve(self, vpc, service):
        """The interface endpoint whose private name the service's name is in this VPC, or None: a public address.

        "Access an AWS service using an interface VPC endpoint": private DNS needs both DNS attributes of the VPC.
        """
        for e in self.endpoints.values():
            if (e["VpcId"] == vpc and e["VpcEndpointType"] == "Interface" and e["ServiceName"].endswith("." + service)
                    and e["State"] == "available" and e["PrivateDnsEnabled"]):
                if self.attributes.get((vpc, "EnableDnsSupport")) and self.attributes.get((vpc, "EnableDnsHostnames")):
                    return e
        return None


# --- rules

def acl_admits(acl, egress, packet):
    """True, False, or None where only some of the ports that a NAT gateway may choose pass.

    "Network ACL rules": the lowest number that matches decides, and what no rule matches is denied. Ports are those of
    the destination.
    """
    entries = sorted((e for e in acl["Entries"] if e["Egress"] == egress), key=lambda e: e["RuleNumber"])
    other = packet.dst if egress else packet.src
    ports = {packet.dport[0], packet.dport[1]}
    if packet.dport[0] != packet.dport[1]:
        for e in entries:
            r = e.get("PortRange")
            if r:
                ports |= {p for p in (r["From"], r["To"], r["From"] - 1, r["To"] + 1) if packet.dport[0] <= p <= packet.dport[1]}
    verdicts = set()
    for port in ports:
        for e in entries:
            cidr = network(e.get("CidrBlock") or e["Ipv6CidrBlock"])
            if cidr.version != other.version or other not in cidr:
                continue
            if e["Protocol"] != "-1":
                if e["Protocol"] != packet.number():
                    continue
                if packet.protocol == "icmp":
                    kind, code = packet.icmp()
                    t = e.get("IcmpTypeCode", {"Type": -1, "Code": -1})
                    if t["Type"] not in (-1, kind) or t["Code"] not in (-1, code):
                        continue
                elif "PortRange" in e and not e["PortRange"]["From"] <= port <= e["PortRange"]["To"]:
                    continue
            verdicts.add(e["RuleAction"] == "allow")
            break
        else:
            verdicts.add(False)
    return verdicts.pop() if len(verdicts) == 1 else None


def rule_covers(rule, packet):
    protocol = rule["IpProtocol"]
    if protocol == "-1":
        return True
    if NUMBERS.get(protocol, protocol) != packet.number():
        return False
    low, high = rule.get("FromPort", -1), rule.get("ToPort", -1)
    if packet.protocol == "icmp":
        kind, code = packet.icmp()
        return low in (-1, kind) and high in (-1, code)
    return low <= packet.dport[0] and packet.dport[1] <= high


def reference_holds(world, interface, other, through):
    """Whether a rule of `interface` may name a group of `other`: same VPC, or an active peering; None: over a transit
    gateway, where it depends on an option that describe-transit-gateways alone shows, or a way that is not known."""
    if interface["VpcId"] == other["VpcId"] or through.startswith("pcx-"):
        return True
    peered = any({p["RequesterVpcInfo"]["VpcId"], p["AccepterVpcInfo"]["VpcId"]} == {interface["VpcId"], other["VpcId"]}
                 and p["Status"]["Code"] == "active" for p in world.peerings.values())
    return None if peered or world.attachments else False


def groups_admit(world, walk, interface, egress, packet, through=""):
    """Records a drop of this side's groups. "Security group rules": any rule of any group that matches admits."""
    if not interface.get("Groups"):
        return
    address = packet.dst if egress else packet.src
    other = world.interface_at(address)
    maybe = False
    for g in interface["Groups"]:
        group = world.groups[g["GroupId"]]
        for rule in group["IpPermissionsEgress" if egress else "IpPermissions"]:
            if not rule_covers(rule, packet):
                continue
            cidrs = [r["CidrIp"] for r in rule.get("IpRanges", [])] + [r["CidrIpv6"] for r in rule.get("Ipv6Ranges", [])]
            for p in rule.get("PrefixListIds", []):
                cidrs += world.lists[p["PrefixListId"]]
            if any(address in network(c) for c in cidrs if network(c).version == address.version):
                return
            if other and {p["GroupId"] for p in rule.get("UserIdGroupPairs", [])} & {o["GroupId"] for o in other["Groups"]}:
                holds = reference_holds(world, interface, other, through)
                if holds:
                    return
                maybe = maybe or holds is None
    if maybe:
        walk.unknown("whether a group reference counts on this way")
    else:
        walk.drop("groups of " + interface["NetworkInterfaceId"])


def pass_acl(world, walk, subnet, egress, packet):
    acl = world.acl_of(subnet)
    admitted = acl_admits(acl, egress, packet)
    if admitted is None:
        walk.unknown("only some of the ports a NAT gateway may choose pass")
    elif not admitted:
        walk.drop(acl["NetworkAclId"])


def route_of(world, table, address):
    """"How route priority works": the longest prefix; of the same, static before prefix list before propagated."""
    best = None
    for r in table["Routes"]:
        destination = r.get("DestinationCidrBlock") or r.get("DestinationIpv6CidrBlock")
        cidrs = [destination] if destination else world.lists[r["DestinationPrefixListId"]]
        rank = 0 if r.get("Origin") == "EnableVgwRoutePropagation" else 2 if destination else 1
        for c in map(network, cidrs):
            if c.version == address.version and address in c and (best is None or (c.prefixlen, rank) > best[0]):
                best = ((c.prefixlen, rank), r)
    return best and best[1]


def target_of(route):
    for key in ("GatewayId", "NatGatewayId", "TransitGatewayId", "VpcPeeringConnectionId", "NetworkInterfaceId",
                "EgressOnlyInternetGatewayId"):
        if route.get(key):
            return route[key]
    return ""


# --- the walk

def land(world, walk, packet, subnet, via):
    """The packet is at the VPC's router and its destination is in `subnet`'s VPC; it enters that subnet."""
    interface = world.interface_at(packet.dst)
    if interface is None:
        walk.unknown("no interface has the address")
        raise Dead
    pass_acl(world, walk, interface["SubnetId"], False, packet)
    return Arrival("interface", interface, via, packet)


def leave(world, walk, packet, subnet, sender):
    """From `subnet` on. sender: ("interface", eni), ("nat", NAT gateway) or ("tgw", attachment)."""
    vpc = world.subnets[subnet]["VpcId"]
    there = world.owners.get((vpc, packet.dst))
    if there and there["SubnetId"] == subnet:  # "Network ACL basics": traffic within a subnet does not meet its ACL
        return Arrival("interface", there, "local", packet)
    if packet.dst in network(world.subnets[subnet]["CidrBlock"]):
        walk.unknown("no interface has the address")
        raise Dead
    pass_acl(world, walk, subnet, True, packet)
    table = world.table_of(subnet)
    walk.table = table["RouteTableId"]
    route = route_of(world, table, packet.dst)
    if route is None or route.get("State") == "blackhole":
        walk.dead(table["RouteTableId"])
    target = target_of(route)
    if target == "local":
        return land(world, walk, packet, subnet, "local")
    if target.startswith("igw-"):
        return by_internet_gateway(world, walk, packet, vpc, target, sender)
    if target.startswith("eigw-"):
        if packet.dst.version != 6 or not is_public(packet.dst) or \
                not any(a["VpcId"] == vpc for a in world.eigws[target]["Attachments"]):
            walk.dead(target)
        if sender[0] == "tgw":
            walk.unknown("from a transit gateway to an egress-only internet gateway")
        return on_the_internet(world, walk, packet, target)
    if target.startswith("nat-"):
        return by_nat_gateway(world, walk, packet, subnet, target, sender)
    if target.startswith("pcx-"):
        return by_peering(world, walk, packet, vpc, target, sender)
    if target.startswith("tgw-"):
        return by_transit_gateway(world, walk, packet, subnet, target, sender)
    if target.startswith("vpce-"):
        endpoint = world.endpoints[target]
        if sender[0] == "tgw" or endpoint["State"] != "available":  # "Gateway endpoints": not from outside the VPC
            walk.dead(target)
        return Arrival("service", None, target, packet)
    walk.unknown("a route to " + target)
    raise Dead


def by_internet_gateway(world, walk, packet, vpc, target, sender):
    if not any(a["VpcId"] == vpc for a in world.igws[target]["Attachments"]) or not is_public(packet.dst):
        walk.dead(target)
    if packet.src.version == 4:
        if sender[0] == "interface":
            pair = [a for a in sender[1]["PrivateIpAddresses"] if a["PrivateIpAddress"] == str(packet.src)]
            if not (pair and pair[0].get("Association")):
                walk.dead(target)
        elif sender[0] == "nat":
            if sender[1]["ConnectivityType"] == "private":  # "NAT gateways": the internet gateway drops it
                walk.dead(target)
        else:
            walk.dead(target)
    elif sender[0] == "tgw":
        walk.unknown("IPv6 from a transit gateway to an internet gateway")
    return on_the_internet(world, walk, packet, target)


def on_the_internet(world, walk, packet, target):
    if packet.dst in world.public or world.vpc_of(packet.dst):
        walk.unknown("between two of our own interfaces over the internet")
        raise Dead
    return Arrival("internet", None, target, packet)


def by_nat_gateway(world, walk, packet, subnet, target, sender):
    nat = world.nats[target]
    if walk.on_return:  # the answer would come from another address than was asked
        walk.dead(walk.table)
    if nat["State"] != "available" or packet.src.version != 4 or target in walk.nats:  # a loop ends where it closes
        walk.dead(walk.table)
    walk.nats.add(target)
    if sender[0] == "nat":
        walk.unknown("from one NAT gateway to another")
        raise Dead
    if nat["SubnetId"] != subnet:
        pass_acl(world, walk, nat["SubnetId"], False, packet)
    address = address_of(nat["NatGatewayAddresses"][0]["PrivateIp"])
    translated = replace(packet, src=address, sport=walk.nat_ports if packet.protocol != "icmp" else packet.sport)
    arrival = leave(world, walk, translated, nat["SubnetId"], ("nat", nat))
    arrival.nats.insert(0, (nat, packet, subnet))
    return arrival


def by_peering(world, walk, packet, vpc, target, sender):
    """"VPC peering limitations": no edge to edge routing, nothing but the peer's own addresses."""
    peering = world.peerings[target]
    sides = [peering["RequesterVpcInfo"]["VpcId"], peering["AccepterVpcInfo"]["VpcId"]]
    if peering["Status"]["Code"] != "active" or vpc not in sides:
        walk.dead(target)
    if sender[0] != "interface":  # the limitations name neither
        walk.unknown(f"from a {'NAT' if sender[0] == 'nat' else 'transit'} gateway over a peering connection")
    peer = sides[1 - sides.index(vpc)]
    if world.vpc_of(packet.dst) != peer:
        walk.dead(target)
    return land(world, walk, packet, None, target)


def by_transit_gateway(world, walk, packet, subnet, target, sender):
    vpc, zone = world.subnets[subnet]["VpcId"], world.subnets[subnet]["AvailabilityZone"]
    if sender[0] == "tgw":
        walk.unknown("from a transit gateway through a VPC to a transit gateway")
        raise Dead
    attachment = next((a for a in world.attachments.values()
                       if a["TransitGatewayId"] == target and a["ResourceId"] == vpc and a["State"] == "available"), None)
    if attachment is None:
        walk.dead(target)
    here = [s for s in attachment["SubnetIds"] if world.subnets[s]["AvailabilityZone"] == zone]
    if not here:  # "Amazon VPC attachments in Amazon Transit Gateway": nor can resources in other zones reach it
        walk.dead(attachment["TransitGatewayAttachmentId"])
    # "Network ACLs for transit gateways": towards the transit gateway the inbound rules of its subnet see the source, also
    # where it is the sender's own subnet.
    pass_acl(world, walk, here[0], False, packet)
    table = (attachment.get("Association") or {}).get("TransitGatewayRouteTableId")
    if not table:
        walk.dead(attachment["TransitGatewayAttachmentId"])
    best = None
    for r in world.tgw_routes[table]:
        c = network(r["DestinationCidrBlock"])
        if c.version == packet.dst.version and packet.dst in c:
            rank = (c.prefixlen, r["Type"] == "static")
            if best is None or rank > best[0]:
                best = (rank, r)
    if best is None or best[1]["State"] == "blackhole":
        walk.dead(table)
    onward = world.attachments[best[1]["TransitGatewayAttachments"][0]["TransitGatewayAttachmentId"]]
    if onward["State"] != "available":
        walk.dead(onward["TransitGatewayAttachmentId"])
    if onward["ResourceType"] != "vpc":
        walk.unknown("a transit gateway's attachment that is no VPC")
        raise Dead
    # The entry point is the attachment's subnet in the sender's zone where there is one.
    entries = [s for s in onward["SubnetIds"] if world.subnets[s]["AvailabilityZone"] == zone] or onward["SubnetIds"]
    if len(entries) > 1:
        walk.unknown("which of the attachment's subnets the packet enters by")
    arrival = leave(world, walk, packet, entries[0], ("tgw", onward))
    if arrival.kind == "interface":
        arrival.through = target
    return arrival


def answer_home(world, walk, arrival, source, source_subnet, packet):
    """The reply, from where the packet arrived to where it came from. Groups are stateful and are not asked again."""
    reply = arrival.packet.answer()
    nats = list(arrival.nats)
    outermost = nats[-1] if nats else None  # the translation that the far end sees
    if arrival.kind == "interface":
        back = leave(world, walk, reply, arrival.interface["SubnetId"], ("interface", arrival.interface))
        home = outermost[0]["NatGatewayAddresses"][0]["PrivateIp"] if outermost else str(packet.src)
        if back.nats or back.kind != "interface" or str(back.packet.dst) != home:
            walk.dead(walk.table)
    else:
        pass_acl(world, walk, outermost[0]["SubnetId"] if outermost else source_subnet, False, reply)
    while nats:
        nat, before, _ = nats.pop()
        inner = before.answer()
        back = leave(world, walk, inner, nat["SubnetId"], ("interface", {"PrivateIpAddresses": []}))
        if back.nats or back.kind != "interface" or back.interface is not source and not nats:
            walk.dead(walk.table)


def from_inside(world, walk, packet, source):
    try:
        arrival = leave(world, walk, packet, source["SubnetId"], ("interface", source))
    except Dead:
        groups_admit(world, walk, source, True, packet)
        raise
    groups_admit(world, walk, source, True, packet, arrival.through)
    if arrival.kind == "interface":
        groups_admit(world, walk, arrival.interface, False, arrival.packet, arrival.through)
    walk.on_return = True
    answer_home(world, walk, arrival, source, source["SubnetId"], packet)
    return arrival


def from_outside(world, walk, packet):
    """From the internet to an interface: its public address if IPv4, and its VPC's internet gateway."""
    target = world.public.get(packet.dst)
    if target:
        packet = replace(packet, dst=target[1])
    interface = world.interface_at(packet.dst)
    if interface is None:
        walk.unknown("no interface has the address")
        raise Dead
    vpc = interface["VpcId"]
    gateway = next((g for g in world.igws.values() if any(a["VpcId"] == vpc for a in g["Attachments"])), None)
    if gateway is None:
        walk.dead(vpc)
    if packet.dst.version == 4:
        pair = [a for a in interface["PrivateIpAddresses"] if a["PrivateIpAddress"] == str(packet.dst)]
        if not pair[0].get("Association"):
            walk.dead(gateway["InternetGatewayId"])
    pass_acl(world, walk, interface["SubnetId"], False, packet)
    groups_admit(world, walk, interface, False, packet)
    walk.on_return = True
    table = world.table_of(interface["SubnetId"])
    route = route_of(world, table, packet.src)
    if route and route.get("State") != "blackhole" and target_of(route) != gateway["InternetGatewayId"]:
        pass_acl(world, walk, interface["SubnetId"], True, packet.answer())
        walk.dead(table["RouteTableId"])  # a NAT or egress-only gateway saw no request, and others do not lead there
    leave(world, walk, packet.answer(), interface["SubnetId"], ("interface", interface))


def ask(world, packet, nat_ports=NAT_PORTS):
    """What becomes of this packet and its answer, where a NAT gateway may choose any of these ports: a Verdict."""
    walk = Walk(nat_ports)
    try:
        source = world.interface_at(packet.src)
        if source is not None:
            from_inside(world, walk, packet, source)
        elif world.vpc_of(packet.src):
            walk.unknown("no interface has the address")
        else:
            from_outside(world, walk, packet)
    except Dead:
        walk.cut_short = True
    if walk.blocks:
        reachable = False
    else:
        reachable = None if walk.unsettled else True
    return Verdict(reachable, walk.blocks, walk.cut_short, walk.unsettled)
