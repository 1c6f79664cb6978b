// Facts: everything that one run knows, typed and read-only.
//
// Facts come from one of two sources and look the same from both:
//   facts/snapshot.h  a folder of what the AWS CLI prints
//   facts/live.h      AWS itself, asked in few concurrent waves, each question at most once
// Every document, live or stored, goes through the same door: absorb() (facts/absorb.h). So a recorded
// snapshot replays to the same Facts, and the diagnosis cannot tell the two apart.
//
// One Place is one account and region. What could not be read is in `gaps`: the diagnosis goes on without it
// and says so.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/time.h"
#include "facts/access.h"
#include "facts/delivery.h"
#include "facts/ec2.h"
#include "facts/ecs.h"
#include "facts/observability.h"

namespace doctor::facts {

// Evidence that was asked for and not given.
struct Gap {
  std::string service, operation;  // "health", "describe-events"
  std::string subject;             // what about: a role name, a log group; may be empty
  std::string code;                // AWS's own error code, where it gave one: "InvalidGroup.NotFound"
  std::string reason;              // AWS's answer in one line
  std::string iam_action;  // what would grant it: "health:DescribeEvents"; "" where access is not the matter
  std::string advice;      // what to do where access is not the matter (a support plan, an endpoint)
};

struct Place {
  std::string account, region;

  std::map<std::string, Cluster> clusters;                     // by ARN
  std::map<std::string, Service> services;                     // by ARN
  std::map<std::string, TaskDefinition> task_definitions;      // by ARN
  std::map<std::string, Task> tasks;                           // by ARN; newest version of each
  std::map<std::string, CapacityProvider> capacity_providers;  // by name
  std::vector<CallFailure> call_failures;
  std::vector<EcsEvent> ecs_events;

  std::map<std::string, Vpc> vpcs;
  std::map<std::string, Subnet> subnets;  // all EC2 maps are by id
  std::map<std::string, NetworkInterface> interfaces;
  std::map<std::string, SecurityGroup> security_groups;
  std::map<std::string, NetworkAcl> network_acls;
  std::map<std::string, RouteTable> route_tables;
  std::map<std::string, NatGateway> nat_gateways;
  std::map<std::string, InternetGateway> internet_gateways;
  std::map<std::string, VpcEndpoint> vpc_endpoints;
  std::map<std::string, EgressOnlyInternetGateway> egress_only_internet_gateways;
  std::map<std::string, PrefixList> prefix_lists;
  std::map<std::string, VpcPeeringConnection> vpc_peering_connections;
  std::map<std::string, TransitGateway> transit_gateways;
  std::map<std::string, TransitGatewayAttachment> transit_gateway_attachments;
  std::map<std::string, TransitGatewayRouteTable> transit_gateway_route_tables;

  std::map<std::string, Role> roles;                   // by name
  std::map<std::string, std::string> policy_versions;  // default version id by policy ARN (GetPolicy)
  std::vector<OrganizationPolicy> organization_policies;
  OrganizationTree organization;
  std::vector<ResourcePolicy> resource_policies;
  std::map<std::string, std::string> secret_keys;  // KmsKeyId by ARN of a secret; "": AWS's own key
  std::map<std::string, std::string> key_arns;  // by key id, and by what DescribeKey was asked ("alias_pay")

  std::map<std::string, TargetGroup> target_groups;  // by ARN
  std::vector<Image> images;

  std::map<std::string, TrailEvent> trail;  // by event id
  std::vector<HealthEvent> health;
  std::vector<ServiceQuota> quotas;
  std::vector<QuotaRequest> quota_requests;
  std::vector<Metric> metrics;
  std::vector<Alarm> alarms;
  std::vector<LogTail> logs;
  std::vector<ConfigurationItem> configuration_items;

  // "service.operation" of every document that was read, so that "none" and "not asked" differ.
  std::set<std::string> answered;
  std::set<std::string> event_ids;  // of EventBridge events that were read: they come at least once
  std::vector<Gap> gaps;

  bool knows(std::string_view service_and_operation) const;  // "health.describe-events"
};

struct Facts {
  std::vector<Place> places;              // sorted by account, then region
  std::optional<core::Timestamp> newest;  // the newest time inside any document
};

}  // namespace doctor::facts
