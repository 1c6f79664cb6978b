"""Every member that the lab's ECS puts on the wire, against AWS's service model as botocore has it.

For each answer: no member that the model does not know, the right JSON type, enumerated values from the
enumeration. Read operations over several scenarios; writing operations once.

    ecs_shapes_test.py PATH/TO/lab_server
"""
import json
import subprocess
import sys
import unittest

import botocore.config
import botocore.session
from botocore.exceptions import ClientError

SERVER = sys.argv.pop(1) if len(sys.argv) > 1 else "build-debug/lab_server"
SCENARIOS = ["spot-zone-reclaimed", "eni-no-addresses", "image-too-large", "elb-health", "exec-task-role-missing"]
TYPES = {"string": str, "integer": int, "long": int, "boolean": bool, "double": (int, float), "float": (int, float),
         "timestamp": (int, float), "structure": dict, "map": dict, "list": list}
# Values that AWS itself sends and that are younger than this model's enumerations.
YOUNGER = {("Setting", "value")}


def problems(value, shape, path):
    kind = shape.type_name
    wanted = TYPES[kind]
    if not isinstance(value, wanted) or (isinstance(value, bool) and kind not in ("boolean",)):
        return ["%s is %r, and should be a %s" % (path, value, kind)]
    if kind == "structure":
        found = []
        for name, member in value.items():
            if name not in shape.members:
                found.append("%s.%s is unknown to AWS's model" % (path, name))
            else:
                found += problems(member, shape.members[name], path + "." + name)
        return found
    if kind == "list":
        return [p for i, item in enumerate(value) for p in problems(item, shape.member, "%s[%d]" % (path, i))]
    if kind == "map":
        return [p for key, item in value.items() for p in problems(item, shape.value, path + "." + key)]
    if kind == "string" and getattr(shape, "enum", None) and value not in shape.enum:
        return ["%s is %r, which is none of %s" % (path, value, shape.enum)]
    return []


