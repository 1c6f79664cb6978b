// What the parts of a blast radius share: walking over the facts, and keeping who uses a resource. Only
// blast_*.cc include this.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "facts/facts.h"
#include "remedy/plan.h"

namespace doctor::remedy {

// How far a resource reaches: a VPC may be shared with other accounts of its region ("Share your VPC subnets
// with other accounts"), a role with other regions of its account, an image or a key with anybody.
enum class Reach { region, account, everywhere };

class Gathering {
 public:
  Gathering(const facts::Facts& facts, const Resource& resource) : facts_(facts), radius_{resource, {}} {}

  // Each of these asks `uses` for the name of what is shared; "": it is not.
  using ServiceUses = std::function<std::string(const facts::Place&, const facts::Service&)>;
  using TaskUses = std::function<std::string(const facts::Place&, const facts::Task&)>;
  using DefinitionUses = std::function<std::string(const facts::Place&, const facts::TaskDefinition&)>;
  void services(const ServiceUses& uses, Reach reach = Reach::region);
  void lone_tasks(const TaskUses& uses, Reach reach = Reach::region);  // of no service; by task definition
  void definitions(const DefinitionUses& uses, Reach reach = Reach::region);  // of all that runs one

  void add(const facts::Place& place, std::string kind, const std::string& name, const std::string& through);
  void places(const std::function<void(const facts::Place&)>& visit, Reach reach = Reach::region) const;

  const facts::Facts& facts() const { return facts_; }
  BlastRadius take();

 private:
  const facts::Facts& facts_;
  BlastRadius radius_;
};

// Sorted, each dependent once.
void each_once(std::vector<Dependent>& dependents);
bool holds(const std::vector<std::string>& list, std::string_view item);
std::string service_name(const facts::Service& service);  // "prod/web"

// Of subnets, groups, tables, ACLs, endpoints, gateways and VPCs (blast_network.cc); of another kind nothing.
void gather_network(Gathering& gathering, const Resource& resource);

}  // namespace doctor::remedy
