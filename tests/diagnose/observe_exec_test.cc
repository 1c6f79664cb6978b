#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "diagnose/case_support.h"

namespace doctor::diagnose {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

constexpr std::string_view kFamily = "FargateExecError";
constexpr std::string_view kNotEnabled =
    "The execute command failed because execute command was not enabled when the task was run or the execute "
    "command "
    "agent isn't running. Wait and try again or run a new task with execute command enabled and try again.";
constexpr std::string_view kNotConnected =
    "The execute command failed due to an internal error. Try again later.";
constexpr std::string_view kRole =
    R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel","ssmmessages:OpenControlChannel","ssmmessages:OpenDataChannel"],"Resource":"*"}]})";

// A task in which everything that ECS Exec needs is in order, and one failed call about it. Each test breaks
// one thing.
struct Session {
  World w;
  facts::Task* task = nullptr;
  facts::TaskDefinition* definition = nullptr;
  facts::Role* role = nullptr;
  facts::CallFailure* call = nullptr;

  Session(std::string_view code, std::string_view reason) {
    w.service().enable_execute_command = true;
    task = &w.running("t1", "eu-west-1a");
    task->enable_execute_command = true;
    task->attachments.push_back({"a1", "ElasticNetworkInterface", "ATTACHED", {{"subnetId", "subnet-0a"}}});
    task->containers.front().managed_agents.push_back({"ExecuteCommandAgent", "RUNNING", ""});
    definition = &w.definition();
    definition->task_role_arn = "arn:aws:iam::111122223333:role/web-task";
    definition->containers.front().init_process_enabled = true;
    role = &w.place().roles["web-task"];
    role->name = "web-task";
    role->policies_known = true;
    role->inline_policies.push_back({"exec", "", std::string(kRole)});
    facts::RouteTable& routes = w.place().route_tables["rtb-1"];
    routes = {
        "rtb-1", "vpc-01", true, {}, {{"10.0.0.0/16", "local", "active"}, {"0.0.0.0/0", "nat-1", "active"}}};
    w.answered("ec2.describe-route-tables");
    w.answered("ec2.describe-vpc-endpoints");
    call = &w.failure("ExecuteCommand", code, reason, "03:00:00");
    call->resource_arn = task->arn;
    call->cluster = "prod";
  }
  facts::RouteTable& routes() { return w.place().route_tables["rtb-1"]; }
  facts::VpcEndpoint& endpoint() {
    facts::VpcEndpoint& e = w.place().vpc_endpoints["vpce-1"];
    e.id = "vpce-1";
    e.vpc_id = "vpc-01";
    e.service_name = "com.amazonaws.eu-west-1.ssmmessages";
    e.type = "Interface";
    e.state = "available";
    e.private_dns_enabled = true;
    e.groups = {"sg-endpoint"};
    return e;
  }
  Incident incident() { return incident_of(w.diagnose(), kFamily); }
};

Session not_connected() {
  return {"TargetNotConnectedException", kNotConnected};
}

TEST(ExecFamily, TaskStartedBeforeTheFlagWasSet) {
  Session s("InvalidParameterException", kNotEnabled);
  s.task->enable_execute_command = false;
  s.task->containers.front().managed_agents.clear();
  const Incident i = s.incident();
  EXPECT_EQ(top(i), "exec.not_enabled");
  EXPECT_TRUE(shows(i, "exec.task_older_than_flag"));
  EXPECT_THAT(detail(i, "replace_tasks"), HasSubstr("--force-new-deployment"));
}

TEST(ExecFamily, EnabledTaskIsNotBlamedOnTheFlag) {
  Session s("InvalidParameterException", kNotEnabled);
  s.task->containers.front().managed_agents.front() = {"ExecuteCommandAgent", "STOPPED",
                                                       "out of file handles"};
  const Incident i = s.incident();
  EXPECT_EQ(top(i), "exec.agent_not_running");
  EXPECT_LT(probability(i, "exec.not_enabled"), .05);
}

TEST(ExecFamily, ReadOnlyRootKeepsTheAgentDown) {
  Session s("InvalidParameterException", kNotEnabled);
  s.task->containers.front().managed_agents.front().last_status = "STOPPED";
  s.definition->containers.front().readonly_root_filesystem = true;
  EXPECT_EQ(top(s.incident()), "exec.read_only_root");
}

TEST(ExecFamily, PlatformBefore140HasNoExec) {
  Session s("InvalidParameterException", kNotEnabled);
  s.task->platform_version = "1.3.0";
  s.task->containers.front().managed_agents.clear();
  EXPECT_EQ(top(s.incident()), "exec.platform_too_old");
}

TEST(ExecFamily, PlatformBefore140ExplainsTheFlagThatIsOff) {
  Session s("InvalidParameterException", kNotEnabled);
  s.task->platform_version = "1.3.0";
  s.task->enable_execute_command = false;
  s.task->containers.front().managed_agents.clear();
  EXPECT_EQ(top(s.incident()), "exec.platform_too_old");
}

TEST(ExecFamily, TaskRoleWithoutTheFourActions) {
  Session s = not_connected();
  s.role->inline_policies.front().document =
      R"({"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}})";
  const Incident i = s.incident();
  EXPECT_EQ(top(i), "exec.task_role_missing_ssmmessages");
  EXPECT_GT(i.causes.front().probability, .9);
  EXPECT_THAT(detail(i, "policy_statement"), HasSubstr("web-task"));
}

