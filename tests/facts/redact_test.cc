#include "facts/redact.h"

#include <rapidcheck/gtest.h>

#include "facts_support.h"

namespace doctor::facts {
namespace {

TEST(RedactLine, TakesOutSecretsAndLeavesTheRest) {
  const std::pair<std::string, std::string> kLines[] = {
      {"login password=hunter2 ok", "login password=*** ok"},
      {"DB_PASSWORD: hunter2", "DB_PASSWORD: ***"},
      {R"({"password": "a b\"c", "user":"x"})", R"({"password": "***", "user":"x"})"},
      {"Authorization: Bearer abc.def-123", "Authorization: Bearer ***"},
      {"sent bearer abcdefgh12 to x", "sent bearer *** to x"},
      {"got eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl here", "got *** here"},
      {"key AKIAIOSFODNN7EXAMPLE used", "key AKIA*** used"},
      {"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY1",
       "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY1"},  // 41 letters
      {"secret wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY end", "secret *** end"},
      {"postgres://app:s3cr:et@db:5432/orders", "postgres://app:***@db:5432/orders"},
      {"run --db-password hunter2 --port 80", "run --db-password *** --port 80"},
      {"run --api-key=abc", "run --api-key=***"},
      {"docker login -u AWS -p eyabc123 1.dkr.ecr", "docker login -u AWS -p *** 1.dkr.ecr"},
      {"-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----",
       "-----BEGIN RSA PRIVATE KEY-----***-----END RSA PRIVATE KEY-----"},
      {"GET /x?token=abc&page=2", "GET /x?token=***&page=2"},
  };
  for (const auto& [line, expected] : kLines) EXPECT_EQ(redact_line(line), expected);
}

TEST(RedactLine, LeavesWhatAwsSaysWhole) {
  for (const std::string line : {
           "ResourceInitializationError: unable to pull secrets or registry auth: execution resource "
           "retrieval failed: unable to "
           "retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret "
           "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-AbCdEf from secrets manager: "
           "AccessDeniedException: User: "
           "arn:aws:sts::111122223333:assumed-role/exec/0f9d is not authorized to perform: "
           "secretsmanager:GetSecretValue on resource: x",
           "CannotPullContainerError: pull access denied for web, repository does not exist or may require "
           "authorization: server message: "
           "insufficient_scope: authorization failed",
           "failed to fetch oauth token: unexpected status: 401 Unauthorized",
           "ExpiredTokenException: The security token included in the request is expired",
           "no basic auth credentials",
           "ecr:GetAuthorizationToken: denied",
           "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/WebTargetGroup1/abcdef0123456789",
           "ecs/App/0123456789abcdef0123456789abcdef",
           "commit 5f27d85aa0b1c2d3e4f5a6b7c8d9e0f1a2b3c4d5",
           "https://sqs.eu-west-1.amazonaws.com/111122223333/queue",
       })
    EXPECT_EQ(redact_line(line), line);
}

TEST(RedactJson, TakesOutEveryPlantedSecret) {
  const std::string secret = "pl4nt3dS3cret";
  const std::string inner =
      R"({"eventID":"e","requestParameters":{"overrides":{"containerOverrides":[{"name":"app","environment":[{"name":"X","value":")" +
      secret + R"("}],"command":["run","--password",")" + secret + R"("]}]},"masterUserPassword":")" +
      secret + R"("},"responseElements":{"session":{"sessionId":"s-1","tokenValue":")" + secret +
      R"("},"credentials":{"accessKeyId":"ASIAIOSFODNN7EXAMPLE","sessionToken":")" + secret + R"("}}})";
  const std::string json =
      R"({"tasks":[{"taskArn":"arn:t","stoppedReason":"bye token=)" + secret +
      R"(","overrides":{"containerOverrides":[{"environment":[{"name":"A","value":")" + secret +
      R"("}]}]},"tags":[{"key":"db-password","value":")" + secret + R"("},{"key":"team","value":"shop"}]}],
    "taskDefinition":{"containerDefinitions":[{"name":"app","environment":[{"name":"A","value":")" +
      secret +
      R"("}],"secrets":[{"name":"B","valueFrom":"arn:aws:ssm:r:1:parameter/b"},{"name":"C","value":")" +
      secret + R"("}],"logConfiguration":{"options":{"splunk-token":")" + secret +
      R"(","awslogs-group":"/g"}}}]},
    "Events":[{"CloudTrailEvent":)" +
      core::json_quoted(inner) + R"(}],
    "authorizationData":[{"authorizationToken":")" +
      secret + R"("}],"registryCredential":{"user":"u","password":")" + secret + R"("},
    "events":[{"message":"-----BEGIN PRIVATE KEY-----"},{"message":")" +
      secret + R"("},{"message":"-----END PRIVATE KEY-----"},{"message":"after"}],
    "nextToken":"page-2"})";
  const std::string out = redact_json(json);
  EXPECT_EQ(out.find(secret), std::string::npos) << out;
  EXPECT_EQ(out.find("ASIAIOSFODNN7EXAMPLE"), std::string::npos);
  for (const auto* kept :
       {"arn:t", "shop", "arn:aws:ssm:r:1:parameter/b", "/g", "page-2", "after", "s-1", "awslogs-group"})
    EXPECT_NE(out.find(kept), std::string::npos) << kept << " in " << out;
  EXPECT_TRUE(core::JsonDocument::parse(out, "x"));
}

