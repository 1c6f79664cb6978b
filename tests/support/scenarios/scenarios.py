"""The labelled scenarios: each a small story with one true cause (sometimes two stories at once).

Run `python3 tests/support/scenarios/scenarios.py` to write tests/scenarios/ anew; the snapshots are committed, so that the
tests need no Python. A label says what a careful engineer would conclude from the folder alone; `proof` in it are the names of
statements and rules that the evidence must bear, `useless_fixes` what must not be offered because it could not help.
"""

import json
import pathlib
import shutil
import sys

from world import World

ALL = {}


def scenario(family, cause, service="web", contributing=(), note="", nested=False, also=(), absent=(), **world):
    """Registers a story. `also`: further (family, cause, service) that must be found. `absent`: contributing factors that must not be."""
    def register(build):
        name = build.__name__.replace("_", "-")
        ALL[name] = (build, world, nested, {
            "note": note or " ".join((build.__doc__ or "").split()),
            "incidents": [{"family": family, "cause": cause, "service": service, "contributing": list(contributing), "absent": list(absent)}] +
                         [{"family": f, "cause": c, "service": s, "contributing": [], "absent": []} for f, c, s in also]})
        return build
    return register


SPOT, ENI, STORAGE = "FargateSpotInterrupted", "FargateENICreateFailed", "FargateEphemeralStorageExceeded"
EXEC, IMAGE, CAPACITY = "FargateExecError", "FargateImageSizeExceeded", "FargateInsufficientCapacity"
PLATFORM = "FargatePlatformVersionUnsupported"
INTERRUPTED = dict(status="STOPPED", code="SpotInterruption", reason="Your Spot Task was interrupted.")
FAILED = dict(status="STOPPED", code="TaskFailedToStart", started=False, pull=False, image_digest=False)
NO_CAPACITY = ("was unable to place a task. Reason: Capacity is unavailable at this time. Please try again later or in a different "
               "availability zone. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.")


def interrupt(w, service, zone, n, minute=-15, exit_code=143, took=42, **kw):
    return [w.task(service, zone, stopping=minute, stopping_s=3 * i, stopped=minute, stopped_s=3 * i + took, exit_code=exit_code,
                   **{**INTERRUPTED, **kw}) for i in range(n)]


# ---- Spot -----------------------------------------------------------------------------------------------------------

@scenario(SPOT, "spot.reclaimed_zone", contributing=["spot.no_on_demand_base"], seed=1)
def spot_one_zone_of_three(w):
    """Four tasks in one zone within ten seconds, the other zones untouched."""
    interrupt(w, "web", "eu-west-1a", 4)
    w.healthy("web", 1, zones=["eu-west-1b", "eu-west-1c"])


@scenario(SPOT, "spot.reclaimed_region", service="checkout", contributing=["spot.no_on_demand_base"], nested=True, seed=2, region="us-east-1",
          account="444455556666", cluster="shop", service_name="checkout")
def spot_all_zones_at_once(w):
    """Three zones lose their Spot tasks in the same two minutes."""
    for i, zone in enumerate(w.zones):
        interrupt(w, "checkout", zone, 3, minute=-22 + i * 0.5)


@scenario(SPOT, "spot.reclaimed_zone", contributing=["spot.single_zone"], seed=3)
def spot_service_in_a_single_zone(w):
    """All tasks stood in one zone, so all went; a sibling on Spot in the other zones lost none."""
    w.services["web"]["networkConfiguration"]["awsvpcConfiguration"]["subnets"] = [w.subnets["eu-west-1b"]["SubnetId"]]
    interrupt(w, "web", "eu-west-1b", 5)
    w.add_service("search", desired=4)
    w.healthy("search", 2, zones=["eu-west-1a", "eu-west-1c"])


@scenario(SPOT, "spot.health_event", service="api", seed=4, service_name="api")
def spot_during_a_health_event(w):
    """AWS Health names ECS in the region for the same half hour; interruptions in every zone."""
    w.health("AWS_ECS_OPERATIONAL_ISSUE", -35, service="ECS", end=-2,
             description="We are investigating increased Fargate Spot task interruptions in the EU-WEST-1 Region.")
    for zone in w.zones:
        interrupt(w, "api", zone, 2, minute=-20)


@scenario(SPOT, "spot.not_an_interruption", seed=5)
def spot_stopped_by_a_drill(w):
    """A chaos drill called StopTask with the reason that AWS itself would write; the stop code gives it away."""
    for i, zone in enumerate(w.zones):
        t = w.task("web", zone, status="STOPPED", code="UserInitiated", reason="Your Spot Task was interrupted.", stopping=-12,
                   stopping_s=i, stopped=-12, stopped_s=40 + i, exit_code=143)
        w.api_call(-12, "StopTask", {"cluster": "prod", "task": t["taskArn"], "reason": "Your Spot Task was interrupted."},
                   user=w.user_arn("chaos-runner", "drill-7"), seconds=i, response={"task": {"taskArn": t["taskArn"]}})
    w.healthy("web", 1)


@scenario(SPOT, "spot.reclaimed_zone", contributing=["spot.sigterm_ignored"], seed=6)
def spot_application_ignores_sigterm(w):
    """Killed with 137 at the end of the grace of 30 s: why it hurt, not why it stopped."""
    interrupt(w, "web", "eu-west-1c", 3, exit_code=137, took=33)
    w.healthy("web", 2, zones=["eu-west-1a", "eu-west-1b"])


@scenario(SPOT, "spot.reclaimed_zone", contributing=["spot.moved_to_spot_by_change", "spot.no_on_demand_base"], seed=7)
def spot_moved_there_by_a_deployment(w):
    """Two hours before, a pipeline moved the service from FARGATE to FARGATE_SPOT."""
    service = w.services["web"]
    w.api_call(-125, "UpdateService", {"cluster": "prod", "service": "web", "forceNewDeployment": True,
                                       "capacityProviderStrategy": [{"capacityProvider": "FARGATE_SPOT", "weight": 1, "base": 0}]},
               response={"service": {"serviceName": "web", "serviceArn": service["serviceArn"]}},
               resources=[("AWS::ECS::Service", service["serviceArn"])])
    service["deployments"][0].update(createdAt=w.at(-125), updatedAt=w.at(-118))
    interrupt(w, "web", "eu-west-1a", 3, created=-120)
    w.healthy("web", 2, zones=["eu-west-1b", "eu-west-1c"], created=-120)


@scenario(SPOT, "spot.reclaimed_zone", contributing=["spot.replacement_no_capacity"], seed=8)
def spot_no_replacement_to_be_had(w):
    """The scheduler asks again and again and gets no capacity."""
    interrupt(w, "web", "eu-west-1a", 4, minute=-40)
    for m in (-38, -33, -25, -10):
        w.event("web", m, NO_CAPACITY)
    w.healthy("web", 1, zones=["eu-west-1b", "eu-west-1c"])


