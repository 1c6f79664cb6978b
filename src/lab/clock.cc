#include "lab/clock.h"

#include <algorithm>

namespace doctor::lab {

void LabClock::start_at(Timestamp time) {
  if (actions_.empty()) now_ = time;
}

LabClock::Ticket LabClock::schedule(Timestamp at, Action action) {
  Ticket ticket{std::max(at, now_), next_++};
  actions_.emplace(ticket, std::move(action));
  return ticket;
}

void LabClock::cancel(const Ticket& ticket) {
  actions_.erase(ticket);
}

void LabClock::advance_to(Timestamp time) {
  while (!actions_.empty() && actions_.begin()->first.first <= time) {
    auto node = actions_.extract(actions_.begin());
    now_ = std::max(now_, node.key().first);
    node.mapped()();
  }
  now_ = std::max(now_, time);
}

void LabClock::follow_real_time(Duration real_now, double speed) {
  anchor_ = now_;
  real_anchor_ = real_now;
  speed_ = speed;
}

void LabClock::catch_up(Duration real_now) {
  if (speed_ <= 0) return;
  const double passed = static_cast<double>((real_now - real_anchor_).count()) * speed_;
  advance_to(anchor_ + Duration(static_cast<std::int64_t>(passed)));
}

}  // namespace doctor::lab
