// Stops of no family, a healthy account, and a large one.
#include <cstdio>

#include "lab/fargate_task.h"
#include "lab/scenario.h"
#include "lab/scenario_town.h"

namespace doctor::lab {

using namespace std::chrono_literals;

namespace {

void decoy_scaling(Town& town) {
  town.until(60min);
  town.act(town.pipeline, "UpdateService",
           {{"cluster", town.cluster}, {"service", "catalog"}, {"desiredCount", 3}});
}

void app_exit(World& world) {
  Town town(world, {});
  town.add_app(web_app(3));
  decoy_scaling(town);
  town.until(28min);
  App next = web_app(3);
  next.tag = "1.15.0";
  next.behaviour.answers_health_checks = false;
  next.behaviour.exits_after = 14s;
  next.behaviour.exit_code = 1;
  next.behaviour.start_lines = {"web 1.15.0 starting"};
  next.behaviour.exit_lines = {"Traceback (most recent call last):",
                               "  File \"/app/main.py\", line 31, in <module>", "KeyError: 'PAYMENTS_URL'"};
  next.breaker = false;
  town.deploy(next);
  town.until(0min);
}

void app_oom(World& world) {
  Town town(world, {});
  App app = web_app(3);
  app.behaviour.start_memory_mib = 310;
  app.behaviour.memory_mib_per_hour = 140;  // 1 GiB is full about five hours after the start
  town.add_app(app);
  decoy_scaling(town);
  town.until(0min);
}

void elb_health(World& world) {
  Town town(world, {});
  town.add_app(web_app(3));
  decoy_scaling(town);
  town.until(30min);
  App next = web_app(3);
  next.tag = "1.15.0";
  next.behaviour.answers_health_checks = false;
  next.behaviour.start_lines = {"web 1.15.0 listening on :8080", "GET /healthz 503: cache is not warm"};
  next.breaker = false;
  town.deploy(next);
  town.until(0min);
}

void secrets_denied(World& world) {
  Town town(world, {});
  const std::string secret = add_secret(world, town.region, "prod/web/database-4fWq1x");
  Role& execution = world.iam.roles[town.execution_role];
  execution.inlined["secrets"] = policy_document("Allow", {"secretsmanager:GetSecretValue"}, secret);
  App app = web_app(3);
  app.secrets = {secret};
  town.add_app(app);
  decoy_scaling(town);
  town.until(45min);
  execution.inlined.erase("secrets");
  town.note(town.administrator, "iam", "DeleteRolePolicy",
            {{"roleName", town.execution_role}, {"policyName", "secrets"}},
            {{"AWS::IAM::Role", town.execution_role}});
  town.until(30min);
  App next = app;
  next.tag = "1.14.3";
  next.breaker = false;
  town.deploy(next);
  town.until(0min);
}

void quiet(World& world) {
  Town town(world, {});
  App app = web_app(3);
  town.add_app(app);
  town.until(3h);
  app.tag = "1.14.3";
  town.deploy(app);
  town.until(0min);
}

// 500 services of 20 tasks; the Region's Spot capacity goes, and every task of every service is interrupted.
void large(World& world) {
  Town town(world, {.history = 2h,
                    .private_bits = 20,
                    .vcpu_quota = 20000,
                    .spot_vcpu_quota = 20000,
                    .events_to_logs = false,
                    .siblings = false});
  ecs_of(world).trail_of_tasks = false;
  world.ec2[town.region].interface_quota = 20000;
  for (int i = 0; i < 500; ++i) {
    char name[32];
    std::snprintf(name, sizeof name, "service-%03d", i);
    App app{.name = name,
            .desired = 20,
            .strategy = {{"FARGATE_SPOT", 0, 1}},
            .balanced = false,
            .cpu = "256",
            .memory = "512"};
    town.add_app(app);
    world.clock.advance_by(1s);
  }
  town.until(25min);
  for (const auto& zone : town.zones) withdraw_spot(town.ecs(), zone, 4min);
  town.until(0min);
}

}  // namespace

std::vector<Scenario> other_scenarios() {
  return {
      {{"app-exit", "", "stop.application_exit", "The application ends with an error", "prod", "web"},
       app_exit},
      {{"app-oom", "", "stop.out_of_memory", "The application leaks memory", "prod", "web"}, app_oom},
      {{"elb-health", "", "stop.load_balancer_health", "The new version fails its health checks", "prod",
        "web"},
       elb_health},
      {{"secrets-denied", "", "stop.secrets_denied", "The execution role may not read the secret", "prod",
        "web"},
       secrets_denied},
      {{"quiet", "", "", "A healthy account: nothing to find", "prod", "web"}, quiet},
      {{"large", "FargateSpotInterrupted", "spot.reclaimed_region", "500 services, 10,000 stopped tasks",
        "prod", ""},
       large},
  };
}

}  // namespace doctor::lab
