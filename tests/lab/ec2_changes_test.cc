// EC2's changing operations: codes as in "Error codes for the Amazon EC2 API", and what a change does to the
// tasks that stand in the network ("Amazon ECS task networking options for Fargate").
#include "lab/desk_support.h"
#include "lab/fargate_path.h"

namespace doctor::lab {
namespace {

using testing::Desk;

struct Network : Desk {
  std::string subnet = add_subnet(world, region, vpc, "eu-west-1a", "10.0.1.0/24", "app");
  std::string outside = add_subnet(world, region, vpc, "eu-west-1a", "10.0.0.0/24", "public");
  std::string group = add_group(world, region, vpc, "app");
  std::string gateway = add_internet_gateway(world, region, vpc);
  std::string nat = add_nat_gateway(world, region, outside);
  std::string table = add_route_table(world, region, vpc, {subnet}, "private");

  Reply ec2(const std::string& operation, const json& input) { return call("ec2", operation, input); }
  std::string code(const std::string& operation, const json& input) {
    const auto reply = ec2(operation, input);
    return reply ? "" : reply.error().code;
  }
  // What a task in the subnet reaches the registry by.
  Way way(bool public_address = false) {
    NetworkChoice network;
    network.subnets = {subnet};
    network.security_groups = {group};
    network.assign_public_ip = public_address;
    return way_to(ecs_in(world, region), network, subnet, "ecr.api");
  }
  json routes() {
    return (*ec2("DescribeRouteTables", {{"RouteTableIds", {table}}}))["RouteTables"][0]["Routes"];
  }
  json route_to(const std::string& destination) {
    for (const auto& route : routes()) {
      if (route_destination(route) == destination) return route;
    }
    return nullptr;
  }
  json everywhere(const std::string& key, const std::string& target) {
    return {{"RouteTableId", table}, {"DestinationCidrBlock", "0.0.0.0/0"}, {key, target}};
  }
};

TEST(Ec2Routes, AReplacedRouteLeadsTasksAnotherWay) {
  Network lab;
  EXPECT_EQ(lab.way(), Way::none);
  ASSERT_TRUE(lab.ec2("CreateRoute", lab.everywhere("GatewayId", lab.gateway)));
  EXPECT_EQ(lab.way(), Way::none);  // an internet gateway needs a public address
  EXPECT_EQ(lab.way(true), Way::internet);
  ASSERT_TRUE(lab.ec2("ReplaceRoute", lab.everywhere("NatGatewayId", lab.nat)));
  EXPECT_EQ(lab.way(), Way::nat);
  const json route = lab.route_to("0.0.0.0/0");
  EXPECT_EQ(route["NatGatewayId"], lab.nat);
  EXPECT_FALSE(route.contains("GatewayId"));  // one target, not the old one beside the new one
  ASSERT_TRUE(lab.ec2("DeleteRoute", {{"RouteTableId", lab.table}, {"DestinationCidrBlock", "0.0.0.0/0"}}));
  EXPECT_EQ(lab.way(), Way::none);
}

TEST(Ec2Routes, AreRefusedWithAwssCodes) {
  Network lab;
  EXPECT_EQ(lab.code("ReplaceRoute", lab.everywhere("NatGatewayId", lab.nat)), "InvalidParameterValue");
  EXPECT_EQ(lab.code("CreateRoute", lab.everywhere("NatGatewayId", "nat-0")), "InvalidNatGatewayID.NotFound");
  EXPECT_EQ(lab.code("CreateRoute", lab.everywhere("GatewayId", "igw-0")),
            "InvalidInternetGatewayID.NotFound");
  EXPECT_EQ(lab.code("CreateRoute", lab.everywhere("VpcPeeringConnectionId", "pcx-0")),
            "InvalidVpcPeeringConnectionID.NotFound");
  EXPECT_EQ(lab.code("CreateRoute", {{"RouteTableId", lab.table}, {"DestinationCidrBlock", "0.0.0.0/0"}}),
            "MissingParameter");
  json both = lab.everywhere("NatGatewayId", lab.nat);
  both["GatewayId"] = lab.gateway;
  EXPECT_EQ(lab.code("CreateRoute", both), "InvalidParameterCombination");
  json nowhere = lab.everywhere("NatGatewayId", lab.nat);
  nowhere["DestinationCidrBlock"] = "internet";
  EXPECT_EQ(lab.code("CreateRoute", nowhere), "InvalidParameterValue");
  nowhere["RouteTableId"] = "rtb-0";
  EXPECT_EQ(lab.code("ReplaceRoute", nowhere), "InvalidRouteTableID.NotFound");
  ASSERT_TRUE(lab.ec2("CreateRoute", lab.everywhere("NatGatewayId", lab.nat)));
  EXPECT_EQ(lab.code("CreateRoute", lab.everywhere("NatGatewayId", lab.nat)), "RouteAlreadyExists");
  EXPECT_EQ(lab.code("DeleteRoute", {{"RouteTableId", lab.table}, {"DestinationCidrBlock", "10.0.0.0/16"}}),
            "InvalidParameterValue");  // the local one
  const std::string other = add_vpc(lab.world, lab.region, "10.9.0.0/16", "other");
  const std::string theirs = add_internet_gateway(lab.world, lab.region, other);
  json foreign = lab.everywhere("GatewayId", theirs);
  foreign["DestinationCidrBlock"] = "192.0.2.0/24";
  EXPECT_EQ(lab.code("CreateRoute", foreign), "InvalidParameterValue");
}

TEST(Ec2Routes, KeepTheirPlaceAndOriginWhenReplaced) {
  Network lab;
  ASSERT_TRUE(lab.ec2("CreateRoute", lab.everywhere("GatewayId", lab.gateway)));
  json more = lab.everywhere("NatGatewayId", lab.nat);
  more["DestinationCidrBlock"] = "198.51.100.0/24";
  ASSERT_TRUE(lab.ec2("CreateRoute", more));
  ASSERT_TRUE(lab.ec2("ReplaceRoute", lab.everywhere("NatGatewayId", lab.nat)));
  const json routes = lab.routes();
  ASSERT_EQ(routes.size(), 3u);
  EXPECT_EQ(route_destination(routes[1]), "0.0.0.0/0");
  EXPECT_EQ(routes[1]["Origin"], "CreateRoute");
}

TEST(Ec2Associations, DecideWhichTableServesASubnet) {
  Network lab;
  const std::string fresh = add_subnet(lab.world, lab.region, lab.vpc, "eu-west-1b", "10.0.2.0/24", "new");
  ASSERT_TRUE(lab.ec2("CreateRoute", lab.everywhere("NatGatewayId", lab.nat)));
  NetworkChoice network;
  network.subnets = {fresh};
  network.security_groups = {lab.group};
  const auto way = [&] { return way_to(ecs_in(lab.world, lab.region), network, fresh, "ecr.api"); };
  EXPECT_EQ(way(), Way::none);  // the VPC's main table has no way out
  const json asked{{"RouteTableId", lab.table}, {"SubnetId", fresh}};
  const auto made = lab.ec2("AssociateRouteTable", asked);
  ASSERT_TRUE(made);
  EXPECT_EQ(way(), Way::nat);
  EXPECT_EQ(lab.code("AssociateRouteTable", asked), "Resource.AlreadyAssociated");
  const json association{{"AssociationId", (*made)["AssociationId"]}};
  ASSERT_TRUE(lab.ec2("DisassociateRouteTable", association));
  EXPECT_EQ(way(), Way::none);
  EXPECT_EQ(lab.code("DisassociateRouteTable", association), "InvalidAssociationID.NotFound");
  EXPECT_EQ(lab.code("AssociateRouteTable", {{"RouteTableId", lab.table}, {"SubnetId", "subnet-0"}}),
            "InvalidSubnetID.NotFound");
  const std::string other = add_vpc(lab.world, lab.region, "10.9.0.0/16", "other");
  const std::string theirs = add_subnet(lab.world, lab.region, other, "eu-west-1a", "10.9.1.0/24", "theirs");
  EXPECT_EQ(lab.code("AssociateRouteTable", {{"RouteTableId", lab.table}, {"SubnetId", theirs}}),
            "InvalidParameterValue");
}

TEST(Ec2Associations, MoveASubnetInOneCallAndKeepTheMainOne) {
  Network lab;
  const std::string second = add_route_table(lab.world, lab.region, lab.vpc, {}, "second");
  const json tables = (*lab.ec2("DescribeRouteTables", json::object()))["RouteTables"];
  json own, main;
  for (const auto& table : tables) {
    for (const auto& association : table["Associations"]) {
      if (association["Main"] == true)
        main = association["RouteTableAssociationId"];
      else if (text_of(association, "SubnetId") == lab.subnet)
        own = association["RouteTableAssociationId"];
    }
  }
  EXPECT_EQ(lab.code("DisassociateRouteTable", {{"AssociationId", main}}), "InvalidParameterValue");
  const auto moved =
      lab.ec2("ReplaceRouteTableAssociation", {{"AssociationId", own}, {"RouteTableId", second}});
  ASSERT_TRUE(moved);
  EXPECT_NE((*moved)["NewAssociationId"], own);
  const json there = (*lab.ec2("DescribeRouteTables", {{"RouteTableIds", {second}}}))["RouteTables"][0];
  EXPECT_EQ(texts_at(there, "Associations.SubnetId"), std::vector<std::string>{lab.subnet});
}

TEST(Ec2Gateway, DetachedLeavesItsRoutesBlackholes) {
  Network lab;
  ASSERT_TRUE(lab.ec2("CreateRoute", lab.everywhere("GatewayId", lab.gateway)));
  const json both{{"InternetGatewayId", lab.gateway}, {"VpcId", lab.vpc}};
  EXPECT_EQ(lab.code("DetachInternetGateway", both), "DependencyViolation");  // the NAT gateway's address
  for (const auto& address : list_of(lab.world.ec2[lab.region].nat_gateways[lab.nat], "NatGatewayAddresses"))
    delete_interface(lab.world, lab.region, text_of(address, "NetworkInterfaceId"));
  ASSERT_TRUE(lab.ec2("DetachInternetGateway", both));
  EXPECT_EQ(lab.route_to("0.0.0.0/0")["State"], "blackhole");
  EXPECT_EQ(lab.way(true), Way::none);
  EXPECT_EQ(lab.code("DetachInternetGateway", both), "Gateway.NotAttached");
  ASSERT_TRUE(lab.ec2("AttachInternetGateway", both));
  EXPECT_EQ(lab.route_to("0.0.0.0/0")["State"], "active");
  EXPECT_EQ(lab.way(true), Way::internet);
}

TEST(Ec2Gateway, IsOneForAVpcAndDeletedOnlyDetached) {
  Network lab;
  const json both{{"InternetGatewayId", lab.gateway}, {"VpcId", lab.vpc}};
  EXPECT_EQ(lab.code("AttachInternetGateway", both), "Resource.AlreadyAssociated");
  EXPECT_EQ(lab.code("DeleteInternetGateway", {{"InternetGatewayId", lab.gateway}}), "DependencyViolation");
  const auto made = lab.ec2(
      "CreateInternetGateway",
      {{"TagSpecifications", json::array({{{"ResourceType", "internet-gateway"},
                                           {"Tags", json::array({{{"Key", "Name"}, {"Value", "two"}}})}}})}});
  ASSERT_TRUE(made);
  const std::string second = text_of((*made)["InternetGateway"], "InternetGatewayId");
  EXPECT_EQ((*made)["InternetGateway"]["Tags"][0]["Value"], "two");
  EXPECT_EQ(lab.code("AttachInternetGateway", {{"InternetGatewayId", second}, {"VpcId", lab.vpc}}),
            "InvalidParameterValue");
  EXPECT_EQ(lab.code("AttachInternetGateway", {{"InternetGatewayId", second}, {"VpcId", "vpc-0"}}),
            "InvalidVpcID.NotFound");
  ASSERT_TRUE(lab.ec2("DeleteInternetGateway", {{"InternetGatewayId", second}}));
  EXPECT_EQ(lab.code("DeleteInternetGateway", {{"InternetGatewayId", second}}),
            "InvalidInternetGatewayID.NotFound");
}

TEST(Ec2Vpc, WithoutItsResolverLeadsNoTaskAnywhere) {
  Network lab;
  ASSERT_TRUE(lab.ec2("CreateRoute", lab.everywhere("NatGatewayId", lab.nat)));
  const auto set = [&](const char* attribute, bool value) {
    return lab.code("ModifyVpcAttribute", {{"VpcId", lab.vpc}, {attribute, {{"Value", value}}}});
  };
  const auto get = [&](const char* name, const char* field) {
    return (*lab.ec2("DescribeVpcAttribute", {{"VpcId", lab.vpc}, {"Attribute", name}}))[field]["Value"];
  };
  EXPECT_EQ(set("EnableDnsHostnames", false), "");
  EXPECT_EQ(get("enableDnsHostnames", "EnableDnsHostnames"), false);
  EXPECT_EQ(lab.way(), Way::nat);
  EXPECT_EQ(set("EnableDnsSupport", false), "");
  EXPECT_EQ(get("enableDnsSupport", "EnableDnsSupport"), false);
  EXPECT_EQ(lab.way(), Way::none);
  EXPECT_EQ(set("EnableDnsHostnames", true), "InvalidParameterValue");
  EXPECT_EQ(set("EnableDnsSupport", true), "");
  EXPECT_EQ(set("EnableDnsHostnames", true), "");
  EXPECT_EQ(lab.code("ModifyVpcAttribute", {{"VpcId", lab.vpc},
                                            {"EnableDnsSupport", {{"Value", true}}},
                                            {"EnableDnsHostnames", {{"Value", true}}}}),
            "InvalidParameterCombination");
  EXPECT_EQ(lab.code("ModifyVpcAttribute", {{"VpcId", "vpc-0"}, {"EnableDnsSupport", {{"Value", true}}}}),
            "InvalidVpcID.NotFound");
}

TEST(Ec2Subnet, IsDeletedOnlyWhenNothingIsInIt) {
  Network lab;
  const auto interface = create_interface(
      lab.world, lab.region,
      {.subnet = lab.subnet, .groups = {lab.group}, .description = "task", .private_address = {}});
  ASSERT_TRUE(interface);
  EXPECT_EQ(lab.code("DeleteSubnet", {{"SubnetId", lab.subnet}}), "DependencyViolation");
  EXPECT_EQ(lab.code("DeleteSubnet", {{"SubnetId", lab.outside}}), "DependencyViolation");  // a NAT gateway
  delete_interface(lab.world, lab.region, text_of(*interface, "NetworkInterfaceId"));
  ASSERT_TRUE(lab.ec2("DeleteSubnet", {{"SubnetId", lab.subnet}}));
  EXPECT_EQ(lab.code("DescribeSubnets", {{"SubnetIds", {lab.subnet}}}), "InvalidSubnetID.NotFound");
  EXPECT_EQ(lab.code("DeleteSubnet", {{"SubnetId", lab.subnet}}), "InvalidSubnetID.NotFound");
  const json table = (*lab.ec2("DescribeRouteTables", {{"RouteTableIds", {lab.table}}}))["RouteTables"][0];
  EXPECT_TRUE(table["Associations"].empty());
  for (const auto& acl : (*lab.ec2("DescribeNetworkAcls", json::object()))["NetworkAcls"]) {
    for (const auto& association : acl["Associations"]) EXPECT_NE(association["SubnetId"], lab.subnet);
  }
}

TEST(Ec2Subnet, HasARangeOfItsOwnWithinTheVpc) {
  Network lab;
  const auto create = [&](const char* cidr) {
    return lab.code("CreateSubnet", {{"VpcId", lab.vpc}, {"CidrBlock", cidr}});
  };
  EXPECT_EQ(create("10.0.1.128/25"), "InvalidSubnet.Conflict");
  EXPECT_EQ(create("10.0.0.0/16"), "InvalidSubnet.Conflict");
  EXPECT_EQ(create("10.1.0.0/24"), "InvalidSubnet.Range");
  EXPECT_EQ(create("10.0.7.0/29"), "InvalidSubnet.Range");  // smaller than /28
  EXPECT_EQ(create("10.0.7.0"), "InvalidParameterValue");
  EXPECT_EQ(create("10.0.7.0/24"), "");
}

TEST(Ec2Interface, IsDeletedOnlyWhenNothingUsesIt) {
  Network lab;
  InterfaceRequest request;
  request.subnet = lab.subnet;
  request.groups = {lab.group};
  const auto used = create_interface(lab.world, lab.region, request);
  request.attached = false;
  const auto idle = create_interface(lab.world, lab.region, request);
  ASSERT_TRUE(used && idle);
  EXPECT_EQ((*idle)["Status"], "available");
  EXPECT_EQ(lab.code("DeleteNetworkInterface", {{"NetworkInterfaceId", (*used)["NetworkInterfaceId"]}}),
            "InvalidParameterValue");
  const int free = free_addresses(lab.world.ec2[lab.region], lab.subnet);
  ASSERT_TRUE(lab.ec2("DeleteNetworkInterface", {{"NetworkInterfaceId", (*idle)["NetworkInterfaceId"]}}));
  EXPECT_EQ(free_addresses(lab.world.ec2[lab.region], lab.subnet), free + 1);
  EXPECT_EQ(lab.code("DeleteNetworkInterface", {{"NetworkInterfaceId", (*idle)["NetworkInterfaceId"]}}),
            "InvalidNetworkInterfaceID.NotFound");
}

TEST(Ec2Groups, AreDeletedOnlyWhenNothingNamesThem) {
  Network lab;
  const std::string other = add_group(lab.world, lab.region, lab.vpc, "balancer");
  allow_ingress(lab.world, lab.region, lab.group, {.cidr = {}, .group = other});
  EXPECT_EQ(lab.code("DeleteSecurityGroup", {{"GroupId", other}}), "DependencyViolation");
  const auto interface = create_interface(
      lab.world, lab.region,
      {.subnet = lab.subnet, .groups = {lab.group}, .description = "task", .private_address = {}});
  EXPECT_EQ(lab.code("DeleteSecurityGroup", {{"GroupId", lab.group}}), "DependencyViolation");
  delete_interface(lab.world, lab.region, text_of(*interface, "NetworkInterfaceId"));
  ASSERT_TRUE(lab.ec2("DeleteSecurityGroup", {{"GroupId", lab.group}}));
  ASSERT_TRUE(lab.ec2("DeleteSecurityGroup", {{"GroupId", other}}));
  const auto& groups = lab.world.ec2[lab.region].groups;
  ASSERT_EQ(groups.size(), 1u);
  EXPECT_EQ(lab.code("DeleteSecurityGroup", {{"GroupId", groups.begin()->first}}), "CannotDelete");
}

// --- Endpoints

struct WithEndpoint : Network {
  json asked(const char* service) {
    return {{"VpcId", vpc},
            {"ServiceName", "com.amazonaws.eu-west-1." + std::string(service)},
            {"VpcEndpointType", "Interface"},
            {"SubnetIds", {subnet}}};
  }
};

TEST(Ec2Endpoint, OfAGatewayIsARouteInEachOfItsTables) {
  Network lab;
  const auto made = lab.ec2(
      "CreateVpcEndpoint",
      {{"VpcId", lab.vpc}, {"ServiceName", "com.amazonaws.eu-west-1.s3"}, {"RouteTableIds", json::array()}});
  ASSERT_TRUE(made);
  const json id = (*made)["VpcEndpoint"]["VpcEndpointId"];
  EXPECT_EQ(lab.route_to("pl-6da54004"), nullptr);
  ASSERT_TRUE(lab.ec2("ModifyVpcEndpoint", {{"VpcEndpointId", id}, {"AddRouteTableIds", {lab.table}}}));
  EXPECT_EQ(lab.route_to("pl-6da54004")["GatewayId"], id);
  EXPECT_EQ(
      lab.code("DeleteRoute", {{"RouteTableId", lab.table}, {"DestinationPrefixListId", "pl-6da54004"}}),
      "InvalidParameterValue");
  EXPECT_EQ(lab.code("CreateVpcEndpoint", {{"VpcId", lab.vpc},
                                           {"ServiceName", "com.amazonaws.eu-west-1.s3"},
                                           {"RouteTableIds", {lab.table}}}),
            "RouteAlreadyExists");
  ASSERT_TRUE(lab.ec2("ModifyVpcEndpoint", {{"VpcEndpointId", id}, {"RemoveRouteTableIds", {lab.table}}}));
  EXPECT_EQ(lab.route_to("pl-6da54004"), nullptr);
  EXPECT_EQ(lab.code("ModifyVpcEndpoint", {{"VpcEndpointId", id}, {"AddSubnetIds", {lab.subnet}}}),
            "InvalidParameter");
}

TEST(Ec2Endpoint, OfAnInterfaceIsAnAddressInEachOfItsSubnets) {
  WithEndpoint lab;
  json asked = lab.asked("ecr.api");
  asked["TagSpecifications"] =
      json::array({{{"ResourceType", "vpc-endpoint"},
                    {"Tags", json::array({{{"Key", "created-by"}, {"Value", "test"}}})}}});
  const auto made = lab.ec2("CreateVpcEndpoint", asked);
  ASSERT_TRUE(made);
  const json endpoint = (*made)["VpcEndpoint"];
  EXPECT_EQ(endpoint["PrivateDnsEnabled"], true);  // AWS's default
  EXPECT_EQ(endpoint["Tags"][0]["Value"], "test");
  EXPECT_EQ(endpoint["Groups"][0]["GroupName"], "default");  // where the request names none
  EXPECT_EQ(endpoint["NetworkInterfaceIds"].size(), 1u);
  const std::string other = add_subnet(lab.world, lab.region, lab.vpc, "eu-west-1b", "10.0.2.0/24", "b");
  const json id = endpoint["VpcEndpointId"];
  const auto now = [&] {
    return (*lab.ec2("DescribeVpcEndpoints", {{"VpcEndpointIds", {id}}}))["VpcEndpoints"][0];
  };
  ASSERT_TRUE(
      lab.ec2("ModifyVpcEndpoint",
              {{"VpcEndpointId", id}, {"AddSubnetIds", {other}}, {"AddSecurityGroupIds", {lab.group}}}));
  EXPECT_EQ(now()["SubnetIds"], json({lab.subnet, other}));
  EXPECT_EQ(now()["NetworkInterfaceIds"].size(), 2u);
  EXPECT_EQ(now()["Groups"].size(), 2u);
  ASSERT_TRUE(lab.ec2(
      "ModifyVpcEndpoint",
      {{"VpcEndpointId", id}, {"RemoveSubnetIds", {other}}, {"RemoveSecurityGroupIds", {lab.group}}}));
  EXPECT_EQ(now()["SubnetIds"], json({lab.subnet}));
  EXPECT_EQ(now()["NetworkInterfaceIds"], endpoint["NetworkInterfaceIds"]);
  EXPECT_EQ(now()["Groups"], endpoint["Groups"]);
  EXPECT_EQ(lab.code("ModifyVpcEndpoint", {{"VpcEndpointId", id}, {"AddSubnetIds", {lab.outside}}}),
            "DuplicateSubnetsInSameZone");
  EXPECT_EQ(lab.code("DeleteSubnet", {{"SubnetId", lab.subnet}}), "DependencyViolation");
}

TEST(Ec2Endpoint, HasPrivateNamesOnlyWhereTheVpcResolvesThem) {
  WithEndpoint lab;
  const auto set = [&](const char* attribute, bool value) {
    return lab.code("ModifyVpcAttribute", {{"VpcId", lab.vpc}, {attribute, {{"Value", value}}}});
  };
  ASSERT_EQ(set("EnableDnsHostnames", false), "");
  EXPECT_EQ(lab.code("CreateVpcEndpoint", lab.asked("ecr.api")), "InvalidParameter");
  json plain = lab.asked("ecr.api");
  plain["PrivateDnsEnabled"] = false;
  const auto made = lab.ec2("CreateVpcEndpoint", plain);
  ASSERT_TRUE(made);
  const json names{{"VpcEndpointId", (*made)["VpcEndpoint"]["VpcEndpointId"]}, {"PrivateDnsEnabled", true}};
  EXPECT_EQ(lab.code("ModifyVpcEndpoint", names), "InvalidParameter");
  ASSERT_EQ(set("EnableDnsHostnames", true), "");
  ASSERT_TRUE(lab.ec2("ModifyVpcEndpoint", names));
  EXPECT_EQ(lab.code("CreateVpcEndpoint", lab.asked("ecr.api")), "InvalidParameter");  // one such name
}

TEST(Ec2Endpoint, KeepsAPolicyOnlyWhereItIsOne) {
  WithEndpoint lab;
  const auto made = lab.ec2("CreateVpcEndpoint", lab.asked("ecr.api"));
  ASSERT_TRUE(made);
  const json id = (*made)["VpcEndpoint"]["VpcEndpointId"];
  const json policy = {
      {"Version", "2012-10-17"},
      {"Statement",
       json::array({{{"Effect", "Allow"}, {"Principal", "*"}, {"Action", "ecr:*"}, {"Resource", "*"}}})}};
  const auto put = [&](const std::string& text) {
    return lab.code("ModifyVpcEndpoint", {{"VpcEndpointId", id}, {"PolicyDocument", text}});
  };
  EXPECT_EQ(put("{"), "InvalidPolicyDocument");
  EXPECT_EQ(put(R"({"Statement": [{"Effect": "Perhaps"}]})"), "InvalidPolicyDocument");
  EXPECT_EQ(put(policy.dump()), "");
  const auto now = [&] {
    return (
        *lab.ec2("DescribeVpcEndpoints", {{"VpcEndpointIds", {id}}}))["VpcEndpoints"][0]["PolicyDocument"];
  };
  EXPECT_EQ(now(), policy.dump());
  ASSERT_TRUE(lab.ec2("ModifyVpcEndpoint", {{"VpcEndpointId", id}, {"ResetPolicy", true}}));
  EXPECT_EQ(now(), (*made)["VpcEndpoint"]["PolicyDocument"]);
}

}  // namespace
}  // namespace doctor::lab
