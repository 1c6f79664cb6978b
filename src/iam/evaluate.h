// The whole of AWS's policy evaluation, offline ("Policy evaluation logic", IAM User Guide).
//
// Compile once, ask often: compile() takes the policies that are in force, Compiled::evaluate() answers
// without allocating and may be called from several threads.
//
//   auto engine = Compiled::compile(std::move(policies));
//   Decision decision = engine.evaluate(request);   // request: from complete_request()
//   if (decision.outcome == Outcome::explicit_deny) … decision.decided_by.statement->sid
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "iam/policy.h"
#include "iam/request.h"

namespace doctor::iam {

enum class Level { identity, resource, boundary, session, scp, rcp, vpc_endpoint };
inline constexpr std::size_t kLevels = 7;
std::string_view level_name(Level level);  // as the enumerators are spelled

// Every policy that may have a say. Empty optional: this type is not in force. Empty list: in force, allowing
// nothing. Boundaries and session policies must each allow. SCPs and RCPs: root first, each level of the tree
// must allow by one of its policies; RCPFullAWSAccess is implied at every RCP level.
struct PolicySet {
  std::optional<std::vector<Policy>> identity;
  std::optional<Policy> resource;  // bucket, key, queue … policy; of a role: its trust policy
  std::optional<std::vector<Policy>> boundaries, sessions, vpc_endpoints;
  std::optional<std::vector<std::vector<Policy>>> scps, rcps;
};

enum class Outcome { allowed, explicit_deny, implicit_deny, depends };
std::string_view outcome_name(Outcome outcome);

// The statement that decided. Pointers live as long as the Compiled they came from.
struct DecidedBy {
  Level level = Level::identity;
  const Policy* policy =
      nullptr;  // nullptr: no statement decided (implicit deny, depends, the root user in its account)
  const Statement* statement = nullptr;
  int policy_index = 0;  // in its list, from 0
  int tree_level = -1;   // of an SCP or RCP: 0 is the root
};

// A short list of keys without allocation; beyond its capacity further keys are dropped and `more` is set.
struct KeyList {
  static constexpr std::size_t kCapacity = 32;
  std::array<std::string_view, kCapacity>
      keys;  // as the policy spells them; they live as long as the Compiled
  std::size_t size = 0;
  bool more = false;
  const std::string_view* begin() const { return keys.data(); }
  const std::string_view* end() const { return keys.data() + size; }
};

struct Decision {
  Outcome outcome = Outcome::implicit_deny;
  DecidedBy decided_by;                       // of allowed and explicit_deny
  std::array<bool, kLevels> blocked_at = {};  // of implicit_deny, by Level: those that failed to allow
  int blocked_tree_level = -1;  // where scp is among them: the first level of the tree that does not allow
  KeyList depends_on;           // of depends

  bool blocked(Level level) const { return blocked_at[static_cast<std::size_t>(level)]; }
};

class Compiled {
 public:
  static Compiled compile(PolicySet policies);
  Compiled(Compiled&&) noexcept;
  Compiled& operator=(Compiled&&) noexcept;
  ~Compiled();

  // A condition on an unknown key decides nothing. The outcome is `depends` exactly where the unknown keys,
  // whatever they are, could turn access into no access or back; a deny that holds either way stays a deny.
  Decision evaluate(const Request& request) const;
  const PolicySet& policies() const;

 private:
  struct Parts;
  explicit Compiled(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace doctor::iam
