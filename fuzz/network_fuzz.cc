// Whatever a snapshot says of the network, a path through it is an answer that is founded or an error that
// says why: no crash, no hang, no growth without bound.
//
// The input is text. Its first line is the query, "FROM TO PROTOCOL PORTS SOURCE-PORTS VERSION", with "-" for
// an empty field and @N for the snapshot's Nth interface; then come documents, each after a line that names
// it:
// "#describe-subnets", "#search-transit-gateway-routes tgw-rtb-1". fuzz/network_fuzz_seeds makes such inputs
// of tests/scenarios.
#include <cstdint>
#include <cstdlib>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.h"
#include "facts/absorb.h"
#include "facts/dump.h"
#include "facts/reading.h"
#include "network/needs.h"
#include "network/path.h"

namespace {

using namespace doctor;

std::string_view line_of(std::string_view& text) {
  const auto end = text.find('\n');
  const auto line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

std::vector<std::string> words_of(std::string_view line) {
  std::vector<std::string> out;
  while (!line.empty()) {
    const auto end = line.find(' ');
    const std::string word(line.substr(0, end));
    out.push_back(word == "-" ? "" : word);
    line.remove_prefix(end == std::string_view::npos ? line.size() : end + 1);
  }
  return out;
}

std::string end_of(const std::string& word, const facts::Place& place) {
  if (word.size() < 2 || word[0] != '@' || place.interfaces.empty()) return word;
  const auto n = static_cast<std::size_t>(std::atoi(word.c_str() + 1)) % place.interfaces.size();
  return std::next(place.interfaces.begin(), static_cast<std::ptrdiff_t>(n))->first;
}

void absorb_all(std::string_view text, facts::Facts& facts, facts::Place& place) {
  while (!text.empty()) {
    const auto name = words_of(line_of(text));
    auto end = text.find("\n#");
    end = end == std::string_view::npos ? text.size() : end + 1;
    const auto body = text.substr(0, end);
    text.remove_prefix(end);
    if (name.empty() || name[0].size() < 2) continue;
    const std::string operation = name[0].substr(1), subject = name.size() > 1 ? name[1] : "";
    if (facts::find_row("ec2", operation) == nullptr) continue;
    const auto document = core::JsonDocument::parse(body, "fuzz");
    if (document) (void)facts::absorb(facts, place, {"ec2", operation, subject}, document->root());
  }
}

void check(const network::Answer& answer) {
  using network::Reachable;
  if (answer.reachable == Reachable::no && answer.blocked_by.empty()) std::abort();
  if (answer.reachable == Reachable::depends && answer.depends_on.empty()) std::abort();
  if (answer.reachable == Reachable::yes && !(answer.blocked_by.empty() && answer.smallest_change.empty()))
    std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  auto words = words_of(line_of(text));
  words.resize(6);
  facts::Facts facts;
  facts::Place place;
  place.account = "111122223333";
  place.region = "eu-west-1";
  absorb_all(text, facts, place);
  facts::put_in_order(place);
  const network::Query query{.from = end_of(words[0], place),
                             .to = end_of(words[1], place),
                             .protocol = words[2],
                             .ports = words[3],
                             .source_ports = words[4],
                             .ip_version = std::atoi(words[5].c_str()),
                             .action = ""};
  facts.places.push_back(std::move(place));

  const network::Network network(facts);
  const auto answer = network.path(query);
  if (!answer) {
    if (answer.error().sentence.empty()) std::abort();
  } else {
    check(*answer);
  }
  const auto& interfaces = facts.places[0].interfaces;
  const auto sender = interfaces.find(query.from);
  if (sender == interfaces.end() || query.ports != "443") return 0;
  const auto& i = sender->second;
  network::NeedsEngine needs(network);
  (void)needs.verdicts({i.subnet_id, i.groups, i.private_ip, !i.public_ip.empty()},
                       network::all_fargate_needs());
  return 0;
}
