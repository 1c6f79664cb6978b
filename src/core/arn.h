// Amazon Resource Names: arn:partition:service:region:account:resource.
//
//   auto arn = Arn::parse("arn:aws:ecs:eu-west-1:111122223333:task/prod/0f9d");
//   arn->resource_id() == "0f9d", arn->resource_type() == "task", arn->parts()[1] == "prod"
#pragma once

#include <string>
#include <string_view>

#include "core/result.h"

namespace doctor::core {

struct Arn {
  std::string partition, service, region, account, resource;

  // Error: bad_input, naming the text and the form that is expected.
  static Result<Arn> parse(std::string_view text);

  std::string text() const;
  std::string_view resource_type()
      const;                             // "task" of task/prod/0f9d and of task:prod; "" where there is none
  std::string_view resource_id() const;  // after the last '/' or, without one, the last ':'
};

// What stands after the last '/' (or the last ':' of an ARN without one): the short name people use.
// Text that is no ARN comes back whole.
std::string_view short_name(std::string_view arn);

// "family:revision" of a task definition ARN, or the text itself.
std::string_view family_revision(std::string_view task_definition_arn);

bool is_account_id(std::string_view text);  // twelve digits
bool is_region_name(
    std::string_view text);  // "eu-west-1", "us-gov-east-1", "cn-north-1": the form, not a list

// The region of an availability zone name ("eu-west-1a" -> "eu-west-1"); "" where it has no such form.
std::string_view region_of_zone(std::string_view zone);

}  // namespace doctor::core