class Lab:
    def __init__(self, scenario):
        self.process = subprocess.Popen([SERVER, "--scenario", scenario], stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        if not line.startswith("listening on "):
            raise RuntimeError("lab_server did not start")
        session = botocore.session.Session()
        session.set_config_variable("config_file", "/dev/null")
        session.set_credentials("AKIALABEXAMPLE000001", "lab")
        self.ecs = session.create_client(
            "ecs", region_name="eu-west-1", endpoint_url="http://127.0.0.1:" + line.split()[-1],
            config=botocore.config.Config(retries={"total_max_attempts": 1}, read_timeout=20))
        self.found, self.answers = [], 0
        self.ecs.meta.events.register("after-call.ecs", self.check)

    def check(self, http_response, model, **_):
        if http_response.status_code != 200:
            return
        self.answers += 1
        self.found += problems(json.loads(http_response.content), model.output_shape, model.name)

    def stop(self):
        self.ecs.close()
        self.process.terminate()
        self.process.wait(timeout=10)
        self.process.stdout.close()


def everything(ecs):
    """Reads all that there is to read."""
    clusters = ecs.list_clusters()["clusterArns"]
    ecs.describe_clusters(clusters=clusters + ["none"],
                          include=["ATTACHMENTS", "CONFIGURATIONS", "SETTINGS", "STATISTICS", "TAGS"])
    ecs.describe_capacity_providers(include=["TAGS"])
    ecs.describe_capacity_providers(capacityProviders=["FARGATE_SPOT", "none"])
    services = [s for page in ecs.get_paginator("list_services").paginate(cluster="prod", maxResults=1)
                for s in page["serviceArns"]]
    described = ecs.describe_services(cluster="prod", services=services + ["none"], include=["TAGS"])
    assert len(described["services"]) == len(services) and described["failures"][0]["reason"] == "MISSING"
    tasks = [t for status in ("RUNNING", "STOPPED")
             for page in ecs.get_paginator("list_tasks").paginate(cluster="prod", desiredStatus=status, maxResults=2)
             for t in page["taskArns"]]
    seen = ecs.describe_tasks(cluster="prod", tasks=tasks[:99] + ["0" * 32], include=["TAGS"])
    assert len(seen["tasks"]) == len(tasks[:99]) and seen["failures"]
    for family in ecs.list_task_definition_families()["families"]:
        for arn in ecs.list_task_definitions(familyPrefix=family, sort="DESC")["taskDefinitionArns"]:
            ecs.describe_task_definition(taskDefinition=arn, include=["TAGS"])
    for service in services:
        ecs.list_tags_for_resource(resourceArn=service)
        ecs.describe_task_sets(cluster="prod", service=service)
    return described["services"], seen["tasks"]


class EcsShapes(unittest.TestCase):
    def with_lab(self, scenario, story):
        lab = Lab(scenario)
        try:
            story(lab)
        finally:
            lab.stop()
        self.assertEqual(lab.found[:20], [], scenario)
        self.assertGreater(lab.answers, 10)

    def test_everything_that_is_read(self):
        for scenario in SCENARIOS:
            with self.subTest(scenario):
                self.with_lab(scenario, lambda lab: everything(lab.ecs))

    def test_everything_that_is_written(self):
        def story(lab):
            ecs = lab.ecs
            services, tasks = everything(ecs)
            web = next(s for s in services if s["serviceName"] == "web")
            ecs.create_cluster(clusterName="second", tags=[{"key": "a", "value": "b"}],
                               settings=[{"name": "containerInsights", "value": "enabled"}],
                               configuration={"executeCommandConfiguration": {"logging": "DEFAULT"}})
            ecs.update_cluster(cluster="second", settings=[{"name": "containerInsights", "value": "disabled"}])
            ecs.put_cluster_capacity_providers(
                cluster="second", capacityProviders=["FARGATE", "FARGATE_SPOT"],
                defaultCapacityProviderStrategy=[{"capacityProvider": "FARGATE", "weight": 1, "base": 1}])
            definition = ecs.register_task_definition(
                family="job", requiresCompatibilities=["FARGATE"], networkMode="awsvpc", cpu=".25 vCPU", memory="1 GB",
                ephemeralStorage={"sizeInGiB": 30}, tags=[{"key": "a", "value": "b"}],
                runtimePlatform={"cpuArchitecture": "X86_64", "operatingSystemFamily": "LINUX"},
                containerDefinitions=[{"name": "job", "image": "busybox:1", "portMappings": [{"containerPort": 80}]}])
            self.assertEqual(definition["taskDefinition"]["cpu"], "256")
            network = web["networkConfiguration"]
            run = ecs.run_task(cluster="second", taskDefinition="job", count=3, networkConfiguration=network,
                               startedBy="test", tags=[{"key": "a", "value": "b"}])
            self.assertEqual(len(run["tasks"]), 3)
            stopped = ecs.stop_task(cluster="second", task=run["tasks"][0]["taskArn"], reason="enough")["task"]
            self.assertEqual(stopped["stopCode"], "UserInitiated")
            ecs.create_service(cluster="second", serviceName="jobs", taskDefinition="job", desiredCount=1,
                               launchType="FARGATE", networkConfiguration=network)
            updated = ecs.update_service(cluster="second", service="jobs", desiredCount=2, forceNewDeployment=True)
            self.assertEqual(len(updated["service"]["deployments"]), 2)
            ecs.tag_resource(resourceArn=web["serviceArn"], tags=[{"key": "a", "value": "b"}])
            ecs.delete_service(cluster="second", service="jobs", force=True)
            ecs.deregister_task_definition(taskDefinition="job:1")
            with self.assertRaises(ClientError) as refused:
                running = next(t for t in tasks if t["lastStatus"] == "RUNNING" and t["group"] == "service:web")
                ecs.execute_command(cluster="prod", task=running["taskArn"], command="/bin/sh", interactive=True)
            self.assertEqual(refused.exception.response["Error"]["Code"], "TargetNotConnectedException")
        self.with_lab("exec-task-role-missing", story)

    def test_a_session_of_exec(self):
        def story(lab):
            services, tasks = everything(lab.ecs)
            lab.ecs.update_service(cluster="prod", service="web", enableExecuteCommand=True, forceNewDeployment=True)
            with self.assertRaises(ClientError):
                old = next(t for t in tasks if t["group"] == "service:web")
                lab.ecs.execute_command(cluster="prod", task=old["taskArn"], command="/bin/sh", interactive=True)
        self.with_lab("exec-not-enabled", story)


if __name__ == "__main__":
    unittest.main(verbosity=1)