TEST(ExecFamily, OneMissingActionOfFourIsEnough) {
  Session s = not_connected();
  s.role->inline_policies.front().document =
      R"({"Statement":[{"Effect":"Allow","Action":["ssmmessages:Create*","ssmmessages:OpenDataChannel"],"Resource":"*"}]})";
  EXPECT_EQ(top(s.incident()), "exec.task_role_missing_ssmmessages");
}

TEST(ExecFamily, NoTaskRoleAtAll) {
  Session s = not_connected();
  s.definition->task_role_arn.clear();
  EXPECT_EQ(top(s.incident()), "exec.task_role_missing_ssmmessages");
}

TEST(ExecFamily, RoleWhosePoliciesAreNotAllKnownProvesNothing) {
  Session s = not_connected();
  s.role->inline_policies.clear();
  s.role->policies_known = false;
  const Diagnosis d = s.w.diagnose();
  EXPECT_FALSE(shows(incident_of(d, kFamily), "exec.role_lacks_actions"));
  EXPECT_THAT(d.missing, Not(testing::IsEmpty()));
}

TEST(ExecFamily, BoundaryThatForbids) {
  Session s = not_connected();
  s.role->boundary_arn = "arn:aws:iam::111122223333:policy/limits";
  s.role->boundary_document =
      R"({"Statement":[{"Effect":"Allow","Action":["s3:*","logs:*"],"Resource":"*"}]})";
  EXPECT_EQ(top(s.incident()), "exec.denied_by_scp_or_boundary");
}

facts::OrganizationPolicy scp(std::string_view name, std::string_view document,
                              std::vector<std::string> targets) {
  facts::OrganizationPolicy policy;
  policy.id = policy.name = name;
  policy.type = "SERVICE_CONTROL_POLICY";
  policy.document = document;
  policy.targets = std::move(targets);
  policy.targets_known = true;
  return policy;
}

constexpr std::string_view kAllowAll = R"({"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]})";
constexpr std::string_view kNoShells =
    R"({"Statement":[{"Sid":"NoShells","Effect":"Deny","Action":"ssmmessages:*","Resource":"*"}]})";

TEST(ExecFamily, ServiceControlPolicyThatDeniesIsNamedWithItsStatement) {
  Session s = not_connected();
  s.w.place().organization_policies.push_back(scp("full", kAllowAll, {"r-1"}));
  EXPECT_NE(top(s.incident()), "exec.denied_by_scp_or_boundary");
  s.w.place().organization_policies.push_back(scp("no-shells", kNoShells, {"r-1"}));
  const Incident i = s.incident();
  EXPECT_EQ(top(i), "exec.denied_by_scp_or_boundary");
  EXPECT_THAT(detail(i, "scp_exception"), HasSubstr("no-shells (statement NoShells)"));
}

// Where a policy above denies, no Allow in the role helps.
TEST(ExecFamily, UnderADenyAboveNoStatementIsOfferedForTheRole) {
  Session s = not_connected();
  s.w.place().organization_policies.push_back(scp("no-shells", kNoShells, {"111122223333"}));
  for (const Cause& cause : s.incident().causes) {
    for (const Fix& fix : cause.fixes) EXPECT_NE(fix.id, "policy_statement") << cause.id;
  }
}

