// Secrets Manager, as far as a reader of policies sees it: what a secret is called, which key encrypts it,
// and the policy that it carries. The lab keeps no secret value.
#pragma once

#include <map>
#include <string>

#include "lab/handler.h"

namespace doctor::lab {

struct Secret {
  json document;          // DescribeSecret's form
  json policy = nullptr;  // null where it has none
};

struct Secrets {
  std::map<std::string, Secret> secrets;  // by ARN
};

// name: with the six characters that Secrets Manager adds, "prod/web/database-4fWq1x". key: the ARN of a KMS
// key; "" for AWS's own. Answers the secret's ARN.
std::string add_secret(World&, const std::string& region, const std::string& name,
                       const std::string& key = "");

}  // namespace doctor::lab
