// The fields of every struct, one row a struct: a new field that is not named here is not compared by the
// tests that replay a recorded run.
#include "facts/dump.h"

#include <fmt/format.h>

#include <concepts>
#include <map>
#include <set>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/json.h"

namespace doctor::facts {
namespace {

class Dump {
 public:
  std::string text;

  template <class... T>
  Dump& operator()(std::string_view name, const T&... value) {
    const std::size_t length = path_.size();
    path_ += path_.empty() ? std::string(name) : "." + std::string(name);
    (value_of(value), ...);
    path_.resize(length);
    return *this;
  }

  void value_of(const std::string& value) {
    if (!value.empty()) line(core::json_quoted(value));
  }
  void value_of(bool value) {
    if (value) line("true");
  }
  template <std::integral T>
  void value_of(T value) {
    line(std::to_string(value));
  }
  void value_of(double value) { line(fmt::format("{}", value)); }
  void value_of(core::Timestamp value) { line(core::to_iso(value)); }
  template <class T>
  void value_of(const std::optional<T>& value) {
    if (value) value_of(*value);
  }
  template <class A, class B>
  void value_of(const std::pair<A, B>& value) {
    (*this)("first", value.first)("second", value.second);
  }
  template <class T>
  void value_of(const std::vector<T>& list) {
    for (std::size_t i = 0; i < list.size(); ++i) at(std::to_string(i), list[i]);
  }
  template <class T>
  void value_of(const std::map<std::string, T>& map) {
    for (const auto& [key, value] : map) at(key, value);
  }
  void value_of(const std::set<std::string>& set) {
    for (const std::string& member : set) line(core::json_quoted(member));
  }
  template <class T>
  requires std::is_class_v<T>
  void value_of(const T& item) { fields(*this, item); }

 private:
  template <class T>
  void at(const std::string& key, const T& value) {
    const std::size_t length = path_.size();
    path_ += "[" + key + "]";
    value_of(value);
    path_.resize(length);
  }
  void line(std::string_view value) { text.append(path_).append(" = ").append(value).append("\n"); }

