// Every provider of the chain, against a server on this machine where it needs one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdio.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <random>

#include "aws/credentials_chain.h"
#include "aws/http_double_support.h"
#include "aws/world_support.h"

namespace doctor::aws {
namespace {

using core::ErrorKind;
using testing::AllOf;
using testing::HasSubstr;

std::string sts_answer(const std::string& operation, const std::string& key, const std::string& expires) {
  return "<" + operation + "Response xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><" + operation +
         "Result><Credentials><AccessKeyId>" + key + "</AccessKeyId><SecretAccessKey>s-" + key +
         "</SecretAccessKey><SessionToken>t-" + key + "</SessionToken><Expiration>" + expires +
         "</Expiration></Credentials></" + operation + "Result></" + operation + "Response>";
}

// Answers every STS operation with a key named after the order of the calls: ASIA0, ASIA1, …
Reply sts_reply(const Received& request, int nth) {
  const std::string operation = request.body.find("Action=AssumeRoleWithWebIdentity") != std::string::npos
                                    ? "AssumeRoleWithWebIdentity"
                                    : "AssumeRole";
  return Reply{.body = sts_answer(operation, "ASIA" + std::to_string(nth), "2026-11-24T04:00:00Z")};
}

struct CredentialsTest : testing::Test {
  World world;

