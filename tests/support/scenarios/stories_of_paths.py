"""Stories in which a packet does not get through: routes, gateways, endpoints, security groups, network ACLs.

Each names the one rule that drops it, forth or back.
"""

from scenarios import EXEC, IMAGE, failed_start, scenario
from stories_of_access import harmless_deploy, secret_of, shell_fails

SLOW = "image.pull_timeout_slow_path"


def secret_times_out(w, secret, service="pay", zone="eu-west-1a"):
    failed_start(w, service, zone, "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: "
                 f"unable to retrieve secret from asm: service call has been retried 5 time(s): failed to fetch secret {secret} from secrets manager: "
                 "RequestCanceled: request context canceled caused by: context deadline exceeded", eni_status=None)


def pull_times_out(w, service="web", zone="eu-west-1a"):
    host = f"{w.account}.dkr.ecr.{w.region}.amazonaws.com"
    failed_start(w, service, zone, f"CannotPullContainerError: ref pull has been retried 5 time(s): failed to resolve ref {host}/{service}:1.0: failed to do "
                 f"request: Head \"https://{host}/v2/{service}/manifests/1.0\": dial tcp 52.95.{w.side.randrange(250)}.7:443: i/o timeout", eni_status=None, pull=True)


def layers_time_out(w, service="web", zone="eu-west-1b"):
    bucket = f"prod-{w.region}-starport-layer-bucket.s3.{w.region}.amazonaws.com"
    failed_start(w, service, zone, "CannotPullContainerError: ref pull has been retried 1 time(s): failed to copy: httpReadSeeker: failed open: failed to do "
                 f"request: Get \"https://{bucket}/{w.side_hex(12)}\": dial tcp 3.5.72.{w.side.randrange(250)}:443: i/o timeout", eni_status=None, pull=True)


def stream_times_out(w, service="web", zone="eu-west-1a"):
    failed_start(w, service, zone, "ResourceInitializationError: failed to validate logger args: create stream has been retried 5 times: failed to create "
                 "Cloudwatch log stream: RequestCanceled: request context canceled caused by: context deadline exceeded : exit status 1", eni_status=None)


# ---- secrets --------------------------------------------------------------------------------------------------------

@scenario(None, "stop.secrets_unreachable", seed=150, service="pay", service_name="pay")
def proof_secret_no_nat_and_no_endpoint(w):
    """The tasks' route table has the local route alone; endpoints exist for all but secrets. A harmless deploy just before."""
    w.whole_network()
    w.no_way_out()
    for name in ("ecr.api", "ecr.dkr", "logs"):
        w.endpoint(name)
    secret_times_out(w, secret_of(w))
    harmless_deploy(w, "pay")
    w.proof += [w.private_table, "secretsmanager"]


@scenario(None, "stop.secrets_unreachable", seed=151, service="pay", service_name="pay")
def proof_secret_private_dns_off(w):
    """There is an endpoint, but the name still resolves to the public address, to which nothing leads."""
    w.whole_network()
    w.no_way_out()
    for name in ("ecr.api", "ecr.dkr", "logs"):
        w.endpoint(name)
    vpce = w.endpoint("secretsmanager", private_dns=False)
    secret_times_out(w, secret_of(w))
    w.drop("cloudtrail.lookup-events")
    w.proof += [vpce["VpcEndpointId"], "private DNS"]


@scenario(None, "stop.secrets_unreachable", seed=152, service="pay", service_name="pay")
def proof_secret_endpoint_admits_another_group(w):
    """The endpoint's group refers to the group of the tasks before they were renewed."""
    w.whole_network()
    before = w.security_group("web-tasks-2024")
    group = w.security_group("endpoints", ingress=[(443, before)])
    vpce = w.endpoint("secretsmanager", group=group)
    secret_times_out(w, secret_of(w))
    w.proof += [group, vpce["VpcEndpointId"]]


