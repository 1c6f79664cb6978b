// One run of a Client: many calls, each of pages and batches, as one event loop on one thread.
//
// A request is encoded once, waits until its service's rate limit and its backoff allow it, is signed at the
// moment it is sent, and ends as a page of its call, as a retry or as the call's error. Nothing but time is
// waited for: while one request backs off, all others go on.
#pragma once

#include <span>
#include <vector>

#include "aws/client_session.h"

namespace doctor::aws {

std::vector<core::Result<Answer>> run_calls(Session& session, std::span<const Call> calls);

}  // namespace doctor::aws
