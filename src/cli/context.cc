#include "cli/context.h"

#include <algorithm>
#include <ostream>

#include "aws/endpoint.h"
#include "core/json.h"

namespace doctor::cli {

using core::ErrorKind;
using core::fail;
using core::Result;

int report_error(const Context& context, const core::Error& error) {
  context.err << "fargate-doctor: " << core::to_line(error) << '\n';
  return core::exit_code(error.kind);
}

Result<void> require_output(const Context& context, std::initializer_list<std::string_view> formats) {
  if (std::find(formats.begin(), formats.end(), context.global.output) != formats.end()) return {};
  std::string list;
  for (const auto format : formats) list += (list.empty() ? "" : ", ") + std::string(format);
  return fail(ErrorKind::usage, "this command has no --output " + context.global.output, "it prints " + list);
}

Result<std::unique_ptr<aws::Client>> make_client(const Context& context) {
  return make_client(context, {}, context.cancelled);
}

Result<std::unique_ptr<aws::Client>> make_client(const Context& context, const std::string& profile,
                                                 const std::atomic<bool>* cancelled) {
  aws::ClientOptions options;
  options.profile = profile.empty() ? context.global.profile : profile;
  options.endpoint_url = context.global.endpoint_url;
  options.debug = context.global.debug;
  if (!context.global.regions.empty()) options.region = context.global.regions.front();
  return aws::Client::make(options, cancelled);
}

Result<std::vector<std::string>> regions_of(const Context& context, aws::Client& client) {
  std::vector<std::string> regions = context.global.regions;
  for (const auto& region : regions) {
    if (!aws::is_region(region)) return fail(aws::not_a_region(region, "--region"));
  }
  const std::string home = client.region();
  if (context.global.all_regions) {
    const std::vector<aws::Call> calls = {
        {"ec2", "DescribeRegions", home.empty() ? "us-east-1" : home, "{}"}};
    auto answers = client.run(calls);
    if (!answers.front()) return fail(answers.front().error());
    auto document = core::JsonDocument::parse(answers.front()->json, "ec2.describe-regions");
    if (!document) return fail(document.error());
    for (const auto& region : document->root()["Regions"].items()) {
      regions.emplace_back(region["RegionName"].string_or());
    }
  } else if (regions.empty()) {
    if (home.empty()) {
      return fail(ErrorKind::usage, "no region is configured", "name one with --region, or set AWS_REGION");
    }
    regions.push_back(home);
  }
  std::sort(regions.begin(), regions.end());
  regions.erase(std::unique(regions.begin(), regions.end()), regions.end());
  return regions;
}

}  // namespace doctor::cli
