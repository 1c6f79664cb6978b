#include "lab/ec2.h"

#include "lab/desk_support.h"

namespace doctor::lab {
namespace {

using testing::Desk;

struct Subnet28 : Desk {
  std::string subnet = add_subnet(world, region, vpc, "eu-west-1a", "10.0.1.0/28", "small");
  std::string group = add_group(world, region, vpc, "app");
  Reply interface() {
    return create_interface(
        world, region,
        {.subnet = subnet, .groups = {group}, .description = "arn:aws:ecs:x", .private_address = {}});
  }
  long long free() {
    return (*call("ec2", "DescribeSubnets",
                  {{"SubnetIds", {subnet}}}))["Subnets"][0]["AvailableIpAddressCount"]
        .get<long long>();
  }
};

TEST(Ec2Subnet, LosesAnAddressToEachInterfaceAndGetsItBack) {
  Subnet28 lab;
  EXPECT_EQ(lab.free(), 11);  // 16 less AWS's five
  const auto first = lab.interface(), second = lab.interface();
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->at("PrivateIpAddress"), "10.0.1.4");
  EXPECT_EQ(second->at("PrivateIpAddress"), "10.0.1.5");
  EXPECT_EQ(lab.free(), 9);
  delete_interface(lab.world, lab.region, text_of(*first, "NetworkInterfaceId"));
  EXPECT_EQ(lab.free(), 10);
  EXPECT_EQ(lab.interface()->at("PrivateIpAddress"), "10.0.1.4");
}

TEST(Ec2Subnet, RefusesInterfacesWhenItIsFull) {
  Subnet28 lab;
  lab.world.ec2[lab.region].other_addresses[lab.subnet] = 9;
  ASSERT_TRUE(lab.interface() && lab.interface());
  EXPECT_EQ(lab.interface().error().code, "InsufficientFreeAddressesInSubnet");
  EXPECT_EQ(lab.free(), 0);
}

TEST(Ec2Interface, IsRefusedWithAwssCodes) {
  Subnet28 lab;
  const auto create = [&](const std::string& subnet, const std::string& group) {
    return create_interface(lab.world, lab.region,
                            {.subnet = subnet, .groups = {group}, .description = {}, .private_address = {}})
        .error()
        .code;
  };
  EXPECT_EQ(create("subnet-none", lab.group), "InvalidSubnetID.NotFound");
  EXPECT_EQ(create(lab.subnet, "sg-none"), "InvalidGroup.NotFound");
  const auto elsewhere = add_vpc(lab.world, lab.region, "10.9.0.0/16", "other");
  EXPECT_EQ(create(lab.subnet, add_group(lab.world, lab.region, elsewhere, "other")), "InvalidParameter");
  lab.world.ec2[lab.region].interface_quota = 0;
  EXPECT_EQ(create(lab.subnet, lab.group), "NetworkInterfaceLimitExceeded");
}

TEST(Ec2Describe, FiltersByFieldsNestedListsTagsAndWildcards) {
  Subnet28 lab;
  const auto eni = text_of(*lab.interface(), "NetworkInterfaceId");
  const auto found = [&](const char* operation, const char* key, const char* filter,
                         const std::string& value) {
    return (*lab.call(
        "ec2", operation,
        {{"Filters", json::array({{{"Name", filter}, {"Values", json::array({value})}}})}}))[key]
        .size();
  };
  EXPECT_EQ(found("DescribeNetworkInterfaces", "NetworkInterfaces", "group-id", lab.group), 1u);
  EXPECT_EQ(found("DescribeNetworkInterfaces", "NetworkInterfaces", "description", "arn:aws:ecs:*"), 1u);
  EXPECT_EQ(found("DescribeNetworkInterfaces", "NetworkInterfaces", "description", "arn:aws:rds:*"), 0u);
  EXPECT_EQ(found("DescribeNetworkInterfaces", "NetworkInterfaces", "requester-managed", "true"), 1u);
  EXPECT_EQ(found("DescribeSubnets", "Subnets", "tag:Name", "small"), 1u);
  EXPECT_EQ(found("DescribeSubnets", "Subnets", "tag-key", "Owner"), 0u);
  EXPECT_EQ(found("DescribeRouteTables", "RouteTables", "association.main", "true"), 1u);
  EXPECT_EQ(found("DescribeSecurityGroups", "SecurityGroups", "egress.ip-permission.cidr", "0.0.0.0/0"), 2u);
  const auto wrong = lab.call("ec2", "DescribeVpcs",
                              {{"Filters", json::array({{{"Name", "colour"}, {"Values", {"red"}}}})}});
  EXPECT_EQ(wrong.error().code, "InvalidParameterValue");
}

TEST(Ec2Describe, PagesOnlyWhereAskedAndRefusesIdsWithPages) {
  Subnet28 lab;
  for (int i = 10; i < 22; ++i)
    add_subnet(lab.world, lab.region, lab.vpc, "eu-west-1b", "10.0." + std::to_string(i) + ".0/24", "");
  EXPECT_EQ((*lab.call("ec2", "DescribeSubnets"))["Subnets"].size(), 13u);
  json input{{"MaxResults", 5}};
  std::set<std::string> ids;
  int pages = 0;
  for (;; ++pages) {
    const auto page = lab.call("ec2", "DescribeSubnets", input);
    ASSERT_TRUE(page);
    for (const auto& subnet : page->at("Subnets")) ids.insert(text_of(subnet, "SubnetId"));
    if (!page->contains("NextToken")) break;
    input["NextToken"] = page->at("NextToken");
  }
  EXPECT_EQ(pages, 2);
  EXPECT_EQ(ids.size(), 13u);
  EXPECT_EQ(lab.call("ec2", "DescribeVpcs", input).error().code, "InvalidPaginationToken");
  EXPECT_EQ(lab.call("ec2", "DescribeSubnets", {{"MaxResults", 4}}).error().code, "InvalidMaxResults");
  EXPECT_EQ(lab.call("ec2", "DescribeSubnets", {{"MaxResults", 5}, {"SubnetIds", {lab.subnet}}}).error().code,
            "InvalidParameterCombination");
}

TEST(Ec2Network, MovesSubnetsBetweenTablesAndRoutesGatewayEndpoints) {
  Subnet28 lab;
  const auto nat = add_nat_gateway(lab.world, lab.region, lab.subnet);
  const auto first = add_route_table(lab.world, lab.region, lab.vpc, {lab.subnet}, "a"),
             second = add_route_table(lab.world, lab.region, lab.vpc, {lab.subnet}, "b");
  add_route(lab.world, lab.region, second, "0.0.0.0/0", nat);
  const auto s3 = add_endpoint(lab.world, lab.region, lab.vpc, "s3", {second});
  const auto& tables = lab.world.ec2[lab.region].route_tables;
  EXPECT_TRUE(tables.at(first).at("Associations").empty());
  EXPECT_EQ(tables.at(second).at("Associations")[0].at("SubnetId"), lab.subnet);
  EXPECT_EQ(texts_at(tables.at(second), "Routes.NatGatewayId"), std::vector<std::string>{nat});
  EXPECT_EQ(texts_at(tables.at(second), "Routes.GatewayId"), (std::vector<std::string>{"local", s3}));
  ASSERT_TRUE(lab.call("ec2", "DeleteVpcEndpoints", {{"VpcEndpointIds", {s3}}}));
  EXPECT_EQ(texts_at(tables.at(second), "Routes.GatewayId"), std::vector<std::string>{"local"});
}

TEST(Ec2Groups, MergesRulesOfEqualPortsIntoOnePermission) {
  Subnet28 lab;
  allow_ingress(lab.world, lab.region, lab.group, {.cidr = "10.0.0.0/8", .group = {}});
  allow_ingress(lab.world, lab.region, lab.group, {.cidr = {}, .group = lab.group});
  allow_ingress(lab.world, lab.region, lab.group,
                {.from_port = 80, .to_port = 80, .cidr = "10.0.0.0/8", .group = {}});
  const auto groups = *lab.call("ec2", "DescribeSecurityGroups", {{"GroupIds", {lab.group}}});
  const auto& permissions = groups["SecurityGroups"][0]["IpPermissions"];
  ASSERT_EQ(permissions.size(), 2u);
  for (const auto& permission : permissions) {
    if (permission["FromPort"] != 443) continue;
    EXPECT_EQ(permission["IpRanges"].size() + permission["UserIdGroupPairs"].size(), 2u);
  }
  revoke_all_egress(lab.world, lab.region, lab.group);
  EXPECT_TRUE((*lab.call("ec2", "DescribeSecurityGroups",
                         {{"GroupIds", {lab.group}}}))["SecurityGroups"][0]["IpPermissionsEgress"]
                  .empty());
}

}  // namespace
}  // namespace doctor::lab