  core::Result<Credentials> load(std::string_view profile = {}) {
    CredentialChain chain(world.context(profile));
    auto got = chain.get();
    if (!got) return core::fail(got.error());
    return **got;
  }
  std::string line(std::string_view profile = {}) {
    const auto got = load(profile);
    return got ? "no error: " + got->origin : to_line(got.error());
  }
  void set_environment_keys() {
    world.set("AWS_ACCESS_KEY_ID", "AKIAENV");
    world.set("AWS_SECRET_ACCESS_KEY", "env-secret");
  }
};

TEST_F(CredentialsTest, EnvironmentComesFirstWithItsToken) {
  set_environment_keys();
  world.set("AWS_SESSION_TOKEN", "env-token");
  world.credentials("[default]\naws_access_key_id = AKIAFILE\naws_secret_access_key = x\n");
  const auto credentials = load();
  ASSERT_TRUE(credentials) << to_line(credentials.error());
  EXPECT_EQ(credentials->access_key_id, "AKIAENV");
  EXPECT_EQ(credentials->secret_access_key.reveal(), "env-secret");
  EXPECT_EQ(credentials->session_token.reveal(), "env-token");
}

TEST_F(CredentialsTest, AProfileNamedOnTheCommandLineComesBeforeTheEnvironment) {
  set_environment_keys();
  world.credentials("[dev]\naws_access_key_id = AKIADEV\naws_secret_access_key = x\n");
  EXPECT_EQ(load("dev")->access_key_id, "AKIADEV");
  world.set("AWS_PROFILE", "dev");
  EXPECT_EQ(load()->access_key_id, "AKIAENV");
}

TEST_F(CredentialsTest, HalfAPairIsAnErrorAndNotAReasonToLookFurther) {
  world.set("AWS_ACCESS_KEY_ID", "AKIAENV");
  world.credentials("[default]\naws_access_key_id = AKIAFILE\naws_secret_access_key = x\n");
  EXPECT_THAT(line(), HasSubstr("AWS_SECRET_ACCESS_KEY is not"));
  world.unset("AWS_ACCESS_KEY_ID");
  world.credentials("[default]\naws_access_key_id = AKIAFILE\n");
  EXPECT_THAT(line(), HasSubstr("only one of aws_access_key_id and aws_secret_access_key"));
}

TEST_F(CredentialsTest, ListsEveryPlaceThatWasTried) {
  const auto got = load();
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().kind, ErrorKind::refused);
  EXPECT_THAT(to_line(got.error()),
              AllOf(HasSubstr("environment: AWS_ACCESS_KEY_ID is not set; web identity: "),
                    HasSubstr("profile default: neither in " + world.home() + "/.aws/config nor in "),
                    HasSubstr("container: AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"),
                    HasSubstr("instance metadata: switched off by AWS_EC2_METADATA_DISABLED"),
                    HasSubstr("(run aws configure or aws sso login")));
  EXPECT_EQ(line().find('\n'), std::string::npos);
}

TEST_F(CredentialsTest, WebIdentityAsksStsWithoutASignature) {
  HttpDouble sts(sts_reply);
  world.set("AWS_ENDPOINT_URL_STS", sts.url());
  world.set("AWS_WEB_IDENTITY_TOKEN_FILE", world.write("token", "the.jwt.token\n"));
  world.set("AWS_ROLE_ARN", "arn:aws:iam::111122223333:role/pod");
  world.set("AWS_ROLE_SESSION_NAME", "me");
  const auto credentials = load();
  ASSERT_TRUE(credentials) << to_line(credentials.error());
  EXPECT_EQ(credentials->access_key_id, "ASIA0");
  EXPECT_EQ(credentials->secret_access_key.reveal(), "s-ASIA0");
  EXPECT_EQ(credentials->session_token.reveal(), "t-ASIA0");
  EXPECT_EQ(credentials->expires, core::timestamp_of_iso("2026-11-24T04:00:00Z"));
  const auto asked = sts.received().at(0);
  EXPECT_EQ(asked.header("authorization"), "");
  EXPECT_THAT(asked.body,
              AllOf(HasSubstr("Action=AssumeRoleWithWebIdentity"),
                    HasSubstr("WebIdentityToken=the.jwt.token"), HasSubstr("RoleSessionName=me")));
}

TEST_F(CredentialsTest, AProfileMayHaveAWebIdentity) {
  HttpDouble sts(sts_reply);
  world.set("AWS_ENDPOINT_URL_STS", sts.url());
  world.config("[default]\nrole_arn = arn:aws:iam::111122223333:role/ci\nweb_identity_token_file = " +
               world.write("token", "jwt") + "\n");
  EXPECT_EQ(load()->access_key_id, "ASIA0");
}

TEST_F(CredentialsTest, AMissingTokenFileIsAnError) {
  world.set("AWS_WEB_IDENTITY_TOKEN_FILE", world.home() + "/nowhere");
  world.set("AWS_ROLE_ARN", "arn:aws:iam::111122223333:role/pod");
  EXPECT_THAT(line(), HasSubstr("the token file " + world.home() + "/nowhere is missing or empty"));
}

TEST_F(CredentialsTest, RolesAreAssumedOneAfterTheOther) {
  HttpDouble sts(sts_reply);
  world.set("AWS_ENDPOINT_URL_STS", sts.url());
  world.config(
      "[profile prod]\nrole_arn = arn:aws:iam::111122223333:role/prod\nsource_profile = hub\nexternal_id = "
      "e-1\nrole_session_name = doctor\nduration_seconds = 900\n[profile hub]\nrole_arn = "
      "arn:aws:iam::999988887777:role/hub\nsource_profile = base\n");
  world.credentials("[base]\naws_access_key_id = AKIABASE\naws_secret_access_key = x\n");
  const auto credentials = load("prod");
  ASSERT_TRUE(credentials) << to_line(credentials.error());
  EXPECT_EQ(credentials->access_key_id, "ASIA1");
  EXPECT_EQ(credentials->origin, "profile prod: role arn:aws:iam::111122223333:role/prod");
  const auto asked = sts.received();
  ASSERT_EQ(asked.size(), 2U);
  EXPECT_THAT(asked[0].body, HasSubstr("role%2Fhub"));
  EXPECT_THAT(asked[0].header("authorization"),
              HasSubstr("Credential=AKIABASE/20261124/eu-west-1/sts/aws4_request"));
  EXPECT_THAT(asked[1].header("authorization"), HasSubstr("Credential=ASIA0/"));
  EXPECT_EQ(asked[1].header("x-amz-security-token"), "t-ASIA0");
  EXPECT_THAT(asked[1].body, AllOf(HasSubstr("ExternalId=e-1"), HasSubstr("RoleSessionName=doctor"),
                                   HasSubstr("DurationSeconds=900")));
}

TEST_F(CredentialsTest, AProfileMayAssumeARoleWithItsOwnKeys) {
  HttpDouble sts(sts_reply);
  world.set("AWS_ENDPOINT_URL_STS", sts.url());
  world.config(
      "[profile a]\nrole_arn = arn:aws:iam::111122223333:role/a\nsource_profile = a\naws_access_key_id = "
      "AKIASELF\naws_secret_access_key = x\n");
  EXPECT_EQ(load("a")->access_key_id, "ASIA0");
  EXPECT_THAT(sts.received().at(0).header("authorization"), HasSubstr("Credential=AKIASELF/"));
}

TEST_F(CredentialsTest, ACircleOfProfilesIsShownWhole) {
  world.config(
      "[profile a]\nrole_arn = r\nsource_profile = b\n[profile b]\nrole_arn = r\nsource_profile = "
      "c\n[profile "
      "c]\nrole_arn = r\nsource_profile = a\n");
  const auto got = load("a");
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().kind, ErrorKind::usage);
  EXPECT_EQ(got.error().sentence, "source_profile goes round in a circle: a -> b -> c -> a");
}

