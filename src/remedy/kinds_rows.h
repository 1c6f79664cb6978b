// The rows of the table of kinds, one function a service, and what their readers share. Only kinds*.cc
// include this.
#pragma once

#include <exception>
#include <initializer_list>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "remedy/kinds.h"

namespace doctor::remedy {

std::vector<Kind> kinds_of_ecs();
std::vector<Kind> kinds_of_ec2();
std::vector<Kind> kinds_of_other_services();
std::vector<Kind> kinds_of_resource_policies();

using State = core::Result<std::string>;

// A field of another type than AWS documents ends in an error, not in nlohmann's exception.
State failed_on(std::string_view why);

template <State (*Read)(const Resource&, std::string_view)>
State guarded(const Resource& resource, std::string_view answer) {
  try {
    return Read(resource, answer);
  } catch (const std::exception& error) {
    return failed_on(error.what());
  }
}

// The answer as JSON; null where it is none.
nlohmann::json answer_of(std::string_view text);
// "null", the state of what is not there.
std::string absent_state();
// Error: internal, "the answer is no DescribeServices: it has no list services".
tl::unexpected<core::Error> not_of_this_kind(std::string_view operation, std::string_view what);

// The first item of answer[list] of which item[key] is the id, or what stands last in the id's ARN. Nothing
// of that id, or no such list: null.
nlohmann::json item_of(const nlohmann::json& answer, std::string_view list, std::string_view key,
                       std::string_view id);

// [{"Key": "a", "Value": "b"}] as {"a": "b"}, whatever the letters' case: two lists of the same tags are
// equal. Tags of AWS itself (aws:…) stay: they tell who manages a resource.
nlohmann::json tags_of(const nlohmann::json& list);
void sort_list(nlohmann::json& list);  // by the items' JSON text; of anything else nothing
// Sorts object[path…] where it is a list.
void sort_at(nlohmann::json& object, std::initializer_list<std::string_view> path);
void erase_keys(nlohmann::json& object, std::initializer_list<std::string_view> keys);
// A policy document that is text, URL-encoded text or JSON, as JSON; text that is no JSON stays text.
nlohmann::json document_of(const nlohmann::json& document);

// "web" of an id "ROLE/web"; the id itself where it has no '/'.
std::string_view after_slash(std::string_view id);
std::string_view before_slash(std::string_view id);

}  // namespace doctor::remedy