@scenario(SPOT, "spot.reclaimed_zone", contributing=["spot.drain_longer_than_notice"], absent=["spot.moved_to_spot_by_change"], seed=9)
def spot_decoy_change_and_refused_trail(w):
    """Another service was deployed five minutes before; CloudTrail is refused; deregistration takes 300 s."""
    w.add_service("billing", desired=2, strategy=(("FARGATE", 1, 1),))
    w.services["billing"]["deployments"][0].update(createdAt=w.at(-20), updatedAt=w.at(-18))
    w.healthy("billing", 1, zones=["eu-west-1a", "eu-west-1b"], provider="FARGATE", created=-20)
    w.docs["elbv2.describe-target-group-attributes.web"]["Attributes"][0]["Value"] = "300"
    interrupt(w, "web", "eu-west-1b", 2)
    w.healthy("web", 2, zones=["eu-west-1a", "eu-west-1c"])
    w.refuse("cloudtrail.lookup-events", "LookupEvents")


def as_event_detail(task):
    return {k: v for k, v in task.items() if k not in ("tags",)}


@scenario(SPOT, "spot.reclaimed_zone", seed=10)
def spot_from_eventbridge_alone(w):
    """An hour later DescribeTasks shows nothing; the archive of EventBridge does, with duplicates and out of order."""
    stopped = interrupt(w, "web", "eu-west-1c", 3, minute=-180)
    alive = w.healthy("web", 1, zones=["eu-west-1a", "eu-west-1b"])
    w.tasks = alive
    for i, t in enumerate(stopped):
        warning = {**as_event_detail(t), "lastStatus": "RUNNING", "version": 5}
        warning.pop("stoppedAt")
        warning["containers"] = [{k: v for k, v in c.items() if k != "exitCode"} for c in t["containers"]]
        w.bridge("ECS Task State Change", -178, as_event_detail(t), seconds=i)
        w.bridge("ECS Task State Change", -180, warning, seconds=i)
        w.bridge("ECS Task State Change", -178, as_event_detail(t), seconds=i + 30)
    w.drop("elbv2.describe-target-groups", "elbv2.describe-target-group-attributes")


@scenario(SPOT, "spot.reclaimed_region", seed=11, epoch_times=True)
def spot_with_the_old_stop_code(w):
    """TerminationNotice, as older articles have it, and times as numbers."""
    for zone in w.zones:
        interrupt(w, "web", zone, 2, minute=-9, code="TerminationNotice", exit_code=0, took=12)


@scenario(SPOT, "spot.reclaimed_zone", also=[(None, "stop.out_of_memory", "reports")], seed=12)
def spot_and_an_unrelated_out_of_memory(w):
    """Two incidents in one cluster at the same time."""
    interrupt(w, "web", "eu-west-1a", 3)
    w.healthy("web", 1, zones=["eu-west-1b", "eu-west-1c"])
    w.add_service("reports", desired=2, strategy=(("FARGATE", 0, 1),), load_balanced=False)
    for m in (-14, -9):
        w.task("reports", "eu-west-1b", status="STOPPED", provider="FARGATE", code="EssentialContainerExited",
               reason="Essential container in task exited", container_reason="OutOfMemoryError: Container killed due to memory usage",
               exit_code=137, created=m - 60, stopping=m, stopped=m)


@scenario(SPOT, "spot.reclaimed_zone", contributing=["spot.replacement_no_addresses"], seed=13)
def spot_replacements_find_no_address(w):
    """Interrupted in a; the replacements go to b and c, whose subnets are full."""
    for zone in ("eu-west-1b", "eu-west-1c"):
        w.subnets[zone]["AvailableIpAddressCount"] = 0
    interrupt(w, "web", "eu-west-1a", 3, minute=-30)
    w.healthy("web", 1, zones=["eu-west-1b", "eu-west-1c"])
    for m in (-28, -26):
        w.event("web", m, "was unable to place a task. Reason: Unexpected EC2 error while attempting to Create Network Interface in subnet "
                f"'{w.subnets['eu-west-1b']['SubnetId']}': InsufficientFreeAddressesInSubnet.")


@scenario(SPOT, "spot.reclaimed_zone", contributing=["spot.too_few_tasks"], seed=14)
def spot_a_single_task(w):
    """One task is no redundancy; little else is known: no Health, no trail, no balancer."""
    w.services["web"]["desiredCount"] = w.services["web"]["deployments"][0]["desiredCount"] = 1
    interrupt(w, "web", "eu-west-1a", 1)
    w.add_service("search", desired=3)
    w.healthy("search", 1, zones=["eu-west-1b", "eu-west-1c"])
    w.drop("health.describe-events", "cloudtrail.lookup-events", "elbv2.describe-target-groups", "elbv2.describe-target-group-attributes")


# ---- network interface ----------------------------------------------------------------------------------------------

def eni_error(w, zone, code, public=False, words=None):
    verb = "Create Network Interface with public IP assignment enabled" if public else "Create Network Interface"
    return words or f"Unexpected EC2 error while attempting to {verb} in subnet '{w.subnets[zone]['SubnetId']}': {code}"


def failed_start(w, service, zone, reason, minutes=(-18, -12, -6), provider="FARGATE", eni_status="PRECREATED", **kw):
    return [w.task(service, zone, created=m - 1, stopping=m, stopped=m, reason=reason, provider=provider, eni_status=eni_status, **{**FAILED, **kw})
            for m in minutes]


@scenario(ENI, "eni.no_free_addresses", contributing=["eni.single_subnet"], seed=20)
def eni_subnet_is_full(w):
    """The only subnet has no free address."""
    zone = "eu-west-1a"
    w.services["web"]["networkConfiguration"]["awsvpcConfiguration"]["subnets"] = [w.subnets[zone]["SubnetId"]]
    w.subnets[zone]["AvailableIpAddressCount"] = 0
    failed_start(w, "web", zone, eni_error(w, zone, "InsufficientFreeAddressesInSubnet"))
    w.healthy("web", 4, zones=[zone], provider="FARGATE")


@scenario(ENI, "eni.no_free_addresses", contributing=["eni.shared_subnet_pressure"], seed=21)
def eni_subnet_eaten_by_lambda(w):
    """A Lambda fleet shares the subnet and took the addresses; a decoy security group change happened yesterday."""
    zone = "eu-west-1b"
    w.subnets[zone]["AvailableIpAddressCount"] = 1
    for i in range(150):
        w.interfaces.append({"NetworkInterfaceId": "eni-" + w.hex(17), "SubnetId": w.subnets[zone]["SubnetId"], "VpcId": w.vpc,
                             "AvailabilityZone": zone, "Status": "in-use", "InterfaceType": "lambda", "RequesterManaged": True,
                             "Description": f"AWS Lambda VPC ENI-thumbnails-{i}", "PrivateIpAddress": f"10.0.1.{i + 20}", "Groups": []})
    w.api_call(-1500, "AuthorizeSecurityGroupIngress", {"groupId": w.group}, source="ec2.amazonaws.com")
    failed_start(w, "web", zone, eni_error(w, zone, "InsufficientFreeAddressesInSubnet", public=True))
    w.healthy("web", 2, zones=["eu-west-1a", "eu-west-1c"], provider="FARGATE")


