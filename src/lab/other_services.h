// Application Auto Scaling and KMS, as far as scenarios set them up.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "lab/handler.h"

namespace doctor::lab {

struct Scaling {
  std::vector<json> targets, activities;  // DescribeScalableTargets' and DescribeScalingActivities' forms
};
// resource_id: "service/prod/web".
void add_scalable_target(World&, const std::string& region, const std::string& resource_id, int least,
                         int most);
void add_scaling_activity(World&, const std::string& region, const std::string& resource_id,
                          const std::string& description, const std::string& cause);

struct Kms {
  std::map<std::string, json> keys;      // by id, DescribeKey's form
  std::map<std::string, json> policies;  // by id; a new key has AWS's default policy, which lets IAM decide
};
std::string add_key(World&, const std::string& region, const std::string& description,
                    bool enabled = true);  // answers its ARN

}  // namespace doctor::lab
