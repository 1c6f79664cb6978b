// What a walk writes down: the hops, what blocks, what is missing, what would mend it; and the region of
// packets for which all of it holds.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "network/path.h"
#include "network/region.h"

namespace doctor::network {

// The facts and the source as a change would leave them: a trial to see whether the change opens the path.
struct Scene {
  facts::Facts* facts = nullptr;
  Source* source = nullptr;  // nullptr: the packet starts from an interface of the facts
};

struct Mend {
  Change change;
  std::function<void(Scene&)> apply;  // empty: nothing in the facts can be changed to show it
};

struct Verdict {
  Region region;
  std::vector<Hop> forward, back;
  std::vector<Block> blocked_by;
  std::vector<Mend> mends;
  std::vector<std::string> depends_on;
  Reachable reachable() const {
    return !blocked_by.empty() ? Reachable::no : !depends_on.empty() ? Reachable::depends : Reachable::yes;
  }
};

class Trace {
 public:
  // With `verdict_only` no hop is written down: a sweep over a VPC asks for verdicts by the ten thousand.
  Trace(const Region& region, bool verdict_only) : tells_hops(!verdict_only) { verdict_.region = region; }

  void hop(std::string resource, std::string kind, std::string rule, std::string why = {});
  void block(std::string resource, std::string kind, std::string rule, std::string why);
  void unknown(std::string resource, std::string kind, std::string missing);
  void mend(Mend mend);           // once each
  void explain(std::string why);  // the last hop
  std::size_t blocks() const { return verdict_.blocked_by.size(); }

  // Whether the field lies there; narrows the region to the packets of which the same is true. A field whose
  // value is only known to be somewhere is in a range that holds all of that, and out of one that holds none;
  // else it hangs on the address, which is written down as missing.
  bool within(const Field& field, const Range& range);
  bool within(const Field& field, const Cidr& cidr, int version);
  bool within(const Field& field, const std::vector<Cidr>& cidrs, int version);

  const bool tells_hops;
  bool returning = false;  // hops and blocks are the answer's
  Verdict take();          // at the end; depends_on without repetitions

 private:
  std::vector<Hop>& hops() { return returning ? verdict_.back : verdict_.forward; }
  Verdict verdict_;
};

}  // namespace doctor::network