  std::string path_;
};

void fields(Dump& out, const Origin& v);
void fields(Dump& out, const ManagedAgent& v);
void fields(Dump& out, const Container& v);
void fields(Dump& out, const Attachment& v);
void fields(Dump& out, const Task& v);
void fields(Dump& out, const CapacityProviderStrategyItem& v);
void fields(Dump& out, const NetworkConfiguration& v);
void fields(Dump& out, const LoadBalancer& v);
void fields(Dump& out, const Deployment& v);
void fields(Dump& out, const ServiceEvent& v);
void fields(Dump& out, const TaskSet& v);
void fields(Dump& out, const Service& v);
void fields(Dump& out, const Secret& v);
void fields(Dump& out, const ContainerDefinition& v);
void fields(Dump& out, const TaskDefinition& v);
void fields(Dump& out, const ExecuteCommandConfiguration& v);
void fields(Dump& out, const Cluster& v);
void fields(Dump& out, const CapacityProvider& v);
void fields(Dump& out, const CallFailure& v);
void fields(Dump& out, const Vpc& v);
void fields(Dump& out, const Subnet& v);
void fields(Dump& out, const NetworkInterface& v);
void fields(Dump& out, const SecurityGroupRule& v);
void fields(Dump& out, const SecurityGroup& v);
void fields(Dump& out, const NetworkAclEntry& v);
void fields(Dump& out, const NetworkAcl& v);
void fields(Dump& out, const Route& v);
void fields(Dump& out, const RouteTable& v);
void fields(Dump& out, const NatGateway& v);
void fields(Dump& out, const InternetGateway& v);
void fields(Dump& out, const VpcEndpoint& v);
void fields(Dump& out, const PrivateAddress& v);
void fields(Dump& out, const GroupReference& v);
void fields(Dump& out, const EgressOnlyInternetGateway& v);
void fields(Dump& out, const PrefixList& v);
void fields(Dump& out, const PeeringSide& v);
void fields(Dump& out, const VpcPeeringConnection& v);
void fields(Dump& out, const TransitGateway& v);
void fields(Dump& out, const TransitGatewayAttachment& v);
void fields(Dump& out, const TransitGatewayRoute& v);
void fields(Dump& out, const TransitGatewayRouteTable& v);
void fields(Dump& out, const Policy& v);
void fields(Dump& out, const Role& v);
void fields(Dump& out, const OrganizationPolicy& v);
void fields(Dump& out, const OrganizationTree& v);
void fields(Dump& out, const ResourcePolicy& v);
void fields(Dump& out, const TargetHealth& v);
void fields(Dump& out, const TargetGroup& v);
void fields(Dump& out, const ImageLayer& v);
void fields(Dump& out, const Image& v);
void fields(Dump& out, const TrailEvent& v);
void fields(Dump& out, const HealthEvent& v);
void fields(Dump& out, const ServiceQuota& v);
void fields(Dump& out, const QuotaRequest& v);
void fields(Dump& out, const Metric& v);
void fields(Dump& out, const Alarm& v);
void fields(Dump& out, const LogTail& v);
void fields(Dump& out, const EcsEvent& v);
void fields(Dump& out, const ConfigurationItem& v);
void fields(Dump& out, const Gap& v);
void fields(Dump& out, const Place& v);
void fields(Dump& out, const Facts& v);

void fields(Dump& out, const Origin& v) {
  out("service", v.service)("operation", v.operation)("event_id", v.event_id);
}
void fields(Dump& out, const ManagedAgent& v) {
  out("name", v.name)("last_status", v.last_status)("reason", v.reason);
}
void fields(Dump& out, const Container& v) {
  out("arn", v.arn)("name", v.name)("image", v.image)("image_digest", v.image_digest)(
      "runtime_id", v.runtime_id)("last_status", v.last_status)("health_status", v.health_status)(
      "reason", v.reason)("exit_code", v.exit_code)("managed_agents", v.managed_agents);
}
void fields(Dump& out, const Attachment& v) {
  out("id", v.id)("type", v.type)("status", v.status)("details", v.details);
}
void fields(Dump& out, const Task& v) {
  out("arn", v.arn)("cluster_arn", v.cluster_arn)("task_definition_arn", v.task_definition_arn)(
      "group", v.group)("started_by", v.started_by)("last_status", v.last_status)(
      "desired_status", v.desired_status)("stop_code", v.stop_code)("stopped_reason", v.stopped_reason)(
      "availability_zone", v.availability_zone)("capacity_provider", v.capacity_provider)(
      "launch_type", v.launch_type)("platform_version", v.platform_version)(
      "platform_family", v.platform_family)("cpu", v.cpu)("memory", v.memory)("connectivity", v.connectivity)(
      "health_status", v.health_status)("enable_execute_command", v.enable_execute_command)(
      "ephemeral_storage_gib", v.ephemeral_storage_gib)("created_at", v.created_at)(
      "pull_started_at", v.pull_started_at)("pull_stopped_at", v.pull_stopped_at)(
      "connectivity_at", v.connectivity_at)("started_at", v.started_at)("stopping_at", v.stopping_at)(
      "execution_stopped_at", v.execution_stopped_at)("stopped_at", v.stopped_at)("containers", v.containers)(
      "attachments", v.attachments)("version", v.version)("origin", v.origin);
}
void fields(Dump& out, const CapacityProviderStrategyItem& v) {
  out("capacity_provider", v.capacity_provider)("base", v.base)("weight", v.weight);
}
void fields(Dump& out, const NetworkConfiguration& v) {
  out("subnets", v.subnets)("security_groups", v.security_groups)("assign_public_ip", v.assign_public_ip);
}
void fields(Dump& out, const LoadBalancer& v) {
  out("target_group_arn", v.target_group_arn)("container_name", v.container_name)("container_port",
                                                                                  v.container_port);
}
void fields(Dump& out, const Deployment& v) {
  out("id", v.id)("status", v.status)("task_definition_arn", v.task_definition_arn)(
      "launch_type", v.launch_type)("platform_version", v.platform_version)("rollout_state", v.rollout_state)(
      "rollout_state_reason", v.rollout_state_reason)("desired", v.desired)("pending", v.pending)(
      "running", v.running)("failed_tasks", v.failed_tasks)("created_at", v.created_at)(
      "updated_at", v.updated_at)("capacity_provider_strategy", v.capacity_provider_strategy)("network",
                                                                                              v.network);
}
void fields(Dump& out, const ServiceEvent& v) {
  out("id", v.id)("message", v.message)("created_at", v.created_at);
}
void fields(Dump& out, const TaskSet& v) {
  out("id", v.id)("arn", v.arn)("status", v.status)("task_definition_arn", v.task_definition_arn)(
      "launch_type", v.launch_type)("platform_version", v.platform_version)(
      "stability_status", v.stability_status)("desired", v.desired)("pending", v.pending)("running",
                                                                                          v.running);
}
void fields(Dump& out, const Service& v) {
  out("arn", v.arn)("name", v.name)("cluster_arn", v.cluster_arn)("status", v.status)(
      "task_definition_arn", v.task_definition_arn)("launch_type", v.launch_type)(
      "platform_version", v.platform_version)("platform_family", v.platform_family)(
      "scheduling_strategy", v.scheduling_strategy)("deployment_controller", v.deployment_controller)(
      "role_arn", v.role_arn)("created_by", v.created_by)("desired", v.desired)("running", v.running)(
      "pending", v.pending)("capacity_provider_strategy", v.capacity_provider_strategy)("network", v.network)(
      "load_balancers", v.load_balancers)("minimum_healthy_percent", v.minimum_healthy_percent)(
      "maximum_percent", v.maximum_percent)("circuit_breaker", v.circuit_breaker)(
      "circuit_breaker_rollback", v.circuit_breaker_rollback)("enable_execute_command",
                                                              v.enable_execute_command)(
      "health_check_grace_seconds", v.health_check_grace_seconds)("deployments", v.deployments)(
      "events", v.events)("task_sets", v.task_sets)("created_at", v.created_at)("tags", v.tags);
}
void fields(Dump& out, const Secret& v) {
  out("name", v.name)("value_from", v.value_from);
}
void fields(Dump& out, const ContainerDefinition& v) {
  out("name", v.name)("image", v.image)("log_driver", v.log_driver)("user", v.user)("essential", v.essential)(
      "readonly_root_filesystem", v.readonly_root_filesystem)("init_process_enabled", v.init_process_enabled)(
      "has_health_check", v.has_health_check)("has_repository_credentials", v.has_repository_credentials)(
      "stop_timeout_seconds", v.stop_timeout_seconds)("cpu", v.cpu)("memory_mib", v.memory_mib)(
      "memory_reservation_mib", v.memory_reservation_mib)("environment_names", v.environment_names)(
      "secrets", v.secrets)("log_options", v.log_options)("entry_point", v.entry_point)("command", v.command)(
      "linux_capabilities_added", v.linux_capabilities_added);
}
void fields(Dump& out, const TaskDefinition& v) {
  out("arn", v.arn)("family", v.family)("status", v.status)("cpu", v.cpu)("memory", v.memory)(
      "network_mode", v.network_mode)("pid_mode", v.pid_mode)("task_role_arn", v.task_role_arn)(
      "execution_role_arn", v.execution_role_arn)("cpu_architecture", v.cpu_architecture)(
      "operating_system_family", v.operating_system_family)("registered_by", v.registered_by)(
      "revision", v.revision)("ephemeral_storage_gib", v.ephemeral_storage_gib)(
      "requires_compatibilities", v.requires_compatibilities)("compatibilities", v.compatibilities)(
      "efs_volumes", v.efs_volumes)("containers", v.containers)("registered_at", v.registered_at);
}
void fields(Dump& out, const ExecuteCommandConfiguration& v) {
  out("logging", v.logging)("kms_key_id", v.kms_key_id)("log_group", v.log_group)("s3_bucket", v.s3_bucket);
}
void fields(Dump& out, const Cluster& v) {
  out("arn", v.arn)("name", v.name)("status", v.status)("capacity_providers", v.capacity_providers)(
      "default_strategy", v.default_strategy)("container_insights", v.container_insights)("execute_command",
                                                                                          v.execute_command);
}
void fields(Dump& out, const CapacityProvider& v) {
  out("arn", v.arn)("name", v.name)("status", v.status);
}
void fields(Dump& out, const CallFailure& v) {
  out("operation", v.operation)("code", v.code)("reason", v.reason)("resource_arn", v.resource_arn)(
      "cluster", v.cluster)("caller_arn", v.caller_arn)("time", v.time)("origin", v.origin);
}
void fields(Dump& out, const Vpc& v) {
  out("id", v.id)("cidr", v.cidr)("state", v.state)("cidrs", v.cidrs)("dns_support", v.dns_support)(
      "dns_hostnames", v.dns_hostnames)("ipv6_cidrs", v.ipv6_cidrs);
}
void fields(Dump& out, const Subnet& v) {
  out("id", v.id)("arn", v.arn)("vpc_id", v.vpc_id)("availability_zone", v.availability_zone)(
      "availability_zone_id", v.availability_zone_id)("cidr", v.cidr)("state", v.state)("name", v.name)(
      "available_ip_addresses", v.available_ip_addresses)(
      "map_public_ip_on_launch", v.map_public_ip_on_launch)("ipv6_cidrs", v.ipv6_cidrs);
}
void fields(Dump& out, const NetworkInterface& v) {
  out("id", v.id)("subnet_id", v.subnet_id)("vpc_id", v.vpc_id)("availability_zone", v.availability_zone)(
      "status", v.status)("description", v.description)("interface_type", v.interface_type)(
      "private_ip", v.private_ip)("public_ip", v.public_ip)("requester_id", v.requester_id)(
      "requester_managed", v.requester_managed)("groups", v.groups)("source_dest_check", v.source_dest_check)(
      "private_ips", v.private_ips)("ipv6_addresses", v.ipv6_addresses)("prefixes", v.prefixes)("owner_id",
                                                                                                v.owner_id);
}
void fields(Dump& out, const SecurityGroupRule& v) {
  out("protocol", v.protocol)("from_port", v.from_port)("to_port", v.to_port)("cidrs", v.cidrs)(
      "ipv6_cidrs", v.ipv6_cidrs)("prefix_lists", v.prefix_lists)("groups", v.groups)("group_references",
                                                                                      v.group_references);
}
void fields(Dump& out, const SecurityGroup& v) {
  out("id", v.id)("name", v.name)("vpc_id", v.vpc_id)("ingress", v.ingress)("egress", v.egress);
}
void fields(Dump& out, const NetworkAclEntry& v) {
  out("rule_number", v.rule_number)("protocol", v.protocol)("egress", v.egress)("allow", v.allow)(
      "cidr", v.cidr)("from_port", v.from_port)("to_port", v.to_port)("icmp_type", v.icmp_type)("icmp_code",
                                                                                                v.icmp_code);
}
void fields(Dump& out, const NetworkAcl& v) {
  out("id", v.id)("vpc_id", v.vpc_id)("is_default", v.is_default)("subnets", v.subnets)("entries", v.entries);
}
void fields(Dump& out, const Route& v) {
  out("destination", v.destination)("target", v.target)("state", v.state)("origin", v.origin);
}
void fields(Dump& out, const RouteTable& v) {
  out("id", v.id)("vpc_id", v.vpc_id)("main", v.main)("subnets", v.subnets)("routes", v.routes)("gateways",
                                                                                                v.gateways);
}
void fields(Dump& out, const NatGateway& v) {
  out("id", v.id)("vpc_id", v.vpc_id)("subnet_id", v.subnet_id)("state", v.state)(
      "connectivity_type", v.connectivity_type)("addresses", v.addresses);
}
void fields(Dump& out, const InternetGateway& v) {
  out("id", v.id)("vpcs", v.vpcs);
}
void fields(Dump& out, const VpcEndpoint& v) {
  out("id", v.id)("vpc_id", v.vpc_id)("service_name", v.service_name)("type", v.type)("state", v.state)(
      "policy_document", v.policy_document)("private_dns_enabled", v.private_dns_enabled)(
      "subnets", v.subnets)("route_tables", v.route_tables)("groups", v.groups)("interfaces", v.interfaces)(
      "dns_names", v.dns_names);
}
void fields(Dump& out, const PrivateAddress& v) {
  out("address", v.address)("public_ip", v.public_ip);
}
void fields(Dump& out, const GroupReference& v) {
  out("group_id", v.group_id)("user_id", v.user_id)("vpc_id", v.vpc_id)("peering_id", v.peering_id);
}
void fields(Dump& out, const EgressOnlyInternetGateway& v) {
  out("id", v.id)("vpcs", v.vpcs);
}
void fields(Dump& out, const PrefixList& v) {
  out("id", v.id)("name", v.name)("address_family", v.address_family)("cidrs", v.cidrs)("entries_known",
                                                                                        v.entries_known);
}
void fields(Dump& out, const PeeringSide& v) {
  out("vpc_id", v.vpc_id)("owner_id", v.owner_id)("region", v.region)("cidrs", v.cidrs)("ipv6_cidrs",
                                                                                        v.ipv6_cidrs);
}
void fields(Dump& out, const VpcPeeringConnection& v) {
  out("id", v.id)("status", v.status)("requester", v.requester)("accepter", v.accepter);
}
void fields(Dump& out, const TransitGateway& v) {
  out("id", v.id)("owner_id", v.owner_id)("state", v.state)("security_group_referencing",
                                                            v.security_group_referencing);
}
void fields(Dump& out, const TransitGatewayAttachment& v) {
  out("id", v.id)("transit_gateway_id", v.transit_gateway_id)("resource_type", v.resource_type)(
      "resource_id", v.resource_id)("resource_owner_id", v.resource_owner_id)("state", v.state)(
      "route_table_id", v.route_table_id)("subnets", v.subnets)("subnets_known", v.subnets_known)(
      "association_known", v.association_known);
}
void fields(Dump& out, const TransitGatewayRoute& v) {
  out("destination", v.destination)("type", v.type)("state", v.state)("prefix_list_id", v.prefix_list_id)(
      "attachments", v.attachments);
}
void fields(Dump& out, const TransitGatewayRouteTable& v) {
  out("id", v.id)("transit_gateway_id", v.transit_gateway_id)("state", v.state)("routes", v.routes)(
      "routes_known", v.routes_known);
}
void fields(Dump& out, const Policy& v) {
  out("name", v.name)("arn", v.arn)("document", v.document);
}
void fields(Dump& out, const Role& v) {
  out("arn", v.arn)("name", v.name)("path", v.path)("trust_policy", v.trust_policy)(
      "boundary_arn", v.boundary_arn)("boundary_document", v.boundary_document)(
      "inline_policies", v.inline_policies)("attached_policies", v.attached_policies)(
      "inline_listed", v.inline_listed)("attached_listed", v.attached_listed)("policies_known",
                                                                              v.policies_known);
}
void fields(Dump& out, const OrganizationPolicy& v) {
  out("id", v.id)("name", v.name)("type", v.type)("document", v.document)("targets", v.targets)("arn", v.arn)(
      "targets_known", v.targets_known);
}
void fields(Dump& out, const OrganizationTree& v) {
  out("management_account", v.management_account)("parents", v.parents)("names", v.names)("policy_types",
                                                                                          v.policy_types)(
      "listed", std::vector<std::pair<std::string, std::string>>(v.listed.begin(), v.listed.end()));
}
void fields(Dump& out, const ResourcePolicy& v) {
  out("service", v.service)("resource", v.resource)("account", v.account)("document", v.document);
}
void fields(Dump& out, const TargetHealth& v) {
  out("target_id", v.target_id)("availability_zone", v.availability_zone)("state", v.state)(
      "reason", v.reason)("description", v.description)("port", v.port);
}
void fields(Dump& out, const TargetGroup& v) {
  out("arn", v.arn)("name", v.name)("protocol", v.protocol)("target_type", v.target_type)("vpc_id", v.vpc_id)(
      "health_check_path", v.health_check_path)("health_check_port", v.health_check_port)(
      "load_balancers", v.load_balancers)("port", v.port)(
      "health_check_interval_seconds", v.health_check_interval_seconds)("health_check_timeout_seconds",
                                                                        v.health_check_timeout_seconds)(
      "deregistration_delay_seconds", v.deregistration_delay_seconds)("targets", v.targets)("targets_known",
                                                                                            v.targets_known);
}
void fields(Dump& out, const ImageLayer& v) {
  out("digest", v.digest)("compressed_bytes", v.compressed_bytes);
}
void fields(Dump& out, const Image& v) {
  out("registry_id", v.registry_id)("repository", v.repository)("digest", v.digest)("tags", v.tags)(
      "compressed_bytes", v.compressed_bytes)("pushed_at", v.pushed_at)("layers", v.layers)("platforms",
                                                                                            v.platforms);
}
void fields(Dump& out, const TrailEvent& v) {
  out("event_id", v.event_id)("event_name", v.event_name)("event_source", v.event_source)("region", v.region)(
      "user_arn", v.user_arn)("user_name", v.user_name)("source_ip", v.source_ip)("user_agent", v.user_agent)(
      "error_code", v.error_code)("error_message", v.error_message)("invoked_by", v.invoked_by)(
      "read_only", v.read_only)("time", v.time)("resources", v.resources)(
      "request_parameters", v.request_parameters)("response_elements", v.response_elements)("origin",
                                                                                            v.origin);
}
void fields(Dump& out, const HealthEvent& v) {
  out("arn", v.arn)("service", v.service)("event_type_code", v.event_type_code)("category", v.category)(
      "region", v.region)("availability_zone", v.availability_zone)("status", v.status)(
      "description", v.description)("start", v.start)("end", v.end)("last_updated", v.last_updated)(
      "entities", v.entities)("origin", v.origin);
}
void fields(Dump& out, const ServiceQuota& v) {
  out("service", v.service)("code", v.code)("name", v.name)("value", v.value)("adjustable", v.adjustable)(
      "usage_metric", v.usage_metric)("usage_dimensions", v.usage_dimensions)("usage", v.usage);
}
void fields(Dump& out, const QuotaRequest& v) {
  out("id", v.id)("service", v.service)("code", v.code)("status", v.status)("case_id", v.case_id)(
      "desired_value", v.desired_value)("created", v.created);
}
void fields(Dump& out, const Metric& v) {
  out("name_space", v.name_space)("name", v.name)("label", v.label)("unit", v.unit)(
      "dimensions", v.dimensions)("points", v.points);
}
void fields(Dump& out, const Alarm& v) {
  out("name", v.name)("name_space", v.name_space)("metric", v.metric)("state", v.state)(
      "dimensions", v.dimensions)("math_metrics", v.math_metrics);
}
void fields(Dump& out, const LogTail& v) {
  out("group", v.group)("stream", v.stream)("lines", v.lines);
}
void fields(Dump& out, const EcsEvent& v) {
  out("id", v.id)("detail_type", v.detail_type)("event_name", v.event_name)("event_type", v.event_type)(
      "reason", v.reason)("cluster_arn", v.cluster_arn)("service_arn", v.service_arn)(
      "deployment_id", v.deployment_id)("time", v.time)("capacity_providers", v.capacity_providers);
}
void fields(Dump& out, const ConfigurationItem& v) {
  out("resource_type", v.resource_type)("resource_id", v.resource_id)("arn", v.arn)("status", v.status)(
      "configuration", v.configuration)("captured", v.captured);
}
void fields(Dump& out, const Gap& v) {
  out("service", v.service)("operation", v.operation)("subject", v.subject)("code", v.code)(
      "reason", v.reason)("iam_action", v.iam_action)("advice", v.advice);
}
void fields(Dump& out, const Place& v) {
  out("account", v.account)("region", v.region)("clusters", v.clusters)("services", v.services)(
      "task_definitions", v.task_definitions)("tasks", v.tasks)("capacity_providers", v.capacity_providers)(
      "call_failures", v.call_failures)("ecs_events", v.ecs_events)("vpcs", v.vpcs)("subnets", v.subnets)(
      "interfaces", v.interfaces)("security_groups", v.security_groups)("network_acls", v.network_acls)(
      "route_tables", v.route_tables)("nat_gateways", v.nat_gateways)(
      "internet_gateways", v.internet_gateways)("vpc_endpoints", v.vpc_endpoints)(
      "egress_only_internet_gateways", v.egress_only_internet_gateways)("prefix_lists", v.prefix_lists)(
      "vpc_peering_connections", v.vpc_peering_connections)("transit_gateways", v.transit_gateways)(
      "transit_gateway_attachments", v.transit_gateway_attachments)(
      "transit_gateway_route_tables", v.transit_gateway_route_tables)("roles", v.roles)(
      "policy_versions", v.policy_versions)("organization_policies", v.organization_policies)(
      "organization", v.organization)("resource_policies", v.resource_policies)("secret_keys", v.secret_keys)(
      "key_arns", v.key_arns)("target_groups", v.target_groups)("images", v.images)("trail", v.trail)(
      "health", v.health)("quotas", v.quotas)("quota_requests", v.quota_requests)("metrics", v.metrics)(
      "alarms", v.alarms)("logs", v.logs)("configuration_items", v.configuration_items)(
      "answered", v.answered)("event_ids", v.event_ids)("gaps", v.gaps);
}
void fields(Dump& out, const Facts& v) {
  out("places", v.places)("newest", v.newest);
}

}  // namespace

std::string to_text(const Facts& facts) {
  Dump dump;
  fields(dump, facts);
  return std::move(dump.text);
}

}  // namespace doctor::facts
