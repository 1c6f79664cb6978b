// The lab: a small stateful AWS on loopback, to practise on and to prove the program on.
//
// It speaks the real wire protocols, so the stock AWS CLI works against it. A scenario sets up a world
// (clusters, services, subnets, roles, …), plays a history into it with simulated time up to now, and injects
// one true cause; from then on time in it runs `speed` times as fast as outside. Nothing outside src/lab (and
// `fargate-doctor lab`) knows that it exists.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/result.h"
#include "core/time.h"

namespace doctor::lab {

struct Faults {
  double throttle = 0, reset = 0, truncate = 0, error500 = 0,
         timeout = 0;  // probabilities 0..1 of each answer
};

// "throttle=10%,reset=2%,truncate=1%". Error: usage.
core::Result<Faults> faults_of(std::string_view text);

// Who a caller of the lab is, where it is not the operator with every right: the access key belongs to a role
// of that name, which has just this policy. An empty key: the role Operator itself.
struct CallerPolicy {
  std::string access_key;
  std::string document;  // JSON text
  std::string origin;    // its file, for messages
};

// An object of Amazon S3 that the lab serves.
struct LabObject {
  std::string bucket, key, text;
};

struct LabOptions {
  std::string scenario;
  std::uint16_t port = 4566;  // 0: any free port
  double speed = 1;
  core::Duration latency{0};  // added to every answer
  Faults faults;
  std::vector<std::string> refuse;    // IAM actions answered with AccessDenied: "cloudtrail:LookupEvents"
  bool enforce_iam = false;           // the lab's own policies decide who may do what
  std::vector<CallerPolicy> callers;  // only with enforce_iam
  std::vector<LabObject> objects;
  std::uint64_t seed = 1;  // of faults and ids: the same seed gives the same lab
};

struct ScenarioInfo {
  std::string name, family, cause, title;  // cause: the injected true cause's id
  std::string cluster, service;            // where to look
};

const std::vector<ScenarioInfo>& scenarios();

class Lab {
 public:
  // Error: usage (unknown scenario), bad_input (a caller's policy, with line and column), unreachable (port
  // taken).
  static core::Result<std::unique_ptr<Lab>> start(const LabOptions& options);
  virtual ~Lab() = default;  // stops serving
  virtual std::uint16_t port() const = 0;
};

}  // namespace doctor::lab
