// IAM's and Organizations' changing operations. Rules: "Versioning IAM policies", "Permissions boundaries for
// IAM entities", "Create a service-linked role" (IAM User Guide); "UpdatePolicy" (Organizations API
// Reference).
#include "lab/desk_support.h"
#include "lab/ecs_permission.h"

namespace doctor::lab {
namespace {

using testing::Desk;

const json kReads = policy_document("Allow", {"s3:GetObject"});
const json kWrites = policy_document("Allow", {"s3:PutObject"});

struct Versions : Desk {
  std::string arn = add_policy(world, "limits", kReads);
  Versions() {
    Role& role = add_role(world, "app", "ecs-tasks.amazonaws.com");
    role.inlined["all"] = policy_document("Allow", {"s3:*"});
    role.boundary = arn;
  }
  Reply iam(const std::string& operation, const json& input) { return call("iam", operation, input); }
  std::string code(const std::string& operation, const json& input) {
    const auto reply = iam(operation, input);
    return reply ? "" : reply.error().code;
  }
  Reply create(const json& document, bool in_force) {
    return iam("CreatePolicyVersion",
               {{"PolicyArn", arn}, {"PolicyDocument", document.dump()}, {"SetAsDefault", in_force}});
  }
  json in_force() { return (*iam("GetPolicy", {{"PolicyArn", arn}}))["Policy"]["DefaultVersionId"]; }
  bool may(const char* action) { return role_may(world, "app", action, "arn:aws:s3:::b/k").allowed; }
};

TEST(PolicyVersions, TheDefaultOneIsInForce) {
  Versions lab;
  EXPECT_TRUE(lab.may("s3:GetObject"));
  EXPECT_FALSE(lab.may("s3:PutObject"));
  const auto second = lab.create(kWrites, false);
  ASSERT_TRUE(second);
  EXPECT_EQ((*second)["PolicyVersion"]["VersionId"], "v2");
  EXPECT_FALSE(lab.may("s3:PutObject"));  // not until it is the default one
  ASSERT_TRUE(lab.iam("SetDefaultPolicyVersion", {{"PolicyArn", lab.arn}, {"VersionId", "v2"}}));
  EXPECT_TRUE(lab.may("s3:PutObject"));
  EXPECT_FALSE(lab.may("s3:GetObject"));
  EXPECT_EQ(lab.in_force(), "v2");
  ASSERT_TRUE(lab.iam("SetDefaultPolicyVersion", {{"PolicyArn", lab.arn}, {"VersionId", "v1"}}));
  EXPECT_TRUE(lab.may("s3:GetObject"));
  EXPECT_EQ(lab.code("SetDefaultPolicyVersion", {{"PolicyArn", lab.arn}, {"VersionId", "v9"}}),
            "NoSuchEntity");
}

TEST(PolicyVersions, AreFiveAtMostAndNumberedOnAndOn) {
  Versions lab;
  for (int i = 2; i <= 5; ++i) ASSERT_TRUE(lab.create(kWrites, true));
  const auto refused = lab.create(kReads, true);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "LimitExceeded");
  EXPECT_EQ(refused.error().status, 409);
  EXPECT_EQ(lab.code("DeletePolicyVersion", {{"PolicyArn", lab.arn}, {"VersionId", "v5"}}), "DeleteConflict");
  ASSERT_TRUE(lab.iam("DeletePolicyVersion", {{"PolicyArn", lab.arn}, {"VersionId", "v4"}}));
  EXPECT_EQ(lab.code("GetPolicyVersion", {{"PolicyArn", lab.arn}, {"VersionId", "v4"}}), "NoSuchEntity");
  EXPECT_EQ((*lab.create(kReads, false))["PolicyVersion"]["VersionId"], "v6");
  EXPECT_EQ(lab.in_force(), "v5");
}

TEST(PolicyVersions, AreListedNewestFirstAPageAtATime) {
  Versions lab;
  for (int i = 2; i <= 4; ++i) ASSERT_TRUE(lab.create(kWrites, i == 3));
  const auto first = lab.iam("ListPolicyVersions", {{"PolicyArn", lab.arn}, {"MaxItems", 3}});
  ASSERT_TRUE(first);
  EXPECT_EQ(texts_at(*first, "Versions.VersionId"), (std::vector<std::string>{"v2", "v3", "v4"}));
  EXPECT_EQ((*first)["Versions"][0]["VersionId"], "v4");
  EXPECT_EQ((*first)["Versions"][1]["IsDefaultVersion"], true);
  EXPECT_FALSE((*first)["Versions"][1].contains("Document"));
  EXPECT_EQ((*first)["IsTruncated"], true);
  const auto rest = lab.iam("ListPolicyVersions",
                            {{"PolicyArn", lab.arn}, {"MaxItems", 3}, {"Marker", (*first)["Marker"]}});
  EXPECT_EQ(texts_at(*rest, "Versions.VersionId"), std::vector<std::string>{"v1"});
  EXPECT_EQ((*lab.iam("GetPolicyVersion",
                      {{"PolicyArn", lab.arn}, {"VersionId", "v1"}}))["PolicyVersion"]["Document"],
            kReads);
}

TEST(PolicyVersions, AreRefusedWhereTheyAreNoPolicyOrNotOurs) {
  Versions lab;
  const auto with = [&](const std::string& arn, const std::string& text) {
    return lab.code("CreatePolicyVersion", {{"PolicyArn", arn}, {"PolicyDocument", text}});
  };
  EXPECT_EQ(with(lab.arn, "{"), "MalformedPolicyDocument");
  EXPECT_EQ(with(lab.arn, R"({"Version": "2012-10-17", "Statement": [{"Effect": "Allow"}]})"),
            "MalformedPolicyDocument");
  EXPECT_EQ(with("arn:aws:iam::111122223333:policy/none", kReads.dump()), "NoSuchEntity");
  const std::string aws = add_aws_policy(lab.world, "ReadOnlyAccess", kReads);
  EXPECT_EQ(with(aws, kReads.dump()), "AccessDenied");
  json large = kReads;
  for (int i = 0; i < 400; ++i)
    large["Statement"][0]["Action"].push_back("s3:GetObjectVersion" + std::to_string(i));
  EXPECT_EQ(with(lab.arn, large.dump()), "LimitExceeded");
}

TEST(ManagedPolicies, AreMadeOnceAndDeletedWhenNobodyUsesThem) {
  Versions lab;
  const json asked{{"PolicyName", "own"}, {"Path", "/team/"}, {"PolicyDocument", kReads.dump()}};
  const auto made = lab.iam("CreatePolicy", asked);
  ASSERT_TRUE(made);
  EXPECT_EQ((*made)["Policy"]["Arn"], "arn:aws:iam::111122223333:policy/team/own");
  EXPECT_EQ((*lab.iam("GetPolicy", {{"PolicyArn", (*made)["Policy"]["Arn"]}}))["Policy"]["Path"], "/team/");
  EXPECT_EQ(lab.code("CreatePolicy", asked), "EntityAlreadyExists");
  ASSERT_TRUE(lab.iam("DeletePolicy", {{"PolicyArn", (*made)["Policy"]["Arn"]}}));
  EXPECT_EQ(lab.code("DeletePolicy", {{"PolicyArn", (*made)["Policy"]["Arn"]}}), "NoSuchEntity");
  EXPECT_EQ(lab.code("DeletePolicy", {{"PolicyArn", lab.arn}}), "DeleteConflict");  // somebody's boundary
  lab.world.iam.roles["app"].boundary.clear();
  ASSERT_TRUE(lab.create(kWrites, true));
  EXPECT_EQ(lab.code("DeletePolicy", {{"PolicyArn", lab.arn}}), "DeleteConflict");  // two versions
}

TEST(RolePolicies, AreNotPutOnRolesOfAws) {
  Versions lab;
  add_ecs_service_role(lab.world);
  const auto put = [&](const char* role, const std::string& text) {
    return lab.code("PutRolePolicy", {{"RoleName", role}, {"PolicyName", "p"}, {"PolicyDocument", text}});
  };
  EXPECT_EQ(put("AWSServiceRoleForECS", kReads.dump()), "UnmodifiableEntity");
  EXPECT_EQ(put("app", R"({"Statement": "none"})"), "MalformedPolicyDocument");
  EXPECT_EQ(put("app", kReads.dump()), "");
  json large = kReads;
  for (int i = 0; i < 600; ++i)
    large["Statement"][0]["Action"].push_back("s3:GetObjectVersion" + std::to_string(i));
  EXPECT_EQ(put("app", large.dump()), "LimitExceeded");
}

TEST(Boundaries, ArePutAndTakenOff) {
  Versions lab;
  EXPECT_EQ(lab.code("PutRolePermissionsBoundary",
                     {{"RoleName", "app"}, {"PermissionsBoundary", "arn:aws:iam::111122223333:policy/none"}}),
            "NoSuchEntity");
  ASSERT_TRUE(lab.iam("DeleteRolePermissionsBoundary", {{"RoleName", "app"}}));
  EXPECT_TRUE(lab.may("s3:PutObject"));
  EXPECT_EQ(lab.code("DeleteRolePermissionsBoundary", {{"RoleName", "app"}}), "NoSuchEntity");
  ASSERT_TRUE(lab.iam("PutRolePermissionsBoundary", {{"RoleName", "app"}, {"PermissionsBoundary", lab.arn}}));
  EXPECT_FALSE(lab.may("s3:PutObject"));
  const json role = (*lab.iam("GetRole", {{"RoleName", "app"}}))["Role"];
  EXPECT_EQ(role["PermissionsBoundary"]["PermissionsBoundaryArn"], lab.arn);
}

TEST(ServiceLinkedRole, IsMadeOnceWithThePolicyThatAwsKeeps) {
  Versions lab;
  const auto made = lab.iam("CreateServiceLinkedRole", {{"AWSServiceName", "ecs.amazonaws.com"}});
  ASSERT_TRUE(made);
  EXPECT_EQ((*made)["Role"]["Arn"],
            "arn:aws:iam::111122223333:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS");
  EXPECT_TRUE(role_may(lab.world, "AWSServiceRoleForECS", "ec2:CreateNetworkInterface").allowed);
  const auto again = lab.iam("CreateServiceLinkedRole", {{"AWSServiceName", "ecs.amazonaws.com"}});
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, "InvalidInput");
  EXPECT_EQ(lab.code("CreateServiceLinkedRole", {{"AWSServiceName", "nothing.amazonaws.com"}}),
            "InvalidInput");
}