TEST_F(CredentialsTest, CredentialSourceMayBeTheEnvironment) {
  HttpDouble sts(sts_reply);
  world.set("AWS_ENDPOINT_URL_STS", sts.url());
  set_environment_keys();
  world.config("[profile a]\nrole_arn = arn:aws:iam::111122223333:role/a\ncredential_source = Environment\n");
  EXPECT_EQ(load("a")->access_key_id, "ASIA0");
  EXPECT_THAT(sts.received().at(0).header("authorization"), HasSubstr("Credential=AKIAENV/"));
}

TEST_F(CredentialsTest, ARoleNeedsExactlyOneSource) {
  world.config(
      "[profile a]\nrole_arn = r\n[profile b]\nrole_arn = r\nsource_profile = a\ncredential_source = "
      "Environment\n[profile c]\nrole_arn = r\ncredential_source = Moon\n[profile d]\nrole_arn = "
      "r\nsource_profile = nobody\n[profile e]\nrole_arn = r\ncredential_source = EcsContainer\n");
  EXPECT_THAT(line("a"), HasSubstr("neither source_profile nor credential_source"));
  EXPECT_THAT(line("b"), HasSubstr("both source_profile and credential_source"));
  EXPECT_THAT(line("c"), HasSubstr("credential_source 'Moon' is none that exists"));
  EXPECT_THAT(line("d"), HasSubstr("its source_profile 'nobody' does not exist"));
  EXPECT_THAT(line("e"), HasSubstr("credential_source EcsContainer gives none"));
}

TEST_F(CredentialsTest, MfaIsOneClearError) {
  world.config(
      "[profile a]\nrole_arn = r\nsource_profile = b\nmfa_serial = "
      "arn:aws:iam::111122223333:mfa/me\n[profile b]\n");
  EXPECT_THAT(line("a"),
              AllOf(HasSubstr("asks for a code of the MFA device arn:aws:iam::111122223333:mfa/me"),
                    HasSubstr("does not prompt"), HasSubstr("export-credentials")));
}

TEST_F(CredentialsTest, ARefusedRoleSaysWhatStsSaid) {
  HttpDouble sts([](const Received&, int) {
    return Reply{
        .status = 403,
        .body =
            "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>User: x is not "
            "authorized to perform: sts:AssumeRole</Message></Error></ErrorResponse>"};
  });
  world.set("AWS_ENDPOINT_URL_STS", sts.url());
  world.config(
      "[profile a]\nrole_arn = arn:aws:iam::1:role/a\nsource_profile = b\n[profile b]\naws_access_key_id = "
      "A\naws_secret_access_key = s3cr3t\n");
  const auto got = load("a");
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().kind, ErrorKind::refused);
  EXPECT_THAT(to_line(got.error()), AllOf(HasSubstr("profile a: role arn:aws:iam::1:role/a"),
                                          HasSubstr("not authorized to perform: sts:AssumeRole")));
  EXPECT_EQ(to_line(got.error()).find("s3cr3t"), std::string::npos);
}

