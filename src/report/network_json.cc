#include "report/json_writer.h"
#include "report/network_words.h"

namespace doctor::report {
namespace {

using network::Answer;
using network::Hop;
using network::Reachable;

void write_verdict(JsonWriter& json, Reachable reachable) {
  if (reachable == Reachable::depends)
    json.text("depends");
  else
    json.boolean(reachable == Reachable::yes);
}

void write_hops(JsonWriter& json, const std::vector<Hop>& hops) {
  json.begin_array();
  for (const Hop& hop : hops) {
    json.begin_object();
    json.key("resource").text(hop.resource);
    json.key("kind").text(hop.kind);
    json.key("rule").text(hop.rule);
    json.key("admitted");
    if (hop.known)
      json.boolean(hop.admitted);
    else
      json.text("unknown");
    json.key("why").text(hop.why);
    json.end_object();
  }
  json.end_array();
}

void write_blocks(JsonWriter& json, const std::vector<network::Block>& blocks) {
  json.begin_array();
  for (const network::Block& block : blocks) {
    json.begin_object();
    json.key("resource").text(block.resource);
    json.key("rule").text(block.rule);
    json.key("why").text(block.why);
    json.key("kind").text(block.kind);
    json.key("direction").text(block.on_return ? "return" : "forward");
    json.end_object();
  }
  json.end_array();
}

void write_changes(JsonWriter& json, const std::vector<network::Change>& changes) {
  json.begin_array();
  for (const network::Change& change : changes) {
    json.begin_object();
    json.key("resource").text(change.resource);
    json.key("operation").text(change.operation);
    json.key("parameters").text(change.parameters);
    json.key("why").text(change.why);
    json.key("command").text_or_null(command_of(change));
    json.end_object();
  }
  json.end_array();
}

void write_query(JsonWriter& json, const network::Query& query) {
  json.begin_object();
  json.key("from").text(query.from);
  json.key("to").text(query.to);
  json.key("protocol").text(query.protocol);
  json.key("port").text(query.ports);
  json.key("source_port").text_or_null(query.source_ports);
  if (query.ip_version == 0)
    json.key("ip_version").null();
  else
    json.key("ip_version").integer(query.ip_version);
  json.key("action").text_or_null(query.action);
  json.end_object();
}

void write_parts(JsonWriter& json, const std::vector<network::Part>& parts) {
  json.begin_array();
  for (const network::Part& part : parts) {
    json.begin_object();
    json.key("sources").text(part.sources);
    json.key("destinations").text(part.destinations);
    json.key("source_ports").text(part.source_ports);
    json.key("ports").text(part.ports);
    json.key("reachable");
    write_verdict(json, part.reachable);
    json.key("forward");
    write_hops(json, part.forward);
    json.key("return");
    write_hops(json, part.back);
    json.key("blocked_by");
    write_blocks(json, part.blocked_by);
    json.key("depends_on").texts(part.depends_on);
    json.end_object();
  }
  json.end_array();
}

void write_second(JsonWriter& json, const Answer& answer, const SecondOpinion& second) {
  json.begin_object();
  json.key("asked").boolean(second.asked);
  if (second.reachable)
    json.key("reachable").boolean(*second.reachable);
  else
    json.key("reachable").null();
  if (second.reachable && answer.reachable != Reachable::depends)
    json.key("agrees").boolean(agreement(answer, second) == "agrees");
  else
    json.key("agrees").null();
  json.key("status").text_or_null(second.status);
  json.key("why").text_or_null(second.why);
  json.key("analysis_id").text_or_null(second.analysis_id);
  json.key("explanations").texts(second.explanations);
  json.end_object();
}

// The members of a path, inside an object that is open.
void write_path(JsonWriter& json, const Answer& answer) {
  json.key("reachable");
  write_verdict(json, answer.reachable);
  json.key("forward");
  write_hops(json, answer.forward);
  json.key("return");
  write_hops(json, answer.back);
  json.key("blocked_by");
  write_blocks(json, answer.blocked_by);
  json.key("smallest_change");
  write_changes(json, answer.smallest_change);
  json.key("depends_on").texts(answer.depends_on);
  json.key("query");
  write_query(json, answer.query);
  if (answer.parts.size() > 1) {
    json.key("parts");
    write_parts(json, answer.parts);
  }
}

void write_need(JsonWriter& json, const network::NeedAnswer& answer) {
  const network::Need& need = answer.need;
  json.begin_object();
  json.key("id").text(need.id);
  json.key("title").text(need.title);
  json.key("to").text(need.to);
  json.key("protocol").text(need.protocol);
  json.key("port").text(need.ports);
  json.key("action").text_or_null(need.action);
  json.key("way").text_or_null(way_words(answer.answer));
  json.key("path").begin_object();
  write_path(json, answer.answer);
  json.end_object();
  json.end_object();
}

Reachable summed_up(Verdict verdict) {
  if (verdict == Verdict::reachable) return Reachable::yes;
  return verdict == Verdict::depends ? Reachable::depends : Reachable::no;
}

}  // namespace

std::string path_json(const Answer& answer, const SecondOpinion* second) {
  JsonWriter json;
  json.begin_object();
  json.key("schema").text("fargate-doctor/network-path/1");
  write_path(json, answer);
  if (second != nullptr) {
    json.key("reachability_analyzer");
    write_second(json, answer, *second);
  }
  json.end_object();
  return json.take();
}

std::string needs_json(const std::vector<NeedsOfStart>& starts) {
  JsonWriter json;
  json.begin_object();
  json.key("schema").text("fargate-doctor/network-needs/1");
  json.key("reachable");
  write_verdict(json, summed_up(verdict_of(starts)));
  json.key("starts").begin_array();
  for (const NeedsOfStart& start : starts) {
    json.begin_object();
    json.key("from").text(start.from);
    json.key("reachable");
    write_verdict(json, summed_up(verdict_of(start.needs)));
    json.key("needs").begin_array();
    for (const network::NeedAnswer* need : worst_first(start.needs)) write_need(json, *need);
    json.end_array();
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return json.take();
}

}  // namespace doctor::report