TEST(Users, AreNoneInAnAccountOfRoles) {
  Versions lab;
  for (const char* operation : {"GetUser", "ListUserPolicies", "ListGroupsForUser"})
    EXPECT_EQ(lab.code(operation, {{"UserName", "ann"}}), "NoSuchEntity");
  EXPECT_EQ(lab.code("GetUser", json::object()), "ValidationError");  // the caller is a role's session
  EXPECT_EQ(lab.code("ListGroupPolicies", {{"GroupName", "staff"}}), "NoSuchEntity");
}

struct Organized : Desk {
  json deny = policy_document("Deny", {"s3:GetObject"});
  std::string id = add_control_policy(world, "SERVICE_CONTROL_POLICY", "guard", deny);
  Organized() {
    add_role(world, "app", "ecs-tasks.amazonaws.com").inlined["all"] = policy_document("Allow", {"*"});
  }
  Reply update(const json& more) {
    json input{{"PolicyId", id}};
    input.update(more);
    return call("organizations", "UpdatePolicy", input);
  }
  std::string code(const json& more) {
    const auto reply = update(more);
    return reply ? "" : reply.error().code;
  }
};

TEST(ControlPolicies, AreInForceAsTheyAreUpdated) {
  Organized lab;
  const auto may = [&] { return role_may(lab.world, "app", "s3:GetObject", "arn:aws:s3:::b/k").allowed; };
  EXPECT_FALSE(may());
  const json other = policy_document("Deny", {"s3:DeleteObject"});
  const auto updated = lab.update({{"Content", other.dump()}, {"Description", "narrower"}});
  ASSERT_TRUE(updated);
  EXPECT_EQ((*updated)["Policy"]["PolicySummary"]["Description"], "narrower");
  EXPECT_EQ((*updated)["Policy"]["PolicySummary"]["Name"], "guard");
  EXPECT_TRUE(may());
  const auto described = lab.call("organizations", "DescribePolicy", {{"PolicyId", lab.id}});
  EXPECT_EQ(json::parse(text_of((*described)["Policy"], "Content")), other);
}

TEST(ControlPolicies, AreRefusedWithOrganizationssCodes) {
  Organized lab;
  EXPECT_EQ(lab.code({{"Content", "{"}}), "MalformedPolicyDocumentException");
  EXPECT_EQ(lab.code({{"Content", R"({"Statement": [{"Effect": "Deny", "Principal": "*"}]})"}}),
            "MalformedPolicyDocumentException");
  EXPECT_EQ(lab.code({{"Content", std::string(5121, ' ')}}), "ConstraintViolationException");
  EXPECT_EQ(lab.code({{"Name", "FullAWSAccess"}}), "DuplicatePolicyException");
  EXPECT_EQ(lab.code({{"PolicyId", "p-FullAWSAccess"}}), "InvalidInputException");  // AWS's own
  EXPECT_EQ(lab.code({{"PolicyId", "p-none"}}), "PolicyNotFoundException");
  lab.world.organizations.readable = false;
  EXPECT_EQ(lab.code({{"Content", lab.deny.dump()}}), "AccessDeniedException");
}

}  // namespace
}  // namespace doctor::lab
