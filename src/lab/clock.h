// Simulated time: it stands still until it is advanced, and what was scheduled runs on the way, in order.
//
//   LabClock clock(start);
//   clock.schedule(clock.now() + 2min, [&] { stop(task); });
//   clock.advance_to(clock.now() + 1h);   // runs the action, with clock.now() at its own time
//
// Actions due at the same time run in the order they were scheduled, so that one seed gives one history.
// While a lab serves, follow_real_time() ties the clock to real time: from an anchor on, `speed` simulated
// seconds pass in each real one.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <utility>

#include "core/time.h"

namespace doctor::lab {

using core::Duration;
using core::Timestamp;

class LabClock final : public core::Clock {
 public:
  using Action = std::function<void()>;
  using Ticket = std::pair<Timestamp, std::uint64_t>;  // for cancel()

  explicit LabClock(Timestamp start) : now_(start) {}

  Timestamp now() const override { return now_; }

  // Where a history begins. Only before anything is scheduled; time may go back here and nowhere else.
  void start_at(Timestamp time);

  // A time that has passed already counts as now: the action runs in the next advance.
  Ticket schedule(Timestamp at, Action action);
  Ticket schedule_in(Duration delay, Action action) { return schedule(now_ + delay, std::move(action)); }
  void cancel(const Ticket& ticket);  // nothing where it ran already

  // Runs every action due up to and including `time`, also those that actions schedule. Never goes back.
  void advance_to(Timestamp time);
  void advance_by(Duration span) { advance_to(now_ + span); }
  std::size_t pending() const { return actions_.size(); }

  // Real time is the caller's, in steady milliseconds, so that tests need not sleep.
  void follow_real_time(Duration real_now, double speed);
  void catch_up(Duration real_now);  // advances to where the anchor and the speed put it

 private:
  Timestamp now_;
  std::uint64_t next_ = 0;
  std::map<Ticket, Action> actions_;
  Timestamp anchor_{};
  Duration real_anchor_{0};
  double speed_ = 0;  // 0: not following
};

}  // namespace doctor::lab
