"""Stories in which a policy says no: of the role, of its boundary, of the organization (SCP, RCP), of a VPC endpoint.

The words are those of "Troubleshoot access denied error messages" in the IAM user guide and of the page on
ResourceInitializationError in the ECS developer guide. In half of them AWS names the level that denied, in the others the
folder alone tells.
"""

import json

from scenarios import ENI, EXEC, SSM, exec_call, failed_start, scenario

ALLOW_ALL = {"Effect": "Allow", "Action": "*", "Resource": "*"}
NOT_CONNECTED = ("TargetNotConnectedException", "The execute command failed due to an internal error. Try again later.")
BY_SCP = "with an explicit deny in a service control policy"


def role_session(w, role="ecsTaskExecutionRole"):
    return f"arn:aws:sts::{w.account}:assumed-role/{role}/{w.side_hex(32)}"


def secret_of(w, name="pay/db", service="pay", extra=()):
    """The service's newest revision wants a secret; the execution role may read it. Returns the secret's ARN."""
    secret = f"arn:aws:secretsmanager:{w.region}:{w.account}:secret:{name}-a1b2c3"
    w.redefine(service, 2, secrets=[{"name": "DB", "valueFrom": secret}], registered=-60 * 30)
    w.roles["ecsTaskExecutionRole"]["inline"]["secrets"] = {"Version": "2012-10-17", "Statement": [
        {"Sid": "ReadSecrets", "Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": secret}, *extra]}
    return secret


def secret_denied(w, secret, because, service="pay", zone="eu-west-1a"):
    failed_start(w, service, zone, "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: "
                 f"unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret {secret} from secrets manager: "
                 f"AccessDeniedException: User: {role_session(w)} is not authorized to perform: secretsmanager:GetSecretValue on resource: {secret} "
                 f"{because} status code: 400, request id: {w.uuid()}", eni_status=None)


def token_denied(w, service, because):
    failed_start(w, service, w.zones[0], "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: "
                 "unable to retrieve ecr registry auth: service call has been retried 1 time(s): AccessDeniedException: "
                 f"User: {role_session(w)} is not authorized to perform: ecr:GetAuthorizationToken on resource: * {because} status code: 400",
                 eni_status=None)


def image_refused(w, service, image, zone="eu-west-1b"):
    host, name = image.split("/", 1)
    failed_start(w, service, zone, f"CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref {image}: pulling from "
                 f"host {host} failed with status code [manifests {name.split(':')[1]}]: 403 Forbidden", eni_status=None, pull=True)


def stream_denied(w, service, because, zone="eu-west-1c"):
    stream = f"arn:aws:logs:{w.region}:{w.account}:log-group:/ecs/{service}:log-stream:ecs/{service}/{w.side_hex(32)}"
    failed_start(w, service, zone, "ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create "
                 f"Cloudwatch log stream: AccessDeniedException: User: {role_session(w)} is not authorized to perform: logs:CreateLogStream on resource: "
                 f"{stream} {because} status code: 400 : exit status 1", eni_status=None)


def shell_fails(w, service="web", agent=("RUNNING",)):
    """Somebody wants a shell; the flag, the agent and the role are as they should be."""
    w.services[service]["enableExecuteCommand"] = True
    w.roles[f"{service}-task"]["inline"]["exec"] = SSM
    tasks = w.healthy(service, 1, provider="FARGATE", agent=agent)
    exec_call(w, tasks[0], *NOT_CONNECTED)


def harmless_deploy(w, service, minutes=-25):
    """A release just before, which changed nothing that matters here."""
    w.services[service]["deployments"][0].update(createdAt=w.at(minutes), updatedAt=w.at(minutes + 3))
    w.api_call(minutes, "UpdateService", {"cluster": w.cluster, "service": service, "forceNewDeployment": True})


# ---- secrets --------------------------------------------------------------------------------------------------------

@scenario(None, "stop.secrets_denied", seed=101, service="pay", service_name="pay")
def proof_secret_scp_hidden_behind_an_allow(w):
    """The role's policy allows the secret by name; an SCP at the root denies every secret but those tagged for production. AWS names the policy."""
    w.whole_network()
    secret = secret_of(w)
    arn = w.organization_policy("guard-secrets", [
        {"Sid": "DenyLeaving", "Effect": "Deny", "Action": "organizations:LeaveOrganization", "Resource": "*"},
        {"Sid": "DenySecretsOfOtherTeams", "Effect": "Deny", "Action": ["secretsmanager:Get*", "secretsmanager:Put*"], "Resource": "*"}])
    w.organization_policy("deny-regions", [
        {"Sid": "DenyOtherRegions", "Effect": "Deny", "NotAction": ["iam:*", "organizations:*", "support:*"], "Resource": "*",
         "Condition": {"StringNotEquals": {"aws:RequestedRegion": ["eu-west-1", "eu-central-1"]}}}])
    secret_denied(w, secret, f"{BY_SCP}: {arn}")
    harmless_deploy(w, "pay")
    w.proof += ["guard-secrets", "DenySecretsOfOtherTeams", "service control policy"]
    w.useless_fixes += ["policy_statement"]