@scenario(ENI, "eni.security_group_missing", contributing=["eni.changed_network_configuration"], seed=22)
def eni_security_group_deleted(w):
    """The service names a group that was deleted an hour ago."""
    old = "sg-0dead" + w.hex(12)
    w.services["web"]["networkConfiguration"]["awsvpcConfiguration"]["securityGroups"] = [old]
    w.api_call(-65, "DeleteSecurityGroup", {"groupId": old}, source="ec2.amazonaws.com", user=w.user_arn("terraform", "apply-311"))
    failed_start(w, "web", "eu-west-1a", eni_error(w, "eu-west-1a", f"InvalidGroup.NotFound: The security group '{old}' does not exist"))
    w.healthy("web", 1, provider="FARGATE")


@scenario(ENI, "eni.subnet_missing", seed=23)
def eni_subnet_deleted(w):
    """A network clean-up removed a subnet that the service still lists."""
    gone = "subnet-0dead" + w.hex(12)
    w.services["web"]["networkConfiguration"]["awsvpcConfiguration"]["subnets"][0] = gone
    w.api_call(-50, "DeleteSubnet", {"subnetId": gone}, source="ec2.amazonaws.com")
    failed_start(w, "web", "eu-west-1b", f"Unexpected EC2 error while attempting to Create Network Interface in subnet '{gone}': "
                 f"InvalidSubnetID.NotFound: The subnet ID '{gone}' does not exist")


@scenario(ENI, "eni.denied_by_scp", service="ledger", seed=24, account="777788889999", region="eu-central-1", service_name="ledger")
def eni_denied_by_a_service_control_policy(w):
    """An SCP denies ec2:CreateNetworkInterface outside tagged VPCs."""
    why = (f"User: arn:aws:sts::{w.account}:assumed-role/AWSServiceRoleForECS/ecs-service-scheduler is not authorized to perform: "
           f"ec2:CreateNetworkInterface on resource: arn:aws:ec2:{w.region}:{w.account}:subnet/{w.subnets[w.zones[0]]['SubnetId']} with an "
           "explicit deny in a service control policy")
    failed_start(w, "ledger", w.zones[0], "Unexpected EC2 error while attempting to Create Network Interface in subnet "
                 f"'{w.subnets[w.zones[0]]['SubnetId']}': UnauthorizedOperation: {why}")
    w.api_call(-18, "CreateNetworkInterface", {"subnetId": w.subnets[w.zones[0]]["SubnetId"]}, source="ec2.amazonaws.com",
               user=f"arn:aws:sts::{w.account}:assumed-role/AWSServiceRoleForECS/ecs-service-scheduler", invoked_by="ecs.amazonaws.com",
               error=("Client.UnauthorizedOperation", why))


@scenario(ENI, "eni.service_role_denied", seed=25)
def eni_service_role_was_edited(w):
    """No SCP in sight: the service-linked role itself has no permission."""
    why = (f"You are not authorized to perform this operation. User: arn:aws:sts::{w.account}:assumed-role/AWSServiceRoleForECS/"
           "ecs-service-scheduler is not authorized to perform: ec2:CreateNetworkInterface because no identity-based policy allows the "
           "ec2:CreateNetworkInterface action")
    failed_start(w, "web", "eu-west-1c", "Unexpected EC2 error while attempting to Create Network Interface in subnet "
                 f"'{w.subnets['eu-west-1c']['SubnetId']}': UnauthorizedOperation: {why}")


@scenario(ENI, "eni.provisioning_timeout", seed=26)
def eni_provisioning_timed_out(w):
    """AWS was slow; addresses, groups and quotas are fine; no Health event yet."""
    failed_start(w, "web", "eu-west-1a", "Timeout waiting for network interface provisioning to complete.", minutes=(-16, -13),
                 provider="FARGATE_SPOT")
    w.healthy("web", 2)


@scenario(ENI, "eni.health_event", seed=27)
def eni_timeouts_in_a_health_event(w):
    """The same text, but AWS Health has an open EC2 networking issue in the region."""
    w.health("AWS_EC2_INSTANCE_NETWORK_CONNECTIVITY_ISSUE", -45, service="EC2",
             description="We are investigating delays in provisioning elastic network interfaces in the EU-WEST-1 Region.")
    for z in w.zones:
        failed_start(w, "web", z, "Timeout waiting for network interface provisioning to complete.", minutes=(-20, -14))


@scenario(ENI, "eni.quota_interfaces", seed=28)
def eni_interface_quota_reached(w):
    """The region's quota of interfaces, not the subnet, is the wall."""
    failed_start(w, "web", "eu-west-1b", eni_error(w, "eu-west-1b", "NetworkInterfaceLimitExceeded: You have exceeded the limit of "
                                                   "network interfaces"))
    w.healthy("web", 2, provider="FARGATE")
    w.drop("cloudtrail.lookup-events")


# ---- ephemeral storage ----------------------------------------------------------------------------------------------

def exited(w, service, minute, exit_code=1, lines=(), created=None, container_reason=None, provider="FARGATE", zone=None, **kw):
    t = w.task(service, zone or w.zones[0], status="STOPPED", provider=provider, code="EssentialContainerExited",
               reason="Essential container in task exited", exit_code=exit_code, created=minute - 200 if created is None else created,
               stopping=minute, stopped=minute, container_reason=container_reason, **kw)
    if lines:
        w.log(t, service, [(minute + m, text) for m, text in lines])
    return t


@scenario(STORAGE, "storage.application_writes", service="encoder", contributing=["storage.no_alarm"], seed=30, service_name="encoder")
def storage_filled_by_a_big_job(w):
    """A job wrote 19 GiB within minutes, far above what tasks of this service usually hold."""
    w.insights = "enabled"
    exited(w, "encoder", -10, lines=[(-6, "fetching master 8k 41 min"), (-1, "ffmpeg: av_interleaved_write_frame(): No space left on device"),
                                     (0, "OSError: [Errno 28] No space left on device: '/scratch/part-000.ts'")])
    w.metric("EphemeralStorageUtilized", [(-70, 2.1), (-60, 2.1), (-50, 2.2), (-40, 2.1), (-30, 2.2), (-20, 2.3), (-15, 11.0), (-11, 19.9)])
    w.docs["cloudwatch.describe-alarms"] = {"MetricAlarms": [], "CompositeAlarms": []}
    w.healthy("encoder", 1, provider="FARGATE")


