// Facts from AWS itself.
//
// Questions go out in waves: all that can be asked at once is asked at once, and what an answer makes askable
// goes into the next wave (services and task lists, then tasks and definitions, then network, roles, images
// and logs). One service takes at most six waves. Each question is asked once a run. Every answer is redacted
// before anything else sees it, then handed to the recorder (if any), then absorbed.
#pragma once

#include <functional>
#include <set>
#include <string>

#include "aws/client.h"
#include "core/result.h"
#include "facts/facts.h"
#include "facts/scope.h"

namespace doctor::facts {

// Receives each redacted answer, or the text of a refusal, under its snapshot file name
// ("ecs.describe-tasks.json").
using Record = std::function<core::Result<void>(const std::string& account, const std::string& region,
                                                const std::string& file_name, const std::string& text)>;

// What is read to know who shares a resource: bits of LiveOptions::sharing.
enum Sharing : unsigned {
  kEveryService = 1,     // of every cluster, with the clusters
  kEveryDefinition = 2,  // the task definitions that these services run
  kEverySecretKey = 8,   // and which key each of their secrets is encrypted with
  kEveryInterface = 4,   // subnets, interfaces, groups, tables, ACLs, endpoints and NAT gateways of every VPC
};

struct LiveOptions {
  Scope scope;
  Record record;  // empty: nothing is recorded
  bool hide_account_ids = false;
  // Every VPC of the regions and what joins them, and of Amazon ECS only the task or service that the scope
  // names.
  bool network_only = false;
  unsigned sharing = 0;         // where not 0: this instead of all else; the scope names regions alone
  unsigned also = 0;            // bits of needs.h that are read whatever the words of the stops ask for
  std::set<std::string> roles;  // names of further roles to read, with their policies
};

// Asks every region of the scope. Error: only where nothing at all could be read (no credentials, no network,
// unknown region, no such cluster or service); a refused or failed question is a Gap.
core::Result<Facts> read_live(aws::Client& client, const LiveOptions& options, const core::Clock& clock);

// Writes records into a folder: <folder>/<account>/<region>/<file>. Refuses a folder that holds something
// else.
core::Result<Record> record_to(const std::string& folder);

}  // namespace doctor::facts
