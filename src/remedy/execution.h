// What the parts of one run share while it runs: the journal's record of it, kept in step with the file, and
// the ways to AWS, to time and to whoever watches. Internal to this stage.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "remedy/apply.h"
#include "remedy/references.h"

namespace doctor::remedy {

struct Execution {
  aws::Client& client;
  Journal& journal;
  const ApplyOptions& options;
  const core::Clock& clock;
  Run run;
  std::vector<std::string> warnings;
  std::map<Resource, std::string> seen_so;  // of steps that were already so: the state that they were in
};

bool is_cancelled(const Execution& run);
void tell(Execution& run, const Step& step, std::string_view what, std::string detail = {});
void pause(const Execution& run, core::Duration span);
void pause_until_cancelled(const Execution& run, core::Duration span);  // Ctrl-C ends it
// 250 ms, 500 ms, 1 s … up to the longest.
core::Duration next_pause(const Patience& patience, core::Duration last);

core::Result<aws::Answer> send(aws::Client& client, const Request& request);

// Written to the file and to run.run.entries.
core::Result<void> write_intent(Execution& run, const Entry& entry);
core::Result<void> write_outcome(Execution& run, Entry& entry, Outcome outcome);
core::Result<void> write_state(Execution& run, RunState state);
// Of every resource that is known by now; renews what the run has.
core::Result<void> take_leases(Execution& run, core::Duration for_how_long);

// The entry by which the step's change stands: done, and not taken back. nullptr: it does not stand.
const Entry* standing_entry(const Run& run, const std::string& step);
const Entry* open_entry(const Run& run);
// What the resource was when this run last changed it or saw it changed; "" where it has not.
std::string last_known_state(const Run& run, const Resource& resource);

// The step with its resource filled in. Error: bad_input, naming the reference.
core::Result<Step> with_references(const Run& run, const Step& step);
std::vector<std::string> fixes_of(const Step& step);  // a step may be part of several
// A step that changes no state, and that may be done again at any time: taking it back means nothing.
bool leaves_nothing_to_take_back(const Step& step);
// Without those that speak of the step's own answer while nobody has heard it.
std::vector<Effect> known_effects(const Run& run, const Step& step);
core::Result<Request> filled_request(const Run& run, const Step& step, const Request& request);
core::Result<Resource> filled_resource(const Run& run, const Step& step);

}  // namespace doctor::remedy
