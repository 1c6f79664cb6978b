// A world with one network and a desk in front of it, called without sockets and without a wire.
#pragma once

#include <string>

#include "lab/service_desk.h"

namespace doctor::lab::testing {

inline const core::Timestamp kNow = *core::timestamp_of_iso("2026-11-24T03:00:00Z");

struct Desk {
  explicit Desk(LabOptions options = {}) : world({.seed = options.seed, .now = kNow}), desk(world, options) {
    world.real_time = real;
    vpc = add_vpc(world, region, "10.0.0.0/16", "test");
  }

  // An operation by its handler. Real time stands still unless a test moves it.
  Reply call(const std::string& service, const std::string& operation, const json& input = json::object()) {
    const Handler handler = desk.registry().find(service, operation);
    if (handler == nullptr) return api_error("NoHandler", service + " " + operation);
    CallContext context;
    context.region = region;
    context.service = service;
    context.operation = operation;
    context.caller_arn = world.operator_arn;
    context.time = world.clock.now();
    context.real_time = world.real_time = real;
    return handler(world, context, input);
  }

  // A signed JSON or form request over the desk.
  HttpRequest request(const std::string& signing_name, const std::string& target,
                      const std::string& body) const {
    HttpRequest http;
    http.method = "POST";
    http.path = "/";
    http.body = body;
    http.source_ip = "127.0.0.1";
    http.headers["authorization"] =
        "AWS4-HMAC-SHA256 Credential=AKIALAB/20261124/" + region + "/" + signing_name +
        "/aws4_request, SignedHeaders=host;x-amz-date, Signature=" + std::string(64, 'a');
    http.headers["x-amz-date"] = core::to_basic_iso(core::Timestamp(real));
    http.headers["content-type"] =
        target.empty() ? "application/x-www-form-urlencoded; charset=utf-8" : "application/x-amz-json-1.1";
    if (!target.empty()) http.headers["x-amz-target"] = target;
    return http;
  }

  std::string region = "eu-west-1", vpc;
  core::Duration real = kNow.time_since_epoch();
  World world;
  ServiceDesk desk;
};

}  // namespace doctor::lab::testing
