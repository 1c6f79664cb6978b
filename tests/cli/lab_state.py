"""All that stands in a lab, as the AWS SDK describes it: a judge of "equal to the state before" that is no part of this program.

    before = LabState(lab).all()
    …
    self.assertEqual(LabState(lab).all(), before)

A state is {"ecs service web": {…}, "ec2 subnet subnet-1": {…}, …}, every field as AWS answers it but those in CHANGES_BY_ITSELF.
"""

import collections
import json
import threading

import botocore.config
import botocore.session

# What AWS changes without anybody asking for it, by kind; all else is compared, field by field.
CHANGES_BY_ITSELF = {
    # Counts of what the scheduler starts and stops; "deployments" and "events" are its record, with new ids and times.
    "ecs service": ("runningCount", "pendingCount", "deployments", "events", "currentServiceDeployment", "currentServiceRevisions"),
    "ecs cluster": ("runningTasksCount", "pendingTasksCount", "activeServicesCount", "statistics"),
    # Every task takes one and gives it back.
    "ec2 subnet": ("AvailableIpAddressCount",),
    # Tasks write logs.
    "logs group": ("storedBytes",),
    # CloudWatch evaluates.
    "cloudwatch alarm": ("StateValue", "StateReason", "StateReasonData", "StateUpdatedTimestamp", "StateTransitionedTimestamp",
                         "AlarmConfigurationUpdatedTimestamp"),
    # When a role was used last.
    "iam role": ("RoleLastUsed",),
}
# Not compared at all: tasks, their network interfaces, registrations with target groups, log lines, metrics and CloudTrail's records come and go
# with every task and call. Task definitions that were deregistered stay describable for ever, so that only active revisions count ("Deregistering
# a task definition revision").


