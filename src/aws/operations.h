// Every operation that this program uses, as the wire needs it: one table, read by the client and by the lab.
// A few more stand beside those, that a person needs to take such a change back by hand
// (DeletePolicyVersion).
//
// JSON services need a name and a target prefix. The query and ec2 protocols also need shapes: how a list or
// a structure is flattened into a form body, and which XML elements are lists, numbers or booleans. A shape
// is one line of text:
//
//   {SubnetIds=SubnetId:[] MaxResults:int}   see shape_texts.h, where the language is described
//
// tests/aws/operations_botocore_test.py compares every row with botocore's service models.
#pragma once

#include <string_view>
#include <vector>

namespace doctor::aws {

// rest_xml is Amazon S3's, of which GetObject alone is asked: its answer is the object's bytes, as "Body".
enum class Protocol { json_1_0, json_1_1, rest_json, query, ec2, rest_xml };

struct ServiceModel {
  std::string_view name;             // the CLI's name: "elbv2", "cloudwatch", "events"
  std::string_view endpoint_prefix;  // host: "elasticloadbalancing", "monitoring"
  std::string_view signing_name;
  Protocol protocol;
  std::string_view target_prefix;  // X-Amz-Target, JSON only
  std::string_view api_version;
  std::string_view
      global_region;  // signed for this region and sent to the global host; "" for regional services
  std::string_view env_suffix;  // AWS_ENDPOINT_URL_<this>: "ELASTIC_LOAD_BALANCING_V2"
};

struct OperationModel {
  std::string_view service, name;  // "ec2", "DescribeSubnets"
  bool read_only = true;           // may be repeated after a reset without asking
  // Pagination: empty input_token means that the operation has no pages.
  std::string_view input_token, output_token, limit_key;
  int page_size = 0;             // AWS's maximum, asked for with limit_key; 0: the service's default
  std::string_view result_keys;  // lists to merge, separated by ' '
  // Batching: a list of the input that must be split ("filter.eventArns" is nested), and how many members one
  // request takes.
  std::string_view batch_key;
  int batch_size = 0;
  std::string_view http;  // REST: "POST /policy/validation"; a {Key+} keeps its slashes
  // query and ec2, and sqs for its older clients: whole. JSON services: only the input's times
  // (shape_texts.h).
  std::string_view input_shape, output_shape;
};

const ServiceModel* find_service(std::string_view name);
const OperationModel* find_operation(std::string_view service, std::string_view operation);
const std::vector<ServiceModel>& all_services();
const std::vector<OperationModel>& all_operations();

}  // namespace doctor::aws