@scenario(STORAGE, "storage.logs_or_temp_growth", service="gateway", seed=31, service_name="gateway")
def storage_filled_slowly_by_logs(w):
    """A log file grew for nine days at the same pace until the disk was full."""
    w.insights = "enabled"
    exited(w, "gateway", -10, created=-60 * 24 * 9, lines=[
        (-5, "rotate: cannot write /var/log/gateway/access.log.1: no space left on device"),
        (0, "panic: write /var/log/gateway/access.log: no space left on device")])
    w.metric("EphemeralStorageUtilized", [(-60 * 24 * d, 20 - 2.05 * d) for d in range(9, 0, -1)] + [(-15, 19.95)])
    w.healthy("gateway", 1, provider="FARGATE")


@scenario(STORAGE, "storage.image_layers", service="notebook", contributing=["storage.changed_image"], seed=32, service_name="notebook")
def storage_image_leaves_no_room(w):
    """A revision with a 7.4 GiB image: unpacked it fills 20 GiB nearly alone, and the application dies on its first write."""
    td = w.redefine("notebook", 2, image=f"{w.account}.dkr.ecr.{w.region}.amazonaws.com/notebook:2.0", registered=-55)
    w.image("notebook", "2.0", 7600, pushed=-70)
    w.services["notebook"]["deployments"][0].update(createdAt=w.at(-50), updatedAt=w.at(-45))
    w.api_call(-50, "UpdateService", {"cluster": "prod", "service": "notebook", "taskDefinition": td["taskDefinitionArn"]})
    for m in (-40, -30, -20):
        exited(w, "notebook", m, created=m - 4, lines=[(0, "jupyter: cannot create /home/jovyan/.cache: No space left on device")])


@scenario(STORAGE, "storage.default_size_too_small", service="importer", seed=33, service_name="importer")
def storage_default_size_for_a_big_data_set(w):
    """Every run needs about 26 GiB and never had more than the default 20: each fails at the same point from the first day."""
    for m in (-180, -120, -60, -8):
        exited(w, "importer", m, created=m - 22, lines=[
            (-20, "restoring dump.sql.zst (26.4 GiB) to /tmp/restore"), (0, "zstd: error 70 : Write error : cannot write block : No space left on device")])
    w.services["importer"]["createdAt"] = w.at(-300)
    w.services["importer"]["deployments"][0].update(createdAt=w.at(-300), updatedAt=w.at(-290))
    w.drop("cloudtrail.lookup-events")


@scenario(STORAGE, "storage.application_writes", service="etl", contributing=["storage.platform_cannot_extend"], seed=34, service_name="etl",
          service_options=dict(platform="1.3.0"))
def storage_on_an_old_platform(w):
    """The same wall on 1.3.0, where it cannot be moved; metrics are off."""
    for m in (-25, -9):
        exited(w, "etl", m, created=m - 15, platform="1.3.0", storage=10, lines=[(-9, "spilling partition 311 to /scratch/spill: 9.1 GiB"),
               (0, "java.io.IOException: No space left on device")])
    w.healthy("etl", 1, provider="FARGATE", platform="1.3.0", storage=10)


# ---- exec -----------------------------------------------------------------------------------------------------------

NOT_ENABLED = ("The execute command failed because execute command was not enabled when the task was run or the execute command agent "
               "isn't running. Wait and try again or run a new task with execute command enabled and try again.")
SSM = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": [
    "ssmmessages:CreateControlChannel", "ssmmessages:CreateDataChannel", "ssmmessages:OpenControlChannel", "ssmmessages:OpenDataChannel"],
    "Resource": "*"}]}


def exec_call(w, task, code, message, minute=-5, user=None):
    w.api_call(minute, "ExecuteCommand", {"cluster": w.cluster, "container": w.service, "command": "HIDDEN_DUE_TO_SECURITY_REASONS",
                                          "interactive": True, "task": task["taskArn"]},
               user=user or w.user_arn("sre", "oncall"), error=(code, message))
    w.texts["ecs.execute-command.error.txt"] = f"\nAn error occurred ({code}) when calling the ExecuteCommand operation: {message}\n"


@scenario(EXEC, "exec.not_enabled", seed=40)
def exec_task_older_than_the_flag(w):
    """The service has the flag since an hour; the task is a day old and has not."""
    w.services["web"]["enableExecuteCommand"] = True
    w.roles["web-task"]["inline"]["exec"] = SSM
    t = w.healthy("web", 2, provider="FARGATE", exec_enabled=False)[0]
    w.api_call(-60, "UpdateService", {"cluster": "prod", "service": "web", "enableExecuteCommand": True})
    exec_call(w, t, "InvalidParameterException", NOT_ENABLED)


@scenario(EXEC, "exec.agent_not_running", seed=41)
def exec_agent_stopped(w):
    """Everything is allowed and reachable; the agent of this task died, as its siblings' did not."""
    w.services["web"]["enableExecuteCommand"] = True
    w.roles["web-task"]["inline"]["exec"] = SSM
    w.healthy("web", 1, provider="FARGATE")
    t = w.task("web", "eu-west-1a", provider="FARGATE", agent=("STOPPED", "Received Container Exited event: {exit code: -1}"))
    exec_call(w, t, "TargetNotConnectedException", "The execute command failed due to an internal error. Try again later.")


@scenario(EXEC, "exec.task_role_missing_ssmmessages", seed=42, nested=True)
def exec_task_role_without_ssmmessages(w):
    """The flag is on, the way is open, the role says nothing of ssmmessages; a decoy deployment came just before."""
    w.services["web"]["enableExecuteCommand"] = True
    w.api_call(-15, "UpdateService", {"cluster": "prod", "service": "web", "desiredCount": 6})
    ts = w.healthy("web", 2, provider="FARGATE", agent=("PENDING",))
    exec_call(w, ts[0], "TargetNotConnectedException", "The execute command failed due to an internal error. Try again later.")