TEST(RedactJson, PolicyDocumentsStayWhole) {
  const std::string policy =
      R"({"Statement":[{"Effect":"Allow","Action":["secretsmanager:GetSecretValue","sts:GetSessionToken"],"Resource":"arn:aws:secretsmanager:r:1:secret:db-x","Condition":{"StringEquals":{"secretsmanager:VersionStage":"AWSCURRENT","aws:PrincipalTag/token":"a"}}}]})";
  EXPECT_EQ(redact_json(policy), policy);
}

std::string letters() {
  const int length = *rc::gen::inRange(12, 30);
  // Upper, lower and digit in every secret, as real ones have.
  return "Zq7" + *rc::gen::container<std::string>(
                     static_cast<std::size_t>(length),
                     rc::gen::elementOf(std::string("abcdefghkmnpqrstuvwxyzABCDEFGHKMNPQRSTUVWXYZ23456789")));
}

RC_GTEST_PROP(RedactProperty, APlantedSecretNeverSurvives, ()) {
  const std::string secret = letters();
  const auto before = *rc::gen::container<std::string>(rc::gen::elementOf(std::string("ab c1:/.\n")));
  const auto after = *rc::gen::container<std::string>(rc::gen::elementOf(std::string("ab c1:/.\n")));
  const std::string line =
      before + " " +
      *rc::gen::element<std::string>(
          "password=" + secret, "\"api_key\": \"" + secret + "\"", "secret: " + secret,
          "Authorization: Bearer " + secret, "mysql://root:" + secret + "@db/x", "--db-password " + secret,
          "AWS_SECRET_ACCESS_KEY=" + secret, "-----BEGIN EC PRIVATE KEY-----" + secret,
          "eyJ" + secret + "." + secret + ".x", "x-api-key='" + secret + "'",
          "client_secret=" + secret + "&a=b") +
      " " + after;
  const std::string json = *rc::gen::element<std::string>(
      "{\"message\":" + core::json_quoted(line) + ",\"keep\":\"kept\"}",
      "{\"a\":[{\"environment\":[{\"name\":\"n\",\"value\":\"" + secret + "\"}]}],\"keep\":\"kept\"}",
      "{\"inner\":" + core::json_quoted("{\"message\":" + core::json_quoted(line) + "}") +
          ",\"keep\":\"kept\"}",
      "{\"Tags\":[{\"Key\":\"ApiToken\",\"Value\":\"" + secret + "\"}],\"keep\":\"kept\"}",
      "{\"command\":[\"x\",\"--secret-key\",\"" + secret + "\"],\"keep\":\"kept\"}",
      "{\"credentials\":{\"x\":[\"" + secret + "\"]},\"keep\":\"kept\"}");
  const std::string out = redact_json(json);
  RC_ASSERT(out.find(secret) == std::string::npos);
  const auto parsed = core::JsonDocument::parse(out, "x");
  RC_ASSERT(parsed.has_value());
  RC_ASSERT(parsed->root()["keep"].string_or() == "kept");
  RC_ASSERT(redact_json(out) == out);
}

RC_GTEST_PROP(RedactProperty, RedactingTwiceChangesNothing, ()) {
  const auto text = *rc::gen::container<std::string>(
      rc::gen::elementOf(std::string("aZ9=:/@ \"'\\-_.{}[],;&pwdtokenpassword\nBeareyJ")));
  const std::string once = redact_line(text);
  RC_ASSERT(redact_line(once) == once);
}

TEST(AccountMask, IsStableAndCanBeUndoneByItsOwner) {
  AccountMask mask;
  const std::string text =
      "arn:aws:ecs:r:111122223333:task/0f9d and 444455556666, 1795489200000, abc123456789012";
  const std::string hidden = mask.hide(text);
  EXPECT_EQ(hidden, "arn:aws:ecs:r:000000000001:task/0f9d and 000000000002, 1795489200000, abc123456789012");
  EXPECT_EQ(mask.hide(text), hidden);
  EXPECT_EQ(mask.hide(hidden), hidden);
  EXPECT_EQ(mask.reveal(hidden), text);
}

}  // namespace
}  // namespace doctor::facts