@scenario(None, "stop.secrets_unreachable", seed=153, service="pay", service_name="pay")
def proof_secret_return_acl_missing(w):
    """Out on 443 is allowed; back in only 443 and 8080 are, and answers come to ephemeral ports."""
    w.whole_network()
    acl = w.own_acl([w.acl_rule(100, "6", True, ports=(443, 443)), w.acl_rule(110, "6", True, ports=(1024, 65535)),
                     w.acl_rule(100, "6", False, ports=(443, 443)), w.acl_rule(110, "6", False, ports=(8080, 8080), cidr="10.0.0.0/16")])
    secret_times_out(w, secret_of(w))
    w.api_call(-90, "DeleteNetworkAclEntry", {"networkAclId": acl, "ruleNumber": 120, "egress": False}, source="ec2.amazonaws.com",
               user=w.user_arn("terraform", "apply-77"))
    w.proof += [acl, "inbound"]


@scenario(None, "stop.secrets_unreachable", seed=154, service="pay", service_name="pay")
def proof_secret_route_to_a_deleted_nat(w):
    """The default route is a blackhole: its NAT gateway was deleted."""
    w.whole_network()
    gone = w.nat
    w.routes[1]["State"] = "blackhole"
    w.nats = []
    secret_times_out(w, secret_of(w))
    w.api_call(-45, "DeleteNatGateway", {"NatGatewayId": gone}, source="ec2.amazonaws.com", user=w.user_arn("finops", "savings"))
    w.proof += [w.private_table, "blackhole", gone]


# ---- images ---------------------------------------------------------------------------------------------------------

@scenario(IMAGE, SLOW, seed=160)
def proof_image_wrong_route_to_an_internet_gateway(w):
    """The default route leads to the internet gateway, and the tasks have no public address."""
    w.whole_network()
    w.routes[1] = {"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": w.igw, "Origin": "CreateRoute", "State": "active"}
    pull_times_out(w)
    w.proof += [w.igw, w.private_table, "public"]


@scenario(IMAGE, SLOW, seed=161)
def proof_image_nat_in_a_private_subnet(w):
    """The NAT gateway stands in a subnet that has no way out itself."""
    w.whole_network()
    w.public_routes.pop()
    pull_times_out(w, zone="eu-west-1c")
    w.drop("health.describe-events")
    w.proof += [w.nat, w.public_table]


@scenario(IMAGE, SLOW, seed=162)
def proof_image_acl_denies_before_it_allows(w):
    """Rule 90 denies HTTPS out, rule 100 would have allowed it."""
    w.whole_network()
    acl = w.own_acl([w.acl_rule(90, "6", True, allow=False, ports=(443, 443)), w.acl_rule(100, "-1", True), w.acl_rule(100, "-1", False)])
    pull_times_out(w)
    harmless_deploy(w, "web")
    w.proof += [acl, "rule 90"]


@scenario(IMAGE, SLOW, seed=163)
def proof_image_no_nat_and_no_endpoint(w):
    """A VPC without any way out; the image is small."""
    w.whole_network()
    w.no_way_out()
    pull_times_out(w)
    w.refuse("cloudtrail.lookup-events", "LookupEvents")
    w.proof += [w.private_table]


@scenario(IMAGE, SLOW, seed=164)
def proof_image_gateway_of_other_tables(w):
    """The gateway endpoint of Amazon S3 serves the public subnets' table, not the tasks'. No NAT."""
    w.whole_network()
    w.no_way_out()
    for name in ("ecr.api", "ecr.dkr", "logs"):
        w.endpoint(name)
    vpce = w.endpoint("s3", kind="Gateway")
    vpce["RouteTableIds"] = [w.public_table]
    layers_time_out(w)
    w.proof += [w.private_table, "s3"]


@scenario(IMAGE, SLOW, seed=165)
def proof_image_group_lets_out_to_another_group(w):
    """The tasks' group lets HTTPS out to the group of endpoints that were replaced."""
    w.whole_network()
    before = w.security_group("endpoints-old")
    w.groups[w.group]["IpPermissionsEgress"] = [{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [], "Ipv6Ranges": [],
                                                 "PrefixListIds": [], "UserIdGroupPairs": [{"GroupId": before, "UserId": w.account}]}]
    for name in ("ecr.api", "ecr.dkr", "logs"):
        w.endpoint(name)
    pull_times_out(w)
    w.api_call(-35, "RevokeSecurityGroupEgress", {"groupId": w.group}, source="ec2.amazonaws.com")
    w.proof += [w.group, "outbound"]


