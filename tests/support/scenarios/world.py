"""A small builder of AWS CLI answers: a healthy account, to which a scenario then does something.

Every method changes self.docs, a dict of file name -> JSON value, in the form that `aws ... --output json` prints.
Nothing here knows what the doctor looks for; the texts are AWS's own ("Stopped tasks error messages", "Service event
messages", "API failure reasons" in the ECS developer guide).
"""

import copy
import datetime as dt
import json
import pathlib
import random


class World:
    def __init__(self, seed, account="111122223333", region="eu-west-1", cluster="prod", service="web",
                 now="2026-11-20T03:20:00", zones="abc", epoch_times=False):
        self.random = random.Random(seed)
        self.account, self.region, self.cluster, self.service = account, region, cluster, service
        self.now = dt.datetime.fromisoformat(now).replace(tzinfo=dt.timezone.utc)
        self.epoch_times = epoch_times
        self.zones = [region + z for z in zones]
        self.docs, self.texts, self.events = {}, {}, []
        self.side = random.Random(f"{seed} beside")  # for what was added later: the ids of the rest stay as they were
        self.proof, self.useless_fixes = [], []      # for the label: what must be named, which fixes must not be offered
        self.tasks, self.services, self.trail = [], {}, []
        self.network()
        self.roles = {}
        self.role("ecsTaskExecutionRole", attached=[self.execution_policy()])
        self.add_service(service)
        self.health_events, self.quotas = [], {"L-3032A538": 1000.0, "L-36FBB829": 1000.0}
        self.image(service, "1.0", 180)

    # -- names and times ------------------------------------------------------------------------------------------
    def hex(self, n):
        return "".join(self.random.choice("0123456789abcdef") for _ in range(n))

    def uuid(self):
        h = self.hex(32)
        return f"{h[:8]}-{h[8:12]}-{h[12:16]}-{h[16:20]}-{h[20:]}"

    def at(self, minutes=0, seconds=0):
        """A time before (negative) or after the world's now."""
        when = self.now + dt.timedelta(minutes=minutes, seconds=seconds)
        if self.epoch_times:
            return round(when.timestamp(), 3)
        return when.isoformat(timespec="milliseconds").replace(".000", "")

    def arn(self, service, resource, region=None):
        return f"arn:aws:{service}:{self.region if region is None else region}:{self.account}:{resource}"

    def cluster_arn(self):
        return self.arn("ecs", f"cluster/{self.cluster}")

    def user_arn(self, user="deploy-pipeline", session="build-4711"):
        return f"arn:aws:sts::{self.account}:assumed-role/{user}/{session}"

    # -- network --------------------------------------------------------------------------------------------------
    def network(self):
        self.vpc = "vpc-" + self.hex(17)
        self.subnets = {}
        for i, zone in enumerate(self.zones):
            self.subnets[zone] = {
                "AvailabilityZone": zone, "AvailabilityZoneId": f"euw1-az{i + 1}", "AvailableIpAddressCount": 200 + 7 * i,
                "CidrBlock": f"10.0.{i}.0/24", "DefaultForAz": False, "MapPublicIpOnLaunch": False, "State": "available",
                "SubnetId": "subnet-" + self.hex(17), "VpcId": self.vpc, "OwnerId": self.account,
                "Tags": [{"Key": "Name", "Value": f"private-{zone[-1]}"}],
                "SubnetArn": ""}
        self.group = "sg-" + self.hex(17)
        self.groups = {self.group: {
            "GroupId": self.group, "GroupName": "web-tasks", "Description": "tasks", "VpcId": self.vpc, "OwnerId": self.account,
            "IpPermissions": [{"IpProtocol": "tcp", "FromPort": 8080, "ToPort": 8080, "IpRanges": [{"CidrIp": "10.0.0.0/16"}],
                               "Ipv6Ranges": [], "PrefixListIds": [], "UserIdGroupPairs": []}],
            "IpPermissionsEgress": [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}], "Ipv6Ranges": [],
                                     "PrefixListIds": [], "UserIdGroupPairs": []}]}}
        self.nat, self.igw = "nat-" + self.hex(17), "igw-" + self.hex(17)
        self.routes = [{"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local", "Origin": "CreateRouteTable", "State": "active"},
                       {"DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": self.nat, "Origin": "CreateRoute", "State": "active"}]
        self.endpoints = []
        self.endpoint_group = None
        self.public_subnets, self.igws, self.acls, self.other_tables = [], [], [], []
        self.policies = {}  # organization policies by type
        self.units = []  # of the tree above the account, from the root down: (id, name, SCPs that stand there instead of FullAWSAccess)
        self.interfaces = []
        self.nats = [{"NatGatewayId": self.nat, "VpcId": self.vpc, "SubnetId": "subnet-" + self.hex(17), "State": "available",
                      "ConnectivityType": "public"}]

    def side_hex(self, n):
        return "".join(self.side.choice("0123456789abcdef") for _ in range(n))

    def security_group(self, name, ingress=(), egress=None, vpc=None):
        """ingress, egress: [(port or None, CIDR or group id)]; all of TCP where the port is None. Returns the id."""
        def rule(port, peer):
            ports = {"FromPort": port, "ToPort": port} if port else {}
            return {"IpProtocol": "tcp" if port else "-1", **ports, "Ipv6Ranges": [], "PrefixListIds": [],
                    "IpRanges": [] if peer.startswith("sg-") else [{"CidrIp": peer}],
                    "UserIdGroupPairs": [{"GroupId": peer, "UserId": self.account}] if peer.startswith("sg-") else []}
        group = "sg-" + self.side_hex(17)
        self.groups[group] = {
            "GroupId": group, "GroupName": name, "Description": name, "VpcId": vpc or self.vpc, "OwnerId": self.account,
            "IpPermissions": [rule(*r) for r in ingress],
            "IpPermissionsEgress": [rule(*r) for r in ([(None, "0.0.0.0/0")] if egress is None else egress)]}
        return group

    def endpoint(self, name, kind="Interface", private_dns=True, policy=None, group=None):
        """An endpoint whose security group admits HTTPS from the tasks, where no other group is given."""
        interface = kind == "Interface"
        if interface and group is None:
            self.endpoint_group = group = self.endpoint_group or self.security_group("endpoints", ingress=[(443, self.group)])
        endpoint = {
            "VpcEndpointId": "vpce-" + self.hex(17), "VpcEndpointType": kind, "VpcId": self.vpc,
            "ServiceName": f"com.amazonaws.{self.region}.{name}", "State": "available", "PrivateDnsEnabled": private_dns and interface,
            "PolicyDocument": json.dumps(policy or {"Statement": [{"Action": "*", "Effect": "Allow", "Principal": "*", "Resource": "*"}]}, indent=2),
            "SubnetIds": [s["SubnetId"] for s in self.subnets.values()] if interface else [],
            "RouteTableIds": [] if interface else ["rtb-main"],
            "Groups": [{"GroupId": group, "GroupName": self.groups[group]["GroupName"]}] if interface else []}
        self.endpoints.append(endpoint)
        return endpoint

    def whole_network(self):
        """All that DescribeVpcs and its siblings say: public subnets, gateways, ACLs, a route table of its own for the tasks' subnets."""
        self.igw, self.private_table = "igw-" + self.side_hex(17), "rtb-" + self.side_hex(17)
        self.igws = [{"InternetGatewayId": self.igw, "OwnerId": self.account, "Attachments": [{"State": "available", "VpcId": self.vpc}]}]
        for i, zone in enumerate(self.zones):
            self.public_subnets.append({
                "AvailabilityZone": zone, "AvailabilityZoneId": f"euw1-az{i + 1}", "AvailableIpAddressCount": 240, "DefaultForAz": False,
                "CidrBlock": f"10.0.{100 + i}.0/24", "MapPublicIpOnLaunch": True, "State": "available", "OwnerId": self.account,
                "SubnetId": "subnet-" + self.side_hex(17), "VpcId": self.vpc, "Tags": [{"Key": "Name", "Value": f"public-{zone[-1]}"}]})
        self.nats[0].update(SubnetId=self.public_subnets[0]["SubnetId"], NatGatewayAddresses=[
            {"AllocationId": "eipalloc-" + self.side_hex(17), "NetworkInterfaceId": "eni-" + self.side_hex(17), "PrivateIp": "10.0.100.17",
             "PublicIp": "198.51.100.34", "IsPrimary": True, "Status": "succeeded"}])
        local = {"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local", "Origin": "CreateRouteTable", "State": "active"}
        self.public_routes = [dict(local), {"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": self.igw, "Origin": "CreateRoute", "State": "active"}]
        self.public_table = "rtb-" + self.side_hex(17)
        self.other_tables = [self.table(self.public_table, self.public_routes, [s["SubnetId"] for s in self.public_subnets]),
                             self.table("rtb-" + self.side_hex(17), [dict(local)], [], main=True)]
        self.acl_entries = [self.acl_rule(100, "-1", True), self.acl_rule(100, "-1", False)]
        everyone = [s["SubnetId"] for s in [*self.subnets.values(), *self.public_subnets]]
        self.acl = "acl-" + self.side_hex(17)
        self.acls = [{"NetworkAclId": self.acl, "VpcId": self.vpc, "IsDefault": True, "OwnerId": self.account, "Tags": [],
                      "Entries": self.acl_entries, "Associations": [
                          {"NetworkAclAssociationId": "aclassoc-" + self.side_hex(8), "NetworkAclId": self.acl, "SubnetId": s} for s in everyone]}]
        self.docs["ec2.describe-vpcs"] = {"Vpcs": [{
            "VpcId": self.vpc, "CidrBlock": "10.0.0.0/16", "State": "available", "IsDefault": False, "OwnerId": self.account, "InstanceTenancy": "default",
            "CidrBlockAssociationSet": [{"AssociationId": "vpc-cidr-assoc-1", "CidrBlock": "10.0.0.0/16", "CidrBlockState": {"State": "associated"}}]}]}
        for attribute in ("EnableDnsSupport", "EnableDnsHostnames"):
            self.docs[f"ec2.describe-vpc-attribute.{self.vpc}.{attribute[0].lower()}{attribute[1:]}"] = {"VpcId": self.vpc, attribute: {"Value": True}}

    @staticmethod
    def acl_rule(number, protocol, egress, allow=True, cidr="0.0.0.0/0", ports=None):
        return {"RuleNumber": number, "Protocol": protocol, "Egress": egress, "RuleAction": "allow" if allow else "deny", "CidrBlock": cidr,
                **({"PortRange": {"From": ports[0], "To": ports[1]}} if ports else {})}

    def own_acl(self, entries):
        """A network ACL of the tasks' subnets alone; AWS's own last rule denies the rest. Returns its id."""
        acl, ours = "acl-" + self.side_hex(17), [s["SubnetId"] for s in self.subnets.values()]
        last = [self.acl_rule(32767, "-1", egress, allow=False) for egress in (True, False)]
        self.acls[0]["Associations"] = [a for a in self.acls[0]["Associations"] if a["SubnetId"] not in ours]
        self.acls.append({"NetworkAclId": acl, "VpcId": self.vpc, "IsDefault": False, "OwnerId": self.account, "Tags": [], "Entries": [*entries, *last],
                          "Associations": [{"NetworkAclAssociationId": "aclassoc-" + self.side_hex(8), "NetworkAclId": acl, "SubnetId": s} for s in ours]})
        return acl

    def table(self, name, routes, subnets, main=False):
        associations = [{"Main": False, "RouteTableAssociationId": "rtbassoc-" + s[-8:], "RouteTableId": name, "SubnetId": s,
                         "AssociationState": {"State": "associated"}} for s in subnets]
        if main:
            associations.append({"Main": True, "RouteTableAssociationId": "rtbassoc-1", "RouteTableId": name, "AssociationState": {"State": "associated"}})
        return {"RouteTableId": name, "VpcId": self.vpc, "Routes": routes, "PropagatingVgws": [], "Tags": [], "Associations": associations}

    def no_way_out(self):
        """Private subnets without NAT: only endpoints lead anywhere."""
        self.routes = self.routes[:1]
        self.nats = []

    # -- access ---------------------------------------------------------------------------------------------------
    def execution_policy(self):
        return ("AmazonECSTaskExecutionRolePolicy", "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy",
                {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": [
                    "ecr:GetAuthorizationToken", "ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage",
                    "logs:CreateLogStream", "logs:PutLogEvents"], "Resource": "*"}]})

    def role(self, name, inline=None, attached=(), boundary=None, path="/"):
        """inline: {policy name: document}; attached: [(name, arn, document)]; boundary: (arn, document)."""
        self.roles[name] = dict(inline=inline or {}, attached=list(attached), boundary=boundary, path=path)
        return f"arn:aws:iam::{self.account}:role{path}{name}"

    def organization_policy(self, name, document, kind="SERVICE_CONTROL_POLICY", targets=None):
        """An SCP or RCP; targets: ids of a root (r-…), of units (ou-…) and of accounts: by default the root. Returns its ARN."""
        long = document if isinstance(document, dict) else {"Version": "2012-10-17", "Statement": document}
        policy = "p-" + self.side_hex(10)
        arn = f"arn:aws:organizations::{self.management_account}:policy/o-a1b2c3d4e5/{kind.lower()}/{policy}"
        self.policies.setdefault(kind, []).append((policy, name, arn, long, targets or [self.organization_root]))
        return arn

    management_account, organization_root, organization_unit = "999988887777", "r-a1b2", "ou-a1b2-workload"

    def unit(self, name, instead=None):
        """An organizational unit on the way from the root to the account; `instead`: an SCP that replaces FullAWSAccess there. Returns its id."""
        unit = f"ou-{self.organization_root[2:]}-{self.side_hex(8)}"
        self.units.append((unit, name, bool(instead)))
        if instead:
            self.organization_policy(*instead, targets=[unit])
        return unit

    def write_tree(self):
        """The calls that read an organization along the account's own way: parents, and the policies attached at each level."""
        levels = [self.organization_root, *(unit for unit, _, _ in self.units), self.account]
        self.docs["organizations.describe-organization"] = {"Organization": {
            "Id": "o-a1b2c3d4e5", "Arn": f"arn:aws:organizations::{self.management_account}:organization/o-a1b2c3d4e5", "FeatureSet": "ALL",
            "MasterAccountArn": f"arn:aws:organizations::{self.management_account}:account/o-a1b2c3d4e5/{self.management_account}",
            "MasterAccountId": self.management_account, "MasterAccountEmail": "aws@example.com", "AvailablePolicyTypes": []}}
        self.docs["organizations.list-roots"] = {"Roots": [{
            "Id": self.organization_root, "Name": "Root", "Arn": f"arn:aws:organizations::{self.management_account}:root/o-a1b2c3d4e5/{levels[0]}",
            "PolicyTypes": [{"Type": t, "Status": "ENABLED"} for t in ("SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY")]}]}
        for parent, child in zip(levels, levels[1:]):
            self.docs[f"organizations.list-parents.{child}"] = {"Parents": [
                {"Id": parent, "Type": "ROOT" if parent.startswith("r-") else "ORGANIZATIONAL_UNIT"}]}
        for parent, (unit, name, _) in zip(levels, self.units):
            self.docs[f"organizations.list-organizational-units-for-parent.{parent}"] = {"OrganizationalUnits": [
                {"Id": unit, "Arn": f"arn:aws:organizations::{self.management_account}:ou/o-a1b2c3d4e5/{unit}", "Name": name}]}
        bare = {unit for unit, _, instead in self.units if instead}
        for kind in ("SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"):
            full = ("FullAWSAccess", [{"Effect": "Allow", "Action": "*", "Resource": "*"}])
            if kind == "RESOURCE_CONTROL_POLICY":
                full = ("RCPFullAWSAccess", [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}])
            aws = ("p-" + full[0], full[0], f"arn:aws:organizations::aws:policy/{kind.lower()}/p-{full[0]}",
                   {"Version": "2012-10-17", "Statement": full[1]}, [level for level in levels if level not in bare or kind[0] == "R"])
            policies = [aws, *self.policies.get(kind, [])]
            summaries = {p: {"Id": p, "Arn": arn, "Name": name, "Description": "", "Type": kind, "AwsManaged": p == aws[0]}
                         for p, name, arn, _, _ in policies}
            for level in levels:
                self.docs[f"organizations.list-policies-for-target.{level}.{kind}"] = {
                    "Policies": [summaries[p] for p, _, _, _, targets in policies if level in targets]}
            for policy, _, _, document, _ in policies:
                self.docs[f"organizations.describe-policy.{policy}"] = {
                    "Policy": {"PolicySummary": summaries[policy], "Content": json.dumps(document, indent=2)}}

    def write_organization(self):
        if self.units:
            return self.write_tree()
        for kind, policies in self.policies.items():
            full = ("FullAWSAccess", {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})
            if kind == "RESOURCE_CONTROL_POLICY":
                full = ("RCPFullAWSAccess", {"Version": "2012-10-17", "Statement": [
                    {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]})
            everywhere = [self.organization_root, self.organization_unit, self.account]
            aws = ("p-" + full[0], full[0], f"arn:aws:organizations::aws:policy/{kind.lower()}/p-{full[0]}", full[1], everywhere)
            names = {"r": "ROOT", "o": "ORGANIZATIONAL_UNIT"}
            summaries = []
            for policy, name, arn, document, targets in [aws, *policies]:
                summary = {"Id": policy, "Arn": arn, "Name": name, "Description": "", "Type": kind, "AwsManaged": policy == aws[0]}
                summaries.append(summary)
                self.docs[f"organizations.describe-policy.{policy}"] = {"Policy": {"PolicySummary": summary, "Content": json.dumps(document, indent=2)}}
                self.docs[f"organizations.list-targets-for-policy.{policy}"] = {"Targets": [
                    {"TargetId": t, "Arn": f"arn:aws:organizations::{self.management_account}:x/o-a1b2c3d4e5/{t}", "Name": t,
                     "Type": names.get(t[0], "ACCOUNT")} for t in targets]}
            self.docs[f"organizations.list-policies.{kind}"] = {"Policies": summaries}

    # -- ECS ------------------------------------------------------------------------------------------------------
    def add_service(self, name, desired=6, strategy=(("FARGATE_SPOT", 0, 1),), zones=None, platform="1.4.0", exec_enabled=False,
                    load_balanced=True, task_role=True, **definition):
        family = name
        td = self.definition(family, 1, task_role=f"{name}-task" if task_role else None, **definition)
        if task_role:
            self.role(f"{name}-task", inline={"app": {"Version": "2012-10-17", "Statement": [
                {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": f"arn:aws:s3:::{name}-assets/*"}]}})
        network = {"awsvpcConfiguration": {"subnets": [self.subnets[z]["SubnetId"] for z in (zones or self.zones)],
                                           "securityGroups": [self.group], "assignPublicIp": "DISABLED"}}
        group = None
        if load_balanced:
            group = self.arn("elasticloadbalancing", f"targetgroup/{name}/{self.hex(16)}")
        providers = [{"capacityProvider": p, "base": b, "weight": w} for p, b, w in strategy] if strategy else []
        deployment = {
            "id": f"ecs-svc/{self.random.randrange(10**18, 10**19)}", "status": "PRIMARY", "taskDefinition": td["taskDefinitionArn"],
            "desiredCount": desired, "pendingCount": 0, "runningCount": desired, "failedTasks": 0,
            "createdAt": self.at(-60 * 24 * 9), "updatedAt": self.at(-60 * 24 * 9 + 5), "capacityProviderStrategy": providers,
            "platformVersion": platform, "platformFamily": "Linux", "networkConfiguration": copy.deepcopy(network),
            "rolloutState": "COMPLETED", "rolloutStateReason": "ECS deployment completed."}
        service = {
            "serviceArn": self.arn("ecs", f"service/{self.cluster}/{name}"), "serviceName": name, "clusterArn": self.cluster_arn(),
            "loadBalancers": [{"targetGroupArn": group, "containerName": name, "containerPort": 8080}] if group else [],
            "serviceRegistries": [], "status": "ACTIVE", "desiredCount": desired, "runningCount": desired, "pendingCount": 0,
            "capacityProviderStrategy": providers, "platformVersion": "LATEST" if platform == "1.4.0" else platform,
            "platformFamily": "Linux", "taskDefinition": td["taskDefinitionArn"],
            "deploymentConfiguration": {"deploymentCircuitBreaker": {"enable": False, "rollback": False},
                                        "maximumPercent": 200, "minimumHealthyPercent": 100},
            "deployments": [deployment], "roleArn": f"arn:aws:iam::{self.account}:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS",
            "events": [], "createdAt": self.at(-60 * 24 * 200), "placementConstraints": [], "placementStrategy": [],
            "networkConfiguration": network, "healthCheckGracePeriodSeconds": 60, "schedulingStrategy": "REPLICA",
            "deploymentController": {"type": "ECS"}, "createdBy": f"arn:aws:iam::{self.account}:role/deploy-pipeline",
            "enableECSManagedTags": True, "propagateTags": "SERVICE", "enableExecuteCommand": exec_enabled}
        if not providers:
            service["launchType"] = deployment["launchType"] = "FARGATE"
        self.services[name] = service
        if group:
            self.docs[f"elbv2.describe-target-group-attributes.{name}"] = {"Attributes": [
                {"Key": "deregistration_delay.timeout_seconds", "Value": "60"}, {"Key": "stickiness.enabled", "Value": "false"}]}
        self.event(name, -60 * 6, "has reached a steady state.")
        return service

    def definition(self, family, revision, image=None, cpu="1024", memory="2048", storage=None, stop_timeout=None, task_role=None,
                   secrets=None, environment=None, readonly=False, init=False, architecture="X86_64", registered=-60 * 24 * 9,
                   extra_containers=(), memory_limit=None):
        container = {
            "name": family, "image": image or f"{self.account}.dkr.ecr.{self.region}.amazonaws.com/{family}:1.0", "cpu": 0,
            "portMappings": [{"containerPort": 8080, "hostPort": 8080, "protocol": "tcp"}], "essential": True,
            "environment": environment or [{"name": "STAGE", "value": "prod"}], "mountPoints": [], "volumesFrom": [],
            "secrets": secrets or [], "readonlyRootFilesystem": readonly,
            "logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": f"/ecs/{family}", "awslogs-region": self.region,
                                                                     "awslogs-stream-prefix": "ecs"}}}
        if stop_timeout is not None:
            container["stopTimeout"] = stop_timeout
        if memory_limit:
            container["memory"] = memory_limit
        if init:
            container["linuxParameters"] = {"initProcessEnabled": True}
        td = {"taskDefinitionArn": self.arn("ecs", f"task-definition/{family}:{revision}"), "family": family, "revision": revision,
              "containerDefinitions": [container, *extra_containers], "networkMode": "awsvpc", "volumes": [], "status": "ACTIVE",
              "executionRoleArn": f"arn:aws:iam::{self.account}:role/ecsTaskExecutionRole", "cpu": cpu, "memory": memory,
              "requiresCompatibilities": ["FARGATE"], "compatibilities": ["EC2", "FARGATE"],
              "runtimePlatform": {"cpuArchitecture": architecture, "operatingSystemFamily": "LINUX"},
              "registeredAt": self.at(registered), "registeredBy": self.user_arn()}
        if task_role:
            td["taskRoleArn"] = f"arn:aws:iam::{self.account}:role/{task_role}"
        if storage:
            td["ephemeralStorage"] = {"sizeInGiB": storage}
        self.docs[f"ecs.describe-task-definition.{family}_{revision}"] = {"taskDefinition": td, "tags": []}
        return td

    def redefine(self, family, revision, **changes):
        """A new revision, which the service now runs."""
        role = f"{family}-task" if f"{family}-task" in self.roles else None
        td = self.definition(family, revision, task_role=changes.pop("task_role", role), **changes)
        service = self.services[family]
        service["taskDefinition"] = service["deployments"][0]["taskDefinition"] = td["taskDefinitionArn"]
        return td

    def event(self, service, minutes, message, seconds=0):
        self.services[service]["events"].append(
            {"id": self.uuid(), "createdAt": self.at(minutes, seconds), "message": f"(service {service}) {message}"})

    def task(self, service, zone, status="RUNNING", created=-60 * 24, provider="FARGATE_SPOT", revision=None, code=None, reason=None,
             container_reason=None, exit_code=None, stopping=None, stopped=None, stopping_s=0, stopped_s=0, pull=True, platform="1.4.0",
             agent=None, exec_enabled=None, eni_status=None, storage=20, started=True, group=None, image_digest=True,
             pull_started=None, pull_stopped=None):
        """One task; times in minutes relative to now."""
        svc = self.services.get(service)
        td = svc["taskDefinition"] if svc else self.arn("ecs", f"task-definition/{service}:1")
        if revision:
            td = td.rsplit(":", 1)[0] + f":{revision}"
        task_id = self.hex(32)
        arn = self.arn("ecs", f"task/{self.cluster}/{task_id}")
        definition = self.docs[f"ecs.describe-task-definition.{service}_{td.rsplit(':', 1)[1]}"]["taskDefinition"]
        subnet = self.subnets[zone]["SubnetId"]
        eni = "eni-" + self.hex(17)
        stopped_state = status == "STOPPED"
        container = {
            "containerArn": self.arn("ecs", f"container/{self.cluster}/{task_id}/{self.uuid()}"), "taskArn": arn, "name": service,
            "image": definition["containerDefinitions"][0]["image"], "lastStatus": status, "networkBindings": [],
            "networkInterfaces": [], "healthStatus": "UNKNOWN", "cpu": "0"}
        if image_digest and started:
            container["imageDigest"] = "sha256:" + self.hex(64)
            container["runtimeId"] = f"{task_id}-{self.random.randrange(10**9)}"
        if exit_code is not None:
            container["exitCode"] = exit_code
        if container_reason:
            container["reason"] = container_reason
        exec_flag = bool(svc and svc["enableExecuteCommand"]) if exec_enabled is None else exec_enabled
        if exec_flag or agent:
            container["managedAgents"] = [{"name": "ExecuteCommandAgent", "lastStatus": (agent or ("RUNNING",))[0],
                                           **({"reason": agent[1]} if agent and len(agent) > 1 else {})}]
        details = [{"name": "subnetId", "value": subnet}]
        if eni_status is None:
            details += [{"name": "networkInterfaceId", "value": eni}, {"name": "macAddress", "value": "0a:" + ":".join(self.hex(2) for _ in range(5))},
                        {"name": "privateIPv4Address", "value": f"10.0.{self.zones.index(zone)}.{self.random.randrange(10, 250)}"}]
        task = {
            "attachments": [{"id": self.uuid(), "type": "ElasticNetworkInterface",
                             "status": eni_status or ("DELETED" if stopped_state else "ATTACHED"), "details": details}],
            "attributes": [{"name": "ecs.cpu-architecture", "value": "x86_64"}], "availabilityZone": zone,
            "clusterArn": self.cluster_arn(), "connectivity": "CONNECTED", "containers": [container], "cpu": definition["cpu"],
            "createdAt": self.at(created), "desiredStatus": "STOPPED" if stopped_state else "RUNNING",
            "enableExecuteCommand": exec_flag, "group": group or (f"service:{service}" if svc else f"family:{service}"),
            "healthStatus": "UNKNOWN", "lastStatus": status, "launchType": "FARGATE", "memory": definition["memory"],
            "overrides": {"containerOverrides": [{"name": service}], "inferenceAcceleratorOverrides": []},
            "platformVersion": platform, "platformFamily": "Linux", "tags": [], "taskArn": arn, "taskDefinitionArn": td,
            "version": 4 if not stopped_state else 7, "ephemeralStorage": {"sizeInGiB": storage}}
        if provider and provider != "NONE":
            task["capacityProviderName"] = provider
        if svc:
            task["startedBy"] = svc["deployments"][0]["id"]
        if pull:
            task["pullStartedAt"] = self.at(created if pull_started is None else pull_started, 20)
            if started:
                task["pullStoppedAt"] = self.at(created if pull_stopped is None else pull_stopped, 31)
            elif pull_stopped is not None:
                task["pullStoppedAt"] = self.at(pull_stopped)
        if started:
            task["startedAt"] = self.at(created, 45)
            task["connectivityAt"] = self.at(created, 18)
        if stopped_state:
            task["stopCode"], task["stoppedReason"] = code, reason
            task["stoppingAt"] = self.at(stopping if stopping is not None else stopped, stopping_s)
            task["stoppedAt"] = self.at(stopped if stopped is not None else stopping, stopped_s or stopping_s + 40)
            if started:
                task["executionStoppedAt"] = task["stoppedAt"]
        self.tasks.append(task)
        return task

    def healthy(self, service, per_zone=2, zones=None, **kw):
        return [self.task(service, z, **kw) for z in (zones or self.zones) for _ in range(per_zone)]

    # -- observers ------------------------------------------------------------------------------------------------
    def api_call(self, minutes, name, parameters=None, source="ecs.amazonaws.com", user=None, error=None, response=None, seconds=0,
                 invoked_by=None, resources=(), read_only=False):
        user = user or self.user_arn()
        event_id = self.uuid()
        inner = {"eventVersion": "1.09", "userIdentity": {"type": "AssumedRole", "arn": user, "accountId": self.account,
                                                          **({"invokedBy": invoked_by} if invoked_by else {})},
                 "eventTime": (self.now + dt.timedelta(minutes=minutes, seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ"),
                 "eventSource": source, "eventName": name, "awsRegion": self.region, "sourceIPAddress": invoked_by or "198.51.100.7",
                 "userAgent": "aws-cli/2.9.19", "requestParameters": parameters, "responseElements": response, "readOnly": read_only,
                 "eventID": event_id, "eventType": "AwsApiCall", "managementEvent": True, "recipientAccountId": self.account}
        if error:
            inner["errorCode"], inner["errorMessage"] = error
        self.trail.append({"EventId": event_id, "EventName": name, "ReadOnly": str(read_only).lower(), "EventTime": self.at(minutes, seconds),
                           "EventSource": source, "Username": user.rsplit("/", 1)[-1],
                           "Resources": [{"ResourceType": t, "ResourceName": n} for t, n in resources],
                           "CloudTrailEvent": json.dumps(inner)})
        return event_id

    def health(self, code, minutes, service="ECS", end=None, category="issue", description="", zone=None, region=None):
        arn = f"arn:aws:health:{region or self.region}::event/{service}/{code}/{code}_{self.hex(8)}"
        event = {"arn": arn, "service": service, "eventTypeCode": code, "eventTypeCategory": category, "region": region or self.region,
                 "startTime": self.at(minutes), "lastUpdatedTime": self.at(minutes + 20), "statusCode": "open" if end is None else "closed",
                 "eventScopeCode": "PUBLIC"}
        if end is not None:
            event["endTime"] = self.at(end)
        if zone:
            event["availabilityZone"] = zone
        self.health_events.append(event)
        if description:
            self.docs[f"health.describe-event-details.{self.hex(6)}"] = {
                "successfulSet": [{"event": event, "eventDescription": {"latestDescription": description}}], "failedSet": []}

    def image(self, repository, tag, mebibytes, digest=None, layers=None, pushed=-60 * 24 * 10):
        name = f"ecr.describe-images.{repository.replace('/', '_')}"
        doc = self.docs.setdefault(name, {"imageDetails": []})
        doc["imageDetails"].append({"registryId": self.account, "repositoryName": repository, "imageDigest": digest or "sha256:" + self.hex(64),
                                    "imageTags": [tag], "imageSizeInBytes": int(mebibytes * 1048576), "imagePushedAt": self.at(pushed),
                                    "imageManifestMediaType": "application/vnd.docker.distribution.manifest.v2+json"})
        if layers:
            manifest = {"schemaVersion": 2, "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
                        "config": {"mediaType": "application/vnd.docker.container.image.v1+json", "size": 7023, "digest": "sha256:" + self.hex(64)},
                        "layers": [{"mediaType": "application/vnd.docker.image.rootfs.diff.tar.gzip", "size": int(mb * 1048576),
                                    "digest": d or "sha256:" + self.hex(64)} for mb, d in layers]}
            self.docs[f"ecr.batch-get-image.{repository.replace('/', '_')}"] = {
                "images": [{"registryId": self.account, "repositoryName": repository,
                            "imageId": {"imageDigest": doc["imageDetails"][-1]["imageDigest"], "imageTag": tag},
                            "imageManifest": json.dumps(manifest)}], "failures": []}

    def log(self, task, service, lines):
        task_id = task["taskArn"].rsplit("/", 1)[1]
        self.docs[f"logs.get-log-events.ecs_{service}_{task_id}"] = {
            "events": [{"timestamp": int((self.now + dt.timedelta(minutes=m)).timestamp() * 1000), "message": text,
                        "ingestionTime": int((self.now + dt.timedelta(minutes=m, seconds=2)).timestamp() * 1000)} for m, text in lines],
            "nextForwardToken": "f/" + self.hex(16), "nextBackwardToken": "b/" + self.hex(16)}

    def metric(self, name, points, service=None, unit="Gigabytes", label=None):
        """points: [(minutes, value)]; Container Insights metric of a service, as get-metric-statistics prints it."""
        self.docs[f"cloudwatch.get-metric-statistics.{name}"] = {
            "Label": label or name, "Datapoints": [{"Timestamp": self.at(m), "Average": v, "Maximum": v, "Unit": unit} for m, v in points]}

    def bridge(self, detail_type, minutes, detail, source="aws.ecs", resources=(), seconds=0):
        when = (self.now + dt.timedelta(minutes=minutes, seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")
        self.events.append({"version": "0", "id": self.uuid(), "detail-type": detail_type, "source": source, "account": self.account,
                            "time": when, "region": self.region, "resources": list(resources), "detail": detail})

    def refuse(self, name, operation, code="AccessDeniedException", action=None, message=None):
        """The CLI's own words instead of an answer."""
        service = name.split(".")[0]
        action = action or f"{service}:{operation}"
        message = message or (f"User: {self.user_arn('oncall-readonly', 'sre')} is not authorized to perform: {action} because no "
                              f"identity-based policy allows the {action} action")
        self.drops = getattr(self, "drops", []) + [name]
        self.texts[f"{name}.error.txt"] = f"\nAn error occurred ({code}) when calling the {operation} operation: {message}\n"

    def drop(self, *names):
        self.drops = getattr(self, "drops", []) + list(names)

    # -- writing --------------------------------------------------------------------------------------------------
    def finish(self):
        docs = self.docs
        docs["ecs.describe-clusters"] = {"clusters": [{
            "clusterArn": self.cluster_arn(), "clusterName": self.cluster, "status": "ACTIVE", "registeredContainerInstancesCount": 0,
            "runningTasksCount": sum(t["lastStatus"] == "RUNNING" for t in self.tasks), "pendingTasksCount": 0,
            "activeServicesCount": len(self.services), "statistics": [], "tags": [],
            "settings": [{"name": "containerInsights", "value": getattr(self, "insights", "disabled")}],
            "capacityProviders": ["FARGATE", "FARGATE_SPOT"], "defaultCapacityProviderStrategy": []}], "failures": []}
        for service in self.services.values():
            running = sum(t["group"] == "service:" + service["serviceName"] and t["lastStatus"] == "RUNNING" for t in self.tasks)
            service["runningCount"] = service["deployments"][0]["runningCount"] = running
            key = (lambda e: e["createdAt"])
            service["events"].sort(key=key, reverse=True)
        docs["ecs.describe-services"] = {"services": list(self.services.values()), "failures": []}
        if self.tasks:
            docs["ecs.describe-tasks"] = {"tasks": self.tasks, "failures": []}
        docs["ec2.describe-subnets"] = {"Subnets": [*self.subnets.values(), *self.public_subnets]}
        docs["ec2.describe-security-groups"] = {"SecurityGroups": list(self.groups.values())}
        ours = [s["SubnetId"] for s in self.subnets.values()]
        tables = ([self.table(self.private_table, self.routes, ours), *self.other_tables] if self.other_tables
                  else [self.table("rtb-main", self.routes, [], main=True)])
        for endpoint in self.endpoints:
            if endpoint["RouteTableIds"] == ["rtb-main"] and self.other_tables:
                endpoint["RouteTableIds"] = [self.private_table]
        docs["ec2.describe-route-tables"] = {"RouteTables": tables}
        if self.other_tables:
            docs["ec2.describe-internet-gateways"] = {"InternetGateways": self.igws}
            docs["ec2.describe-network-acls"] = {"NetworkAcls": self.acls}
        self.write_organization()
        docs["ec2.describe-vpc-endpoints"] = {"VpcEndpoints": self.endpoints}
        docs["ec2.describe-nat-gateways"] = {"NatGateways": self.nats}
        if self.interfaces:
            docs["ec2.describe-network-interfaces"] = {"NetworkInterfaces": self.interfaces}
        docs["health.describe-events"] = {"events": self.health_events}
        names = {"L-3032A538": "Fargate On-Demand vCPU resource count", "L-36FBB829": "Fargate Spot vCPU resource count"}
        docs["service-quotas.list-service-quotas.fargate"] = {"Quotas": [
            {"ServiceCode": "fargate", "ServiceName": "AWS Fargate", "QuotaCode": code, "QuotaName": names[code], "Value": value,
             "Unit": "None", "Adjustable": True, "GlobalQuota": False, "QuotaArn": self.arn("servicequotas", f"fargate/{code}"),
             "UsageMetric": {"MetricNamespace": "AWS/Usage", "MetricName": "ResourceCount", "MetricStatisticRecommendation": "Maximum",
                             "MetricDimensions": {"Class": "Standard/OnDemand" if code == "L-3032A538" else "Standard/Spot",
                                                  "Resource": "vCPU", "Service": "Fargate", "Type": "Resource"}}}
            for code, value in self.quotas.items()]}
        self.trail.sort(key=lambda e: e["EventTime"] if not self.epoch_times else e["EventTime"], reverse=True)
        docs["cloudtrail.lookup-events"] = {"Events": self.trail}
        for name, role in self.roles.items():
            arn = f"arn:aws:iam::{self.account}:role{role['path']}{name}"
            entry = {"Path": role["path"], "RoleName": name, "RoleId": "AROA" + self.hex(17).upper(), "Arn": arn, "CreateDate": self.at(-60 * 24 * 300),
                     "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [
                         {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}]},
                     "MaxSessionDuration": 3600}
            if role["boundary"]:
                entry["PermissionsBoundary"] = {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": role["boundary"][0]}
                docs[f"iam.get-policy-version.{role['boundary'][0].rsplit('/', 1)[1]}"] = {
                    "PolicyVersion": {"Document": role["boundary"][1], "VersionId": "v1", "IsDefaultVersion": True}}
            docs[f"iam.get-role.{name}"] = {"Role": entry}
            docs[f"iam.list-role-policies.{name}"] = {"PolicyNames": list(role["inline"])}
            docs[f"iam.list-attached-role-policies.{name}"] = {
                "AttachedPolicies": [{"PolicyName": n, "PolicyArn": a} for n, a, _ in role["attached"]]}
            for policy, document in role["inline"].items():
                docs[f"iam.get-role-policy.{name}_{policy}"] = {"RoleName": name, "PolicyName": policy, "PolicyDocument": document}
            for policy, arn_, document in role["attached"]:
                docs[f"iam.get-policy-version.{policy}"] = {"PolicyVersion": {"Document": document, "VersionId": "v1", "IsDefaultVersion": True}}
        groups = [(s["serviceName"], s["loadBalancers"][0]["targetGroupArn"]) for s in self.services.values() if s["loadBalancers"]]
        if groups:
            docs["elbv2.describe-target-groups"] = {"TargetGroups": [{
                "TargetGroupArn": arn, "TargetGroupName": name, "Protocol": "HTTP", "Port": 8080, "VpcId": self.vpc, "HealthCheckProtocol": "HTTP",
                "HealthCheckPort": "traffic-port", "HealthCheckEnabled": True, "HealthCheckIntervalSeconds": 30, "HealthCheckTimeoutSeconds": 5,
                "HealthyThresholdCount": 5, "UnhealthyThresholdCount": 2, "HealthCheckPath": "/healthz", "Matcher": {"HttpCode": "200"},
                "LoadBalancerArns": [self.arn("elasticloadbalancing", f"loadbalancer/app/{self.cluster}/{self.hex(16)}")],
                "TargetType": "ip"} for name, arn in groups]}
        for name in getattr(self, "drops", []):
            for key in [k for k in docs if k == name or k.startswith(name + ".")]:
                del docs[key]

    def write(self, folder, label, nested=False):
        self.finish()
        folder = pathlib.Path(folder)
        inside = folder / self.account / self.region if nested else folder
        inside.mkdir(parents=True, exist_ok=True)
        for name, value in self.docs.items():
            (inside / f"{name}.json").write_text(json.dumps(value, indent=4) + "\n")
        for name, text in self.texts.items():
            (inside / name).write_text(text)
        if self.events:
            (inside / "events.jsonl").write_text("".join(json.dumps(e) + "\n" for e in self.events))
        (folder / "label.json").write_text(json.dumps(label, indent=2) + "\n")
