#include "diagnose/signs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <string>

#include "diagnose/table.h"

namespace doctor::diagnose {

struct Saying {
  std::string_view text, family, cause;
};
void PrintTo(const Saying& saying, std::ostream* out) {
  *out << saying.text;
}

namespace {

constexpr std::string_view kSpot = "FargateSpotInterrupted";
constexpr std::string_view kEni = "FargateENICreateFailed";
constexpr std::string_view kStorage = "FargateEphemeralStorageExceeded";
constexpr std::string_view kExec = "FargateExecError";
constexpr std::string_view kImage = "FargateImageSizeExceeded";
constexpr std::string_view kCapacity = "FargateInsufficientCapacity";
constexpr std::string_view kPlatform = "FargatePlatformVersionUnsupported";

// What AWS writes, as its pages and public reports have it; account ids, addresses and names are examples.
// clang-format off
const Saying kSayings[] = {
    // Spot
    {"SpotInterruption", kSpot, ""},
    {"TerminationNotice", kSpot, ""},
    {"Your Spot Task was interrupted.", kSpot, ""},
    {"SpotInterruption: Your Spot Task was interrupted.", kSpot, ""},
    // Network interfaces
    {"Unexpected EC2 error while attempting to Create Network Interface with public IP assignment enabled in subnet 'subnet-0123': InsufficientFreeAddressesInSubnet", kEni, "eni.no_free_addresses"},
    {"Unexpected EC2 error while attempting to Create Network Interface in subnet 'subnet-0123': InsufficientFreeAddressesInSubnet", kEni, "eni.no_free_addresses"},
    {"Unexpected EC2 error while attempting to Create Network Interface with public IP assignment enabled in subnet 'subnet-0123': NetworkInterfaceLimitExceeded", kEni, "eni.quota_interfaces"},
    {"Unexpected EC2 error while attempting to Create Network Interface in subnet 'subnet-0123': SecurityGroupLimitExceeded", kEni, "eni.quota_interfaces"},
    {"Unexpected EC2 error while attempting to Create Network Interface in subnet 'subnet-0123': InvalidGroup.NotFound", kEni, "eni.security_group_missing"},
    {"(service web) failed to launch a task with (error ECS was unable to create the network interface: The security group 'sg-0aa' does not exist).", kEni, "eni.security_group_missing"},
    {"Unexpected EC2 error while attempting to Create Network Interface with public IP assignment enabled in subnet 'subnet-0123': InvalidSubnetID.NotFound", kEni, "eni.subnet_missing"},
    {"The subnet ID 'subnet-0123' does not exist", kEni, "eni.subnet_missing"},
    {"Unexpected EC2 error while attempting to Create Network Interface in subnet 'subnet-0123': UnauthorizedOperation", kEni, "eni.service_role_denied"},
    {"Unexpected EC2 error while attempting to Create Network Interface in subnet 'subnet-0123': AuthFailure", kEni, "eni.service_role_denied"},
    {"Unexpected EC2 error while attempting to Create Network Interface: You are not authorized to perform: ec2:CreateNetworkInterface with an explicit deny in a service control policy", kEni, "eni.denied_by_scp"},
    {"Unexpected EC2 error while attempting to tag the network interface: TagPolicyViolation", kEni, "eni.denied_by_scp"},
    {"Timeout waiting for network interface provisioning to complete.", kEni, "eni.provisioning_timeout"},
    {"ResourceInitializationError: failed to configure ENI: failed to setup regular eni: netplugin failed with no error message", kEni, "eni.provisioning_timeout"},
    {"Unexpected EC2 error while attempting to attach network interface to instance", kEni, "eni.provisioning_timeout"},
    {"Unexpected EC2 error while attempting to Create Network Interface in subnet 'subnet-0123': SomethingNew", kEni, ""},
    // Disks
    {"java.io.IOException: No space left on device", kStorage, "storage.application_writes"},
    {"write /tmp/upload-118: no space left on device", kStorage, "storage.application_writes"},
    {"Error: ENOSPC: no space left on device, write", kStorage, "storage.application_writes"},
    // ECS Exec
    {"An error occurred (InvalidParameterException) when calling the ExecuteCommand operation: The execute command failed because execute command was not enabled when the task was run or the execute command agent isn't running. Wait and try again or run a new task with execute command enabled and try again.", kExec, "exec.not_enabled"},
    {"The execute command failed because execute command was not enabled when the task was run or the execute command agent isn\xE2\x80\x99t running.", kExec, "exec.not_enabled"},
    {"An error occurred (TargetNotConnectedException) when calling the ExecuteCommand operation: The execute command failed due to an internal error. Try again later.", kExec, "exec.task_role_missing_ssmmessages"},
    {"An error occurred (TargetNotConnected) when calling the ExecuteCommand operation", kExec, "exec.task_role_missing_ssmmessages"},
    {"An error occurred (AccessDeniedException) when calling the ExecuteCommand operation: User: arn:aws:iam::111122223333:user/alice is not authorized to perform: ecs:ExecuteCommand on resource: arn:aws:ecs:eu-west-1:111122223333:task/prod/0f9d because no identity-based policy allows the ecs:ExecuteCommand action", kExec, "exec.caller_denied"},
    {"An error occurred (AccessDeniedException) when calling the ExecuteCommand operation: User: arn:aws:sts::111122223333:assumed-role/dev/alice is not authorized to perform: ecs:ExecuteCommand on resource: arn:aws:ecs:eu-west-1:111122223333:cluster/prod with an explicit deny in a service control policy", kExec, "exec.denied_by_scp_or_boundary"},
    {"User: arn:aws:sts::111122223333:assumed-role/task/0f9d is not authorized to perform: ssmmessages:CreateControlChannel because no identity-based policy allows the ssmmessages:CreateControlChannel action", kExec, "exec.task_role_missing_ssmmessages"},
    {"User: arn:aws:sts::111122223333:assumed-role/task/0f9d is not authorized to perform: ssmmessages:OpenDataChannel on resource: * with an explicit deny in a permissions boundary", kExec, "exec.denied_by_scp_or_boundary"},
    {"SessionManagerPlugin is not found. Please refer to SessionManager Documentation here: http://docs.aws.amazon.com/console/systems-manager/session-manager-plugin-not-found", kExec, "exec.client_plugin_missing"},
    {"SessionId: ecs-execute-command-0f9d : Fetching data key failed: Unable to retrieve data key, Error when decrypting data key AccessDeniedException", kExec, "exec.log_or_kms_denied"},
    {"An error occurred (ClientException) when calling the ExecuteCommand operation: Unable to start new execute sessions because the maximum session limit of 2 has been reached.", kExec, ""},
    {"Unable to start command: Failed to start pty: fork/exec /bin/bash: no such file or directory", kExec, ""},
    // Images: size and time
    {"CannotPullContainerError: write /var/lib/docker/tmp/GetImageBlob111111111: no space left on device", kImage, "image.larger_than_storage"},
    {"CannotPullContainerError: ref pull has been retried 1 time(s): failed to extract layer sha256:0a1b: mount callback failed on /var/lib/containerd/tmpmounts/containerd-mount1: write /var/lib/containerd/tmpmounts/containerd-mount1/opt/model.bin: no space left on device: unknown", kImage, "image.larger_than_storage"},
    {"CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref docker.io/library/nginx:1.27: failed to do request: Head \"https://registry-1.docker.io/v2/library/nginx/manifests/1.27\": dial tcp 34.205.13.154:443: i/o timeout", kImage, "image.pull_timeout_slow_path"},
    {"CannotPullContainerError: ref pull has been retried 5 time(s): failed to copy: httpReadSeeker: failed open: failed to do request: Get \"https://prod-eu-west-1-starport-layer-bucket.s3.eu-west-1.amazonaws.com/0a1b\": dial tcp 52.218.0.1:443: i/o timeout", kImage, "image.pull_timeout_slow_path"},
    {"CannotPullContainerError: context deadline exceeded", kImage, "image.pull_timeout_slow_path"},
    {"CannotPullContainerError: API error (500): Get https://111122223333.dkr.ecr.us-east-1.amazonaws.com/v2/: net/http: request canceled while waiting for connection", kImage, "image.pull_timeout_slow_path"},
    {"CannotPullContainerError: Error response from daemon: Get https://111122223333.dkr.ecr.us-east-1.amazonaws.com/v2/: net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)", kImage, "image.pull_timeout_slow_path"},
    {"CannotPullContainerError: context canceled", kImage, "image.pull_timeout_slow_path"},
    {"pull command failed: panic: runtime error: invalid memory address or nil pointer dereference", kImage, "image.pull_timeout_slow_path"},
    // Capacity
    {"(service web) was unable to place a task. Reason: Capacity is unavailable at this time. Please try again later or in a different availability zone.", kCapacity, ""},
    {"service web was unable to place a task. Reason: You've reached the limit on the number of vCPUs you can run concurrently.", kCapacity, "capacity.vcpu_quota"},
    {"(service web) was unable to place a task. Reason: You\xE2\x80\x99ve reached the limit on the number of vCPUs you can run concurrently", kCapacity, "capacity.vcpu_quota"},
    {"(service web) was unable to place a task. Reason: You've reached the limit on the number of tasks you can run concurrently.", kCapacity, "capacity.vcpu_quota"},
    {"(service web) was unable to place a task. Reason: The requested CPU configuration is above your limit.", kCapacity, "capacity.vcpu_quota"},
    {"(service web) was unable to place a task. Reason: The requested MEMORY configuration is above your limit.", kCapacity, "capacity.vcpu_quota"},
    {"(service web) was unable to place a task. Reason: Internal error.", kCapacity, "capacity.zone"},
    {"(service web) operations are being throttled. Will try again later.", kCapacity, "capacity.launch_rate_throttled"},
    {"An error occurred (ThrottlingException) when calling the RunTask operation: Rate exceeded.", kCapacity, "capacity.launch_rate_throttled"},
    {"(service web) was unable to place tasks in your cluster because the tasks provisioning capacity limit was exceeded.", kCapacity, "capacity.launch_rate_throttled"},
    {"(service web) was unable to place a task because no container instance met all of its requirements.", kCapacity, ""},
    {"RESOURCE:MEMORY", kCapacity, ""},
    // Platforms
    {"An error occurred (PlatformUnknownException) when calling the CreateService operation: The specified platform version does not exist.", kPlatform, "platform.unknown_version"},
    {"An error occurred (PlatformTaskDefinitionIncompatibilityException) when calling the RunTask operation: One or more of the requested capabilities are not supported.", kPlatform, "platform.feature_needs_newer"},
    {"UnsupportedFeatureException: The specified task isn't supported in this Region.", kPlatform, "platform.feature_needs_newer"},
    {"An error occurred (ClientException) when calling the RegisterTaskDefinition operation: Invalid 'cpu' setting for task. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.", kPlatform, "platform.cpu_memory_combination"},
    {"Error: ClientException: No Fargate configuration exists for given values.", kPlatform, "platform.cpu_memory_combination"},
    {"Invalid CPU or memory value specified", kPlatform, "platform.cpu_memory_combination"},
    {"InvalidParameterException: Task definition does not support launch_type FARGATE.", kPlatform, "platform.feature_needs_newer"},
    // Secrets and registry credentials
    {"ResourceInitializationError: unable to pull secrets or registry auth: The task cannot pull registry auth from Amazon ECR: There is a connection issue between the task and Amazon ECR. Check your task network configuration. RequestError: send request failed caused by: Post \"https://api.ecr.us-east-1.amazonaws.com/\": dial tcp 44.213.79.50:443: i/o timeout", "", "stop.secrets_unreachable"},
    {"ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): RequestCanceled: request context canceled caused by: context deadline exceeded", "", "stop.secrets_unreachable"},
    {"The task cannot pull secrets from AWS Systems Manager Parameter Store. Check your network connection between the task and AWS Systems Manager.", "", "stop.secrets_unreachable"},
    {"ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret arn:aws:secretsmanager:eu-west-1:111122223333:secret:db from secrets manager: AccessDeniedException: User: arn:aws:sts::111122223333:assumed-role/exec/0f9d is not authorized to perform: secretsmanager:GetSecretValue on resource: arn:aws:secretsmanager:eu-west-1:111122223333:secret:db", "", "stop.secrets_denied"},
    {"ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve secrets from ssm: AccessDeniedException: User: arn:aws:sts::111122223333:assumed-role/exec/0f9d is not authorized to perform: ssm:GetParameters on resource: arn:aws:ssm:eu-west-1:111122223333:parameter/db", "", "stop.secrets_denied"},
    {"ResourceInitializationError: unable to pull secrets or registry auth: The task can't retrieve the secret with ARN 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:db' from AWS Secrets Manager. Check whether the secret exists in the specified Region: ResourceNotFoundException: Secrets Manager can't find the specified secret.", "", "stop.secrets_missing"},
    {"ResourceInitializationError: unable to pull secrets or registry auth: invalid ssm parameters: /prod/db", "", "stop.secrets_missing"},
    {"ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve ecr registry auth: service call has been retried 1 time(s): AccessDeniedException: User: arn:aws:sts::111122223333:assumed-role/exec/0f9d is not authorized to perform: ecr:GetAuthorizationToken on resource: *", "", "stop.image_denied"},
    // Logs and volumes
    {"ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream: ResourceNotFoundException: The specified log group does not exist.", "", "stop.logs_unavailable"},
    {"ResourceInitializationError: failed to validate logger args: The task cannot find the Amazon CloudWatch log group defined in the task definition. There is a connection issue between the task and Amazon CloudWatch. Check your network configuration. : signal: killed", "", "stop.logs_unavailable"},
    {"ResourceInitializationError: failed to initialize logging driver: failed to create log stream", "", "stop.logs_unavailable"},
    {"ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: b'mount.nfs4: Connection timed out' : unsuccessful EFS utils command execution; code: 32", "", "stop.volume_unavailable"},
    {"ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: Failed to resolve \"fs-0123.efs.eu-west-1.amazonaws.com\" - check that your file system ID is correct", "", "stop.volume_unavailable"},
    {"CannotCreateVolumeError: failed to create volume", "", "stop.volume_unavailable"},
    // Images: reach, access, existence, architecture, rate
    {"CannotPullContainerError: The task cannot pull 'web:1' from the Amazon ECR repository '111122223333.dkr.ecr.eu-west-1.amazonaws.com/web'. There is a connection issue between the task and Amazon ECR. Check your task network configuration.", "", "stop.image_unreachable"},
    {"CannotPullContainerError: The task can\xE2\x80\x99t pull the image. Check your network configuration", "", "stop.image_unreachable"},
    {"CannotPullContainerError: failed to do request: Head \"https://registry.example.com/v2/web/manifests/1\": dial tcp: lookup registry.example.com: no such host", "", "stop.image_unreachable"},
    {"CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref 111122223333.dkr.ecr.eu-west-1.amazonaws.com/web:9: 111122223333.dkr.ecr.eu-west-1.amazonaws.com/web:9: not found", "", "stop.image_missing"},
    {"CannotPullContainerError: Error response from daemon: manifest for web:9 not found: manifest unknown: Requested image not found", "", "stop.image_missing"},
    {"CannotPullContainerError: API error (404): repository 111122223333.dkr.ecr.us-east-1.amazonaws.com/web not found", "", "stop.image_missing"},
    {"CannotPullContainerError: name unknown: The repository with name 'web' does not exist in the registry with id '111122223333'", "", "stop.image_missing"},
    {"CannotPullContainerError: The task can't pull the image. Check that the role has the permissions to pull images from the registry.", "", "stop.image_denied"},
    {"CannotPullContainerError: pull access denied for web, repository does not exist or may require 'docker login': denied: requested access to the resource is denied", "", "stop.image_denied"},
    {"CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref docker.io/library/repository:latest: pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed.", "", "stop.image_denied"},
    {"CannotPullContainerError: unexpected status code [manifests 1]: 403 Forbidden", "", "stop.image_denied"},
    {"CannotPullContainerError: no basic auth credentials", "", "stop.image_denied"},
    {"CannotPullContainerError: AccessDeniedException: User: arn:aws:sts::111122223333:assumed-role/exec/0f9d is not authorized to perform: ecr:BatchGetImage on resource: arn:aws:ecr:eu-west-1:111122223333:repository/web", "", "stop.image_denied"},
    {"CannotPullContainerError: ref pull has been retried 1 time(s): failed to copy: httpReaderSeeker: failed open: unexpected status code https://registry/v2/web/blobs/sha256:0a1b: 500 Internal Server Error", "", "stop.image_denied"},
    {"CannotPullContainerError: pull image manifest has been retried 1 time(s): no matching manifest for linux/arm64 in the manifest list entries", "", "stop.image_architecture"},
    {"CannotPullContainerError: image Manifest does not contain descriptor matching platform 'linux/amd64'", "", "stop.image_architecture"},
    {"exec /usr/local/bin/app: exec format error", "", "stop.image_architecture"},
    {"CannotStartContainerError: failed to start container: standard_init_linux.go:228: exec user process caused: exec format error", "", "stop.image_architecture"},
    {"CannotPullContainerError: ref pull has been retried 1 time(s): failed to copy: httpReadSeeker: failed open: unexpected status code https://registry-1.docker.io/v2/library/nginx/manifests/sha256:0a1b: 429 Too Many Requests - Server message: toomanyrequests: You have reached your pull rate limit.", "", "stop.image_rate_limited"},
    {"ERROR: toomanyrequests: Too Many Requests.", "", "stop.image_rate_limited"},
    {"CannotPullContainerError: something that AWS has not written yet", "", ""},
    {"ResourceInitializationError: something that AWS has not written yet", "", ""},
    // The application
    {"Essential container in task exited", "", "stop.application_exit"},
    {"EssentialContainerExited", "", "stop.application_exit"},
    {"OutOfMemoryError: Container killed due to memory usage", "", "stop.out_of_memory"},
    {"OutOfMemory: container killed due to memory usage", "", "stop.out_of_memory"},
    {"CannotStartContainerError: ResourceInitializationError: failed to create new container runtime task: failed to create shim task: OCI runtime create failed: exec: \"/app/run\": executable file not found in $PATH", "", "stop.application_exit"},
    {"CannotStartContainerError: failed to get container status: timed out", "", "stop.application_exit"},
    // Health checks
    {"Task failed ELB health checks in (target-group arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/web/0a1b)", "", "stop.load_balancer_health"},
    {"(service web) (port 80) is unhealthy in (target-group arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/web/0a1b) due to (reason Health checks failed with these codes: [502])", "", "stop.load_balancer_health"},
    {"service web (task 0f9d) (instance i-0aa) is unhealthy in (elb web) due to (reason Instance has failed at least the UnhealthyThreshold number of health checks consecutively.)", "", "stop.load_balancer_health"},
    {"Task failed container health checks", "", "stop.container_health"},
    {"(service web) (task 0f9d) failed container health checks.", "", "stop.container_health"},
    // The scheduler, people and AWS
    {"Scaling activity initiated by (deployment ecs-svc/1234567890123456789)", "", "stop.deployment"},
    {"Task stopped by user", "", "stop.user"},
    {"UserInitiated", "", "stop.user"},
    {"ServiceSchedulerInitiated", "", ""},
    {"TaskFailedToStart", "", ""},
    {"(service web) (deployment ecs-svc/123) deployment failed: tasks failed to start.", "", ""},
    {"(service web) rolling back to (deployment ecs-svc/122)", "", "stop.deployment"},
    {"Service web: ECS is performing maintenance on the underlying infrastructure hosting the task", "", "stop.retirement"},
    {"Host EC2/Fargate retirement: task has been scheduled for retirement", "", "stop.retirement"},
    {"Host EC2 (instance i-0aa) terminated.", "", "stop.host_failure"},
    {"ContainerRuntimeTimeoutError: Could not transition to running; timed out after waiting 3m0s", "", "stop.host_failure"},
    {"CannotInspectContainerError: could not transition to inspecting", "", "stop.host_failure"},
    {"Timeout waiting for EphemeralStorage provisioning to complete.", "", "stop.host_failure"},
};
// clang-format on

class WhatAwsSays : public testing::TestWithParam<Saying> {};

TEST_P(WhatAwsSays, NamesItsFamilyAndCause) {
  const Saying& saying = GetParam();
  const std::vector<SignMatch> signs = signs_in(saying.text);
  ASSERT_FALSE(signs.empty()) << saying.text;
  EXPECT_EQ(signs.front().sign->family, saying.family) << signs.front().sign->id << "\n" << saying.text;
  EXPECT_EQ(signs.front().sign->cause, saying.cause) << signs.front().sign->id << "\n" << saying.text;
  EXPECT_FALSE(signs.front().matched.empty());
}
INSTANTIATE_TEST_SUITE_P(Literal, WhatAwsSays, testing::ValuesIn(kSayings));

TEST(Signs, EveryRowIsWellFormedAndNamesWhatTheTablesKnow) {
  for (const Sign& sign : sign_table()) {
    SCOPED_TRACE(std::string(sign.id) + " " + std::string(sign.phrases));
    EXPECT_FALSE(sign.phrases.empty());
    EXPECT_GT(sign.meaning.size(), 20U);
    EXPECT_TRUE(sign.meaning.ends_with('.'));
    EXPECT_FALSE(sign.reference.empty());
    EXPECT_EQ(
        std::count_if(sign.phrases.begin(), sign.phrases.end(), [](char c) { return c >= 'A' && c <= 'Z'; }),
        0);
    EXPECT_EQ(sign.phrases.find("||"), std::string_view::npos);
    if (sign.cause.empty()) continue;
    const CauseRow* cause = find_cause(sign.cause);
    ASSERT_NE(cause, nullptr);
    EXPECT_EQ(cause->family, sign.family);
  }
}

TEST(Signs, EveryRowIsReachable) {
  for (const Sign& sign : sign_table()) {
    std::string text(sign.phrases);
    std::replace(text.begin(), text.end(), '|', ' ');
    const std::vector<SignMatch> signs = signs_in(text);
    EXPECT_TRUE(std::any_of(signs.begin(), signs.end(), [&](const SignMatch& m) {
      return m.sign->id == sign.id;
    })) << text;
  }
}

TEST(Signs, RowsOfOneIdSpeakOfOneFamily) {
  std::map<std::string_view, std::string_view> family_of;
  for (const Sign& sign : sign_table()) {
    const auto [known, is_new] = family_of.emplace(sign.id, sign.family);
    EXPECT_EQ(known->second, sign.family) << sign.id;
  }
}

TEST(Signs, AnExitCodeIsNotThePrefixOfALongerOne) {
  EXPECT_EQ(signs_in("exit code 1").front().sign->id, "stop.exit_1");
  for (const SignMatch& match : signs_in("exit code 137")) EXPECT_NE(match.sign->id, "stop.exit_1");
}

TEST(Signs, TextMayBeWrappedAndInAnyCase) {
  EXPECT_EQ(signs_in("YOUR SPOT\n   TASK was\tinterrupted").front().sign->id, "spot.interrupted");
}

TEST(Signs, MatchedIsThePhraseAsItStands) {
  EXPECT_EQ(signs_in("subnet-1': InsufficientFreeAddressesInSubnet.").front().matched,
            "InsufficientFreeAddressesInSubnet");
  EXPECT_EQ(signs_in("isn\xE2\x80\x99t: The execute command agent isn\xE2\x80\x99t running.").front().matched,
            "execute command agent isn\xE2\x80\x99t running");
}

TEST(Signs, OrdinaryTextHasNone) {
  EXPECT_TRUE(signs_in("").empty());
  EXPECT_TRUE(signs_in("ok").empty());
  EXPECT_TRUE(signs_in("the quick brown fox jumps over the lazy dog").empty());
}

RC_GTEST_PROP(Signs, AnyBytesAreReadAndAlwaysAlike, (const std::string& noise, std::size_t cut)) {
  const Saying& saying = kSayings[cut % std::size(kSayings)];
  const std::string text = noise + std::string(saying.text.substr(0, cut % (saying.text.size() + 1))) + noise;
  const auto first = signs_in(text), second = signs_in(text);
  RC_ASSERT(first.size() == second.size());
  for (std::size_t i = 0; i < first.size(); ++i) {
    RC_ASSERT(first[i].sign == second[i].sign);
    RC_ASSERT(first[i].matched == second[i].matched);
    if (i > 0) RC_ASSERT(first[i - 1].sign->specificity >= first[i].sign->specificity);
  }
}

RC_GTEST_PROP(Signs, NoiseAroundATextTakesNothingAway, (const std::string& noise, std::size_t which)) {
  const Saying& saying = kSayings[which % std::size(kSayings)];
  const auto alone = signs_in(saying.text);
  const auto within = signs_in(noise + "\n" + std::string(saying.text) + "\n" + noise);
  for (const SignMatch& match : alone) {
    RC_ASSERT(std::any_of(within.begin(), within.end(),
                          [&](const SignMatch& m) { return m.sign->id == match.sign->id; }));
  }
}

}  // namespace
}  // namespace doctor::diagnose