# ---- logs -----------------------------------------------------------------------------------------------------------

@scenario(None, "stop.logs_unavailable", seed=170)
def proof_logs_without_their_endpoint(w):
    """No NAT; endpoints for images and secrets, none for logs."""
    w.whole_network()
    w.no_way_out()
    for name in ("ecr.api", "ecr.dkr", "secretsmanager"):
        w.endpoint(name)
    w.endpoint("s3", kind="Gateway")
    stream_times_out(w)
    w.proof += [w.private_table, "logs"]
    w.useless_fixes += ["create_log_group", "policy_statement"]


@scenario(None, "stop.logs_unavailable", seed=171)
def proof_logs_private_dns_off(w):
    """The endpoint for logs is there, with private DNS off; a decoy deploy."""
    w.whole_network()
    w.no_way_out()
    for name in ("ecr.api", "ecr.dkr"):
        w.endpoint(name)
    w.endpoint("s3", kind="Gateway")
    vpce = w.endpoint("logs", private_dns=False)
    stream_times_out(w)
    harmless_deploy(w, "web")
    w.proof += [vpce["VpcEndpointId"], "private DNS"]


# ---- exec -----------------------------------------------------------------------------------------------------------

@scenario(EXEC, "exec.no_path_to_ssmmessages", seed=180)
def proof_exec_return_acl_missing(w):
    """Answers from outside are denied by the ACL's last rule; an SCP of another account looks guilty."""
    w.whole_network()
    acl = w.own_acl([w.acl_rule(100, "-1", True), w.acl_rule(100, "-1", False, cidr="10.0.0.0/16")])
    w.organization_policy("other-account", [{"Sid": "NoSessions", "Effect": "Deny", "Action": "ssmmessages:*", "Resource": "*"}], targets=["123412341234"])
    shell_fails(w, agent=("PENDING",))
    w.proof += [acl, "inbound"]


@scenario(EXEC, "exec.no_path_to_ssmmessages", seed=181)
def proof_exec_private_dns_off(w):
    """The endpoint for ssmmessages has private DNS off, and there is no NAT."""
    w.whole_network()
    w.no_way_out()
    for name in ("ecr.api", "ecr.dkr", "logs"):
        w.endpoint(name)
    vpce = w.endpoint("ssmmessages", private_dns=False)
    shell_fails(w, agent=("PENDING",))
    w.proof += [vpce["VpcEndpointId"], "private DNS"]


@scenario(EXEC, "exec.no_path_to_ssmmessages", seed=182, service="admin", service_name="admin")
def proof_exec_endpoint_admits_another_group(w):
    """The endpoint takes the name over even beside a NAT, and its group admits the bastion's group alone."""
    w.whole_network()
    bastion = w.security_group("bastion")
    group = w.security_group("ssm-endpoints", ingress=[(443, bastion), (22, "10.0.0.0/16")])
    vpce = w.endpoint("ssmmessages", group=group)
    shell_fails(w, "admin", agent=("PENDING",))
    w.drop("ec2.describe-nat-gateways", "health.describe-events")
    w.proof += [group, vpce["VpcEndpointId"]]


@scenario(EXEC, "exec.no_path_to_ssmmessages", seed=183)
def proof_exec_wrong_route(w):
    """Somebody pointed the default route at a peering connection that is no more."""
    w.whole_network()
    w.routes[1] = {"DestinationCidrBlock": "0.0.0.0/0", "VpcPeeringConnectionId": "pcx-" + w.side_hex(17), "Origin": "CreateRoute", "State": "blackhole"}
    shell_fails(w, agent=("PENDING",))
    w.api_call(-55, "ReplaceRoute", {"routeTableId": w.private_table, "destinationCidrBlock": "0.0.0.0/0"}, source="ec2.amazonaws.com",
               user=w.user_arn("terraform", "apply-78"))
    w.proof += [w.private_table, "blackhole"]
