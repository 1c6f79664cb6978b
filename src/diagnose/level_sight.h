// One level's answer in words: what its documents say of a call, and which statement says it.
#pragma once

#include <string>
#include <vector>

#include "diagnose/policy_decision.h"
#include "diagnose/policy_sight.h"

namespace doctor::diagnose {

// The words of one level: what its policies are called, singly and together.
struct Words {
  std::string one;         // "the service control policy {}"
  std::string all;         // "no service control policy"
  std::string where = {};  // " of the account 111122223333"; "" where that goes without saying
};

// The level's documents asked alone. `source` gets the name of the policy and the Sid as its value.
PolicySight sight_from(PolicyLevel level, const std::vector<Document>& documents, const Request& request,
                       const Call& call, const Words& words, Source source);

// "Actions, resources, and condition keys" knows more keys; set are the ones that follow from the facts.
Request request_of(const facts::Place& place, const std::string& principal, const Call& call);

Grant grant_of(Decision::Kind kind);

// A Deny wins wherever it stands; else the first level that does not allow is what AWS would name. The
// highest decides: denied 3, absent 2, depends 1, allowed 0.
int precedence(Grant grant);

// "kms:Decrypt on arn:…"
std::string words_of(const Call& call);

}  // namespace doctor::diagnose
