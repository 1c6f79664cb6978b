#include "core/arn.h"
#include "lab/ecs_operations.h"

namespace doctor::lab {

namespace {

// The tags of whatever the ARN names; null where it names nothing.
Tags* tags_behind(const EcsScope& here, const std::string& text) {
  const auto arn = core::Arn::parse(text);
  if (!arn || arn->service != "ecs") return nullptr;
  const std::string type(arn->resource_type());
  const auto first = arn->resource.find('/'), last = arn->resource.rfind('/');
  const std::string cluster = first == last ? "default" : arn->resource.substr(first + 1, last - first - 1);
  if (type == "cluster") {
    EcsClusterRecord* found = find_cluster(here, text);
    return found ? &found->tags : nullptr;
  }
  if (type == "service") {
    ServiceRecord* found = find_service_record(here, cluster, text);
    return found ? &found->tags : nullptr;
  }
  if (type == "task") {
    TaskRecord* found = find_task(here, cluster, text);
    return found ? &found->tags : nullptr;
  }
  if (type == "task-definition") {
    TaskDefinitionRecord* found = find_task_definition(here, text);
    return found ? &found->tags : nullptr;
  }
  return nullptr;
}

tl::unexpected<ApiError> no_such_resource(const std::string& arn) {
  if (!core::Arn::parse(arn))
    return api_error("InvalidParameterException", "Invalid ARN: the resourceArn is not valid.");
  return api_error("ResourceNotFoundException",
                   "The specified resource was not found. Specify a valid resource "
                   "and try again.");
}

}  // namespace

Reply tag_resource(World& world, const CallContext& call, const json& input) {
  const std::string arn = text_of(input, "resourceArn");
  Tags* tags = tags_behind(ecs_in(world, call.region), arn);
  if (!tags) return no_such_resource(arn);
  Tags merged = *tags;
  for (const auto& [key, value] : tags_of(list_of(input, "tags"))) {
    if (key.empty() || key.rfind("aws:", 0) == 0)
      return api_error("InvalidParameterException", "Tag keys cannot start with aws: and cannot be empty.");
    merged[key] = value;
  }
  if (merged.size() > 50) return api_error("InvalidParameterException", "The maximum number of tags is 50.");
  *tags = std::move(merged);
  return json::object();
}

Reply untag_resource(World& world, const CallContext& call, const json& input) {
  const std::string arn = text_of(input, "resourceArn");
  Tags* tags = tags_behind(ecs_in(world, call.region), arn);
  if (!tags) return no_such_resource(arn);
  for (const auto& key : strings_of(input, "tagKeys")) tags->erase(key);
  return json::object();
}

Reply list_tags_for_resource(World& world, const CallContext& call, const json& input) {
  const std::string arn = text_of(input, "resourceArn");
  const Tags* tags = tags_behind(ecs_in(world, call.region), arn);
  if (!tags) return no_such_resource(arn);
  return json{{"tags", tags_json(*tags)}};
}

}  // namespace doctor::lab
