#include "verify/watch.h"

#include <unistd.h>

#include <sys/stat.h>
#include <filesystem>

#include "facts/facts_support.h"
#include "verify_support.h"

namespace doctor::verify {
namespace {

Verification round_with(core::Timestamp now, Standing standing, std::string id = "service.steady") {
  Verification v;
  v.run = "r-1";
  v.ended_at = at("2026-11-24T02:59:00Z");
  v.checked_at = now;
  Check check;
  check.id = std::move(id);
  check.name = "it works";
  check.standing = standing;
  v.checks = {check};
  return v;
}

struct Bench {
  Bench() {
    options.span = std::chrono::hours{1};
    options.every = std::chrono::minutes{10};
    options.pause = [this](core::Duration span) { clock.advance(span); };
    options.say = [this](const std::string& line) { lines.push_back(line); };
    options.cancelled = &cancelled;
    open();
  }
  void open() { store = std::move(*WatchStore::open((folder.path() / "watch.db").string())); }
  Watched run(const MakeRound& round) {
    auto watched = watch(*store, "r-1", options, round, clock);
    EXPECT_TRUE(watched);
    return std::move(*watched);
  }
  facts::TemporaryFolder folder;
  StepClock clock;
  WatchOptions options;
  std::atomic<bool> cancelled{false};
  std::unique_ptr<WatchStore> store;
  std::vector<std::string> lines;
  std::vector<bool> replayed;
};

TEST(Watch, MakesARoundAtOnceThenRegularlyAndEndsWithTheLastOne) {
  Bench b;
  const auto watched = b.run([&](bool replay) {
    b.replayed.push_back(replay);
    return round_with(b.clock.now(), Standing::passed);
  });
  EXPECT_EQ(watched.verdict, Verdict::verified);
  EXPECT_EQ(watched.watch.rounds.size(), 7u);  // 03:00, 03:10, … 04:00
  EXPECT_THAT(b.replayed, testing::ElementsAre(true, false, false, false, false, false, true));
  EXPECT_EQ(b.lines.size(), 7u);
  EXPECT_THAT(b.lines[0], testing::StartsWith("round 1 at 2026-11-24T03:00:00Z: verified"));
  EXPECT_THAT(b.lines[0], testing::HasSubstr("next at 03:10:00"));
}

TEST(Watch, GoesOnAfterAKillWhereItStopped) {
  Bench b;
  int rounds = 0;
  b.run([&](bool) {
    if (++rounds == 3) b.cancelled = true;  // the third is cut off and does not count
    return round_with(b.clock.now(), Standing::passed);
  });
  b.cancelled = false;
  b.lines.clear();
  b.open();  // another process
  b.clock.advance(std::chrono::minutes{4});
  const auto watched = b.run([&](bool) { return round_with(b.clock.now(), Standing::passed); });
  EXPECT_THAT(b.lines[0], testing::HasSubstr("after 2 rounds"));
  EXPECT_THAT(b.lines[1], testing::StartsWith("round 3"));
  EXPECT_EQ(watched.watch.began_at, at("2026-11-24T03:00:00Z"));
  EXPECT_EQ(b.clock.now(), at("2026-11-24T04:00:00Z"));
  EXPECT_EQ(watched.verdict, Verdict::verified);
}

TEST(Watch, TheFailureBackEndsItAtOnce) {
  Bench b;
  int rounds = 0;
  const auto watched = b.run([&](bool) {
    return round_with(b.clock.now(), ++rounds == 3 ? Standing::failed : Standing::passed, "incidents.same");
  });
  EXPECT_EQ(watched.verdict, Verdict::failed);
  EXPECT_EQ(rounds, 3);
}

TEST(Watch, APassingTroubleMustFailTwiceInARow) {
  Bench b;
  int rounds = 0;
  const auto once = b.run(
      [&](bool) { return round_with(b.clock.now(), ++rounds == 3 ? Standing::failed : Standing::passed); });
  EXPECT_EQ(once.verdict, Verdict::verified);
  Bench c;
  rounds = 0;
  const auto twice = c.run(
      [&](bool) { return round_with(c.clock.now(), ++rounds >= 3 ? Standing::failed : Standing::passed); });
  EXPECT_EQ(twice.verdict, Verdict::failed);
  EXPECT_EQ(rounds, 4);
}

TEST(Watch, AnHourThatNobodyWatchedIsSaidAndIsNotVerified) {
  Bench b;
  b.options.span = std::chrono::hours{5};
  int rounds = 0;
  b.run([&](bool) {
    if (++rounds == 2) b.cancelled = true;
    return round_with(b.clock.now(), Standing::passed);
  });
  b.cancelled = false;
  b.clock.advance(std::chrono::hours{2});
  const auto watched = b.run([&](bool) { return round_with(b.clock.now(), Standing::passed); });
  EXPECT_EQ(watched.verdict, Verdict::incomplete);
  EXPECT_THAT(watched.why, testing::HasSubstr("nobody watched from 2026-11-24T03:00:00Z"));
}

TEST(Watch, AnEndedWatchIsNotTakenUpAgain) {
  Bench b;
  b.run([&](bool) { return round_with(b.clock.now(), Standing::passed); });
  EXPECT_EQ(b.store->newest("r-1")->verdict, Verdict::verified);
  const auto again = b.run([&](bool) { return round_with(b.clock.now(), Standing::provisional); });
  EXPECT_EQ(again.watch.began_at, at("2026-11-24T04:00:00Z"));
  EXPECT_EQ(again.verdict, Verdict::provisional);
}

TEST(WatchStore, IsForItsOwnerAlone) {
  Bench b;
  struct stat info = {};
  ASSERT_EQ(::stat((b.folder.path() / "watch.db").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777u, 0600u);
}

TEST(WatchStore, RefusesWhatIsNoDatabaseAndNamesIt) {
  facts::TemporaryFolder folder;
  folder.write("watch.db",
               "this is not a database, and it is long enough to be looked at as one of its headers");
  const auto store = WatchStore::open((folder.path() / "watch.db").string());
  ASSERT_FALSE(store);
  EXPECT_THAT(store.error().sentence, testing::HasSubstr("watch.db"));
}

TEST(WatchStore, ARunThatWasNeverWatchedIsNotFound) {
  Bench b;
  EXPECT_EQ(b.store->newest("r-9").error().kind, core::ErrorKind::not_found);
}

}  // namespace
}  // namespace doctor::verify