TEST(ExecFamily, PolicyOfAnotherAccountDoesNotBind) {
  Session s = not_connected();
  s.w.place().organization_policies.push_back(scp("no-shells", kNoShells, {"444455556666"}));
  EXPECT_FALSE(shows(s.incident(), "exec.organization_denies"));
}

// Which organizational unit holds this account is not in the facts.
TEST(ExecFamily, PolicyOfAUnitIsASuspicionAndNoProof) {
  Session s = not_connected();
  s.w.place().organization_policies.push_back(scp("no-shells", kNoShells, {"ou-1"}));
  EXPECT_FALSE(shows(s.incident(), "exec.organization_denies"));
  EXPECT_TRUE(shows(s.incident(), "exec.policy_above_depends"));
}

// "Service control policies (SCPs)": they do not affect users or roles in the management account.
TEST(ExecFamily, TheManagementAccountIsExempt) {
  Session s = not_connected();
  s.w.place().organization_policies.push_back(scp("no-shells", kNoShells, {"r-1"}));
  s.w.place().organization_policies.back().arn =
      "arn:aws:organizations::111122223333:policy/o-1/service_control_policy/p-1";
  EXPECT_FALSE(shows(s.incident(), "exec.organization_denies"));
}

TEST(ExecFamily, PolicyOfTheEndpointThatTheSessionGoesBy) {
  Session s = not_connected();
  s.endpoint().policy_document =
      R"({"Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:role/bastion"},"Action":"*","Resource":"*"}]})";
  s.w.place().security_groups["sg-endpoint"] = {
      "sg-endpoint", "", "vpc-01", {{"tcp", 443, 443, {"10.0.0.0/16"}, {}, {}, {}}}, {}};
  const Incident i = s.incident();
  EXPECT_EQ(top(i), "exec.denied_by_scp_or_boundary");
  EXPECT_THAT(detail(i, "endpoint_policy"), HasSubstr("vpce-1"));
}

TEST(ExecFamily, SubnetWithoutRouteOrEndpoint) {
  Session s = not_connected();
  s.routes().routes.pop_back();
  const Incident i = s.incident();
  EXPECT_EQ(top(i), "exec.no_path_to_ssmmessages");
  EXPECT_THAT(detail(i, "vpc_endpoint"), HasSubstr("com.amazonaws.eu-west-1.ssmmessages"));
}

TEST(ExecFamily, EndpointIsAPathToo) {
  Session s = not_connected();
  s.routes().routes.pop_back();
  s.endpoint();
  s.w.place().security_groups["sg-endpoint"] = {
      "sg-endpoint", "", "vpc-01", {{"tcp", 443, 443, {"10.0.0.0/16"}, {}, {}, {}}}, {}};
  EXPECT_TRUE(probability(s.incident(), "exec.no_path_to_ssmmessages") < .2);
}

TEST(ExecFamily, EndpointWhoseGroupAdmitsOthersOnlyClosesEvenBesideNat) {
  Session s = not_connected();
  s.endpoint();
  s.w.place().security_groups["sg-endpoint"] = {
      "sg-endpoint", "", "vpc-01", {{"tcp", 443, 443, {"192.168.0.0/16"}, {}, {}, {"sg-other"}}}, {}};
  EXPECT_EQ(top(s.incident()), "exec.no_path_to_ssmmessages");
}

TEST(ExecFamily, CallerWithoutPermission) {
  Session s("AccessDeniedException",
            "User: arn:aws:iam::111122223333:user/alice is not authorized to perform: ecs:ExecuteCommand on "
            "resource: "
            "arn:aws:ecs:eu-west-1:111122223333:task/prod/t1 because no identity-based policy allows the "
            "ecs:ExecuteCommand action");
  s.call->caller_arn = "arn:aws:iam::111122223333:user/alice";
  const Incident i = s.incident();
  EXPECT_EQ(top(i), "exec.caller_denied");
  EXPECT_THAT(detail(i, "policy_statement"), HasSubstr("alice"));
}

TEST(ExecFamily, CallThatFailedLaterIsNotBlamedOnTheCaller) {
  EXPECT_LT(probability(not_connected().incident(), "exec.caller_denied"), .01);
}