@scenario(EXEC, "exec.denied_by_scp_or_boundary", seed=43)
def exec_boundary_forgets_ssmmessages(w):
    """The role allows all four actions; its permissions boundary allows S3 and logs only."""
    w.services["web"]["enableExecuteCommand"] = True
    w.roles["web-task"]["inline"]["exec"] = SSM
    w.roles["web-task"]["boundary"] = (f"arn:aws:iam::{w.account}:policy/team-boundary", {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": ["s3:*", "logs:*", "cloudwatch:*"], "Resource": "*"}]})
    ts = w.healthy("web", 2, provider="FARGATE", agent=("STOPPED",))
    exec_call(w, ts[0], "TargetNotConnectedException", "The execute command failed due to an internal error. Try again later.")


@scenario(EXEC, "exec.no_path_to_ssmmessages", seed=44)
def exec_private_subnet_without_endpoint(w):
    """No NAT, endpoints for images and logs but none for ssmmessages."""
    w.services["web"]["enableExecuteCommand"] = True
    w.roles["web-task"]["inline"]["exec"] = SSM
    w.no_way_out()
    for name in ("ecr.api", "ecr.dkr", "logs"):
        w.endpoint(name)
    w.endpoint("s3", kind="Gateway")
    ts = w.healthy("web", 2, provider="FARGATE", agent=("STOPPED",))
    exec_call(w, ts[0], "TargetNotConnectedException", "The execute command failed due to an internal error. Try again later.")


@scenario(EXEC, "exec.read_only_root", seed=45)
def exec_read_only_root_file_system(w):
    """The agent cannot write its files."""
    w.services["web"]["enableExecuteCommand"] = True
    w.roles["web-task"]["inline"]["exec"] = SSM
    w.redefine("web", 2, readonly=True, registered=-300)
    ts = w.healthy("web", 2, provider="FARGATE", agent=("STOPPED",))
    exec_call(w, ts[0], "InvalidParameterException", NOT_ENABLED)


@scenario(EXEC, "exec.platform_too_old", seed=46, service_options=dict(platform="1.3.0", exec_enabled=True))
def exec_on_platform_1_3_0(w):
    """ECS Exec came with 1.4.0."""
    w.roles["web-task"]["inline"]["exec"] = SSM
    ts = w.healthy("web", 1, provider="FARGATE", platform="1.3.0", exec_enabled=False)
    exec_call(w, ts[0], "InvalidParameterException", NOT_ENABLED)


@scenario(EXEC, "exec.caller_denied", seed=47)
def exec_caller_may_not(w):
    """The task is fine; the engineer's own role lacks ecs:ExecuteCommand."""
    w.services["web"]["enableExecuteCommand"] = True
    w.roles["web-task"]["inline"]["exec"] = SSM
    t = w.healthy("web", 2, provider="FARGATE")[0]
    exec_call(w, t, "AccessDeniedException", f"User: {w.user_arn('junior', 'ana')} is not authorized to perform: ecs:ExecuteCommand on resource: "
              f"{t['taskArn']} because no identity-based policy allows the ecs:ExecuteCommand action", user=w.user_arn("junior", "ana"))


@scenario(EXEC, "exec.aws_keys_in_environment", seed=48)
def exec_static_keys_in_the_container(w):
    """AWS_ACCESS_KEY_ID in the environment takes the task role's place for the agent."""
    w.services["web"]["enableExecuteCommand"] = True
    w.roles["web-task"]["inline"]["exec"] = SSM
    w.redefine("web", 2, registered=-400, environment=[{"name": "STAGE", "value": "prod"}, {"name": "AWS_ACCESS_KEY_ID", "value": "***"},
                                                      {"name": "AWS_SECRET_ACCESS_KEY", "value": "***"}])
    ts = w.healthy("web", 2, provider="FARGATE", agent=("STOPPED",))
    exec_call(w, ts[0], "TargetNotConnectedException", "The execute command failed due to an internal error. Try again later.")


# ---- image ----------------------------------------------------------------------------------------------------------

def cannot_pull(image, why):
    return f"CannotPullContainerError: {why}".replace("IMAGE", image)


@scenario(IMAGE, "image.larger_than_storage", service="model", contributing=["image.grew_by_change"], seed=50, service_name="model")
def image_larger_than_the_disk(w):
    """11.8 GiB compressed on a 20 GiB disk; the revision before had 2.1 GiB."""
    img = f"{w.account}.dkr.ecr.{w.region}.amazonaws.com/model:2.0"
    w.redefine("model", 2, image=img, registered=-45)
    w.docs["ecr.describe-images.model"] = {"imageDetails": []}
    w.image("model", "1.0", 2150, pushed=-60 * 24 * 20)
    w.image("model", "2.0", 12080, layers=[(11500, None), (560, None), (20, None)], pushed=-60)
    w.services["model"]["deployments"][0].update(createdAt=w.at(-40), updatedAt=w.at(-35))
    failed_start(w, "model", "eu-west-1a", cannot_pull(img, "pull image manifest has been retried 1 time(s): failed to extract layer sha256:"
                 + w.hex(64) + ": write /var/lib/containerd/…/opt/weights.bin: no space left on device: unknown"),
                 minutes=(-30, -22, -14), eni_status=None, pull=True, container_reason=cannot_pull(img, "… no space left on device"))
    for t in w.tasks:
        t["ephemeralStorage"] = {"sizeInGiB": 20}
    w.healthy("model", 1, provider="FARGATE", revision=1)


@scenario(IMAGE, "image.pull_timeout_slow_path", contributing=["image.no_endpoint_for_layers"], seed=51)
def image_layers_have_no_way_in(w):
    """Interface endpoints for ECR, none for S3, no NAT: the manifest comes, the layers never do. The image is small."""
    w.no_way_out()
    for name in ("ecr.api", "ecr.dkr", "logs"):
        w.endpoint(name)
    img = f"{w.account}.dkr.ecr.{w.region}.amazonaws.com/web:1.0"
    failed_start(w, "web", "eu-west-1b", cannot_pull(img, "failed to copy: httpReadSeeker: failed open: failed to do request: Get "
                 f"\"https://prod-{w.region}-starport-layer-bucket.s3.{w.region}.amazonaws.com/…\": dial tcp 52.218.36.9:443: i/o timeout"),
                 minutes=(-25, -15, -5), eni_status=None, pull=True)
    w.drop("health.describe-events")


@scenario(IMAGE, "image.pull_timeout_size", service="render", seed=52, service_name="render", service_options=dict(storage=100))
def image_too_big_to_arrive_in_time(w):
    """14 GiB through a good path on 100 GiB of disk: room enough, time not."""
    img = f"{w.account}.dkr.ecr.{w.region}.amazonaws.com/render:1.0"
    w.docs["ecr.describe-images.render"] = {"imageDetails": []}
    w.image("render", "1.0", 14300)
    w.endpoint("s3", kind="Gateway")
    w.endpoint("ecr.dkr")
    w.endpoint("ecr.api")
    failed_start(w, "render", "eu-west-1a", cannot_pull(img, "context deadline exceeded"), minutes=(-80, -40, -4), eni_status=None, pull=True,
                 storage=100)
    for t, m in zip(w.tasks, (-80, -40, -4)):
        t["pullStartedAt"], t["pullStoppedAt"] = w.at(m - 31), w.at(m)
        t["createdAt"] = w.at(m - 32)


@scenario(IMAGE, "image.larger_than_storage", service="ml", contributing=["image.duplicate_layers"], seed=53, service_name="ml",
          region="us-west-2")
def image_with_the_same_layer_twice(w):
    """9 GiB, of which the same 4 GiB layer is there twice; ECR's size is the only proof, Logs and trail are refused."""
    img = f"{w.account}.dkr.ecr.{w.region}.amazonaws.com/ml:1.0"
    w.docs["ecr.describe-images.ml"] = {"imageDetails": []}
    twice = "sha256:" + w.hex(64)
    w.image("ml", "1.0", 9400, layers=[(4100, twice), (1200, None), (4100, twice)])
    failed_start(w, "ml", w.zones[0], cannot_pull(img, "failed to register layer: Error processing tar file(exit status 1): write "
                 "/usr/local/lib/python3.11/site-packages/torch/lib/libtorch_cuda.so: no space left on device"), eni_status=None, pull=True)
    w.refuse("cloudtrail.lookup-events", "LookupEvents")


# ---- capacity -------------------------------------------------------------------------------------------------------

@scenario(CAPACITY, "capacity.zone", contributing=["capacity.single_zone"], seed=60, service_options=dict(strategy=(("FARGATE", 0, 1),)))
def capacity_gone_in_the_only_zone(w):
    """The service knows one zone; there is no capacity in it; a sibling starts tasks elsewhere at the same time."""
    w.services["web"]["networkConfiguration"]["awsvpcConfiguration"]["subnets"] = [w.subnets["eu-west-1a"]["SubnetId"]]
    for m in (-30, -24, -13, -3):
        w.event("web", m, NO_CAPACITY)
    w.healthy("web", 2, zones=["eu-west-1a"], provider="FARGATE")
    w.add_service("search", desired=4, strategy=(("FARGATE", 0, 1),))
    w.healthy("search", 2, zones=["eu-west-1b", "eu-west-1c"], provider="FARGATE", created=-12)


@scenario(CAPACITY, "capacity.region", service="batch", seed=61, service_name="batch", service_options=dict(strategy=(("FARGATE_SPOT", 0, 1),)),
          contributing=["capacity.no_on_demand_base"])
def capacity_gone_in_all_zones(w):
    """Three zones, Spot only, none has capacity, for this service or its siblings."""
    w.add_service("crawler", desired=4)
    for service in ("batch", "crawler"):
        for m in (-50, -44, -32, -20, -6):
            w.event(service, m, NO_CAPACITY)
    for i, z in enumerate(w.zones):
        failed_start(w, "batch", z, "Capacity is unavailable at this time. Please try again later or in a different availability zone",
                     minutes=(-33 + i, -12 + i), provider="FARGATE_SPOT")


@scenario(CAPACITY, "capacity.vcpu_quota", contributing=["capacity.quota_request_pending"], seed=62,
          service_options=dict(strategy=(("FARGATE", 0, 1),)))
def capacity_on_demand_quota(w):
    """The account is at its vCPU quota; a request to raise it is waiting."""
    w.quotas["L-3032A538"] = 6.0
    for m in (-20, -11, -2):
        w.event("web", m, "was unable to place a task. Reason: You've reached the limit on the number of vCPUs you can run concurrently.")
    w.healthy("web", 2, provider="FARGATE")
    w.docs["service-quotas.list-requested-service-quota-change-history"] = {"RequestedQuotas": [{
        "Id": w.hex(32), "CaseId": "1712345678", "ServiceCode": "fargate", "ServiceName": "AWS Fargate", "QuotaCode": "L-3032A538",
        "QuotaName": "Fargate On-Demand vCPU resource count", "DesiredValue": 100.0, "Status": "CASE_OPENED", "Created": w.at(-60 * 24 * 2),
        "LastUpdated": w.at(-60 * 24), "Requester": "{}", "QuotaArn": "", "GlobalQuota": False, "Unit": "None"}]}


@scenario(CAPACITY, "capacity.spot_vcpu_quota", seed=63, service="workers", service_name="workers")
def capacity_spot_quota(w):
    """The same text for a service on Spot, whose own quota is the small one."""
    w.quotas["L-36FBB829"] = 6.0
    for m in (-20, -11, -2):
        w.event("workers", m, "was unable to place a task. Reason: You've reached the limit on the number of vCPUs you can run concurrently.")
    w.healthy("workers", 2)


@scenario(CAPACITY, "capacity.launch_rate_throttled", service="nightly", seed=64, service_name="nightly",
          service_options=dict(strategy=(("FARGATE", 0, 1),), load_balanced=False))
def capacity_launched_too_fast(w):
    """A scheduler starts 300 tasks at three o'clock sharp; RunTask is throttled. Nothing is short."""
    for s in range(6):
        w.api_call(-20, "RunTask", {"cluster": "prod", "taskDefinition": "nightly:1", "count": 10}, seconds=s,
                   user=w.user_arn("scheduler", "cron"), error=("ThrottlingException", "Rate exceeded"))
    w.texts["ecs.run-task.error.txt"] = "\nAn error occurred (ThrottlingException) when calling the RunTask operation (reached max retries: 2): Rate exceeded\n"
    w.healthy("nightly", 8, provider="FARGATE", created=-21)


@scenario(CAPACITY, "capacity.health_event", service="front", seed=65, service_name="front", region="us-east-1",
          service_options=dict(strategy=(("FARGATE", 0, 1),)))
def capacity_in_a_health_event(w):
    """AWS says itself that Fargate launches fail in the region."""
    w.health("AWS_FARGATE_OPERATIONAL_ISSUE", -70, service="FARGATE",
             description="We are experiencing elevated task launch failures for Fargate in the US-EAST-1 Region.")
    for m in (-60, -40, -20, -5):
        w.event("front", m, NO_CAPACITY)
    w.healthy("front", 1, provider="FARGATE")


@scenario(CAPACITY, "capacity.zone", service="oneoff", seed=66, service_name="web", contributing=[])
def capacity_refused_to_a_single_run_task(w):
    """A stand-alone RunTask into one subnet came back with a failure; siblings run in the other zones."""
    td = w.definition("oneoff", 1, architecture="ARM64", cpu="16384", memory="65536")
    w.docs["ecs.run-task"] = {"tasks": [], "failures": [{"reason": "Capacity is unavailable at this time. Please try again later or in a different availability zone"}]}
    w.api_call(-7, "RunTask", {"cluster": "prod", "taskDefinition": "oneoff:1", "launchType": "FARGATE", "networkConfiguration": {
        "awsvpcConfiguration": {"subnets": [w.subnets["eu-west-1a"]["SubnetId"]], "securityGroups": [w.group]}}},
        response={"tasks": [], "failures": [{"reason": "Capacity is unavailable at this time. Please try again later or in a different availability zone"}]})
    w.healthy("web", 2, zones=["eu-west-1b", "eu-west-1c"], provider="FARGATE", created=-6)


# ---- platform -------------------------------------------------------------------------------------------------------

def refused_call(w, operation, code, message, parameters, minute=-8):
    w.api_call(minute, operation, parameters, error=(code, message))
    name = {"UpdateService": "update-service", "CreateService": "create-service", "RunTask": "run-task",
            "RegisterTaskDefinition": "register-task-definition"}[operation]
    w.texts[f"ecs.{name}.error.txt"] = f"\nAn error occurred ({code}) when calling the {operation} operation: {message}\n"


@scenario(PLATFORM, "platform.unknown_version", contributing=["platform.pinned_version"], seed=70)
def platform_version_misspelt(w):
    """1.5.0 does not exist."""
    refused_call(w, "UpdateService", "PlatformUnknownException", "The specified platform version does not exist.",
                 {"cluster": "prod", "service": "web", "platformVersion": "1.5.0"})
    w.healthy("web", 2, provider="FARGATE")


@scenario(PLATFORM, "platform.feature_needs_newer", seed=71, service_options=dict(platform="1.3.0"))
def platform_too_old_for_more_storage(w):
    """The new revision asks for 50 GiB; the service is pinned to 1.3.0."""
    td = w.definition("web", 2, task_role="web-task", storage=50, registered=-15)
    refused_call(w, "UpdateService", "PlatformTaskDefinitionIncompatibilityException",
                 "The specified platform does not satisfy the task definition's required capabilities.",
                 {"cluster": "prod", "service": "web", "taskDefinition": td["taskDefinitionArn"], "platformVersion": "1.3.0"})
    w.api_call(-15, "RegisterTaskDefinition", {"family": "web"}, response={"taskDefinition": {"taskDefinitionArn": td["taskDefinitionArn"]}})
    w.healthy("web", 2, provider="FARGATE", platform="1.3.0", revision=1)


@scenario(PLATFORM, "platform.cpu_memory_combination", service="tool", seed=72)
def platform_no_such_size(w):
    """512 CPU units with 8 GB."""
    refused_call(w, "RegisterTaskDefinition", "ClientException", "No Fargate configuration exists for given values: 512 CPU, 8192 memory. "
                 "See the Amazon ECS documentation for the valid values.", {"family": "tool", "cpu": "512", "memory": "8192",
                                                                          "requiresCompatibilities": ["FARGATE"]})
    w.healthy("web", 2, provider="FARGATE")


@scenario(PLATFORM, "platform.os_or_architecture", service="legacy", seed=73, service_name="legacy")
def platform_windows_on_spot(w):
    """A Windows task definition for a service on FARGATE_SPOT."""
    td = w.definition("legacy", 2, task_role="legacy-task", registered=-20)
    td["runtimePlatform"] = {"cpuArchitecture": "X86_64", "operatingSystemFamily": "WINDOWS_SERVER_2019_CORE"}
    refused_call(w, "UpdateService", "InvalidParameterException", "The Fargate Spot capacity provider does not support the platform family "
                 "WINDOWS_SERVER_2019_CORE.", {"cluster": "prod", "service": "legacy", "taskDefinition": td["taskDefinitionArn"]})
    w.healthy("legacy", 1)


# ---- stops of no family ---------------------------------------------------------------------------------------------

@scenario(None, "stop.application_exit", contributing=["stop.changed_just_before"], seed=80)
def stop_application_crashes_after_release(w):
    """A new revision exits with 1 at start; its log says why. Spot is involved only by name."""
    td = w.redefine("web", 2, registered=-30)
    w.services["web"]["deployments"][0].update(createdAt=w.at(-25), updatedAt=w.at(-2), rolloutState="IN_PROGRESS")
    w.api_call(-25, "UpdateService", {"cluster": "prod", "service": "web", "taskDefinition": td["taskDefinitionArn"]})
    for m in (-20, -15, -10, -5):
        exited(w, "web", m, exit_code=1, created=m - 1, provider="FARGATE_SPOT", lines=[(0, "KeyError: 'DATABASE_URL'")])
    w.healthy("web", 2, revision=1)


@scenario(None, "stop.out_of_memory", service="cache", seed=81, service_name="cache")
def stop_out_of_memory(w):
    """137 with AWS's own word for it."""
    for m in (-50, -28, -7):
        exited(w, "cache", m, exit_code=137, container_reason="OutOfMemoryError: Container killed due to memory usage")


@scenario(None, "stop.load_balancer_health", seed=82)
def stop_fails_the_load_balancer_check(w):
    """Registered, checked, stopped, again and again."""
    arn = w.services["web"]["loadBalancers"][0]["targetGroupArn"]
    for m in (-30, -20, -10):
        w.task("web", "eu-west-1a", status="STOPPED", provider="FARGATE", code="ServiceSchedulerInitiated",
               reason=f"Task failed ELB health checks in (target-group {arn})", stopping=m, stopped=m, created=m - 5, exit_code=143)
        w.event("web", m, f"(port 8080) is unhealthy in (target-group {arn}) due to (reason Health checks failed with these codes: [502]).")
    w.drop("health.describe-events", "cloudtrail.lookup-events")


@scenario(None, "stop.container_health", service="feed", seed=83, service_name="feed")
def stop_fails_its_own_check(w):
    """The container's own HEALTHCHECK fails."""
    for m in (-22, -9):
        w.task("feed", "eu-west-1b", status="STOPPED", provider="FARGATE", code="ServiceSchedulerInitiated",
               reason="Task failed container health checks", stopping=m, stopped=m, created=m - 8, exit_code=143)


@scenario(None, "stop.secrets_denied", seed=84, service="pay", service_name="pay")
def stop_may_not_read_its_secret(w):
    """The execution role lacks secretsmanager:GetSecretValue."""
    secret = f"arn:aws:secretsmanager:{w.region}:{w.account}:secret:pay/db-a1b2c3"
    w.redefine("pay", 2, secrets=[{"name": "DB", "valueFrom": secret}], registered=-60)
    failed_start(w, "pay", "eu-west-1a", "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: "
                 f"unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret {secret} from secrets manager: "
                 f"AccessDeniedException: User: arn:aws:sts::{w.account}:assumed-role/ecsTaskExecutionRole/{w.hex(32)} is not authorized to perform: "
                 f"secretsmanager:GetSecretValue on resource: {secret} because no identity-based policy allows the secretsmanager:GetSecretValue action "
                 "status code: 400", eni_status=None)


@scenario(None, "stop.secrets_unreachable", seed=85, service="pay", service_name="pay")
def stop_cannot_reach_secrets_manager(w):
    """Allowed, but the subnet has no way to Secrets Manager."""
    w.no_way_out()
    secret = f"arn:aws:secretsmanager:{w.region}:{w.account}:secret:pay/db-a1b2c3"
    w.redefine("pay", 2, secrets=[{"name": "DB", "valueFrom": secret}], registered=-60)
    failed_start(w, "pay", "eu-west-1a", "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: "
                 f"unable to retrieve secret from asm: service call has been retried 5 time(s): failed to fetch secret {secret} from secrets manager: "
                 f"RequestCanceled: request context canceled caused by: context deadline exceeded", eni_status=None)


@scenario(None, "stop.image_missing", seed=86)
def stop_tag_does_not_exist(w):
    """A tag that nobody pushed."""
    img = f"{w.account}.dkr.ecr.{w.region}.amazonaws.com/web:1.1"
    w.redefine("web", 2, image=img, registered=-30)
    failed_start(w, "web", "eu-west-1c", cannot_pull(img, f"pull image manifest has been retried 5 time(s): failed to resolve ref {img}: {img}: not found"),
                 eni_status=None, pull=True)
    w.healthy("web", 1, provider="FARGATE", revision=1)


@scenario(None, "stop.image_architecture", seed=87)
def stop_built_for_the_other_architecture(w):
    """The image was built on an ARM laptop."""
    img = f"{w.account}.dkr.ecr.{w.region}.amazonaws.com/web:1.0"
    failed_start(w, "web", "eu-west-1a", cannot_pull(img, "pull image manifest has been retried 1 time(s): image Manifest does not contain "
                 "descriptor matching platform 'linux/amd64'"), eni_status=None, pull=True)


@scenario(None, "stop.user", seed=88, service="admin", service_name="admin", service_options=dict(strategy=(("FARGATE", 0, 1),)))
def stop_by_a_person(w):
    """Somebody stopped it in the console, and CloudTrail knows who."""
    t = w.task("admin", "eu-west-1b", status="STOPPED", provider="FARGATE", code="UserInitiated", reason="Task stopped by user",
               stopping=-11, stopped=-11, exit_code=143)
    w.api_call(-11, "StopTask", {"cluster": "prod", "task": t["taskArn"], "reason": "Task stopped by user"}, user=w.user_arn("sre", "kim"))
    w.healthy("admin", 1, provider="FARGATE")


@scenario(None, "stop.image_rate_limited", seed=89, service="proxy", service_name="proxy")
def stop_docker_hub_says_slow_down(w):
    """Anonymous pulls from Docker Hub."""
    w.redefine("proxy", 2, image="docker.io/library/nginx:1.25", registered=-100)
    failed_start(w, "proxy", "eu-west-1a", "CannotPullContainerError: inspect image has been retried 5 time(s): httpReadSeeker: failed open: unexpected status "
                 "code https://registry-1.docker.io/v2/library/nginx/manifests/sha256:" + w.hex(64) + ": 429 Too Many Requests - Server message: "
                 "toomanyrequests: You have reached your pull rate limit.", eni_status=None, pull=True)


@scenario(None, "stop.logs_unavailable", seed=90)
def stop_log_group_does_not_exist(w):
    """The awslogs driver finds no group and may not create it."""
    failed_start(w, "web", "eu-west-1b", "ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to "
                 "create Cloudwatch log stream: ResourceNotFoundException: The specified log group does not exist. : exit status 1", eni_status=None)


# ---- more of two at once, and of too little -------------------------------------------------------------------------

@scenario(ENI, "eni.no_free_addresses", service="web", also=[(EXEC, "exec.not_enabled", "admin")], seed=95)
def two_incidents_address_and_exec(w):
    """While one service finds no address, an engineer fails to get a shell in another."""
    for zone in w.zones:
        w.subnets[zone]["AvailableIpAddressCount"] = 0
    failed_start(w, "web", "eu-west-1a", eni_error(w, "eu-west-1a", "InsufficientFreeAddressesInSubnet"), minutes=(-30, -20, -10, -5))
    w.add_service("admin", desired=1, strategy=(("FARGATE", 0, 1),))
    t = w.task("admin", "eu-west-1b", provider="FARGATE", exec_enabled=False)
    w.service = "admin"
    exec_call(w, t, "InvalidParameterException", NOT_ENABLED)


@scenario(SPOT, "spot.reclaimed_zone", seed=96)
def spot_with_one_file_only(w):
    """All that somebody saved was describe-tasks."""
    interrupt(w, "web", "eu-west-1a", 4)
    w.healthy("web", 2, zones=["eu-west-1b", "eu-west-1c"])
    w.only = ["ecs.describe-tasks"]


@scenario(SPOT, "spot.reclaimed_region", absent=["spot.moved_to_spot_by_change"], seed=97)
def spot_decoy_strategy_change_after_the_fact(w):
    """Someone changed the strategy after the interruption, in reaction to it: no cause of it."""
    for zone in w.zones:
        interrupt(w, "web", zone, 2, minute=-30)
    w.api_call(-10, "UpdateService", {"cluster": "prod", "service": "web", "forceNewDeployment": True, "capacityProviderStrategy": [
        {"capacityProvider": "FARGATE", "base": 2, "weight": 1}, {"capacityProvider": "FARGATE_SPOT", "weight": 3}]}, user=w.user_arn("sre", "oncall"))


@scenario(CAPACITY, "capacity.zone", seed=98, service_options=dict(strategy=(("FARGATE", 0, 1),)))
def capacity_with_a_misleading_health_event(w):
    """An open Health event of another service and region is no proof; one zone is short."""
    w.health("AWS_RDS_OPERATIONAL_ISSUE", -60, service="RDS", region="us-east-1", description="Increased API error rates.")
    w.services["web"]["networkConfiguration"]["awsvpcConfiguration"]["subnets"] = [w.subnets["eu-west-1c"]["SubnetId"]]
    for m in (-25, -14, -4):
        w.event("web", m, NO_CAPACITY)
    w.add_service("search", desired=2, strategy=(("FARGATE", 0, 1),))
    w.healthy("search", 1, zones=["eu-west-1a", "eu-west-1b"], provider="FARGATE", created=-10)


def main():
    root = pathlib.Path(__file__).resolve().parents[2] / "scenarios"
    chosen = sys.argv[1:] or list(ALL)
    for name in chosen:
        shutil.rmtree(root / name, ignore_errors=True)  # its own folder only: others were made by hand
        build, options, nested, label = ALL[name]
        options = dict(options)
        service_options = options.pop("service_options", {})
        w = World(service=options.pop("service_name", "web"), **options)
        if service_options:
            w.services.clear()
            w.add_service(w.service, **service_options)
        build(w)
        only = getattr(w, "only", None)
        if only:
            w.finish()
            w.docs = {k: v for k, v in w.docs.items() if k in only}
            w.finish = lambda: None
        for key in ("proof", "useless_fixes"):
            if getattr(w, key):
                label["incidents"][0][key] = getattr(w, key)
        w.write(root / name, label, nested)
    print(len(chosen), "scenarios")


if __name__ == "__main__":
    import scenarios  # by its name, so that the other files of stories register with the same table
    import stories_of_access
    import stories_of_paths
    scenarios.main()
