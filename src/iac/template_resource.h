// A resource of AWS in the words of CloudFormation: type, import identifier and properties, from its state in
// remedy/kinds.h.
//
// Types, properties and primary identifiers are those of the CloudFormation template reference.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "iac/change.h"

namespace doctor::iac {

using Pairs = std::vector<std::pair<std::string, std::string>>;

struct TemplateResource {
  std::string type;  // "AWS::ECS::Service"
  std::string key;   // tells it from the others of one AWS resource
  std::string hint;  // what to call it: "web"
  Pairs identifier;  // of an import: {"ServiceArn", …}, {"Cluster", …}; empty: it cannot be imported
  std::vector<std::string> physical;  // ids that a stack may know it by
  Pairs identity;                     // properties that tell it in a template
  Value properties;
  bool partial = false;  // the state does not hold all that an import would need
  std::string note;

  // The same thing inside another resource: an inline policy of a role, a rule of a group. `inside` is that
  // resource's properties, of which the run knows these alone.
  struct Inside {
    std::string type;
    std::vector<std::string> physical;
    Pairs identity;
    Value properties;
    std::string only_where;  // a property that the resource must have for it to belong there; "" : none
  };
  std::vector<Inside> inside;
};

// Of a change; `state` is its `before` or its `after`, itself and no copy. Empty where CloudFormation has
// nothing of this kind.
std::vector<TemplateResource> template_resources(const Change& change, const Value& state);

// A logical id: letters and digits only.
std::string logical_id(std::string_view text);

}  // namespace doctor::iac