TEST(ExecFamily, KeyThatTheTaskRoleMayNotUse) {
  Session s = not_connected();
  s.w.place().clusters[cluster_arn()].execute_command = facts::ExecuteCommandConfiguration{
      "OVERRIDE", "arn:aws:kms:eu-west-1:111122223333:key/k1", "/exec", ""};
  EXPECT_EQ(top(s.incident()), "exec.log_or_kms_denied");
  s.role->inline_policies.push_back(
      {"key", "", R"({"Statement":[{"Effect":"Allow","Action":["kms:Decrypt","logs:*"],"Resource":"*"}]})"});
  EXPECT_NE(top(s.incident()), "exec.log_or_kms_denied");
}

TEST(ExecFamily, AccessKeysInTheEnvironment) {
  Session s = not_connected();
  s.definition->containers.front().environment_names = {"HOME", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"};
  EXPECT_EQ(top(s.incident()), "exec.aws_keys_in_environment");
  s.task->containers.front().managed_agents.front().last_status = "STOPPED";
  EXPECT_EQ(top(s.incident()), "exec.aws_keys_in_environment");
}

TEST(ExecFamily, NoInitProcessContributes) {
  Session s = not_connected();
  EXPECT_THAT(contributing(s.incident()), Not(Contains("exec.no_init_process")));
  s.definition->containers.front().init_process_enabled = false;
  EXPECT_THAT(contributing(s.incident()), Contains("exec.no_init_process"));
}

TEST(ExecFamily, MissingPluginIsTheClientsMatter) {
  Session s("", "SessionManagerPlugin is not found. Please refer to SessionManager Documentation here");
  const Incident i = s.incident();
  EXPECT_THAT(contributing(i), Contains("exec.client_plugin_missing"));
  EXPECT_EQ(top(i), "unknown");
}

TEST(ExecFamily, AChangedBucketPolicyIsADecoy) {
  Session s = not_connected();
  s.w.answered("cloudtrail.lookup-events");
  const double before = probability(s.incident(), "exec.task_role_missing_ssmmessages");
  s.w.call("PutImage", "02:50:00", R"({"repositoryName":"web","imageTag":"1"})", "ecr.amazonaws.com");
  EXPECT_EQ(probability(s.incident(), "exec.task_role_missing_ssmmessages"), before);
}

TEST(ExecFamily, SessionThatBreaksOffForItsKeyIsNoSecretOfTheTask) {
  Session s(
      "",
      "Starting session with SessionId: ecs-execute-command-07 SessionId: ecs-execute-command-07 : "
      "AccessDeniedException: User: arn:aws:sts::111122223333:assumed-role/web-task/t1 is not authorized "
      "to perform: kms:Decrypt on resource: arn:aws:kms:eu-west-1:111122223333:key/1c2d because no "
      "identity-based policy allows the kms:Decrypt action");
  const Incident i = s.incident();
  EXPECT_EQ(top(i), "exec.log_or_kms_denied");
  EXPECT_EQ(detail(i, "policy_statement"),
            "kms:Decrypt on arn:aws:kms:eu-west-1:111122223333:key/1c2d for role web-task");
}

TEST(ExecFamily, ThrottledSessionIsNoShortageOfCapacity) {
  Session s("ThrottlingException", "Rate exceeded");
  EXPECT_TRUE(incident_of(s.w.diagnose(), "FargateInsufficientCapacity").causes.empty());
  EXPECT_FALSE(s.incident().causes.empty());
}

TEST(ExecFamily, RefusalSavedAsTextIsAboutTheOnlyRunningTask) {
  Session s = not_connected();
  s.call->resource_arn.clear();
  s.role->inline_policies.clear();
  EXPECT_EQ(top(s.incident()), "exec.task_role_missing_ssmmessages");
}

TEST(ExecFamily, TaskNamedByItsIdAloneIsFound) {
  Session s("InvalidParameterException", kNotEnabled);
  s.call->resource_arn = s.task->arn.substr(s.task->arn.rfind('/') + 1);
  s.definition->containers.front().init_process_enabled = false;
  EXPECT_THAT(contributing(s.incident()), Contains("exec.no_init_process"));
}

}  // namespace
}  // namespace doctor::diagnose
