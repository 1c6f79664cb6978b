#include "verify_support.h"

namespace doctor::verify {

using namespace facts;

Facts web_facts() {
  Facts out;
  Place place;
  place.account = "111122223333";
  place.region = "eu-west-1";
  place.answered = {"ecs.list-tasks", "ecs.describe-services", "ecs.describe-tasks"};
  Service web;
  web.arn = "arn:aws:ecs:eu-west-1:111122223333:service/prod/web";
  web.name = "web";
  web.cluster_arn = "arn:aws:ecs:eu-west-1:111122223333:cluster/prod";
  web.status = "ACTIVE";
  web.task_definition_arn = "arn:aws:ecs:eu-west-1:111122223333:task-definition/web:8";
  web.desired = web.running = 4;
  web.platform_version = "1.4.0";
  web.network.subnets = {"subnet-a", "subnet-b"};
  web.network.security_groups = {"sg-1"};
  web.capacity_provider_strategy = {{"FARGATE", 1, 1}, {"FARGATE_SPOT", 0, 3}};
  Deployment deployment;
  deployment.id = "ecs-svc/1";
  deployment.status = "PRIMARY";
  deployment.rollout_state = "COMPLETED";
  deployment.running = deployment.desired = 4;
  deployment.created_at = at("2026-11-24T02:50:00Z");
  web.deployments = {deployment};
  place.services[web.arn] = web;
  Cluster cluster;
  cluster.arn = web.cluster_arn;
  cluster.name = "prod";
  place.clusters[cluster.arn] = cluster;
  TaskDefinition definition;
  definition.arn = web.task_definition_arn;
  definition.family = "web";
  definition.revision = 8;
  definition.execution_role_arn = "arn:aws:iam::111122223333:role/execution";
  definition.task_role_arn = "arn:aws:iam::111122223333:role/task";
  ContainerDefinition container;
  container.name = "app";
  container.image = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop/web:7";
  container.log_driver = "awslogs";
  container.log_options = {{"awslogs-group", "/ecs/web"}, {"awslogs-region", "eu-west-1"}};
  definition.containers = {container};
  place.task_definitions[definition.arn] = definition;
  out.places.push_back(place);
  out.newest = at("2026-11-24T03:30:00Z");
  return out;
}

Place& place_of(Facts& facts) {
  return facts.places.front();
}
Service& web_of(Facts& facts) {
  return place_of(facts).services.begin()->second;
}

remedy::Run run_of_family(std::string family) {
  remedy::Run run;
  run.id = "r-20261124-030000-7f3a";
  run.state = remedy::RunState::done;
  run.plan.family = std::move(family);
  run.plan.cluster = "prod";
  run.plan.service = "web";
  run.plan.account = "111122223333";
  run.plan.region = "eu-west-1";
  run.began_at = at("2026-11-24T02:59:00Z");
  remedy::Entry entry;
  entry.run = run.id;
  entry.step = "1";
  entry.outcome = remedy::Outcome::done;
  entry.intended_at = at("2026-11-24T02:59:30Z");
  entry.concluded_at = at("2026-11-24T03:00:00Z");
  run.entries.push_back(entry);
  return run;
}

const Check& only(const std::vector<Check>& checks) {
  EXPECT_EQ(checks.size(), 1u);
  return checks.at(0);
}

const Check& named(const std::vector<Check>& checks, std::string_view id) {
  for (const Check& check : checks) {
    if (check.id == id) return check;
  }
  ADD_FAILURE() << "there is no check " << id;
  static const Check none;
  return none;
}

}  // namespace doctor::verify
