// The whole state of the lab: one account, some Regions, and the services in them.
//
// Plain data; services' functions stand in the headers of their own. One mutex outside (server.cc) guards all
// of it, and simulated time moves only while that is held.
//
//   World world({.seed = 7, .now = now});
//   world.clock.start_at(now - 6h);
//   auto vpc = add_vpc(world, world.home, "10.0.0.0/16", "prod");
//   ...
//   world.clock.advance_to(now);
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "lab/access_analyzer.h"
#include "lab/clock.h"
#include "lab/ec2.h"
#include "lab/ecr.h"
#include "lab/elb.h"
#include "lab/handler.h"
#include "lab/iam.h"
#include "lab/ids.h"
#include "lab/messaging.h"
#include "lab/observability.h"
#include "lab/other_services.h"
#include "lab/secrets.h"

namespace doctor::lab {

struct Ecs;  // ecs.h

template <class State>
using PerRegion = std::map<std::string, State>;

struct WorldOptions {
  std::uint64_t seed = 1;
  core::Timestamp now{};  // the present: where the history that a scenario plays ends
};

struct World {
  explicit World(const WorldOptions& options);

  LabClock clock;
  Ids ids;
  core::Timestamp present;  // WorldOptions::now
  std::string account = "111122223333";
  std::string home = "eu-west-1";                  // where scenarios play
  std::vector<std::string> regions;                // enabled ones
  std::string operator_arn;                        // who the user's credentials are: the role Operator
  std::string base_url = "http://127.0.0.1:4566";  // where the lab listens: queue URLs begin with it
  core::Duration real_time{0};                     // since 1970; the server sets it before each call

  PerRegion<Ec2> ec2;
  PerRegion<Elb> elb;
  PerRegion<Ecr> ecr;
  PerRegion<Logs> logs;
  PerRegion<Trail> trail;
  PerRegion<Quotas> quotas;
  PerRegion<CloudWatch> cloudwatch;
  PerRegion<Events> events;
  PerRegion<Sqs> sqs;
  PerRegion<Scaling> scaling;
  PerRegion<Kms> kms;
  PerRegion<Secrets> secrets;
  std::map<std::string, std::string> objects;  // of Amazon S3, by "bucket/key"; LabOptions::objects
  std::map<std::string, GenerationJob> policy_generations;  // by job id
  Iam iam;
  Organizations organizations;
  Health health;
  std::shared_ptr<Ecs> ecs;  // shared only because Ecs is incomplete here; ecs.cc makes it at first use

  bool has_region(const std::string& region) const;
  std::vector<std::string> zones(const std::string& region) const;  // "eu-west-1a", "b", "c"
  std::string zone_id(const std::string& zone) const;               // "euw1-az1"
  std::string arn(const std::string& service, const std::string& region,
                  const std::string& resource) const;  // of this account
  std::string role_session_arn(const std::string& role, const std::string& session) const;

  // An event now: matched by the Region's rules and put into their targets. Answers its id.
  std::string publish_event(const std::string& region, const std::string& detail_type,
                            const std::string& source, const std::vector<std::string>& resources,
                            const json& detail);
  // A call now, as CloudTrail writes it. Global services' (IAM, Organizations, Health) go to us-east-1
  // whatever the Region. Answers the event's id.
  std::string record_trail(const std::string& region, const TrailCall& call);
};

}  // namespace doctor::lab
