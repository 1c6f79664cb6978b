// Between the wire and the handlers: reads a request, decides whether and how it is answered, runs it, writes
// the trail. No sockets here, so that tests need none.
#pragma once

#include <mutex>
#include <optional>

#include "lab/access.h"
#include "lab/enforcement.h"
#include "lab/lab.h"
#include "lab/world.h"

namespace doctor::lab {

// What becomes of one answer, besides itself.
enum class Mishap { none, reset_before, reset_after, truncate, never };

struct Outcome {
  HttpAnswer answer;
  std::string request_id;
  Mishap mishap = Mishap::none;
  core::Timestamp time{};  // the lab's, which the answer's Date header tells
  core::Duration wait{0};  // nothing to receive yet: ask again until this long after the first time
};

class ServiceDesk {
 public:
  ServiceDesk(World& world, const LabOptions& options);

  // Ties simulated time to real time, and queue URLs to the port that is served.
  void open(std::uint16_t port, core::Duration real_now);

  // real_now: milliseconds since 1970. again: the request waited for messages and is looked at once more, so
  // that it meets no second fault and leaves no second record.
  Outcome handle(const HttpRequest& http, core::Duration real_now, bool again = false);

  void tick(core::Duration real_now);  // lets simulated time follow
  core::Timestamp now();
  const Registry& registry() const { return registry_; }

 private:
  Mishap mishap_of(bool& throttle, bool& fail);
  Outcome refuse(aws::Protocol protocol, std::string_view service, const ApiError& error,
                 const std::string& request_id) const;
  std::optional<Forbidden> forbidden_by(const Request& request, const CallContext& call,
                                        const json& input) const;
  void record(const Request& request, const CallContext& call, const json& input, const Reply& reply);

  World& world_;
  LabOptions options_;
  Registry registry_;
  Ids chance_;    // of faults
  Ids requests_;  // ids of requests: their own sequence, so that a world's ids do not depend on the traffic
  std::mutex mutex_;
};

}  // namespace doctor::lab