TEST_F(CredentialsTest, StsIsAskedAgainAfterAReset) {
  HttpDouble sts([](const Received& request, int nth) {
    return nth < 2 ? Reply{.ending = Reply::Ending::reset} : sts_reply(request, nth);
  });
  world.set("AWS_ENDPOINT_URL_STS", sts.url());
  world.config(
      "[profile a]\nrole_arn = r\nsource_profile = b\n[profile b]\naws_access_key_id = "
      "A\naws_secret_access_key = s\n");
  EXPECT_EQ(load("a")->access_key_id, "ASIA2");
}

// ---- credential_process ----

TEST_F(CredentialsTest, AProcessPrintsCredentials) {
  const auto file = world.write(
      "out.json",
      R"({"Version":1,"AccessKeyId":"AKIAP","SecretAccessKey":"s","SessionToken":"t","Expiration":"2026-11-24T05:00:00Z"})");
  world.config("[default]\ncredential_process = /bin/cat \"" + file + "\"\n");
  const auto credentials = load();
  ASSERT_TRUE(credentials) << to_line(credentials.error());
  EXPECT_EQ(credentials->access_key_id, "AKIAP");
  EXPECT_EQ(credentials->session_token.reveal(), "t");
  EXPECT_EQ(credentials->expires, core::timestamp_of_iso("2026-11-24T05:00:00Z"));
}

TEST_F(CredentialsTest, AProcessIsNotAShell) {
  const auto mark = world.home() + "/made-by-a-shell";
  world.config("[default]\ncredential_process = /bin/echo $HOME; touch " + mark + " | cat > " + mark + "\n");
  EXPECT_THAT(line(), HasSubstr("the program printed no JSON"));
  EXPECT_FALSE(std::filesystem::exists(mark));
}

TEST_F(CredentialsTest, AProcessThatFailsIsQuotedFromStderrOnly) {
  const auto script =
      world.write("p.sh", "echo 'a secret on stdout'\necho first >&2\necho 'session is over' >&2\nexit 7\n");
  world.config("[default]\ncredential_process = /bin/sh " + script + "\n");
  EXPECT_THAT(line(), HasSubstr("credential_process: the program ended with exit code 7: session is over"));
  EXPECT_EQ(line().find("a secret"), std::string::npos);
  EXPECT_EQ(line().find("first"), std::string::npos);
}

TEST_F(CredentialsTest, AProcessThatCannotBeUsedIsNamed) {
  world.config("[default]\ncredential_process = /no/such/program --x\n");
  EXPECT_THAT(line(), HasSubstr("'/no/such/program' cannot be started: No such file or directory"));
  world.config("[default]\ncredential_process = /bin/echo '{\"Version\": 2}'\n");
  EXPECT_THAT(line(), HasSubstr("not of Version 1"));
  world.config("[default]\ncredential_process = /bin/echo '{\"Version\": 1, \"AccessKeyId\": \"A\"}'\n");
  EXPECT_THAT(line(), HasSubstr("has no SecretAccessKey"));
  world.config(
      "[default]\ncredential_process = /bin/echo '{\"Version\": 1, \"AccessKeyId\": \"A\", "
      "\"SecretAccessKey\": \"B\", \"Expiration\": \"2020-01-01T00:00:00Z\"}'\n");
  EXPECT_THAT(line(), HasSubstr("expired at 2020-01-01T00:00:00Z"));
}

TEST(SplitCommand, QuotesAsPosixShellsDo) {
  EXPECT_EQ(*split_command(R"( a  "b c" 'd "e"' f\ g "h\"i\\j\k" k'l'"m" '' )"),
            (std::vector<std::string>{"a", "b c", "d \"e\"", "f g", "h\"i\\j\\k", "klm", ""}));
  EXPECT_FALSE(split_command("a \"b"));
  EXPECT_FALSE(split_command("a 'b"));
  EXPECT_FALSE(split_command("a \\"));
  EXPECT_FALSE(split_command("  "));
}

