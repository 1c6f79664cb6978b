"""The lab against two clients that nobody here wrote: Debian's AWS CLI and botocore.

Every operation of the table in src/aws/operations.cc is called at least once, with botocore checking the
inputs against AWS's service models and this file checking that no answer holds a member, or a type, that AWS's
output shapes do not know. The CLI itself costs most of a second a call, so it runs a representative dozen, in
parallel.

    aws_cli_test.py PATH/TO/lab_server
"""
import collections
import concurrent.futures
import datetime
import json
import os
import re
import subprocess
import sys
import time
import unittest
import urllib.error
import urllib.request

import botocore.config
import botocore.parsers
import botocore.session
from botocore.exceptions import ClientError

SERVER = sys.argv.pop(1) if len(sys.argv) > 1 else "build-debug/lab_server"
HERE = os.path.dirname(os.path.abspath(__file__))
REGION = "eu-west-1"
NOT_SERVED = {("accessanalyzer", "CheckNoNewAccess")}  # newer than this botocore; the program's own client asks it (own_client_test.cc)
# Members that AWS added after the botocore of Debian 12.
NEWER = {"networkBindings", "serviceRevisions", "deploymentController", "artifactMediaType", "uploadSequenceToken"}


class Lab:
    patience = 20  # seconds that a client waits for an answer

    def __init__(self, *flags):
        self.process = subprocess.Popen([SERVER, *flags], stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        if not line.startswith("listening on "):
            raise RuntimeError("lab_server did not start")
        self.url = "http://127.0.0.1:" + line.split()[-1]

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=10)
        self.process.stdout.close()

    def environment(self, **more):
        kept = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
        return {**kept, "AWS_ACCESS_KEY_ID": "AKIALABEXAMPLE000001", "AWS_SECRET_ACCESS_KEY": "lab", "AWS_PAGER": "",
                "AWS_DEFAULT_REGION": REGION, "AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": "/dev/null",
                "AWS_SHARED_CREDENTIALS_FILE": "/dev/null", **more}

    def cli(self, *words, **more):
        return subprocess.run(["/usr/bin/aws", "--endpoint-url", self.url, *words], env=self.environment(**more),
                              capture_output=True, text=True, timeout=60)

    def client(self, service, region=REGION, key="AKIALABEXAMPLE000001", token=None, retries=0):
        session = botocore.session.Session()
        session.set_config_variable("config_file", "/dev/null")
        session.set_credentials(key, "lab", token)
        return session.create_client(service, region_name=region, endpoint_url=self.url, config=botocore.config.Config(
            retries={"total_max_attempts": retries + 1, "mode": "standard"}, read_timeout=self.patience, connect_timeout=10))


def unknown_members(value, shape, path=""):
    """Where a JSON answer says something that AWS's output shape does not."""
    if value is None:
        return [path + ": null"]
    kind = shape.type_name
    if kind == "structure":
        if not isinstance(value, dict):
            return [path + ": not an object"]
        found = []
        for name, member in value.items():
            if name in shape.members:
                found += unknown_members(member, shape.members[name], path + "." + name)
            elif name not in NEWER:
                found.append(path + "." + name + ": unknown member")
        return found
    if kind == "list":
        if not isinstance(value, list):
            return [path + ": not a list"]
        return [problem for index, item in enumerate(value) for problem in unknown_members(item, shape.member, f"{path}[{index}]")]
    if kind == "map":
        return [problem for key, item in value.items() for problem in unknown_members(item, shape.value, path + "." + key)]
    types = {"string": str, "boolean": bool, "integer": int, "long": int, "float": (int, float), "double": (int, float), "timestamp": (int, float)}
    good = isinstance(value, types.get(kind, object)) and not (kind in ("integer", "long") and isinstance(value, bool))
    return [] if good else [f"{path}: {type(value).__name__} for {kind}"]


class Caller:
    """Calls operations, remembers which, and checks every JSON answer against its shape."""

    def __init__(self, lab):
        self.lab, self.clients, self.called = lab, {}, set()

    def __call__(self, service, operation, /, region=REGION, **arguments):
        client = self.clients.get((service, region)) or self.lab.client(service, region)
        if (service, region) not in self.clients:
            client.meta.events.register("after-call", self.check)
            self.clients[service, region] = client
        self.called.add((service, operation))
        return client._make_api_call(operation, arguments)  # the operation by AWS's own name

    def check(self, http_response, parsed, model, **_):
        if http_response.status_code == 200 and model.service_model.metadata["protocol"] == "json" and model.output_shape:
            problems = unknown_members(json.loads(http_response.content), model.output_shape)
            if problems:
                raise AssertionError(f"{model.name}: {problems[:5]}")


class LabTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.lab = Lab("--scenario", "empty", "--speed", "1")
        cls.call = Caller(cls.lab)

    @classmethod
    def tearDownClass(cls):
        cls.lab.stop()

    def refused(self, code, service, operation, /, **arguments):
        with self.assertRaises(ClientError) as caught:
            self.call(service, operation, **arguments)
        self.assertEqual(caught.exception.response["Error"]["Code"], code)
        return caught.exception.response

    # Runs first by its name: the others may then use what it made. Each part is one service.
    def test_00_every_operation_of_the_table(self):
        for part in (self.ec2, self.routing, self.beyond_the_vpc, self.reachability, self.ecs, self.elb, self.iam, self.sts, self.organizations, self.ecr, self.logs,
                     self.trail, self.health, self.quotas, self.cloudwatch, self.events_and_queues, self.others):
            with self.subTest(part.__name__):
                part()
        table = open(os.path.join(HERE, "..", "..", "src", "aws", "operations.cc")).read()
        rows = set(re.findall(r'(?:reads|writes|paged|merged)\("([a-z0-9-]+)", "([A-Za-z0-9]+)"', table))
        self.assertGreater(len(rows), 100)
        self.assertEqual(rows - self.call.called - NOT_SERVED, set())

    def beyond_the_vpc(self):
        for operation, key in (("DescribeEgressOnlyInternetGateways", "EgressOnlyInternetGateways"),
                               ("DescribeVpcPeeringConnections", "VpcPeeringConnections"), ("DescribeTransitGateways", "TransitGateways"),
                               ("DescribeTransitGatewayAttachments", "TransitGatewayAttachments"),
                               ("DescribeTransitGatewayVpcAttachments", "TransitGatewayVpcAttachments"),
                               ("DescribeTransitGatewayRouteTables", "TransitGatewayRouteTables")):
            self.assertEqual(self.call("ec2", operation)[key], [])
        self.refused("InvalidRouteTableID.NotFound", "ec2", "SearchTransitGatewayRoutes", TransitGatewayRouteTableId="tgw-rtb-0",
                     Filters=[{"Name": "state", "Values": ["active"]}])

    def reachability(self):
        call = self.call
        vpc = call("ec2", "DescribeVpcs")["Vpcs"][0]["VpcId"]
        end = call("ec2", "CreateVpcEndpoint", VpcId=vpc, ServiceName=f"com.amazonaws.{REGION}.s3", VpcEndpointType="Gateway",
                   RouteTableIds=[])["VpcEndpoint"]["VpcEndpointId"]
        self.refused("InvalidParameterValue", "ec2", "CreateNetworkInsightsPath", Source="eni-0", Destination=end, Protocol="tcp",
                     ClientToken="0")
        path = call("ec2", "CreateNetworkInsightsPath", Source=end, Destination=end, Protocol="tcp", DestinationPort=443,
                    ClientToken="1")["NetworkInsightsPath"]
        self.assertEqual((path["Source"], path["DestinationPort"]), (end, 443))
        path = {"NetworkInsightsPathId": path["NetworkInsightsPathId"]}
        started = call("ec2", "StartNetworkInsightsAnalysis", **path, ClientToken="2")["NetworkInsightsAnalysis"]
        self.assertEqual(started["Status"], "running")
        self.assertNotIn("NetworkPathFound", started)
        analysis = started["NetworkInsightsAnalysisId"]
        found = call("ec2", "DescribeNetworkInsightsAnalyses", **path)["NetworkInsightsAnalyses"]
        self.assertEqual([one["NetworkInsightsAnalysisId"] for one in found], [analysis])
        self.refused("AnalysisExistsForNetworkInsightsPath", "ec2", "DeleteNetworkInsightsPath", **path)
        call("ec2", "DeleteNetworkInsightsAnalysis", NetworkInsightsAnalysisId=analysis)
        call("ec2", "DeleteNetworkInsightsPath", **path)
        self.refused("InvalidNetworkInsightsPathId.NotFound", "ec2", "DeleteNetworkInsightsPath", **path)
        call("ec2", "DeleteVpcEndpoints", VpcEndpointIds=[end])

    def ec2(self):
        call = self.call
        vpc = call("ec2", "DescribeVpcs")["Vpcs"][0]["VpcId"]
        self.assertTrue(call("ec2", "DescribeVpcAttribute", VpcId=vpc, Attribute="enableDnsSupport")["EnableDnsSupport"]["Value"])
        self.assertEqual(len(call("ec2", "DescribeAvailabilityZones")["AvailabilityZones"]), 3)
        regions = call("ec2", "DescribeRegions", Filters=[{"Name": "region-name", "Values": [REGION]}])["Regions"]
        self.assertEqual([region["RegionName"] for region in regions], [REGION])
        subnet = call("ec2", "CreateSubnet", VpcId=vpc, CidrBlock="10.0.9.0/28", AvailabilityZone=REGION + "a")["Subnet"]
        self.assertEqual(subnet["AvailableIpAddressCount"], 11)
        self.refused("InvalidSubnet.Conflict", "ec2", "CreateSubnet", VpcId=vpc, CidrBlock="10.0.9.0/28")
        call("ec2", "ModifySubnetAttribute", SubnetId=subnet["SubnetId"], MapPublicIpOnLaunch={"Value": True})
        found = call("ec2", "DescribeSubnets", Filters=[{"Name": "cidr-block", "Values": ["10.0.9.*"]}])["Subnets"]
        self.assertEqual([one["MapPublicIpOnLaunch"] for one in found], [True])
        group = call("ec2", "DescribeSecurityGroups", Filters=[{"Name": "vpc-id", "Values": [vpc]}])["SecurityGroups"][0]["GroupId"]
        rule = [{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "10.0.0.0/16", "Description": "https"}]}]
        for direction in ("Ingress", "Egress"):
            call("ec2", "AuthorizeSecurityGroup" + direction, GroupId=group, IpPermissions=rule)
            self.refused("InvalidPermission.Duplicate", "ec2", "AuthorizeSecurityGroup" + direction, GroupId=group, IpPermissions=rule)
            call("ec2", "RevokeSecurityGroup" + direction, GroupId=group, IpPermissions=rule)
            self.refused("InvalidPermission.NotFound", "ec2", "RevokeSecurityGroup" + direction, GroupId=group, IpPermissions=rule)
        table = call("ec2", "DescribeRouteTables")["RouteTables"][0]["RouteTableId"]
        self.refused("InvalidNatGatewayID.NotFound", "ec2", "CreateRoute", RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", NatGatewayId="nat-0123456789abcdef0")
        self.refused("InvalidRoute.NotFound", "ec2", "DeleteRoute", RouteTableId=table, DestinationCidrBlock="0.0.0.0/0")
        endpoint = call("ec2", "CreateVpcEndpoint", VpcId=vpc, ServiceName=f"com.amazonaws.{REGION}.ecr.api", VpcEndpointType="Interface",
                        SubnetIds=[subnet["SubnetId"]], SecurityGroupIds=[group])["VpcEndpoint"]
        self.assertEqual(call("ec2", "DescribeSubnets", SubnetIds=[subnet["SubnetId"]])["Subnets"][0]["AvailableIpAddressCount"], 10)
        interfaces = call("ec2", "DescribeNetworkInterfaces", Filters=[{"Name": "subnet-id", "Values": [subnet["SubnetId"]]}])
        self.assertEqual([one["NetworkInterfaceId"] for one in interfaces["NetworkInterfaces"]], endpoint["NetworkInterfaceIds"])
        call("ec2", "ModifyVpcEndpoint", VpcEndpointId=endpoint["VpcEndpointId"], PrivateDnsEnabled=False)
        self.assertFalse(call("ec2", "DescribeVpcEndpoints")["VpcEndpoints"][0]["PrivateDnsEnabled"])
        call("ec2", "DeleteVpcEndpoints", VpcEndpointIds=[endpoint["VpcEndpointId"]])
        self.assertEqual(call("ec2", "DescribeVpcEndpoints")["VpcEndpoints"], [])
        acl = call("ec2", "DescribeNetworkAcls")["NetworkAcls"][0]["NetworkAclId"]
        entry = dict(NetworkAclId=acl, RuleNumber=90, Protocol="6", RuleAction="deny", Egress=True, CidrBlock="0.0.0.0/0", PortRange={"From": 443, "To": 443})
        call("ec2", "CreateNetworkAclEntry", **entry)
        call("ec2", "ReplaceNetworkAclEntry", **{**entry, "RuleAction": "allow"})
        call("ec2", "DeleteNetworkAclEntry", NetworkAclId=acl, RuleNumber=90, Egress=True)
        self.refused("InvalidNetworkAclEntry.NotFound", "ec2", "DeleteNetworkAclEntry", NetworkAclId=acl, RuleNumber=90, Egress=True)
        self.assertEqual(call("ec2", "DescribeNatGateways")["NatGateways"], [])
        self.assertEqual(call("ec2", "DescribeInternetGateways")["InternetGateways"], [])
        lists = call("ec2", "DescribeManagedPrefixLists")["PrefixLists"]
        self.assertTrue(call("ec2", "GetManagedPrefixListEntries", PrefixListId=lists[0]["PrefixListId"])["Entries"])
        self.refused("InvalidParameterValue", "ec2", "DescribeSubnets", Filters=[{"Name": "no-such-filter", "Values": ["x"]}])
        type(self).subnet, type(self).group, type(self).vpc = subnet["SubnetId"], group, vpc

    def routing(self):
        call = self.call
        vpc, subnet = self.vpc, self.subnet
        gateway = call("ec2", "CreateInternetGateway", TagSpecifications=[{"ResourceType": "internet-gateway", "Tags": [{"Key": "Name", "Value": "way"}]}])["InternetGateway"]
        self.assertEqual((gateway["Attachments"], gateway["Tags"]), ([], [{"Key": "Name", "Value": "way"}]))
        both = dict(InternetGatewayId=gateway["InternetGatewayId"], VpcId=vpc)
        self.refused("Gateway.NotAttached", "ec2", "DetachInternetGateway", **both)
        call("ec2", "AttachInternetGateway", **both)
        self.refused("Resource.AlreadyAssociated", "ec2", "AttachInternetGateway", **both)
        table = call("ec2", "DescribeRouteTables", Filters=[{"Name": "association.main", "Values": ["true"]}])["RouteTables"][0]
        route = dict(RouteTableId=table["RouteTableId"], DestinationCidrBlock="0.0.0.0/0")
        self.refused("InvalidParameterValue", "ec2", "ReplaceRoute", **route, GatewayId=gateway["InternetGatewayId"])
        self.assertTrue(call("ec2", "CreateRoute", **route, GatewayId=gateway["InternetGatewayId"])["Return"])
        call("ec2", "ReplaceRoute", **route, GatewayId=gateway["InternetGatewayId"])
        made = call("ec2", "AssociateRouteTable", RouteTableId=table["RouteTableId"], SubnetId=subnet)
        self.assertEqual(made["AssociationState"], {"State": "associated"})
        moved = call("ec2", "ReplaceRouteTableAssociation", RouteTableId=table["RouteTableId"], AssociationId=made["AssociationId"])["NewAssociationId"]
        self.refused("InvalidAssociationID.NotFound", "ec2", "DisassociateRouteTable", AssociationId=made["AssociationId"])
        call("ec2", "DisassociateRouteTable", AssociationId=moved)
        call("ec2", "DetachInternetGateway", **both)
        found = call("ec2", "DescribeRouteTables", RouteTableIds=[table["RouteTableId"]])["RouteTables"][0]["Routes"]
        self.assertEqual([one["State"] for one in found if one["DestinationCidrBlock"] == "0.0.0.0/0"], ["blackhole"])
        call("ec2", "DeleteRoute", **route)
        call("ec2", "DeleteInternetGateway", InternetGatewayId=gateway["InternetGatewayId"])
        for value in (False, True):
            call("ec2", "ModifyVpcAttribute", VpcId=vpc, EnableDnsHostnames={"Value": value})
            self.assertEqual(call("ec2", "DescribeVpcAttribute", VpcId=vpc, Attribute="enableDnsHostnames")["EnableDnsHostnames"]["Value"], value)
        spare = call("ec2", "CreateSubnet", VpcId=vpc, CidrBlock="10.0.10.0/24")["Subnet"]["SubnetId"]
        call("ec2", "DeleteSubnet", SubnetId=spare)
        self.refused("InvalidSubnetID.NotFound", "ec2", "DeleteSubnet", SubnetId=spare)
        self.refused("InvalidNetworkInterfaceID.NotFound", "ec2", "DeleteNetworkInterface", NetworkInterfaceId="eni-0123456789abcdef0")

    def ecs(self):
        call = self.call
        call("ecs", "CreateCluster", clusterName="prod", capacityProviders=["FARGATE", "FARGATE_SPOT"])
        call("ecs", "UpdateCluster", cluster="prod", settings=[{"name": "containerInsights", "value": "enabled"}])
        off = [{"name": "containerInsights", "value": "disabled"}]
        self.assertEqual(call("ecs", "UpdateClusterSettings", cluster="prod", settings=off)["cluster"]["settings"], off)
        self.refused("InvalidParameterException", "ecs", "UpdateClusterSettings", cluster="prod", settings=[{"name": "containerInsights", "value": "perhaps"}])
        call("ecs", "PutClusterCapacityProviders", cluster="prod", capacityProviders=["FARGATE", "FARGATE_SPOT"],
             defaultCapacityProviderStrategy=[{"capacityProvider": "FARGATE", "weight": 1}])
        self.assertEqual(len(call("ecs", "DescribeClusters", clusters=["prod"])["clusters"]), 1)
        self.assertEqual(len(call("ecs", "ListClusters")["clusterArns"]), 1)
        definition = call("ecs", "RegisterTaskDefinition", family="web", requiresCompatibilities=["FARGATE"], networkMode="awsvpc",
                          cpu="256", memory="512", containerDefinitions=[{"name": "web", "image": "public.ecr.aws/nginx/nginx:1", "essential": True}])
        arn = definition["taskDefinition"]["taskDefinitionArn"]
        call("ecs", "DescribeTaskDefinition", taskDefinition="web")
        self.assertEqual(call("ecs", "ListTaskDefinitions")["taskDefinitionArns"], [arn])
        self.assertEqual(call("ecs", "ListTaskDefinitionFamilies")["families"], ["web"])
        network = {"awsvpcConfiguration": {"subnets": [self.subnet], "securityGroups": [self.group], "assignPublicIp": "DISABLED"}}
        service = call("ecs", "CreateService", cluster="prod", serviceName="web", taskDefinition="web", desiredCount=1, launchType="FARGATE",
                       networkConfiguration=network)["service"]
        self.assertEqual(call("ecs", "ListServices", cluster="prod")["serviceArns"], [service["serviceArn"]])
        call("ecs", "UpdateService", cluster="prod", service="web", desiredCount=2)
        described = call("ecs", "DescribeServices", cluster="prod", services=["web", "nothing"])
        self.assertEqual((described["services"][0]["desiredCount"], described["failures"][0]["reason"]), (2, "MISSING"))
        call("ecs", "DescribeTaskSets", cluster="prod", service="web")
        call("ecs", "DescribeCapacityProviders")
        call("ecs", "TagResource", resourceArn=service["serviceArn"], tags=[{"key": "team", "value": "shop"}])
        self.assertEqual(call("ecs", "ListTagsForResource", resourceArn=service["serviceArn"])["tags"], [{"key": "team", "value": "shop"}])
        run = call("ecs", "RunTask", cluster="prod", taskDefinition="web", launchType="FARGATE", networkConfiguration=network)
        task = run["tasks"][0]["taskArn"]
        self.assertIn(task, call("ecs", "ListTasks", cluster="prod", family="web")["taskArns"])
        call("ecs", "DescribeTasks", cluster="prod", tasks=[task])
        self.refused("InvalidParameterException", "ecs", "ExecuteCommand", cluster="prod", task=task, command="sh", interactive=True)
        call("ecs", "StopTask", cluster="prod", task=task, reason="enough")
        call("ecs", "UpdateService", cluster="prod", service="web", desiredCount=0)
        call("ecs", "DeleteService", cluster="prod", service="web", force=True)
        call("ecs", "DeregisterTaskDefinition", taskDefinition=arn)
        self.refused("ClusterNotFoundException", "ecs", "ListServices", cluster="nothing")

    def elb(self):
        call = self.call
        self.assertEqual(call("elbv2", "DescribeLoadBalancers")["LoadBalancers"], [])
        self.assertEqual(call("elbv2", "DescribeTargetGroups")["TargetGroups"], [])
        arn = f"arn:aws:elasticloadbalancing:{REGION}:111122223333:targetgroup/none/0123456789abcdef"
        for operation in ("DescribeTargetGroupAttributes", "DescribeTargetHealth"):
            self.refused("TargetGroupNotFound", "elbv2", operation, TargetGroupArn=arn)
        self.refused("TargetGroupNotFound", "elbv2", "ModifyTargetGroupAttributes", TargetGroupArn=arn, Attributes=[{"Key": "stickiness.enabled", "Value": "true"}])
        for operation in ("RegisterTargets", "DeregisterTargets"):
            self.refused("TargetGroupNotFound", "elbv2", operation, TargetGroupArn=arn, Targets=[{"Id": "10.0.0.9", "Port": 80}])
        self.refused("LoadBalancerNotFound", "elbv2", "DescribeListeners", LoadBalancerArn=arn)

    def iam(self):
        call = self.call
        self.assertEqual([role["RoleName"] for role in call("iam", "ListRoles")["Roles"]], ["Operator"])
        document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "ecs:*", "Resource": "*", "Condition": {"StringLike": {"aws:PrincipalTag/a": ["b&c<d> é"]}}}]}
        call("iam", "PutRolePolicy", RoleName="Operator", PolicyName="p", PolicyDocument=json.dumps(document))
        self.assertEqual(call("iam", "GetRolePolicy", RoleName="Operator", PolicyName="p")["PolicyDocument"], document)
        self.assertEqual(call("iam", "ListRolePolicies", RoleName="Operator")["PolicyNames"], ["p"])
        call("iam", "DeleteRolePolicy", RoleName="Operator", PolicyName="p")
        self.assertEqual(call("iam", "GetRole", RoleName="Operator")["Role"]["AssumeRolePolicyDocument"]["Version"], "2012-10-17")
        self.assertEqual([policy["PolicyName"] for policy in call("iam", "ListAttachedRolePolicies", RoleName="Operator")["AttachedPolicies"]],
                         ["AdministratorAccess"])
        arn = "arn:aws:iam::111122223333:policy/none"
        self.refused("NoSuchEntity", "iam", "GetPolicy", PolicyArn=arn)
        self.refused("NoSuchEntity", "iam", "GetPolicyVersion", PolicyArn=arn, VersionId="v1")
        self.refused("NoSuchEntity", "iam", "ListEntitiesForPolicy", PolicyArn=arn)
        self.refused("NoSuchEntity", "iam", "ListPolicyVersions", PolicyArn=arn)
        self.refused("NoSuchEntity", "iam", "CreatePolicyVersion", PolicyArn=arn, PolicyDocument=json.dumps(document))
        for operation in ("SetDefaultPolicyVersion", "DeletePolicyVersion"):
            self.refused("NoSuchEntity", "iam", operation, PolicyArn=arn, VersionId="v2")
        for operation in ("GetUser", "ListUserPolicies", "ListAttachedUserPolicies", "ListGroupsForUser"):
            self.refused("NoSuchEntity", "iam", operation, UserName="none")
        self.refused("NoSuchEntity", "iam", "GetUserPolicy", UserName="none", PolicyName="p")
        for operation in ("ListGroupPolicies", "ListAttachedGroupPolicies"):
            self.refused("NoSuchEntity", "iam", operation, GroupName="none")
        self.refused("NoSuchEntity", "iam", "GetGroupPolicy", GroupName="none", PolicyName="p")
        linked = call("iam", "CreateServiceLinkedRole", AWSServiceName="ecs.amazonaws.com")["Role"]
        self.assertEqual((linked["RoleName"], linked["Path"]), ("AWSServiceRoleForECS", "/aws-service-role/ecs.amazonaws.com/"))
        self.refused("InvalidInput", "iam", "CreateServiceLinkedRole", AWSServiceName="ecs.amazonaws.com")
        self.refused("UnmodifiableEntity", "iam", "DeleteRolePolicy", RoleName="AWSServiceRoleForECS", PolicyName="p")
        self.refused("MalformedPolicyDocument", "iam", "PutRolePolicy", RoleName="Operator", PolicyName="p", PolicyDocument="{")
        self.assertEqual(self.refused("NoSuchEntity", "iam", "GetRole", RoleName="none")["ResponseMetadata"]["HTTPStatusCode"], 404)

    def sts(self):
        call = self.call
        self.assertEqual(call("sts", "GetCallerIdentity")["Account"], "111122223333")
        role = "arn:aws:iam::111122223333:role/Operator"
        until = call("sts", "AssumeRole", RoleArn=role, RoleSessionName="session")["Credentials"]["Expiration"]
        self.assertGreater(until, datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=50))
        call("sts", "AssumeRoleWithWebIdentity", RoleArn=role, RoleSessionName="session", WebIdentityToken="header.payload.signature")
        self.refused("AccessDenied", "sts", "AssumeRole", RoleArn=role + "X", RoleSessionName="session")
        self.refused("InvalidAuthorizationMessageException", "sts", "DecodeAuthorizationMessage", EncodedMessage="zz")

    def organizations(self):
        call = self.call
        call("organizations", "DescribeOrganization", region="us-east-1")
        root = call("organizations", "ListRoots", region="us-east-1")["Roots"][0]["Id"]
        self.assertEqual(call("organizations", "ListParents", region="us-east-1", ChildId="111122223333")["Parents"][0]["Id"], root)
        self.assertEqual(call("organizations", "ListOrganizationalUnitsForParent", region="us-east-1", ParentId=root)["OrganizationalUnits"], [])
        accounts = call("organizations", "ListAccountsForParent", region="us-east-1", ParentId=root)["Accounts"]
        self.assertIn("111122223333", [account["Id"] for account in accounts])
        self.refused("OrganizationalUnitNotFoundException", "organizations", "DescribeOrganizationalUnit", region="us-east-1",
                     OrganizationalUnitId="ou-lab1-00000000")
        policies = call("organizations", "ListPolicies", region="us-east-1", Filter="SERVICE_CONTROL_POLICY")["Policies"]
        self.assertEqual(policies, call("organizations", "ListPoliciesForTarget", region="us-east-1", TargetId=root, Filter="SERVICE_CONTROL_POLICY")["Policies"])
        content = call("organizations", "DescribePolicy", region="us-east-1", PolicyId=policies[0]["Id"])["Policy"]["Content"]
        self.assertEqual(json.loads(content)["Statement"][0]["Effect"], "Allow")
        targets = call("organizations", "ListTargetsForPolicy", region="us-east-1", PolicyId=policies[0]["Id"])["Targets"]
        self.assertEqual({target["Type"] for target in targets}, {"ROOT", "ACCOUNT"})
        self.refused("PolicyNotFoundException", "organizations", "DescribePolicy", region="us-east-1", PolicyId="p-nothing01")
        self.refused("PolicyNotFoundException", "organizations", "UpdatePolicy", region="us-east-1", PolicyId="p-nothing01", Content=content)
        self.refused("InvalidInputException", "organizations", "UpdatePolicy", region="us-east-1", PolicyId=policies[0]["Id"], Content=content)

    def ecr(self):
        self.assertEqual(self.call("ecr", "DescribeRepositories")["repositories"], [])
        for operation, more in (("DescribeImages", {}), ("BatchGetImage", {"imageIds": [{"imageTag": "1"}]}), ("GetLifecyclePolicy", {}), ("GetRepositoryPolicy", {}),
                                ("DeleteRepositoryPolicy", {}), ("SetRepositoryPolicy", {"policyText": "{}"}), ("DeleteLifecyclePolicy", {}), ("PutLifecyclePolicy", {"lifecyclePolicyText": " " * 100})):
            self.refused("RepositoryNotFoundException", "ecr", operation, repositoryName="none", **more)

    def logs(self):
        call = self.call
        call("logs", "CreateLogGroup", logGroupName="/ecs/web")
        self.refused("ResourceAlreadyExistsException", "logs", "CreateLogGroup", logGroupName="/ecs/web")
        self.assertEqual([group["logGroupName"] for group in call("logs", "DescribeLogGroups", logGroupNamePrefix="/ecs/")["logGroups"]], ["/ecs/web"])
        call("logs", "DeleteLogGroup", logGroupName="/ecs/web")
        self.refused("ResourceNotFoundException", "logs", "DeleteLogGroup", logGroupName="/ecs/web")
        for operation, more in (("DescribeLogStreams", {}), ("GetLogEvents", {"logStreamName": "s"}), ("FilterLogEvents", {})):
            self.refused("ResourceNotFoundException", "logs", operation, logGroupName="none", **more)

    def trail(self):
        call = self.call
        attribute = [{"AttributeKey": "EventName", "AttributeValue": "CreateCluster"}]
        event = call("cloudtrail", "LookupEvents", LookupAttributes=attribute)["Events"][0]
        record = json.loads(event["CloudTrailEvent"])
        self.assertEqual((record["eventSource"], record["requestParameters"]["clusterName"], record["readOnly"]), ("ecs.amazonaws.com", "prod", False))
        self.assertEqual(record["userIdentity"]["sessionContext"]["sessionIssuer"]["userName"], "Operator")
        call("cloudtrail", "DescribeTrails")
        time.sleep(1.1)  # two a second
        self.refused("InvalidLookupAttributesException", "cloudtrail", "LookupEvents", LookupAttributes=attribute * 2)
        client = self.lab.client("cloudtrail")

        def code_of(_):
            try:
                client.lookup_events(MaxResults=1)
            except ClientError as error:
                return error.response["Error"]["Code"]
            return "answered"
        with concurrent.futures.ThreadPoolExecutor(10) as pool:
            codes = list(pool.map(code_of, range(10)))
        self.assertEqual(set(codes), {"ThrottlingException", "answered"})

    def health(self):
        call = self.call
        self.assertEqual(call("health", "DescribeEvents", region="us-east-1", filter={"services": ["ECS"], "startTimes": [{"from": datetime.datetime(2026, 1, 1)}]})["events"], [])
        arn = "arn:aws:health:eu-west-1::event/ECS/AWS_ECS_OPERATIONAL_ISSUE/none"
        self.assertEqual(len(call("health", "DescribeEventDetails", region="us-east-1", eventArns=[arn])["failedSet"]), 1)
        call("health", "DescribeAffectedEntities", region="us-east-1", filter={"eventArns": [arn]})

    def quotas(self):
        call = self.call
        quota = call("service-quotas", "GetServiceQuota", ServiceCode="fargate", QuotaCode="L-3032A538")["Quota"]
        self.assertEqual((quota["QuotaName"], quota["UsageMetric"]["MetricNamespace"]), ("Fargate On-Demand vCPU resource count", "AWS/Usage"))
        self.assertEqual(len(call("service-quotas", "ListServiceQuotas", ServiceCode="fargate")["Quotas"]), 2)
        call("service-quotas", "ListAWSDefaultServiceQuotas", ServiceCode="ecs")
        asked = dict(ServiceCode="fargate", QuotaCode="L-3032A538")
        call("service-quotas", "RequestServiceQuotaIncrease", DesiredValue=20, **asked)
        self.refused("ResourceAlreadyExistsException", "service-quotas", "RequestServiceQuotaIncrease", DesiredValue=30, **asked)
        for operation, more in (("ListRequestedServiceQuotaChangeHistory", {}), ("ListRequestedServiceQuotaChangeHistoryByQuota", asked)):
            self.assertEqual(call("service-quotas", operation, **more)["RequestedQuotas"][0]["DesiredValue"], 20)
        self.refused("NoSuchResourceException", "service-quotas", "GetServiceQuota", ServiceCode="fargate", QuotaCode="L-00000000")

    def cloudwatch(self):
        call = self.call
        dimensions = [{"Name": "Service", "Value": "web"}]
        # What lies behind the lab's clock is sure to be in the past of any query.
        now = datetime.datetime.now(datetime.timezone.utc).replace(second=0, microsecond=0)
        datum = {"MetricName": "Errors", "Dimensions": dimensions, "Value": 7, "Unit": "Count", "Timestamp": now - datetime.timedelta(minutes=30)}
        call("cloudwatch", "PutMetricData", Namespace="Lab", MetricData=[datum, {**datum, "Value": 3}])
        self.assertEqual(len(call("cloudwatch", "ListMetrics", Namespace="Lab")["Metrics"]), 1)
        span = dict(StartTime=now - datetime.timedelta(hours=1), EndTime=now)
        point = call("cloudwatch", "GetMetricStatistics", Namespace="Lab", MetricName="Errors", Dimensions=dimensions, Period=60, Statistics=["Sum", "Average"], **span)["Datapoints"][0]
        self.assertEqual((point["Sum"], point["Average"]), (10, 5))
        queries = [{"Id": "m1", "MetricStat": {"Metric": {"Namespace": "Lab", "MetricName": "Errors", "Dimensions": dimensions}, "Period": 60, "Stat": "Maximum"}, "ReturnData": False},
                   {"Id": "e1", "Expression": "(m1 + 1) * 10", "Label": "scaled"}]
        result = call("cloudwatch", "GetMetricData", MetricDataQueries=queries, **span)["MetricDataResults"]
        self.assertEqual([(one["Id"], one["Values"]) for one in result], [("e1", [80.0])])
        call("cloudwatch", "PutMetricAlarm", AlarmName="vcpu", EvaluationPeriods=1, ComparisonOperator="GreaterThanThreshold", Threshold=80, Metrics=[
            {"Id": "m1", "ReturnData": False, "MetricStat": {"Period": 300, "Stat": "Maximum", "Metric": {"Namespace": "AWS/Usage", "MetricName": "ResourceCount", "Dimensions": [
                {"Name": "Service", "Value": "Fargate"}, {"Name": "Resource", "Value": "vCPU"}, {"Name": "Type", "Value": "Resource"}, {"Name": "Class", "Value": "Standard/OnDemand"}]}}},
            {"Id": "e1", "Expression": "m1/SERVICE_QUOTA(m1)*100"}])
        self.assertEqual([alarm["AlarmName"] for alarm in call("cloudwatch", "DescribeAlarms")["MetricAlarms"]], ["vcpu"])
        call("cloudwatch", "DeleteAlarms", AlarmNames=["vcpu"])
        self.refused("ResourceNotFound", "cloudwatch", "DeleteAlarms", AlarmNames=["vcpu"])

    def events_and_queues(self):
        call = self.call
        url = call("sqs", "CreateQueue", QueueName="events", Attributes={"VisibilityTimeout": "4"})["QueueUrl"]
        self.assertEqual(call("sqs", "GetQueueUrl", QueueName="events")["QueueUrl"], url)
        self.assertEqual(call("sqs", "ListQueues")["QueueUrls"], [url])
        arn = call("sqs", "GetQueueAttributes", QueueUrl=url, AttributeNames=["All"])["Attributes"]["QueueArn"]
        call("events", "PutRule", Name="orders", EventPattern=json.dumps({"source": ["shop"], "detail": {"total": [{"numeric": [">", 10]}]}}))
        call("events", "PutTargets", Rule="orders", Targets=[{"Id": "q", "Arn": arn}])
        self.assertEqual(call("events", "DescribeRule", Name="orders")["State"], "ENABLED")
        self.assertEqual([rule["Name"] for rule in call("events", "ListRules", NamePrefix="ord")["Rules"]], ["orders"])
        self.assertEqual(len(call("events", "ListTargetsByRule", Rule="orders")["Targets"]), 1)
        put = call("events", "PutEvents", Entries=[{"Source": "shop", "DetailType": "Order", "Detail": json.dumps({"total": total})} for total in (5, 50)])
        self.assertEqual(put["FailedEntryCount"], 0)
        message = call("sqs", "ReceiveMessage", QueueUrl=url, WaitTimeSeconds=2, MaxNumberOfMessages=10, AttributeNames=["All"])["Messages"]
        self.assertEqual([json.loads(one["Body"])["detail"] for one in message], [{"total": 50}])
        self.assertNotIn("Messages", call("sqs", "ReceiveMessage", QueueUrl=url))  # hidden for four seconds
        again = call("sqs", "ReceiveMessage", QueueUrl=url, WaitTimeSeconds=8, AttributeNames=["ApproximateReceiveCount"])["Messages"]
        self.assertEqual(again[0]["Attributes"]["ApproximateReceiveCount"], "2")
        call("sqs", "DeleteMessage", QueueUrl=url, ReceiptHandle=again[0]["ReceiptHandle"])
        attributes = {"kind": {"DataType": "String", "StringValue": "test"}, "size": {"DataType": "Number", "StringValue": "3"}}
        call("sqs", "SendMessage", QueueUrl=url, MessageBody="a <b> & \"c\"\nd", MessageAttributes=attributes)
        message = call("sqs", "ReceiveMessage", QueueUrl=url, MessageAttributeNames=["All"])["Messages"][0]  # botocore checks the MD5s
        self.assertEqual((message["Body"], message["MessageAttributes"]), ("a <b> & \"c\"\nd", attributes))
        call("sqs", "PurgeQueue", QueueUrl=url)
        self.refused("ValidationException", "events", "DeleteRule", Name="orders")
        call("events", "RemoveTargets", Rule="orders", Ids=["q"])
        call("events", "DeleteRule", Name="orders")
        self.refused("ResourceNotFoundException", "events", "DescribeRule", Name="orders")
        self.refused("InvalidEventPatternException", "events", "PutRule", Name="bad", EventPattern="{\"source\": \"shop\"}")
        self.refused("AWS.SimpleQueueService.NonExistentQueue", "sqs", "GetQueueUrl", QueueName="none")

    def others(self):
        call = self.call
        call("config", "DescribeConfigurationRecorderStatus")
        self.refused("ResourceNotDiscoveredException", "config", "GetResourceConfigHistory", resourceType="AWS::ECS::Service", resourceId="web")
        call("application-autoscaling", "DescribeScalableTargets", ServiceNamespace="ecs")
        call("application-autoscaling", "DescribeScalingActivities", ServiceNamespace="ecs")
        mapped = call("resourcegroupstaggingapi", "GetResources", ResourceTypeFilters=["ec2:vpc"])["ResourceTagMappingList"]
        self.assertEqual(mapped[0]["Tags"], [{"Key": "Name", "Value": "empty"}])
        self.refused("NotFoundException", "kms", "DescribeKey", KeyId="none")
        self.refused("NoSuchBucket", "s3", "GetObject", Bucket="none", Key="a/b")
        bad = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*"}]})
        found = call("accessanalyzer", "ValidatePolicy", policyDocument=bad, policyType="IDENTITY_POLICY")["findings"]
        self.assertIn("PASS_ROLE_WITH_STAR_IN_RESOURCE", [finding["issueCode"] for finding in found])
        job = call("accessanalyzer", "StartPolicyGeneration", policyGenerationDetails={"principalArn": "arn:aws:iam::111122223333:role/Operator"})["jobId"]
        self.assertEqual(call("accessanalyzer", "GetGeneratedPolicy", jobId=job)["jobDetails"]["jobId"], job)
        self.refused("ValidationException", "accessanalyzer", "GetGeneratedPolicy", jobId="none")
        self.refused("NotFoundException", "kms", "GetKeyPolicy", KeyId="none", PolicyName="default")
        self.refused("NotFoundException", "kms", "PutKeyPolicy", KeyId="none", PolicyName="default", Policy="{}")
        for operation, more in (("DescribeSecret", {}), ("GetResourcePolicy", {}), ("DeleteResourcePolicy", {}), ("PutResourcePolicy", {"ResourcePolicy": "{}"})):
            self.refused("ResourceNotFoundException", "secretsmanager", operation, SecretId="none", **more)

    def test_pages_are_whole_and_tokens_belong_to_their_request(self):
        for number in range(12):
            self.call("ecs", "CreateCluster", clusterName=f"page-{number}")
        ecs = self.lab.client("ecs")
        pages = list(ecs.get_paginator("list_clusters").paginate(PaginationConfig={"PageSize": 5}))
        arns = [arn for page in pages for arn in page["clusterArns"]]
        self.assertGreaterEqual(len(pages), 3)
        self.assertEqual(len(arns), len(set(arns)))
        ec2 = self.lab.client("ec2")
        for number in range(20, 40):
            ec2.create_subnet(VpcId=self.vpc, CidrBlock=f"10.0.{number}.0/28")
        subnets = ec2.get_paginator("describe_subnets").paginate(PaginationConfig={"PageSize": 7}).build_full_result()["Subnets"]
        self.assertEqual(len(subnets), 24)
        self.assertEqual(len({subnet["SubnetId"] for subnet in subnets}), 24)
        token = ec2.describe_subnets(MaxResults=5)["NextToken"]
        self.refused("InvalidPaginationToken", "ec2", "DescribeVpcs", NextToken=token, MaxResults=5)

    def test_the_cli_itself_works_in_every_protocol(self):
        commands = {
            ("sts", "get-caller-identity"): lambda out: out["Account"] == "111122223333",
            ("ec2", "describe-subnets", "--page-size", "5", "--max-items", "8"): lambda out: len(out["Subnets"]) == 8 or "NextToken" not in out,
            ("ec2", "describe-vpcs"): lambda out: len(out["Vpcs"]) == 1,
            ("ec2", "describe-security-groups"): lambda out: out["SecurityGroups"][0]["GroupName"] == "default",
            ("iam", "list-roles", "--page-size", "1"): lambda out: "Operator" in [role["RoleName"] for role in out["Roles"]],
            ("ecs", "list-clusters", "--max-items", "1"): lambda out: len(out["clusterArns"]) <= 1,
            ("elbv2", "describe-target-groups"): lambda out: out["TargetGroups"] == [],
            ("organizations", "list-policies", "--filter", "SERVICE_CONTROL_POLICY"): lambda out: out["Policies"][0]["AwsManaged"],
            ("ecr", "describe-repositories"): lambda out: out["repositories"] == [],
            ("cloudwatch", "describe-alarms"): lambda out: out["MetricAlarms"] == [],
            ("service-quotas", "list-service-quotas", "--service-code", "fargate"): lambda out: len(out["Quotas"]) == 2,
            ("health", "describe-events", "--region", "us-east-1"): lambda out: out["events"] == [],
            ("events", "list-rules"): lambda out: isinstance(out["Rules"], list),
            ("sqs", "create-queue", "--queue-name", "cli"): lambda out: out["QueueUrl"].endswith("/111122223333/cli"),
            ("logs", "describe-log-groups"): lambda out: isinstance(out["logGroups"], list),
            ("cloudtrail", "lookup-events", "--max-items", "2"): lambda out: len(out["Events"]) <= 2,
        }
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            for (words, good), done in zip(commands.items(), pool.map(lambda words: self.lab.cli(*words), commands)):
                with self.subTest(" ".join(words)):
                    self.assertEqual((done.returncode, done.stderr), (0, ""))
                    self.assertTrue(good(json.loads(done.stdout)), done.stdout)

    def test_the_cli_shows_awss_errors(self):
        cases = {
            ("ec2", "describe-subnets", "--subnet-ids", "subnet-none"): ("InvalidSubnetID.NotFound", {}),
            ("iam", "get-role", "--role-name", "none"): ("NoSuchEntity", {}),
            ("ecs", "list-tasks", "--cluster", "none"): ("ClusterNotFoundException", {}),
            ("ecs", "list-clusters"): ("ExpiredTokenException", {"AWS_ACCESS_KEY_ID": "AKIAEXPIRED000000001"}),
            ("sts", "get-caller-identity"): ("ExpiredToken", {"AWS_SESSION_TOKEN": "expired"}),
            ("ecs", "list-services", "--region", "mars-north-1"): ("UnrecognizedClientException", {}),
            ("eks", "list-clusters"): ("", {}),
        }
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            runs = pool.map(lambda item: self.lab.cli(*item[0], **item[1][1]), cases.items())
            for (words, (code, _)), done in zip(cases.items(), runs):
                with self.subTest(" ".join(words)):
                    self.assertEqual(done.returncode, 254)
                    self.assertIn(code, done.stderr)

    def test_unknown_operations_and_unsigned_requests_are_refused_as_aws_does(self):
        def post(body, **headers):
            request = urllib.request.Request(self.lab.url + "/", data=body.encode(), headers={key.replace("_", "-"): value for key, value in headers.items()})
            try:
                return urllib.request.urlopen(request, timeout=5).status, ""
            except urllib.error.HTTPError as error:
                return error.code, error.read().decode()
        target = "AmazonEC2ContainerServiceV20141113.ListClusters"
        status, body = post("{}", X_Amz_Target=target, Content_Type="application/x-amz-json-1.1")
        self.assertEqual((status, json.loads(body)["__type"]), (400, "MissingAuthenticationTokenException"))
        status, body = post("Action=DescribeVpcs&Version=2016-11-15", Content_Type="application/x-www-form-urlencoded")
        self.assertEqual(status, 403)
        self.assertIn("<Response><Errors><Error><Code>MissingAuthenticationToken", body)
        status, body = post("{}", X_Amz_Target=target, Content_Type="application/x-amz-json-1.1", Authorization="AWS4-HMAC-SHA256 Credential=x")
        self.assertEqual(json.loads(body)["__type"], "IncompleteSignatureException")
        with self.assertRaises(ClientError) as caught:
            self.lab.client("ecs").discover_poll_endpoint()
        self.assertEqual(caught.exception.response["Error"]["Code"], "UnknownOperationException")
        with self.assertRaises(ClientError) as caught:
            self.lab.client("ec2").describe_key_pairs()
        self.assertEqual(caught.exception.response["Error"]["Code"], "InvalidAction")


