// AWS's time, as its newest answer told it: what events, stops and trails are dated by. The clock of this
// machine may be minutes off, and whether a failure came before or after a change must not depend on it.
//
//   const aws::ServiceClock clock{**client};
#pragma once

#include "aws/client.h"
#include "core/time.h"

namespace doctor::aws {

class ServiceClock final : public core::Clock {
 public:
  explicit ServiceClock(const Client& client) : client_(client) {}  // which must outlive it
  core::Timestamp now() const override { return core::SystemClock{}.now() + client_.clock_difference(); }

 private:
  const Client& client_;
};

}  // namespace doctor::aws
