// One operation of one service: input in the form of the CLI's --cli-input-json, answer in the form the CLI
// prints, an AWS error code otherwise. The server decodes and encodes; handlers know no protocol.
//
//   Reply describe_clusters(World& world, const CallContext& call, const json& input);
//   void add_ecs_operations(Registry& registry) { registry.add("ecs", "DescribeClusters", describe_clusters);
//   }
//
// Times in an answer are what the protocol writes: epoch() numbers in the JSON services, ISO 8601 text in the
// query and ec2 ones. Handlers run under the world's mutex and must not block.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "core/time.h"

namespace doctor::lab {

using json = nlohmann::json;

struct World;

struct ApiError {
  std::string code, message;
  int status = 400;
};

using Reply = tl::expected<json, ApiError>;

inline tl::unexpected<ApiError> api_error(std::string code, std::string message, int status = 400) {
  return tl::unexpected<ApiError>(ApiError{std::move(code), std::move(message), status});
}

struct CallContext {
  std::string region, service, operation;  // "eu-west-1", "ecs", "DescribeTasks": the CLI's names
  std::string caller_arn;                  // "arn:aws:sts::111122223333:assumed-role/Operator/lab"
  std::string access_key;
  std::string source_ip, user_agent;
  std::string request_id;
  core::Timestamp time{};       // simulated
  core::Duration real_time{0};  // since 1970: for what runs on real time (SQS visibility, rate limits)
};

using Handler = Reply (*)(World&, const CallContext&, const json& input);

class Registry {
 public:
  void add(std::string_view service, std::string_view operation, Handler handler) {
    handlers_[{std::string(service), std::string(operation)}] = handler;
  }
  Handler find(std::string_view service, std::string_view operation) const {
    const auto it = handlers_.find({std::string(service), std::string(operation)});
    return it == handlers_.end() ? nullptr : it->second;
  }
  const std::map<std::pair<std::string, std::string>, Handler>& all() const { return handlers_; }

 private:
  std::map<std::pair<std::string, std::string>, Handler> handlers_;
};

void add_ecs_operations(Registry& registry);
void add_ec2_operations(Registry& registry);
void add_iam_operations(Registry& registry);  // and STS
void add_organizations_operations(Registry& registry);
void add_elbv2_operations(Registry& registry);
void add_ecr_operations(Registry& registry);
void add_logs_operations(Registry& registry);
void add_cloudtrail_operations(Registry& registry);
void add_health_operations(Registry& registry);
void add_quotas_operations(Registry& registry);
void add_cloudwatch_operations(Registry& registry);
void add_events_operations(Registry& registry);
void add_sqs_operations(Registry& registry);
void add_access_analyzer_operations(Registry& registry);
void add_secrets_operations(Registry& registry);
void add_resource_policy_operations(Registry& registry);  // of repositories, secrets and keys
void add_other_operations(Registry& registry);            // other_services.h

std::string lower(std::string text);  // ASCII only

// Reading an input that may lack anything: the value, or the fallback where it is absent or of another type.
std::string text_of(const json& object, const char* key, std::string_view fallback = {});
long long integer_of(const json& object, const char* key, long long fallback);
bool boolean_of(const json& object, const char* key, bool fallback);
std::vector<std::string> strings_of(const json& object, const char* key);
const json& list_of(const json& object, const char* key);    // an empty array where there is none
const json& member_of(const json& object, const char* key);  // null where there is none
core::Timestamp time_of(const json& object, const char* key,
                        core::Timestamp fallback);  // number or ISO text

double epoch(core::Timestamp time);  // as AWS's JSON protocols write times
std::string sha256_hex(std::string_view text);
// The sorted distinct texts that stand at a path of a document, lists walked through: "Groups.GroupId".
std::vector<std::string> texts_at(const json& document, std::string_view path);

// One page of `all`, put into {result_key: page, token_key: next} with no token on the last page. The token
// is opaque, as AWS's: it names the place and what was asked, and another query's token is refused.
struct PageOf {
  const char* result_key;
  const char* input_token = "nextToken";   // in the input
  const char* output_token = "nextToken";  // in the answer
  const char* limit_key = "maxResults";    // in the input
  int default_limit = 100, least = 1, most = 100;
  const char* bad_token = "InvalidParameterException";  // error code for a token that is not ours
  const char* bad_limit = nullptr;  // error code for a limit out of least..most; null: clamped silently
};
Reply page_of(const json& all, const json& input, const PageOf& page);

}  // namespace doctor::lab