// botocore splits with Python's shlex; random commands of the characters that matter must come out alike.
TEST(SplitCommand, SplitsAsPythonsShlex) {
  World world;
  std::mt19937_64 random{7};
  constexpr std::string_view kLetters = "ab  \t\"\"''\\\\$|;#";
  std::vector<std::string> commands;
  std::string lines;
  for (int i = 0; i < 2000; ++i) {
    std::string& command = commands.emplace_back();
    for (auto left = random() % 14; left > 0; --left) command += kLetters[random() % kLetters.size()];
    lines += nlohmann::json(command).dump() + "\n";
  }
  const std::string python = "/usr/bin/python3 " DOCTOR_SOURCE_DIR "/tests/aws/shlex_split.py < " +
                             world.write("commands.jsonl", lines);
  std::unique_ptr<FILE, int (*)(FILE*)> theirs(::popen(python.c_str(), "r"), ::pclose);
  std::array<char, 4096> line{};
  for (const auto& command : commands) {
    ASSERT_NE(::fgets(line.data(), line.size(), theirs.get()), nullptr);
    const auto words = nlohmann::json::parse(line.data());
    const auto ours = split_command(command);
    if (words.empty()) {
      EXPECT_FALSE(ours) << command;  // null: refused; []: nothing to start
    } else {
      ASSERT_TRUE(ours) << command << ": " << to_line(ours.error());
      EXPECT_EQ(*ours, words.get<std::vector<std::string>>()) << command;
    }
  }
}

// ---- SSO ----

constexpr std::string_view kSession =
    "[profile sso]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Reader\n[sso-session "
    "corp]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = eu-west-1\n";

TEST_F(CredentialsTest, SsoExchangesTheCachedToken) {
  HttpDouble portal([](const Received&, int) {
    return Reply{
        .body =
            R"({"roleCredentials":{"accessKeyId":"ASIASSO","secretAccessKey":"s","sessionToken":"t","expiration":1795500000000}})"};
  });
  world.set("AWS_ENDPOINT_URL_SSO", portal.url());
  world.config(kSession);
  // The name is what `printf corp | sha1sum` prints.
  world.write(".aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json",
              R"({"accessToken":"sso-token","expiresAt":"2026-11-24T08:00:00Z"})");
  const auto credentials = load("sso");
  ASSERT_TRUE(credentials) << to_line(credentials.error());
  EXPECT_EQ(credentials->access_key_id, "ASIASSO");
  EXPECT_EQ(core::to_iso(*credentials->expires), "2026-11-24T06:00:00Z");
  const auto asked = portal.received().at(0);
  EXPECT_EQ(asked.method, "GET");
  EXPECT_EQ(asked.target, "/federation/credentials?account_id=111122223333&role_name=Reader");
  EXPECT_EQ(asked.header("x-amz-sso_bearer_token"), "sso-token");
  EXPECT_EQ(asked.header("authorization"), "");
}

TEST_F(CredentialsTest, TheOlderFormOfSsoIsKeyedByTheStartUrl) {
  HttpDouble portal([](const Received&, int) { return Reply{.status = 401, .body = "{}"}; });
  world.set("AWS_ENDPOINT_URL_SSO", portal.url());
  world.config(
      "[profile old]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = eu-west-1\nsso_account_id "
      "= "
      "111122223333\nsso_role_name = Reader\n");
  EXPECT_THAT(line("old"),
              AllOf(HasSubstr("nobody is logged in"), HasSubstr("run: aws sso login --profile old")));
  world.write(".aws/sso/cache/a51746d4aa793ae07b25e90c3a5db96fc7832bd7.json",
              R"({"accessToken":"sso-token"})");
  EXPECT_THAT(line("old"), HasSubstr("holds no token"));
  world.write(".aws/sso/cache/a51746d4aa793ae07b25e90c3a5db96fc7832bd7.json",
              R"({"accessToken":"sso-token","expiresAt":"2026-11-24T08:00:00UTC"})");
  EXPECT_THAT(line("old"), AllOf(HasSubstr("no longer valid"), HasSubstr("aws sso login")));
}

TEST_F(CredentialsTest, AnExpiredSsoLoginSaysHowToLogIn) {
  world.config(kSession);
  world.write(".aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json",
              R"({"accessToken":"sso-token","expiresAt":"2026-11-24T02:00:00Z"})");
  EXPECT_THAT(line("sso"), AllOf(HasSubstr("the SSO login expired at 2026-11-24T02:00:00Z"),
                                 HasSubstr("run: aws sso login --profile sso")));
  EXPECT_EQ(line("sso").find("sso-token"), std::string::npos);
}

