// FargateExecError: ExecuteCommand refused because of the task, its role, or its way to Session Manager.
#include "lab/scenario.h"
#include "lab/scenario_town.h"

namespace doctor::lab {

using namespace std::chrono_literals;

namespace {

App web_with_exec(bool exec) {
  App app = web_app(3);
  app.exec = exec;
  return app;
}

// Somebody tries, twice, to get into a task.
void try_exec(Town& town) {
  for (const auto before : {12min, 9min}) {
    town.until(before);
    const auto tasks = town.tasks_of("web");
    if (tasks.empty()) continue;
    town.act(town.developer, "ExecuteCommand",
             {{"cluster", town.cluster},
              {"task", tasks.front()->arn},
              {"container", "web"},
              {"command", "/bin/sh"},
              {"interactive", true}});
  }
  town.until(0min);
}

// Exec was switched on for the service, but the tasks are older than that.
void not_enabled(World& world) {
  Town town(world, {});
  town.add_app(web_with_exec(false));
  town.until(55min);
  town.act(town.administrator, "TagResource",
           {{"resourceArn", town.service("web").arn},
            {"tags", json::array({{{"key", "cost-center"}, {"value", "4200"}}})}});
  town.until(40min);
  town.act(town.administrator, "UpdateService",
           {{"cluster", town.cluster}, {"service", "web"}, {"enableExecuteCommand", true}});
  try_exec(town);
}

void task_role_missing(World& world) {
  Town town(world, {});
  town.add_app(web_with_exec(true));
  town.until(110min);
  town.act(town.pipeline, "UpdateService",
           {{"cluster", town.cluster}, {"service", "catalog"}, {"desiredCount", 3}});
  town.until(95min);
  world.iam.roles["web-task"].inlined.erase("exec");
  town.note(town.administrator, "iam", "DeleteRolePolicy", {{"roleName", "web-task"}, {"policyName", "exec"}},
            {{"AWS::IAM::Role", "web-task"}});
  town.until(85min);
  App next = web_with_exec(true);
  next.tag = "1.14.3";
  town.deploy(next);
  try_exec(town);
}

void no_path(World& world) {
  Town town(world, {.nat = false});
  town.add_app(web_with_exec(true));
  town.until(50min);
  App next = web_with_exec(true);
  next.tag = "1.14.3";
  town.deploy(next);
  try_exec(town);
}

}  // namespace

std::vector<Scenario> exec_scenarios() {
  const std::string family = "FargateExecError";
  return {
      {{"exec-not-enabled", family, "exec.not_enabled", "The tasks are older than the switch to ECS Exec",
        "prod", "web"},
       not_enabled},
      {{"exec-task-role-missing", family, "exec.task_role_missing_ssmmessages",
        "The task role lost its ssmmessages permissions", "prod", "web"},
       task_role_missing},
      {{"exec-no-path", family, "exec.no_path_to_ssmmessages", "Private subnets without a way to ssmmessages",
        "prod", "web"},
       no_path},
  };
}

}  // namespace doctor::lab