@scenario(None, "stop.secrets_denied", seed=102, service="pay", service_name="pay")
def proof_secret_scp_with_no_word_of_it(w):
    """The same, of an account's own SCP, and AWS's words name no level; CloudTrail is refused."""
    secret = secret_of(w)
    w.organization_policy("freeze", [{"Sid": "FreezeSandbox", "Effect": "Deny", "NotAction": ["ecs:*", "ecr:*", "logs:*", "ec2:*"], "Resource": "*"}],
                          targets=[w.account])
    secret_denied(w, secret, "")
    w.refuse("cloudtrail.lookup-events", "LookupEvents")
    w.proof += ["freeze", "FreezeSandbox"]
    w.useless_fixes += ["policy_statement"]


@scenario(None, "stop.secrets_denied", seed=103, service="pay", service_name="pay")
def proof_secret_rcp(w):
    """A resource control policy lets nobody but the data team's role read secrets; a decoy deploy just before."""
    w.whole_network()
    secret = secret_of(w)
    w.organization_policy("data-perimeter", [
        {"Sid": "OnlyTheVault", "Effect": "Deny", "Principal": "*", "Action": "secretsmanager:GetSecretValue", "Resource": "*",
         "Condition": {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/vault-*"}}}], kind="RESOURCE_CONTROL_POLICY")
    secret_denied(w, secret, "with an explicit deny in a resource control policy")
    harmless_deploy(w, "pay")
    w.proof += ["data-perimeter", "OnlyTheVault", "resource control policy"]
    w.useless_fixes += ["policy_statement", "scp_exception"]


@scenario(None, "stop.secrets_denied", seed=104, service="pay", service_name="pay", nested=True)
def proof_secret_boundary_forgets_it(w):
    """The execution role's boundary knows images and logs only."""
    secret = secret_of(w)
    w.roles["ecsTaskExecutionRole"]["boundary"] = (f"arn:aws:iam::{w.account}:policy/start-up-only", {"Version": "2012-10-17", "Statement": [
        {"Sid": "ImagesAndLogs", "Effect": "Allow", "Action": ["ecr:*", "logs:*"], "Resource": "*"}]})
    secret_denied(w, secret, "because no permissions boundary allows the secretsmanager:GetSecretValue action")
    w.drop("health.describe-events")
    w.proof += ["start-up-only", "permissions boundary"]
    w.useless_fixes += ["policy_statement"]


@scenario(None, "stop.secrets_denied", seed=105, service="pay", service_name="pay")
def proof_secret_endpoint_policy(w):
    """No NAT; the endpoint's policy lets the secrets of another application through."""
    w.whole_network()
    w.no_way_out()
    for name in ("ecr.api", "ecr.dkr", "logs"):
        w.endpoint(name)
    w.endpoint("s3", kind="Gateway")
    secret = secret_of(w)
    vpce = w.endpoint("secretsmanager", policy={"Version": "2012-10-17", "Statement": [
        {"Sid": "ShopOnly", "Effect": "Allow", "Principal": "*", "Action": "secretsmanager:GetSecretValue",
         "Resource": f"arn:aws:secretsmanager:{w.region}:{w.account}:secret:shop/*"}]})
    secret_denied(w, secret, "because no VPC endpoint policy allows the secretsmanager:GetSecretValue action")
    w.proof += [vpce["VpcEndpointId"], "endpoint policy"]
    w.useless_fixes += ["policy_statement"]


@scenario(None, "stop.secrets_denied", seed=106, service="pay", service_name="pay")
def proof_secret_denied_by_the_role_itself(w):
    """An allow of everything beside a deny with NotResource, in two policies of one role."""
    w.whole_network()
    secret = secret_of(w)
    w.roles["ecsTaskExecutionRole"]["inline"]["wide"] = {"Version": "2012-10-17", "Statement": [dict(ALLOW_ALL, Sid="Everything")]}
    w.roles["ecsTaskExecutionRole"]["inline"]["fence"] = {"Version": "2012-10-17", "Statement": [
        {"Sid": "OwnSecretsOnly", "Effect": "Deny", "Action": "secretsmanager:*",
         "NotResource": f"arn:aws:secretsmanager:{w.region}:{w.account}:secret:payments/*"}]}
    secret_denied(w, secret, "with an explicit deny in an identity-based policy")
    w.proof += ["fence", "OwnSecretsOnly"]
    w.useless_fixes += ["policy_statement"]


@scenario(None, "stop.secrets_denied", seed=107, service="pay", service_name="pay")
def proof_secret_of_another_name(w):
    """The role may read pay/database-…, the task wants pay/db-…; nothing above denies."""
    w.whole_network()
    secret = secret_of(w)
    w.roles["ecsTaskExecutionRole"]["inline"]["secrets"]["Statement"][0]["Resource"] = secret.replace("pay/db-a1b2c3", "pay/database-??????")
    w.organization_policy("no-leaving", [{"Effect": "Deny", "Action": "organizations:LeaveOrganization", "Resource": "*"}])
    secret_denied(w, secret, "because no identity-based policy allows the secretsmanager:GetSecretValue action")
    w.proof += ["ecsTaskExecutionRole", "secretsmanager:GetSecretValue", secret]


# ---- images ---------------------------------------------------------------------------------------------------------

@scenario(None, "stop.image_denied", seed=110, service="shop", service_name="shop", region="eu-west-3")
def proof_image_scp_for_other_regions(w):
    """A region guard: NotAction and a condition on aws:RequestedRegion; the account was opened in Paris all the same."""
    w.whole_network()
    w.organization_policy("deny-regions", [
        {"Sid": "DenyOtherRegions", "Effect": "Deny", "NotAction": ["iam:*", "organizations:*", "sts:*", "ecs:*", "ec2:*"], "Resource": "*",
         "Condition": {"StringNotEquals": {"aws:RequestedRegion": ["eu-west-1", "eu-central-1"]}}}])
    token_denied(w, "shop", BY_SCP)
    harmless_deploy(w, "shop")
    w.proof += ["deny-regions", "DenyOtherRegions"]
    w.useless_fixes += ["policy_statement"]


@scenario(None, "stop.image_denied", seed=111)
def proof_image_endpoint_policy(w):
    """The policy of the ecr.dkr endpoint names one repository, and it is not this one. AWS says no more than 403."""
    w.whole_network()
    w.no_way_out()
    for name in ("ecr.api", "logs"):
        w.endpoint(name)
    w.endpoint("s3", kind="Gateway")
    vpce = w.endpoint("ecr.dkr", policy={"Version": "2012-10-17", "Statement": [
        {"Sid": "BaseImagesOnly", "Effect": "Allow", "Principal": "*", "Action": ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
         "Resource": f"arn:aws:ecr:{w.region}:{w.account}:repository/base/*"}]})
    image_refused(w, "web", f"{w.account}.dkr.ecr.{w.region}.amazonaws.com/web:1.0")
    w.proof += [vpce["VpcEndpointId"], "endpoint policy", "ecr:BatchGetImage"]
    w.useless_fixes += ["policy_statement"]


@scenario(None, "stop.image_denied", seed=112)
def proof_image_layers_behind_a_gateway_policy(w):
    """The gateway endpoint of Amazon S3 lets the company's own buckets through, and not the one with ECR's layers."""
    w.whole_network()
    vpce = w.endpoint("s3", kind="Gateway", policy={"Version": "2012-10-17", "Statement": [
        {"Sid": "OwnBuckets", "Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": ["arn:aws:s3:::acme-*", "arn:aws:s3:::acme-*/*"]}]})
    failed_start(w, "web", "eu-west-1a", "CannotPullContainerError: failed to copy: httpReadSeeker: failed open: unexpected status code "
                 f"https://prod-{w.region}-starport-layer-bucket.s3.{w.region}.amazonaws.com/{w.side_hex(20)}: 403 Forbidden", eni_status=None, pull=True)
    w.refuse("health.describe-events", "DescribeEvents", code="SubscriptionRequiredException", message="AWS Premium Support Subscription is required.")
    w.proof += [vpce["VpcEndpointId"], "starport-layer-bucket", "endpoint policy"]
    w.useless_fixes += ["policy_statement"]


@scenario(None, "stop.image_denied", seed=113)
def proof_image_boundary_denies(w):
    """A boundary with an allow of everything and a deny of registries of its own."""
    w.roles["ecsTaskExecutionRole"]["boundary"] = (f"arn:aws:iam::{w.account}:policy/platform-boundary", {"Version": "2012-10-17", "Statement": [
        dict(ALLOW_ALL, Sid="Most"), {"Sid": "NoRegistry", "Effect": "Deny", "Action": ["ecr:*", "iam:*"], "Resource": "*"}]})
    token_denied(w, "web", "with an explicit deny in a permissions boundary")
    w.drop("ec2.describe-route-tables", "ec2.describe-vpc-endpoints", "ec2.describe-nat-gateways")
    w.proof += ["platform-boundary", "NoRegistry"]
    w.useless_fixes += ["policy_statement"]


# ---- logs -----------------------------------------------------------------------------------------------------------

@scenario(None, "stop.logs_unavailable", seed=120)
def proof_logs_boundary_denies(w):
    """The boundary denies what writes to log groups outside /team/."""
    w.whole_network()
    w.roles["ecsTaskExecutionRole"]["boundary"] = (f"arn:aws:iam::{w.account}:policy/log-fence", {"Version": "2012-10-17", "Statement": [
        ALLOW_ALL, {"Sid": "TeamLogsOnly", "Effect": "Deny", "Action": "logs:Create*",
                    "NotResource": f"arn:aws:logs:*:{w.account}:log-group:/team/*"}]})
    stream_denied(w, "web", "with an explicit deny in a permissions boundary")
    w.proof += ["log-fence", "TeamLogsOnly", "permissions boundary"]
    w.useless_fixes += ["policy_statement", "create_log_group"]


@scenario(None, "stop.logs_unavailable", seed=121)
def proof_logs_endpoint_policy(w):
    """The policy of the logs endpoint allows PutLogEvents and forgot CreateLogStream; a decoy change of another group's retention."""
    w.whole_network()
    vpce = w.endpoint("logs", policy={"Version": "2012-10-17", "Statement": [
        {"Sid": "WriteOnly", "Effect": "Allow", "Principal": "*", "Action": ["logs:PutLogEvents", "logs:DescribeLogStreams"], "Resource": "*"}]})
    w.api_call(-40, "PutRetentionPolicy", {"logGroupName": "/ecs/search", "retentionInDays": 30}, source="logs.amazonaws.com")
    stream_denied(w, "web", "because no VPC endpoint policy allows the logs:CreateLogStream action")
    w.proof += [vpce["VpcEndpointId"], "endpoint policy"]
    w.useless_fixes += ["policy_statement", "create_log_group"]


@scenario(None, "stop.logs_unavailable", seed=122, epoch_times=True)
def proof_logs_scp(w):
    """An SCP of the account denies the logs of everything without a ticket."""
    w.organization_policy("quiet-period", [{"Sid": "NoNewLogs", "Effect": "Deny", "Action": ["logs:CreateLogStream", "logs:CreateLogGroup"],
                                            "Resource": "arn:aws:logs:*:*:log-group:/ecs/*"}], targets=[w.account])
    w.organization_policy("other-account", [{"Sid": "NothingHere", "Effect": "Deny", "Action": "*", "Resource": "*"}], targets=["123412341234"])
    stream_denied(w, "web", BY_SCP)
    w.proof += ["quiet-period", "NoNewLogs"]
    w.useless_fixes += ["policy_statement", "create_log_group"]


# ---- exec -----------------------------------------------------------------------------------------------------------

@scenario(EXEC, "exec.denied_by_scp_or_boundary", seed=130)
def proof_exec_scp_hidden_behind_an_allow(w):
    """The role allows all four actions; the SCP that denies them stands among three."""
    w.whole_network()
    w.organization_policy("baseline", [{"Sid": "KeepTrail", "Effect": "Deny", "Action": ["cloudtrail:StopLogging", "cloudtrail:DeleteTrail"], "Resource": "*"}])
    w.organization_policy("no-shells", [
        {"Sid": "NoKeyPairs", "Effect": "Deny", "Action": "ec2:ImportKeyPair", "Resource": "*"},
        {"Sid": "NoSessions", "Effect": "Deny", "Action": ["ssmmessages:Create*", "ssm:StartSession"], "Resource": "*"}])
    shell_fails(w)
    harmless_deploy(w, "web")
    w.proof += ["no-shells", "NoSessions", "ssmmessages:CreateControlChannel"]
    w.useless_fixes += ["policy_statement"]


@scenario(EXEC, "exec.denied_by_scp_or_boundary", seed=131, service="admin", service_name="admin")
def proof_exec_boundary_with_a_deny(w):
    """The boundary allows everything and denies sessions outside office hours' role."""
    w.whole_network()
    w.roles["admin-task"]["boundary"] = (f"arn:aws:iam::{w.account}:policy/workload-boundary", {"Version": "2012-10-17", "Statement": [
        ALLOW_ALL, {"Sid": "SessionsByBreakGlassOnly", "Effect": "Deny", "Action": "ssmmessages:*", "Resource": "*",
                    "Condition": {"ArnNotLike": {"aws:PrincipalArn": f"arn:aws:iam::{w.account}:role/break-glass"}}}]})
    shell_fails(w, "admin")
    w.drop("cloudtrail.lookup-events")
    w.proof += ["workload-boundary", "SessionsByBreakGlassOnly"]
    w.useless_fixes += ["policy_statement"]


@scenario(EXEC, "exec.denied_by_scp_or_boundary", seed=132)
def proof_exec_endpoint_policy(w):
    """All is allowed, but the ssmmessages endpoint's policy lets only one role through."""
    w.whole_network()
    vpce = w.endpoint("ssmmessages", policy={"Version": "2012-10-17", "Statement": [
        {"Sid": "BastionOnly", "Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{w.account}:role/bastion"}, "Action": "ssmmessages:*", "Resource": "*"}]})
    shell_fails(w)
    w.proof += [vpce["VpcEndpointId"], "endpoint policy"]
    w.useless_fixes += ["policy_statement"]


@scenario(EXEC, "exec.caller_denied", seed=133)
def proof_exec_caller_without_the_action(w):
    """The engineer's role may look, and not run; the SCPs in sight concern others."""
    w.whole_network()
    w.services["web"]["enableExecuteCommand"] = True
    w.roles["web-task"]["inline"]["exec"] = SSM
    w.role("junior", inline={"look": {"Version": "2012-10-17", "Statement": [
        {"Sid": "Look", "Effect": "Allow", "Action": ["ecs:Describe*", "ecs:List*"], "Resource": "*"}]}})
    w.organization_policy("baseline", [{"Sid": "KeepTrail", "Effect": "Deny", "Action": "cloudtrail:StopLogging", "Resource": "*"}])
    t = w.healthy("web", 2, provider="FARGATE")[0]
    exec_call(w, t, "AccessDeniedException", f"User: {w.user_arn('junior', 'ana')} is not authorized to perform: ecs:ExecuteCommand on resource: "
              f"{t['taskArn']} because no identity-based policy allows the ecs:ExecuteCommand action", user=w.user_arn("junior", "ana"))
    w.proof += ["junior", "ecs:ExecuteCommand"]


# ---- network interface ----------------------------------------------------------------------------------------------

def interface_refused(w, zone, words, service="web"):
    subnet = w.subnets[zone]["SubnetId"]
    failed_start(w, service, zone, f"Unexpected EC2 error while attempting to Create Network Interface in subnet '{subnet}': UnauthorizedOperation: {words}")
    w.api_call(-18, "CreateNetworkInterface", {"subnetId": subnet}, source="ec2.amazonaws.com", user=role_session(w, "AWSServiceRoleForECS"),
               invoked_by="ecs.amazonaws.com", error=("Client.UnauthorizedOperation", words))


@scenario(ENI, "eni.denied_by_scp", seed=140)
def proof_eni_scp_hidden_behind_an_allow(w):
    """AWS names an SCP, and of three it is the one that denies all but a list; another has the right words and another account."""
    w.organization_policy("decoy", [{"Sid": "NoInterfaces", "Effect": "Deny", "Action": "ec2:CreateNetworkInterface", "Resource": "*"}],
                          targets=["123412341234"])
    w.organization_policy("landing-zone", [
        {"Sid": "KeepTrail", "Effect": "Deny", "Action": "cloudtrail:*Trail", "Resource": "*"},
        {"Sid": "DenyAllButCompute", "Effect": "Deny", "NotAction": ["ecs:*", "ec2:Describe*", "logs:*", "ecr:*", "iam:*", "ssmmessages:*"], "Resource": "*"}],
        targets=[w.account])
    interface_refused(w, "eu-west-1b", f"User: {role_session(w, 'AWSServiceRoleForECS')} is not authorized to perform: ec2:CreateNetworkInterface on "
                      f"resource: arn:aws:ec2:{w.region}:{w.account}:network-interface/* {BY_SCP}")
    harmless_deploy(w, "web")
    w.proof += ["landing-zone", "DenyAllButCompute"]


@scenario(ENI, "eni.service_role_denied", seed=141)
def proof_eni_scp_that_cannot_bind_the_service_role(w):
    """An SCP denies interfaces, but no SCP binds a service-linked role; that role has lost its policy."""
    w.role("AWSServiceRoleForECS", path="/aws-service-role/ecs.amazonaws.com/", inline={"left-over": {"Version": "2012-10-17", "Statement": [
        {"Sid": "Describe", "Effect": "Allow", "Action": "ec2:Describe*", "Resource": "*"}]}})
    w.organization_policy("no-interfaces", [{"Sid": "NoInterfaces", "Effect": "Deny", "Action": "ec2:CreateNetworkInterface", "Resource": "*"}])
    interface_refused(w, "eu-west-1a", "You are not authorized to perform this operation.")
    w.proof += ["AWSServiceRoleForECS", "ec2:CreateNetworkInterface"]


@scenario(ENI, "eni.security_group_missing", contributing=["eni.changed_network_configuration"], seed=142)
def proof_eni_group_of_another_vpc(w):
    """A change of the service put in a group of the staging VPC."""
    other = "vpc-" + w.side_hex(17)
    group = w.security_group("web-staging", ingress=[(8080, "10.1.0.0/16")], vpc=other)
    w.services["web"]["networkConfiguration"]["awsvpcConfiguration"]["securityGroups"] = [group]
    w.api_call(-22, "UpdateService", {"cluster": "prod", "service": "web", "networkConfiguration": {"awsvpcConfiguration": {
        "subnets": w.services["web"]["networkConfiguration"]["awsvpcConfiguration"]["subnets"], "securityGroups": [group]}}})
    subnet = w.subnets["eu-west-1a"]["SubnetId"]
    failed_start(w, "web", "eu-west-1a", f"Unexpected EC2 error while attempting to Create Network Interface in subnet '{subnet}': InvalidParameter: "
                 f"Security group {group} and subnet {subnet} belong to different networks.")
    w.healthy("web", 1, provider="FARGATE")
    w.proof += [group, other]


# ---- the organization's tree ------------------------------------------------------------------------------------------

@scenario(None, "stop.secrets_denied", seed=150, service="pay", service_name="pay")
def proof_secret_unit_allows_too_little(w):
    """Root, unit above and account allow everything; the sandbox unit's list of allowed services forgot Secrets Manager."""
    w.whole_network()
    secret = secret_of(w)
    w.unit("Workloads")
    sandbox = w.unit("Sandbox", instead=("sandbox-services", [
        {"Sid": "SandboxServices", "Effect": "Allow", "Action": ["ec2:*", "ecr:*", "ecs:*", "logs:*", "s3:*"], "Resource": "*"}]))
    secret_denied(w, secret, "because no service control policy allows the secretsmanager:GetSecretValue action")
    harmless_deploy(w, "pay")
    w.proof += [sandbox, "organizational unit Sandbox", "no service control policy"]
    w.useless_fixes += ["policy_statement"]


@scenario(None, "stop.image_denied", seed=151)
def proof_image_denied_at_a_unit_above(w):
    """A unit two levels up denies ECR to whoever is not tagged a builder; a sibling unit's SCP, that denies all, is not on the way. AWS names no level."""
    w.whole_network()
    parent = w.unit("Regulated")
    w.unit("Payments")
    w.organization_policy("registry-guard", [
        {"Sid": "RegistryForBuilders", "Effect": "Deny", "Action": "ecr:*", "Resource": "*",
         "Condition": {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/builder-*"}}}], targets=[parent])
    w.organization_policy("quarantine", [{"Sid": "Nothing", "Effect": "Deny", "Action": "*", "Resource": "*"}], targets=["ou-a1b2-quarant1"])
    token_denied(w, "web", "")
    w.proof += ["registry-guard", "RegistryForBuilders", "organizational unit Regulated", parent]
    w.useless_fixes += ["policy_statement"]


@scenario(None, "stop.secrets_denied", seed=152, service="pay", service_name="pay", nested=True)
def proof_secret_rcp_at_a_unit(w):
    """A resource control policy at the unit lets nobody of another network read secrets; the caller's network is not the one named."""
    secret = secret_of(w)
    unit = w.unit("Data")
    w.organization_policy("secrets-perimeter", [
        {"Sid": "VaultRolesOnly", "Effect": "Deny", "Principal": "*", "Action": "secretsmanager:*", "Resource": "*",
         "Condition": {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/vault-*"}}}], kind="RESOURCE_CONTROL_POLICY", targets=[unit])
    secret_denied(w, secret, "with an explicit deny in a resource control policy")
    w.proof += ["secrets-perimeter", "VaultRolesOnly", "organizational unit Data"]
    w.useless_fixes += ["policy_statement", "scp_exception"]


# ---- policies of the resources themselves -----------------------------------------------------------------------------

def repository_policy(w, repository, statements, registry=None):
    """Repository policies have no Resource ("Private repository policies" in the ECR user guide)."""
    w.docs[f"ecr.get-repository-policy.{repository.replace('/', '_')}"] = {
        "registryId": registry or w.account, "repositoryName": repository,
        "policyText": json.dumps({"Version": "2012-10-17", "Statement": statements}, indent=2)}


@scenario(None, "stop.image_denied", seed=160)
def proof_image_deny_in_the_repository_policy(w):
    """The repository itself denies pulls from outside one VPC endpoint of long ago; the role may pull everything. AWS says 403 alone."""
    w.whole_network()
    repository_policy(w, "web", [
        {"Sid": "Builders", "Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{w.account}:role/builder"}, "Action": "ecr:*"},
        {"Sid": "OnlyRolesOfThePlatform", "Effect": "Deny", "Principal": "*", "Action": ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
         "Condition": {"ArnNotLike": {"aws:PrincipalArn": f"arn:aws:iam::{w.account}:role/platform-*"}}}])
    image_refused(w, "web", f"{w.account}.dkr.ecr.{w.region}.amazonaws.com/web:1.0")
    harmless_deploy(w, "web")
    w.proof += ["the policy of the repository web", "OnlyRolesOfThePlatform", "line 12"]
    w.useless_fixes += ["policy_statement", "endpoint_policy"]


@scenario(None, "stop.image_denied", seed=161)
def proof_image_of_another_account_without_a_policy(w):
    """The image moved to the registry of the tools account, and nobody wrote a repository policy there."""
    w.whole_network()
    image = f"444455556666.dkr.ecr.{w.region}.amazonaws.com/shared/web:2.0"
    w.redefine("web", 2, image=image, registered=-60 * 30)
    w.texts["ecr.get-repository-policy.shared_web.error.txt"] = (
        "\nAn error occurred (RepositoryPolicyNotFoundException) when calling the GetRepositoryPolicy operation: Repository policy does not exist "
        "for the repository with name 'shared/web' in the registry with id '444455556666'\n")
    image_refused(w, "web", image)
    w.proof += ["the repository shared/web has no policy", "444455556666"]
    w.useless_fixes += ["policy_statement"]


@scenario(None, "stop.image_denied", seed=162, nested=True)
def proof_image_of_another_account_for_others(w):
    """The other account's repository policy allows two accounts, and this is neither; the role's own policy is in order."""
    image = f"444455556666.dkr.ecr.{w.region}.amazonaws.com/base/java:21"
    w.redefine("web", 2, image=image, registered=-60 * 30)
    repository_policy(w, "base/java", registry="444455556666", statements=[
        {"Sid": "Subscribers", "Effect": "Allow", "Principal": {"AWS": ["arn:aws:iam::777788889999:root", "arn:aws:iam::121212121212:root"]},
         "Action": ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer", "ecr:BatchCheckLayerAvailability"]}])
    image_refused(w, "web", image)
    w.proof += ["no statement of the policy of the repository base/java allows ecr:BatchGetImage"]
    w.useless_fixes += ["policy_statement"]


def encrypted(w, secret, statements, alias=None):
    """The secret has a key of its own, with this key policy. Returns the key's ARN."""
    key = f"{w.side_hex(8)}-{w.side_hex(4)}-{w.side_hex(4)}-{w.side_hex(4)}-{w.side_hex(12)}"
    arn = w.arn("kms", f"key/{key}")
    w.docs["secretsmanager.describe-secret.pay_db"] = {"ARN": secret, "Name": "pay/db", "KmsKeyId": alias or arn, "LastChangedDate": w.at(-60 * 24 * 3)}
    if alias:
        w.docs[f"kms.describe-key.{alias.replace('/', '_')}"] = {"KeyMetadata": {"AWSAccountId": w.account, "KeyId": key, "Arn": arn, "Enabled": True}}
    w.docs[f"kms.get-key-policy.{key}"] = {"Policy": json.dumps({"Version": "2012-10-17", "Statement": statements}, indent=2), "PolicyName": "default"}
    w.roles["ecsTaskExecutionRole"]["inline"]["secrets"]["Statement"].append(
        {"Sid": "DecryptSecrets", "Effect": "Allow", "Action": "kms:Decrypt", "Resource": arn})
    return arn


def secret_key_refused(w, secret):
    failed_start(w, "pay", "eu-west-1a", "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: "
                 f"unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret {secret} from secrets manager: "
                 f"AccessDeniedException: Access to KMS is not allowed status code: 400, request id: {w.uuid()}", eni_status=None)


@scenario(None, "stop.secrets_denied", seed=163, service="pay", service_name="pay")
def proof_secret_key_policy_forgets_the_role(w):
    """The key's policy names its administrators and the team's role, and not the account: what IAM allows does not count for this key."""
    w.whole_network()
    secret = secret_of(w)
    key = encrypted(w, secret, [
        {"Sid": "Administrators", "Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{w.account}:role/key-admin"},
         "Action": ["kms:Create*", "kms:Describe*", "kms:Put*", "kms:ScheduleKeyDeletion"], "Resource": "*"},
        {"Sid": "Team", "Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{w.account}:role/pay-task"}, "Action": "kms:Decrypt", "Resource": "*"}])
    secret_key_refused(w, secret)
    w.proof += ["no statement of the policy of the key", key, "kms:Decrypt"]
    w.useless_fixes += ["policy_statement"]


@scenario(None, "stop.secrets_denied", seed=164, service="pay", service_name="pay")
def proof_secret_key_policy_denies_another_service(w):
    """By its alias: the key's policy leaves decisions to IAM, and denies every use but that by Systems Manager."""
    w.whole_network()
    secret = secret_of(w)
    encrypted(w, secret, alias="alias/pay", statements=[
        {"Sid": "Account", "Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{w.account}:root"}, "Action": "kms:*", "Resource": "*"},
        {"Sid": "ForParametersOnly", "Effect": "Deny", "Principal": "*", "Action": "kms:Decrypt", "Resource": "*",
         "Condition": {"StringNotEquals": {"kms:ViaService": f"ssm.{w.region}.amazonaws.com"}}}])
    secret_key_refused(w, secret)
    w.proof += ["the policy of the key", "ForParametersOnly"]
    w.useless_fixes += ["policy_statement"]


@scenario(None, "stop.secrets_denied", seed=165, service="pay", service_name="pay")
def proof_secret_denied_by_its_own_policy(w):
    """The secret's policy denies whoever is not the rotation function; AWS names the kind of policy."""
    w.whole_network()
    secret = secret_of(w)
    w.docs["secretsmanager.get-resource-policy.pay_db"] = {"ARN": secret, "Name": "pay/db", "ResourcePolicy": json.dumps({
        "Version": "2012-10-17", "Statement": [
            {"Sid": "RotationOnly", "Effect": "Deny", "Principal": "*", "Action": "secretsmanager:GetSecretValue", "Resource": "*",
             "Condition": {"StringNotEquals": {"aws:PrincipalArn": f"arn:aws:iam::{w.account}:role/rotation"}}}]}, indent=2)}
    secret_denied(w, secret, "with an explicit deny in a resource-based policy")
    w.proof += ["the policy of the secret pay/db-a1b2c3", "RotationOnly"]
    w.useless_fixes += ["policy_statement", "narrow_deny"]


@scenario(None, "stop.secrets_denied", seed=166, service="pay", service_name="pay")
def proof_secret_granted_by_its_own_policy_and_denied_above(w):
    """The secret's policy grants the role what its own policies do not; the SCP of the account denies all the same."""
    w.whole_network()
    secret = secret_of(w)
    w.roles["ecsTaskExecutionRole"]["inline"]["secrets"]["Statement"][0]["Resource"] = secret.replace("pay/db-a1b2c3", "pay/other-??????")
    w.docs["secretsmanager.get-resource-policy.pay_db"] = {"ARN": secret, "Name": "pay/db", "ResourcePolicy": json.dumps({
        "Version": "2012-10-17", "Statement": [
            {"Sid": "ForPay", "Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{w.account}:role/ecsTaskExecutionRole"},
             "Action": "secretsmanager:GetSecretValue", "Resource": "*"}]}, indent=2)}
    w.organization_policy("no-secrets", [{"Sid": "NoSecretsHere", "Effect": "Deny", "Action": "secretsmanager:*", "Resource": "*"}], targets=[w.account])
    secret_denied(w, secret, BY_SCP)
    w.proof += ["no-secrets", "NoSecretsHere"]
    w.useless_fixes += ["policy_statement", "resource_policy"]
