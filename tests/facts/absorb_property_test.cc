// Any JSON under any operation: facts or an error, never a crash.
#include <rapidcheck/gtest.h>

#include "facts/dump.h"
#include "facts/reading.h"
#include "facts/redact.h"
#include "facts_support.h"

namespace doctor::facts {
namespace {

// Names that the absorbers look for, so that random documents go deep.
const std::vector<std::string> kKeys = {"tasks",
                                        "taskArn",
                                        "containers",
                                        "attachments",
                                        "details",
                                        "name",
                                        "value",
                                        "failures",
                                        "reason",
                                        "services",
                                        "serviceArn",
                                        "deployments",
                                        "events",
                                        "message",
                                        "timestamp",
                                        "clusters",
                                        "clusterArn",
                                        "settings",
                                        "taskDefinition",
                                        "taskDefinitionArn",
                                        "containerDefinitions",
                                        "environment",
                                        "logConfiguration",
                                        "options",
                                        "Subnets",
                                        "SubnetId",
                                        "Tags",
                                        "Key",
                                        "Value",
                                        "SecurityGroups",
                                        "GroupId",
                                        "IpPermissions",
                                        "Role",
                                        "RoleName",
                                        "PolicyDocument",
                                        "PolicyVersion",
                                        "Document",
                                        "AttachedPolicies",
                                        "PolicyArn",
                                        "Events",
                                        "EventId",
                                        "CloudTrailEvent",
                                        "Quotas",
                                        "QuotaCode",
                                        "MetricDataResults",
                                        "Timestamps",
                                        "Values",
                                        "Label",
                                        "images",
                                        "imageId",
                                        "imageManifest",
                                        "TargetGroups",
                                        "TargetGroupArn",
                                        "detail",
                                        "detail-type",
                                        "id",
                                        "arn",
                                        "version",
                                        "createdAt",
                                        "startTime",
                                        "endTime",
                                        "EventTime"};
const std::vector<std::string> kTexts = {"",
                                         "a",
                                         "arn:aws:ecs:eu-west-1:1:task/a",
                                         "2026-11-24T03:00:00Z",
                                         "{\"eventID\":\"x\"}",
                                         "%7B%22a%22%3A1%7D",
                                         "{",
                                         "password=x",
                                         "ECS Task State Change",
                                         "AWS Health Event"};

rc::Gen<std::string> json_of(int depth) {
  const auto leaf = rc::gen::oneOf(
      rc::gen::map(rc::gen::elementOf(kTexts), [](const std::string& t) { return core::json_quoted(t); }),
      rc::gen::map(rc::gen::arbitrary<int64_t>(), [](int64_t n) { return std::to_string(n); }),
      rc::gen::element<std::string>("null", "true", "false", "1e300", "-1e300", "1795489200.5",
                                    "9223372036854775807"));
  if (depth == 0) return leaf;
  const auto inner = [depth] { return json_of(depth - 1); };
  const auto list = rc::gen::exec([inner] {
    std::string out = "[";
    const int count = *rc::gen::inRange(0, 3);
    for (int i = 0; i < count; ++i) out += (i ? "," : "") + *inner();
    return out + "]";
  });
  const auto object = rc::gen::exec([inner] {
    std::string out = "{";
    const int count = *rc::gen::inRange(0, 5);
    for (int i = 0; i < count; ++i)
      out += (i ? "," : "") + core::json_quoted(*rc::gen::elementOf(kKeys)) + ":" + *inner();
    return out + "}";
  });
  return rc::gen::weightedOneOf<std::string>({{1, leaf}, {3, list}, {5, object}});
}

RC_GTEST_PROP(AbsorbProperty, AnyDocumentIsFactsOrAnErrorForEveryOperation, ()) {
  const std::string body = *json_of(4);
  for (const Row* row : all_rows()) {
    // As it is, and as the member that the operation cannot be without.
    const std::string key = core::json_quoted(row->key);
    for (const std::string& json : {body, "{" + key + ":" + body + "}", "{" + key + ":[" + body + "]}"}) {
      const auto document = core::JsonDocument::parse(json, "x");
      if (!document) continue;
      Facts facts;
      Place place;
      const auto done = absorb(facts, place, {row->service, row->operation, "web"}, document->root());
      if (!done) RC_ASSERT(done.error().kind == core::ErrorKind::bad_input);
      put_in_order(place);
      facts.places.push_back(std::move(place));
      to_text(facts);
    }
  }
}

RC_GTEST_PROP(AbsorbProperty, AnyEventIsFactsOrAnError, ()) {
  const std::string body = *json_of(4);
  for (const auto* type :
       {"ECS Task State Change", "ECS Service Action", "AWS Health Event", "AWS API Call via CloudTrail"}) {
    const auto document = core::JsonDocument::parse(
        std::string(R"({"id":"1","detail-type":")") + type + R"(","detail":)" + body + "}", "x");
    if (!document) continue;
    Facts facts;
    Place place;
    (void)absorb_event(facts, place, document->root());
  }
}

RC_GTEST_PROP(AbsorbProperty, AnyRefusalTextIsAGapOrACallFailure, (const std::string& text)) {
  Facts facts;
  Place place;
  absorb_refusal(facts, place, {"ec2", "describe-subnets", ""}, "An error occurred (" + text);
  absorb_refusal(facts, place, {"ecs", "run-task", ""}, text);
  RC_ASSERT(place.gaps.size() == 1U);
  RC_ASSERT(place.call_failures.size() == 1U);
}

}  // namespace
}  // namespace doctor::facts
