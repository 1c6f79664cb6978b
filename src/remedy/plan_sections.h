// The digest of a plan file, field by field.
#pragma once

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace doctor::remedy {

inline constexpr std::string_view kPlanSchema = "fargate-doctor/plan/1";
// "/steps/0/request/input/desiredCount" is the deepest pointer that has a digest of its own.
inline constexpr int kSectionDepth = 5;

std::string sha256_of(std::string_view text);  // hexadecimal
std::map<std::string, std::string> sections_of(const nlohmann::json& plan);

}  // namespace doctor::remedy
