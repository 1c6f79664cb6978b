// The rules of the live source: from what is known so far to what is worth asking next.
//
// Before every wave each rule runs for each region. A rule is a pure look at the place plus questions put on
// the board; asking twice is the board's matter, not the rule's.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/arn.h"
#include "facts/board.h"
#include "facts/facts.h"
#include "facts/scope.h"

namespace doctor::facts {

// Names that lists gave and that are no facts of their own.
struct Names {
  std::set<std::string> clusters;  // names or ARNs, as the lists or the scope have them
  std::map<std::string, std::set<std::string>> services;  // ARNs by cluster
  std::map<std::string, std::set<std::string>> tasks;     // ARNs by cluster, to be described
};

// Who is asked for: the scope with its ARNs taken apart.
struct Target {
  std::string cluster, service, task;  // "" for all
  core::Timestamp now;
  core::Duration since;      // how far back stops count
  core::Duration look_back;  // how far back changes count
};

struct View {
  Board& board;
  const Target& target;
  const Names& names;
  const Place& place;
  std::size_t index;                   // of the place
  std::vector<std::string> regions;    // of the whole run
  const std::set<std::string>& roles;  // asked for by name
  // Services that have something to explain, or were asked for by name, and the tasks that tell of it.
  std::vector<const Service*> services;
  std::vector<const Task*> stopped;
  std::vector<const Task*> called;  // tasks that a failed call was about: ECS Exec
  unsigned needs = 0;

  void ask(std::string_view service, std::string_view operation, std::string input,
           std::string subject = {}) const {
    board.ask(index, place.region, service, operation, std::move(input), std::move(subject));
  }
};

// "111122223333.dkr.ecr.eu-west-1.amazonaws.com/team/web:1" taken apart; nothing where the image is of
// another registry. Without tag and digest the tag is "latest".
struct EcrImage {
  std::string registry, region, repository, tag, digest;
};
std::optional<EcrImage> ecr_image(std::string_view image);

// Picks the services and tasks of interest and what their words need.
void choose(View& view);

void ask_names(const View& view);        // lists, services, tasks; wave 1 and what follows from it
void ask_definitions(const View& view);  // task definitions, target groups
void ask_network(const View& view);
void ask_whole_network(const View& view);           // instead of all others: LiveOptions::network_only
void ask_sharing(const View& view, unsigned what);  // instead of all others: LiveOptions::sharing
void ask_access(const View& view);
void ask_resource_policies(const View& view);
void ask_images_and_logs(const View& view);
void ask_watchers(const View& view);  // CloudTrail, Health, quotas, metrics, alarms

}  // namespace doctor::facts
