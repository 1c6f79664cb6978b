// A small, honest look at IAM policy documents: does any statement plainly allow or deny an action?
//
// It reads Effect, Action with wildcards and Resource. What only IAM itself can decide (a Condition,
// NotAction, NotResource, a document that cannot be read) is `depends`, never a guess. The IAM engine, where
// it is at hand, answers better; this answers enough to tell "no statement at all" from "there is one".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "facts/access.h"

namespace doctor::diagnose {

enum class Grant { allowed, denied, absent, depends };

struct PolicySight {
  Grant grant = Grant::absent;
  std::string policy;  // the name of the policy that decided; "" where none did
};

struct NamedDocument {
  std::string name, document;
};

// What the documents together say: a plain deny outweighs everything, then what depends, then an allow.
// `resource` "*" asks for actions that know no resources (ssmmessages).
PolicySight sight_of(const std::vector<NamedDocument>& documents, std::string_view action,
                     std::string_view resource = "*");

// Of several actions the one that stands worst: denied, absent, depends, allowed.
PolicySight worst_of(const std::vector<NamedDocument>& documents,
                     const std::vector<std::string_view>& actions, std::string_view resource = "*");

// Inline and attached policies of the role. Documents that could not be read stand with an empty text.
std::vector<NamedDocument> documents_of(const facts::Role& role);

}  // namespace doctor::diagnose
