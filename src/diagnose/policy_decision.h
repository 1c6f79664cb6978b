// What one level's documents say of one request. The seam to the engine.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace doctor::diagnose {

struct Document {
  std::string name, text;  // text "": not read
};

struct Request {
  std::string action, resource, principal;                  // principal: an ARN
  std::map<std::string, std::vector<std::string>> context;  // keys in lower case; what is absent is not known
};

struct Decision {
  enum class Kind { allowed, denied, absent, depends } kind = Kind::absent;
  int document = -1;                    // which of the documents decided; -1: none
  int statement = 0;                    // 1 for the first
  std::string sid;                      // may be empty
  int line = 0;                         // of the statement; 1 for the first
  std::vector<std::string> depends_on;  // keys of the request that are not known
};

// Deny over depends over Allow.
Decision decide(const std::vector<Document>& documents, const Request& request);

}  // namespace doctor::diagnose
