// What one level's documents say of one request: the engine of iam/, asked about this level alone.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "diagnose/policy_sight.h"
#include "iam/request.h"

namespace doctor::diagnose {

struct Document {
  std::string name, text;  // text "": not read
};

struct Request {
  std::string action, resource, principal;  // principal: an ARN; "" for nobody
  iam::Context context;
  std::optional<Document> own_policy = {};  // of the resource, where it was read; text "": it has none
};

struct Decision {
  enum class Kind { allowed, denied, absent, depends } kind = Kind::absent;
  int document = -1;                    // which of the documents decided; -1: none
  int statement = 0;                    // 1 for the first; also of depends, where one can be told; 0: none
  std::string sid;                      // may be empty
  int line = 0;                         // of the statement; 1 for the first
  std::vector<std::string> depends_on;  // keys of the request that are not known
};

// Whether the role's documents together with the resource's own policy allow: a grant in either is enough in
// one account. Denies of the resource's policy are not asked about here.
Decision::Kind decide_with_resource(const std::vector<Document>& documents, const Request& request);

// A document that cannot be read may allow or deny: the answer is a Deny of another one, or it depends.
Decision decide(PolicyLevel level, const std::vector<Document>& documents, const Request& request);

}  // namespace doctor::diagnose
