// What an answer is about, where it does not say: the <anything> of its file name.
//
// The recorder writes the slug of the resource: the resource part of its ARN (or its name) with '/' and ':'
// and whatever else a file name cannot hold replaced by '_'. People may also write the short name, or nothing
// at all when there is only one such resource.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace doctor::facts {

// "arn:aws:elasticloadbalancing:…:targetgroup/web/0f" -> "targetgroup_web_0f"; "/ecs/web" -> "_ecs_web".
std::string slug(std::string_view arn_or_name);

// Whether the subject names the resource: its slug, its short name, or one of the two followed by a page
// number or a version (".2", ".v3").
bool names_resource(std::string_view subject, std::string_view arn_or_name);

// No subject, or a number: a page of the only resource there is.
bool is_anonymous(std::string_view subject);

// The one of `candidates` that the subject is about; -1 where it is none or not certain.
int resource_named(std::string_view subject, const std::vector<std::string>& candidates);

}  // namespace doctor::facts