Done = collections.namedtuple("Done", "returncode stdout stderr")


class ChangesTest(unittest.TestCase):
    """What a plan changes, by the stock CLI in a town that lives: each change and its way back."""

    @classmethod
    def setUpClass(cls):
        cls.lab = Lab("--scenario", "eni-denied-by-scp", "--speed", "1")
        cls.loop = subprocess.Popen(["/usr/bin/python3", os.path.join(HERE, "cli_loop.py")], env=cls.lab.environment(), text=True,
                                    stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    @classmethod
    def tearDownClass(cls):
        cls.loop.stdin.close()
        cls.loop.wait(timeout=10)
        cls.loop.stdout.close()
        cls.lab.stop()

    def run_cli(self, *words):
        print(json.dumps(["--endpoint-url", self.lab.url, *words]), file=self.loop.stdin, flush=True)
        return Done(**json.loads(self.loop.stdout.readline()))

    def cli(self, *words):
        done = self.run_cli(*words)
        self.assertEqual((done.returncode, done.stderr), (0, ""), words)
        return json.loads(done.stdout) if done.stdout.strip() else {}

    def test_every_change_of_a_plan_and_its_way_back(self):
        for chain in (self.routes, self.subnets, self.attributes, self.endpoints, self.policies, self.organization, self.cluster, self.images_and_logs,
                      self.alarms_and_rules, self.targets_and_quotas):
            with self.subTest(chain.__name__):
                chain()
        trail = self.lab.client("cloudtrail").get_paginator("lookup_events").paginate(
            LookupAttributes=[{"AttributeKey": "ReadOnly", "AttributeValue": "false"}], PaginationConfig={"MaxItems": 200})
        names = set()
        for page in trail:
            names |= {event["EventName"] for event in page["Events"]}
            time.sleep(0.6)  # two a second
        for name in ("ReplaceRoute", "AssociateRouteTable", "DeleteSubnet", "ModifyVpcAttribute", "CreateVpcEndpoint", "UpdateClusterSettings",
                     "PutLifecyclePolicy", "DeleteLogGroup", "PutMetricAlarm", "ModifyTargetGroupAttributes"):
            self.assertIn(name, names)

    def private_table(self):
        tables = self.lab.client("ec2").describe_route_tables(Filters=[{"Name": "route.nat-gateway-id", "Values": ["nat-*"]}])["RouteTables"]
        return tables[0]

    def routes(self):
        table = self.private_table()
        way = next(route for route in table["Routes"] if "NatGatewayId" in route)
        here = ("--route-table-id", table["RouteTableId"], "--destination-cidr-block", "192.0.2.0/24")
        self.cli("ec2", "create-route", *here, "--nat-gateway-id", way["NatGatewayId"])
        self.cli("ec2", "replace-route", *here, "--nat-gateway-id", way["NatGatewayId"])
        self.cli("ec2", "delete-route", *here)
        gateway = self.cli("ec2", "create-internet-gateway")["InternetGateway"]["InternetGatewayId"]
        refused = self.run_cli("ec2", "attach-internet-gateway", "--internet-gateway-id", gateway, "--vpc-id", table["VpcId"])
        self.assertIn("already has an internet gateway attached", refused.stderr)
        self.cli("ec2", "delete-internet-gateway", "--internet-gateway-id", gateway)

    def subnets(self):
        table = self.private_table()
        subnet = self.cli("ec2", "create-subnet", "--vpc-id", table["VpcId"], "--cidr-block", "10.20.220.0/24")["Subnet"]["SubnetId"]
        association = self.cli("ec2", "associate-route-table", "--route-table-id", table["RouteTableId"], "--subnet-id", subnet)["AssociationId"]
        self.cli("ec2", "disassociate-route-table", "--association-id", association)
        self.cli("ec2", "delete-subnet", "--subnet-id", subnet)
        used = next(one["SubnetId"] for one in table["Associations"] if "SubnetId" in one)
        self.assertIn("(DependencyViolation)", self.run_cli("ec2", "delete-subnet", "--subnet-id", used).stderr)
        interfaces = self.lab.client("ec2").describe_network_interfaces(Filters=[{"Name": "subnet-id", "Values": [used]}])["NetworkInterfaces"]
        refused = self.run_cli("ec2", "delete-network-interface", "--network-interface-id", interfaces[0]["NetworkInterfaceId"])
        self.assertIn("is currently in use", refused.stderr)

    def attributes(self):
        vpc = self.private_table()["VpcId"]
        for word in ("--no-enable-dns-hostnames", "--enable-dns-hostnames"):
            self.cli("ec2", "modify-vpc-attribute", "--vpc-id", vpc, word)
        self.assertTrue(self.cli("ec2", "describe-vpc-attribute", "--vpc-id", vpc, "--attribute", "enableDnsHostnames")["EnableDnsHostnames"]["Value"])

    def endpoints(self):
        table = self.private_table()
        made = self.cli("ec2", "create-vpc-endpoint", "--vpc-id", table["VpcId"], "--service-name", f"com.amazonaws.{REGION}.dynamodb",
                        "--route-table-ids", table["RouteTableId"], "--client-token", "token-1")["VpcEndpoint"]["VpcEndpointId"]
        again = self.cli("ec2", "create-vpc-endpoint", "--vpc-id", table["VpcId"], "--service-name", f"com.amazonaws.{REGION}.dynamodb",
                         "--route-table-ids", table["RouteTableId"], "--client-token", "token-1")["VpcEndpoint"]["VpcEndpointId"]
        self.assertEqual(made, again)
        self.cli("ec2", "modify-vpc-endpoint", "--vpc-endpoint-id", made, "--remove-route-table-ids", table["RouteTableId"])
        self.assertEqual(self.cli("ec2", "delete-vpc-endpoints", "--vpc-endpoint-ids", made)["Unsuccessful"], [])

    def policies(self):
        document = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]})
        arn = self.cli("iam", "create-policy", "--policy-name", "limits", "--policy-document", document)["Policy"]["Arn"]
        version = self.cli("iam", "create-policy-version", "--policy-arn", arn, "--policy-document", document, "--set-as-default")["PolicyVersion"]
        self.assertEqual((version["VersionId"], version["IsDefaultVersion"]), ("v2", True))
        self.cli("iam", "set-default-policy-version", "--policy-arn", arn, "--version-id", "v1")
        versions = self.cli("iam", "list-policy-versions", "--policy-arn", arn)["Versions"]
        self.assertEqual([(one["VersionId"], one["IsDefaultVersion"]) for one in versions], [("v2", False), ("v1", True)])
        self.cli("iam", "put-role-permissions-boundary", "--role-name", "web-task", "--permissions-boundary", arn)
        self.cli("iam", "delete-role-permissions-boundary", "--role-name", "web-task")
        self.cli("iam", "delete-policy-version", "--policy-arn", arn, "--version-id", "v2")
        self.cli("iam", "delete-policy", "--policy-arn", arn)
        self.assertIn("has been taken in this account", self.run_cli("iam", "create-service-linked-role", "--aws-service-name", "ecs.amazonaws.com").stderr)

    def organization(self):
        policy = next(one for one in self.cli("organizations", "list-policies", "--filter", "SERVICE_CONTROL_POLICY")["Policies"] if not one["AwsManaged"])
        content = self.cli("organizations", "describe-policy", "--policy-id", policy["Id"])["Policy"]["Content"]
        narrow = json.loads(content)
        narrow["Statement"][0]["Condition"] = {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/app"}}
        self.cli("organizations", "update-policy", "--policy-id", policy["Id"], "--content", json.dumps(narrow))
        back = self.cli("organizations", "update-policy", "--policy-id", policy["Id"], "--content", content)["Policy"]
        self.assertEqual(json.loads(back["Content"]), json.loads(content))

    def cluster(self):
        for value in ("disabled", "enabled"):
            self.cli("ecs", "update-cluster-settings", "--cluster", "prod", "--settings", f"name=containerInsights,value={value}")
        self.assertEqual(self.cli("ecs", "describe-clusters", "--clusters", "prod", "--include", "SETTINGS")["clusters"][0]["settings"],
                         [{"name": "containerInsights", "value": "enabled"}])

    def images_and_logs(self):
        rule = {"rulePriority": 1, "description": "Untagged images go after 14 days", "action": {"type": "expire"},
                "selection": {"tagStatus": "untagged", "countType": "sinceImagePushed", "countUnit": "days", "countNumber": 14}}
        repository = self.lab.client("ecr").describe_repositories()["repositories"][0]["repositoryName"]
        self.cli("ecr", "put-lifecycle-policy", "--repository-name", repository, "--lifecycle-policy-text", json.dumps({"rules": [rule]}))
        self.assertEqual(json.loads(self.cli("ecr", "get-lifecycle-policy", "--repository-name", repository)["lifecyclePolicyText"]), {"rules": [rule]})
        self.cli("ecr", "delete-lifecycle-policy", "--repository-name", repository)
        self.cli("logs", "create-log-group", "--log-group-name", "/ecs/new")
        self.cli("logs", "delete-log-group", "--log-group-name", "/ecs/new")

    def alarms_and_rules(self):
        self.cli("cloudwatch", "put-metric-alarm", "--alarm-name", "vcpu", "--namespace", "AWS/Usage", "--metric-name", "ResourceCount", "--statistic", "Maximum",
                 "--period", "300", "--evaluation-periods", "1", "--threshold", "80", "--comparison-operator", "GreaterThanThreshold")
        self.cli("cloudwatch", "delete-alarms", "--alarm-names", "vcpu")
        self.cli("events", "put-rule", "--name", "health", "--event-pattern", '{"source": ["aws.health"]}')
        self.cli("events", "put-targets", "--rule", "health", "--targets", f"Id=1,Arn=arn:aws:sqs:{REGION}:111122223333:q")
        self.cli("events", "remove-targets", "--rule", "health", "--ids", "1")
        self.cli("events", "delete-rule", "--name", "health")

    def targets_and_quotas(self):
        group = self.lab.client("elbv2").describe_target_groups()["TargetGroups"][0]["TargetGroupArn"]
        for seconds in ("17", "60"):
            set_to = self.cli("elbv2", "modify-target-group-attributes", "--target-group-arn", group, "--attributes",
                              f"Key=deregistration_delay.timeout_seconds,Value={seconds}")["Attributes"]
            self.assertIn({"Key": "deregistration_delay.timeout_seconds", "Value": seconds}, set_to)
        quota = ("--service-code", "fargate", "--quota-code", "L-3032A538")
        self.cli("service-quotas", "request-service-quota-increase", *quota, "--desired-value", "900")
        asked = self.cli("service-quotas", "list-requested-service-quota-change-history-by-quota", *quota)["RequestedQuotas"]
        self.assertEqual([one["DesiredValue"] for one in asked], [900.0])


class FaultsTest(unittest.TestCase):
    def with_lab(self, *flags):
        lab = Lab(*flags)
        self.addCleanup(lab.stop)
        return lab

    def test_refused_actions_are_worded_as_aws_words_them(self):
        lab = self.with_lab("--refuse", "ecs:List*", "--refuse", "ec2:DescribeSubnets", "--refuse", "iam:GetRole")
        expected = {("ecs", "list_clusters"): "AccessDeniedException", ("ec2", "describe_subnets"): "UnauthorizedOperation", ("iam", "get_role"): "AccessDenied"}
        for (service, operation), code in expected.items():
            arguments = {"RoleName": "Operator"} if service == "iam" else {}
            with self.assertRaises(ClientError) as caught:
                getattr(lab.client(service), operation)(**arguments)
            error = caught.exception.response["Error"]
            self.assertEqual(error["Code"], code)
            self.assertIn("because no identity-based policy allows the " + service + ":", error["Message"])
        encoded = lab_message(lab)
        decoded = json.loads(lab.client("sts").decode_authorization_message(EncodedMessage=encoded)["DecodedMessage"])
        self.assertEqual(decoded["context"]["action"], "ec2:DescribeSubnets")
        lab.client("ec2").describe_vpcs()

    def test_iam_in_force_refuses_the_stock_cli_in_awss_words(self):
        lab = self.with_lab("--enforce-iam", "yes")
        def cli(*words, **more):
            done = lab.cli(*words, **more)
            return done.returncode, done.stdout, done.stderr
        def put(role, name, *statements):
            document = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
            self.assertEqual(cli("iam", "put-role-policy", "--role-name", role, "--policy-name", name, "--policy-document", document)[0], 0)
        self.assertEqual(cli("ecs", "create-cluster", "--cluster-name", "prod")[0], 0)
        put("Operator", "fence", {"Sid": "KeepProd", "Effect": "Deny", "Action": "ecs:DeleteCluster", "Resource": "arn:aws:ecs:*:*:cluster/prod"},
            {"Sid": "NoVpcs", "Effect": "Deny", "Action": "ec2:DescribeVpcs", "Resource": "*"})
        code, _, words = cli("ecs", "delete-cluster", "--cluster", "prod")
        self.assertEqual(code, 254)
        self.assertIn("An error occurred (AccessDeniedException) when calling the DeleteCluster operation: User: arn:aws:sts::111122223333:assumed-role/"
                      "Operator/lab is not authorized to perform: ecs:DeleteCluster on resource: arn:aws:ecs:eu-west-1:111122223333:cluster/prod with an "
                      "explicit deny in an identity-based policy", words)
        code, _, words = cli("ec2", "describe-vpcs")
        self.assertIn("(UnauthorizedOperation)", words)
        encoded = words.split("Encoded authorization failure message: ")[1].strip()
        decoded = json.loads(json.loads(cli("sts", "decode-authorization-message", "--encoded-message", encoded)[1])["DecodedMessage"])
        self.assertEqual((decoded["explicitDeny"], decoded["context"]["action"]), (True, "ec2:DescribeVpcs"))
        self.assertEqual(cli("iam", "delete-role-policy", "--role-name", "Operator", "--policy-name", "fence")[0], 0)
        self.assertEqual(cli("ec2", "describe-vpcs")[0], 0)
        self.assertEqual(cli("ecs", "delete-cluster", "--cluster", "prod")[0], 0)

    def test_iam_in_force_asks_the_trust_policy_and_the_organization(self):
        lab = self.with_lab("--enforce-iam", "yes", "--scenario", "eni-denied-by-scp")
        done = lab.cli("sts", "assume-role", "--role-arn", "arn:aws:iam::111122223333:role/web-task", "--role-session-name", "practice")
        self.assertIn("because no role trust policy allows the sts:AssumeRole action", done.stderr)
        vpc = json.loads(lab.cli("ec2", "describe-vpcs").stdout)["Vpcs"][0]["VpcId"]
        done = lab.cli("ec2", "create-subnet", "--vpc-id", vpc, "--cidr-block", "10.0.250.0/28")
        self.assertIn("with an explicit deny in a service control policy", done.stderr)
        self.assertEqual(lab.cli("ecs", "list-clusters").returncode, 0)

    def test_throttling_has_each_protocols_form(self):
        lab = self.with_lab("--faults", "throttle=100%")
        for service, operation, code in (("ecs", "list_clusters", "ThrottlingException"), ("ec2", "describe_vpcs", "RequestLimitExceeded"), ("iam", "list_roles", "Throttling")):
            with self.assertRaises(ClientError) as caught:
                getattr(lab.client(service), operation)()
            self.assertEqual(caught.exception.response["Error"]["Code"], code)

    def test_resets_and_truncated_answers_reach_the_client_and_retries_get_through(self):
        lab = self.with_lab("--faults", "reset=100%")
        with self.assertRaises(botocore.exceptions.ConnectionClosedError):
            lab.client("ecs").list_clusters()
        lab = self.with_lab("--faults", "truncate=100%")
        with self.assertRaises((botocore.exceptions.IncompleteReadError, botocore.exceptions.ResponseStreamingError, botocore.exceptions.ConnectionClosedError,
                                botocore.exceptions.HTTPClientError, botocore.parsers.ResponseParserError)):
            lab.client("ec2").describe_vpcs()
        lab = self.with_lab("--faults", "throttle=10%,reset=5%,error500=5%", "--seed", "4")
        client = lab.client("ecs", retries=6)
        for _ in range(20):
            self.assertEqual(client.list_clusters()["clusterArns"], [])

    def test_unanswered_requests_time_out_at_the_client(self):
        lab = self.with_lab("--faults", "timeout=100%")
        with self.assertRaises(botocore.exceptions.ReadTimeoutError):
            lab.patience = 2
            lab.client("ecs").list_clusters()

    def test_a_thousand_slow_connections_wait_at_the_same_time(self):
        import socket
        lab = self.with_lab("--latency", "700ms")
        port = int(lab.url.rsplit(":", 1)[1])
        body = b"{}"
        head = (b"POST / HTTP/1.1\r\nHost: lab\r\nContent-Type: application/x-amz-json-1.1\r\nX-Amz-Target: AmazonEC2ContainerServiceV20141113.ListClusters\r\n"
                b"Content-Length: 2\r\n\r\n")
        started = time.monotonic()
        sockets = [socket.create_connection(("127.0.0.1", port), timeout=20) for _ in range(900)]
        for one in sockets:
            one.sendall(head + body)
        for one in sockets:
            self.assertTrue(one.recv(200).startswith(b"HTTP/1.1 400"))  # unsigned, and still slow
            one.close()
        spent = time.monotonic() - started
        self.assertGreater(spent, 0.7)
        self.assertLess(spent, 30)  # one after another they would take ten minutes


def lab_message(lab):
    try:
        lab.client("ec2").describe_subnets()
    except ClientError as error:
        return error.response["Error"]["Message"].rsplit(": ", 1)[1]
    raise AssertionError("describe_subnets was allowed")


if __name__ == "__main__":
    unittest.main(verbosity=1)