def plain(value):
    """JSON of an SDK's answer: lists of texts and of tags sorted, since AWS answers them in any order."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in sorted(value.items())}
    if isinstance(value, list):
        items = [plain(item) for item in value]
        if all(isinstance(item, str) for item in items) or all(isinstance(item, dict) and {"key", "Key"} & item.keys() for item in items):
            return sorted(items, key=lambda item: json.dumps(item, sort_keys=True))
        return items
    return value if isinstance(value, (str, int, float, bool, type(None))) else str(value)


def differing(before, after):
    """The fields in which two states differ: {"ecs service web: desiredCount": (3, 4)}"""
    found = {}
    for name in sorted(before.keys() | after.keys()):
        was, now = before.get(name), after.get(name)
        if was is None or now is None:
            found[name] = (was, now)
            continue
        for key in sorted(was.keys() | now.keys()):
            if was.get(key) != now.get(key):
                found[f"{name}: {key}"] = (was.get(key), now.get(key))
    return found


class Trail:
    """What the program changed since the mark, by CloudTrail: {"UpdateService": 2}. Refused calls are named with their error.

    Calls of the SDK, the AWS CLI, the scenario's people and ECS itself do not count.
    """

    def __init__(self, state):
        self.state = state
        self.seen = {}
        self.mark()

    def newest(self, region):
        """Newest first, until one that was there at the mark; IAM and Organizations are recorded in us-east-1."""
        pages = self.state.client("cloudtrail", region).get_paginator("lookup_events").paginate(
            LookupAttributes=[{"AttributeKey": "ReadOnly", "AttributeValue": "false"}])
        for page in pages:
            for event in page["Events"]:
                if event["EventId"] == self.seen.get(region):
                    return
                yield event

    def mark(self):
        for region in ("eu-west-1", "us-east-1"):
            event = next(self.newest(region), None)
            if event is not None:
                self.seen[region] = event["EventId"]

    def calls(self):
        calls = collections.Counter()
        for region in ("eu-west-1", "us-east-1"):
            for event in self.newest(region):
                detail = json.loads(event["CloudTrailEvent"])
                if detail.get("userAgent", "").startswith("fargate-doctor"):
                    calls[" ".join(filter(None, (event["EventName"], detail.get("errorCode"))))] += 1
        return calls


class LabState:
    session = None  # one for all: reading AWS's models is what takes time
    lock = threading.Lock()

    def __init__(self, lab, attempts=5):
        self.lab = lab
        self.clients = {}
        self.config = botocore.config.Config(retries={"mode": "standard", "max_attempts": attempts}, connect_timeout=5, read_timeout=5)

    def client(self, service, region="eu-west-1"):
        with self.lock:
            if LabState.session is None:
                LabState.session = botocore.session.Session()
                LabState.session.set_credentials("lab", "lab")
            key = service, region
            if key not in self.clients:
                self.clients[key] = self.session.create_client(service, region_name=region, endpoint_url=self.lab.url, config=self.config)
            return self.clients[key]

    def close(self):
        for client in self.clients.values():
            client.close()

    def call(self, service, operation, **input):
        answer = getattr(self.client(service), operation)(**input)
        answer.pop("ResponseMetadata", None)
        return answer

    def list(self, service, operation, key, **input):
        """All pages."""
        client = self.client(service)
        if not client.can_paginate(operation):
            return self.call(service, operation, **input)[key]
        return [item for page in client.get_paginator(operation).paginate(**input) for item in page.get(key, [])]

    def all(self):
        state = {}
        for part in (self.ecs, self.network, self.access, self.balancers, self.images, self.watchers, self.organization):
            for kind, name, value in part():
                for key in CHANGES_BY_ITSELF.get(kind, ()):
                    value.pop(key, None)
                state[f"{kind} {name}"] = plain(value)
        return state

    def ecs(self):
        clusters = self.list("ecs", "list_clusters", "clusterArns")
        described = self.call("ecs", "describe_clusters", clusters=clusters, include=["SETTINGS", "TAGS", "CONFIGURATIONS"])["clusters"]
        for cluster in described:
            yield "ecs cluster", cluster["clusterName"], cluster
            services = self.list("ecs", "list_services", "serviceArns", cluster=cluster["clusterArn"])
            for at in range(0, len(services), 10):
                answer = self.call("ecs", "describe_services", cluster=cluster["clusterArn"], services=services[at:at + 10], include=["TAGS"])
                for service in answer["services"]:
                    yield "ecs service", service["serviceName"], service
        for arn in self.list("ecs", "list_task_definitions", "taskDefinitionArns", status="ACTIVE"):
            answer = self.call("ecs", "describe_task_definition", taskDefinition=arn, include=["TAGS"])
            yield "ecs task-definition", arn.rpartition("/")[2], answer["taskDefinition"] | {"tags": answer.get("tags", [])}

    def network(self):
        for operation, key, kind, name in (("describe_vpcs", "Vpcs", "vpc", "VpcId"),
                                           ("describe_subnets", "Subnets", "subnet", "SubnetId"),
                                           ("describe_security_groups", "SecurityGroups", "group", "GroupId"),
                                           ("describe_network_acls", "NetworkAcls", "acl", "NetworkAclId"),
                                           ("describe_route_tables", "RouteTables", "route-table", "RouteTableId"),
                                           ("describe_internet_gateways", "InternetGateways", "internet-gateway", "InternetGatewayId"),
                                           ("describe_nat_gateways", "NatGateways", "nat-gateway", "NatGatewayId"),
                                           ("describe_vpc_endpoints", "VpcEndpoints", "endpoint", "VpcEndpointId")):
            for item in self.list("ec2", operation, key):
                yield f"ec2 {kind}", item[name], item
        for vpc in self.list("ec2", "describe_vpcs", "Vpcs"):
            for attribute in ("enableDnsSupport", "enableDnsHostnames"):
                answer = self.call("ec2", "describe_vpc_attribute", VpcId=vpc["VpcId"], Attribute=attribute)
                yield "ec2 vpc-attribute", f"{vpc['VpcId']} {attribute}", answer

    def access(self):
        for role in self.list("iam", "list_roles", "Roles"):
            name = role["RoleName"]
            role = self.call("iam", "get_role", RoleName=name)["Role"]
            attached = self.list("iam", "list_attached_role_policies", "AttachedPolicies", RoleName=name)
            yield "iam role", name, role | {"attached": sorted(policy["PolicyArn"] for policy in attached)}
            for policy in self.list("iam", "list_role_policies", "PolicyNames", RoleName=name):
                answer = self.call("iam", "get_role_policy", RoleName=name, PolicyName=policy)
                yield "iam role-policy", f"{name}/{policy}", answer
            for policy in attached:
                arn = policy["PolicyArn"]
                answer = self.call("iam", "get_policy", PolicyArn=arn)["Policy"]
                version = self.call("iam", "get_policy_version", PolicyArn=arn, VersionId=answer["DefaultVersionId"])["PolicyVersion"]
                yield "iam policy", arn, answer | {"document": version["Document"]}

    def balancers(self):
        for group in self.list("elbv2", "describe_target_groups", "TargetGroups"):
            arn = group["TargetGroupArn"]
            yield "elbv2 target-group", arn, group
            attributes = self.call("elbv2", "describe_target_group_attributes", TargetGroupArn=arn)["Attributes"]
            yield "elbv2 target-group-attributes", arn, {item["Key"]: item["Value"] for item in attributes}
        for balancer in self.list("elbv2", "describe_load_balancers", "LoadBalancers"):
            arn = balancer["LoadBalancerArn"]
            yield "elbv2 load-balancer", arn, balancer
            for listener in self.list("elbv2", "describe_listeners", "Listeners", LoadBalancerArn=arn):
                yield "elbv2 listener", listener["ListenerArn"], listener

    def images(self):
        for repository in self.list("ecr", "describe_repositories", "repositories"):
            name = repository["repositoryName"]
            yield "ecr repository", name, repository
            for image in self.list("ecr", "describe_images", "imageDetails", repositoryName=name):
                yield "ecr image", f"{name}@{image['imageDigest']}", image
            for kind, operation in (("policy", "get_repository_policy"), ("lifecycle-policy", "get_lifecycle_policy")):
                try:
                    yield f"ecr {kind}", name, self.call("ecr", operation, repositoryName=name)
                except (self.client("ecr").exceptions.RepositoryPolicyNotFoundException,
                        self.client("ecr").exceptions.LifecyclePolicyNotFoundException):
                    pass

    def watchers(self):
        for group in self.list("logs", "describe_log_groups", "logGroups"):
            yield "logs group", group["logGroupName"], group
        for alarm in self.list("cloudwatch", "describe_alarms", "MetricAlarms"):
            yield "cloudwatch alarm", alarm["AlarmName"], alarm
        for rule in self.list("events", "list_rules", "Rules"):
            targets = self.list("events", "list_targets_by_rule", "Targets", Rule=rule["Name"])
            yield "events rule", rule["Name"], rule | {"targets": targets}
        for service in ("fargate", "vpc"):
            for quota in self.list("service-quotas", "list_service_quotas", "Quotas", ServiceCode=service):
                yield "servicequotas quota", f"{service} {quota['QuotaCode']}", quota
            for asked in self.list("service-quotas", "list_requested_service_quota_change_history", "RequestedQuotas", ServiceCode=service):
                yield "servicequotas request", asked["Id"], asked
        for service in ("ecs",):
            for target in self.list("application-autoscaling", "describe_scalable_targets", "ScalableTargets", ServiceNamespace=service):
                yield "application-autoscaling target", target["ResourceId"], target

    def organization(self):
        for kind in ("SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"):
            for policy in self.list("organizations", "list_policies", "Policies", Filter=kind):
                described = self.call("organizations", "describe_policy", PolicyId=policy["Id"])["Policy"]
                targets = self.list("organizations", "list_targets_for_policy", "Targets", PolicyId=policy["Id"])
                yield "organizations policy", policy["Id"], described | {"targets": sorted(target["TargetId"] for target in targets)}
