// The HTTP server: loopback only, thousands of slow connections on one thread.
//
// A request is handled as soon as it has come in; its answer then waits, suspended, until latency has passed,
// so that waiting costs no thread. The same serves long polls and requests that are never answered.
#pragma once

#include <cstdint>
#include <memory>

#include "core/result.h"
#include "lab/service_desk.h"

namespace doctor::lab {

class Server {
 public:
  // Error: unreachable (the port is taken). The desk must outlive the server.
  static core::Result<std::unique_ptr<Server>> start(ServiceDesk& desk, std::uint16_t port,
                                                     core::Duration latency);
  virtual ~Server() = default;
  virtual std::uint16_t port() const = 0;
};

}  // namespace doctor::lab