TEST_F(CredentialsTest, SsoSettingsMustBeWhole) {
  world.config(
      "[profile a]\nsso_session = nobody\n[profile b]\nsso_start_url = https://x\nsso_region = "
      "eu-west-1\nsso_account_id = 1\n");
  EXPECT_THAT(line("a"), HasSubstr("has no section [sso-session nobody]"));
  EXPECT_THAT(line("b"), HasSubstr("SSO needs sso_role_name"));
}

// ---- container ----

const Reply kAgentReply = {
    .body =
        R"({"RoleArn":"r","AccessKeyId":"ASIAC","SecretAccessKey":"s","Token":"t","Expiration":"2026-11-24T09:00:00Z"})"};

TEST_F(CredentialsTest, TheContainersAgentIsAskedWithItsToken) {
  HttpDouble agent([](const Received&, int) { return kAgentReply; });
  world.set("AWS_CONTAINER_CREDENTIALS_FULL_URI", agent.url() + "/creds?id=1");
  world.set("AWS_CONTAINER_AUTHORIZATION_TOKEN", "old");
  world.set("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", world.write("pod-token", "from-file\n"));
  const auto credentials = load();
  ASSERT_TRUE(credentials) << to_line(credentials.error());
  EXPECT_EQ(credentials->access_key_id, "ASIAC");
  EXPECT_EQ(credentials->session_token.reveal(), "t");
  EXPECT_EQ(agent.received().at(0).target, "/creds?id=1");
  EXPECT_EQ(agent.received().at(0).header("authorization"), "from-file");
}

TEST_F(CredentialsTest, ARelativeUriGoesToTheAgentOfEcs) {
  HttpDouble agent([](const Received&, int nth) { return nth == 0 ? Reply{.status = 503} : kAgentReply; });
  world.set("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/credentials/abc");
  auto context = world.context();
  EXPECT_EQ(context.container_host, "http://169.254.170.2");
  context.container_host = agent.url();
  const auto provided = container_credentials(context);
  ASSERT_TRUE(provided) << to_line(provided.error());
  EXPECT_EQ(provided->credentials->access_key_id, "ASIAC");
  EXPECT_EQ(agent.received().at(1).target, "/v2/credentials/abc");
}

TEST_F(CredentialsTest, NoTokenIsSentToAStranger) {
  for (const std::string url :
       {"http://example.com/x", "http://169.254.169.254/x", "http://127.0.0.1.example.com/",
        "http://127.0.0.1@example.com/", "ftp://localhost/"}) {
    world.set("AWS_CONTAINER_CREDENTIALS_FULL_URI", url);
    EXPECT_THAT(line(), HasSubstr("neither https nor loopback")) << url;
  }
}

TEST_F(CredentialsTest, ATokenWithALineBreakIsRefused) {
  world.set("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1:1/");
  world.set("AWS_CONTAINER_AUTHORIZATION_TOKEN", "a\r\nX-Evil: 1");
  EXPECT_THAT(line(), HasSubstr("has a line break in it"));
}

// ---- instance metadata ----

Reply metadata(const Received& request, int) {
  if (request.method == "PUT" && request.target == "/latest/api/token") {
    return request.header("x-aws-ec2-metadata-token-ttl-seconds") == "21600" ? Reply{.body = "imds-token"}
                                                                             : Reply{.status = 400};
  }
  if (request.header("x-aws-ec2-metadata-token") != "imds-token") return Reply{.status = 401};
  if (request.target == "/latest/meta-data/iam/security-credentials/") return Reply{.body = "web role"};
  if (request.target == "/latest/meta-data/iam/security-credentials/web%20role") {
    return Reply{
        .body =
            R"({"Code":"Success","AccessKeyId":"ASIAI","SecretAccessKey":"s","Token":"t","Expiration":"2026-11-24T09:00:00Z"})"};
  }
  return Reply{.status = 404};
}

TEST_F(CredentialsTest, InstanceMetadataIsAskedInVersionTwo) {
  HttpDouble service(metadata);
  world.unset("AWS_EC2_METADATA_DISABLED");
  world.set("AWS_EC2_METADATA_SERVICE_ENDPOINT", service.url() + "/");
  const auto credentials = load();
  ASSERT_TRUE(credentials) << to_line(credentials.error());
  EXPECT_EQ(credentials->access_key_id, "ASIAI");
  EXPECT_EQ(credentials->origin, "instance role web role");
  EXPECT_EQ(service.received().size(), 3U);
}

TEST_F(CredentialsTest, AnInstanceWithoutARoleGivesNoCredentials) {
  HttpDouble service([](const Received& request, int nth) {
    return request.method == "PUT" ? metadata(request, nth) : Reply{.status = 404};
  });
  world.unset("AWS_EC2_METADATA_DISABLED");
  world.set("AWS_EC2_METADATA_SERVICE_ENDPOINT", service.url());
  EXPECT_THAT(line(), HasSubstr("instance metadata: the instance has no role"));
}

TEST_F(CredentialsTest, MetadataThatIsNotThereIsOneLineOfTheError) {
  std::string url;
  {
    HttpDouble gone([](const Received&, int) { return Reply{}; });
    url = gone.url();
  }
  world.unset("AWS_EC2_METADATA_DISABLED");
  world.set("AWS_EC2_METADATA_SERVICE_ENDPOINT", url);
  EXPECT_THAT(line(), HasSubstr("instance metadata: no connection to 127.0.0.1:"));
}

// ---- the chain ----

TEST_F(CredentialsTest, CredentialsAreKeptAndRenewedFiveMinutesEarly) {
  HttpDouble sts(sts_reply);  // expires at 04:00
  world.set("AWS_ENDPOINT_URL_STS", sts.url());
  world.config(
      "[default]\nrole_arn = r\nsource_profile = b\n[profile b]\naws_access_key_id = "
      "A\naws_secret_access_key = s\n");
  CredentialChain chain(world.context());
  EXPECT_EQ((*chain.get())->access_key_id, "ASIA0");
  world.clock.time += std::chrono::minutes{54};
  EXPECT_EQ((*chain.get())->access_key_id, "ASIA0");
  world.clock.time += std::chrono::minutes{2};
  EXPECT_EQ((*chain.get())->access_key_id, "ASIA1");
  EXPECT_EQ(chain.generation(), 2);
}

TEST_F(CredentialsTest, OldCredentialsAreUsedWhileRenewalFails) {
  HttpDouble sts([](const Received& request, int nth) {
    return nth == 0
               ? sts_reply(request, nth)
               : Reply{
                     .status = 400,
                     .body =
                         "<ErrorResponse><Error><Code>X</Code><Message>no</Message></Error></ErrorResponse>"};
  });
  world.set("AWS_ENDPOINT_URL_STS", sts.url());
  world.config(
      "[default]\nrole_arn = r\nsource_profile = b\n[profile b]\naws_access_key_id = "
      "A\naws_secret_access_key = s\n");
  CredentialChain chain(world.context());
  ASSERT_TRUE(chain.get());
  world.clock.time += std::chrono::minutes{57};
  EXPECT_EQ((*chain.get())->access_key_id, "ASIA0");
  EXPECT_EQ((*chain.get())->access_key_id, "ASIA0");
  EXPECT_EQ(sts.received().size(), 2U);  // not asked again within half a minute
  world.clock.time += std::chrono::minutes{4};
  EXPECT_FALSE(chain.get());
}

TEST_F(CredentialsTest, ManyFailuresOnOneSetRenewItOnce) {
  HttpDouble sts(sts_reply);
  world.set("AWS_ENDPOINT_URL_STS", sts.url());
  world.config(
      "[default]\nrole_arn = r\nsource_profile = b\n[profile b]\naws_access_key_id = "
      "A\naws_secret_access_key = s\n");
  CredentialChain chain(world.context());
  ASSERT_TRUE(chain.get());
  const int generation = chain.generation();
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(chain.renew(generation));
  EXPECT_EQ(sts.received().size(), 2U);
  EXPECT_EQ((*chain.get())->access_key_id, "ASIA1");
}

}  // namespace
}  // namespace doctor::aws
