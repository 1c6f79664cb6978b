// The journal: what is written is there after any end of the process, and two runs do not meet.
#include "remedy/journal.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "remedy_support.h"

namespace doctor::remedy {
namespace {

using std::chrono::minutes;
using testing::kNow;

struct JournalFile : testing::Folder {
  std::string path = (folder / "state" / "journal.db").string();

  std::unique_ptr<Journal> open() const {
    auto journal = Journal::open(path);
    EXPECT_TRUE(journal) << core::to_line(journal.error());
    return journal ? std::move(*journal) : nullptr;
  }
};

Entry entry_of(const std::string& run, const std::string& step) {
  Entry entry;
  entry.run = run;
  entry.step = step;
  entry.before = R"({"desiredCount":2})";
  entry.request = {"ecs", "UpdateService", "eu-west-1", R"({"desiredCount":3})"};
  entry.intended_at = kNow;
  return entry;
}

TEST(Journal, KeepsARunWithItsPlanAndItsEntries) {
  const JournalFile file;
  const Plan plan = testing::two_step_plan();
  std::string id;
  {
    const auto journal = file.open();
    id = *journal->begin(plan, kNow);
    Entry entry = entry_of(id, "1");
    ASSERT_TRUE(journal->intend(entry));
    entry.outcome = Outcome::answered;
    entry.answer = R"({"service":{}})";
    ASSERT_TRUE(journal->conclude(entry));
    entry.outcome = Outcome::done;
    entry.after = R"({"desiredCount":3})";
    entry.concluded_at = kNow + minutes(1);
    ASSERT_TRUE(journal->conclude(entry));
    ASSERT_TRUE(journal->set_state(id, RunState::stopped, kNow));
  }
  const auto run = file.open()->run(id);
  ASSERT_TRUE(run) << core::to_line(run.error());
  EXPECT_EQ(run->state, RunState::stopped);
  EXPECT_EQ(run->began_at, kNow);
  EXPECT_EQ(digest_of(run->plan), digest_of(plan));
  ASSERT_EQ(run->entries.size(), 1u);
  EXPECT_EQ(run->entries[0].outcome, Outcome::done);
  EXPECT_EQ(run->entries[0].answer, R"({"service":{}})");
  EXPECT_EQ(run->entries[0].after, R"({"desiredCount":3})");
  EXPECT_EQ(run->entries[0].request.input, R"({"desiredCount":3})");
  EXPECT_EQ(run->entries[0].concluded_at, kNow + minutes(1));
}

TEST(Journal, NamesARunByItsBeginning) {
  const JournalFile file;
  const auto id = file.open()->begin(testing::two_step_plan(), kNow);
  ASSERT_TRUE(id);
  EXPECT_EQ(id->substr(0, 18), "r-20261124-030000-");
  EXPECT_EQ(id->size(), 22u);
}

TEST(Journal, ShowsAnIntentionAfterAKill) {
  const JournalFile file;
  const std::string id = *file.open()->begin(testing::two_step_plan(), kNow);
  const pid_t child = fork();
  if (child == 0) {
    auto journal = Journal::open(file.path);
    if (!journal || !(*journal)->hold(id) || !(*journal)->intend(entry_of(id, "1"))) _exit(1);
    raise(SIGKILL);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status));
  const auto journal = file.open();
  const auto run = journal->run("last");
  ASSERT_TRUE(run);
  ASSERT_EQ(run->entries.size(), 1u);
  EXPECT_TRUE(run->entries[0].open());
  EXPECT_TRUE(journal->hold(id)) << "a killed process holds nothing";
}

TEST(Journal, RefusesASecondProcessAtOneRun) {
  const JournalFile file;
  const auto first = file.open(), second = file.open();
  const std::string id = *first->begin(testing::two_step_plan(), kNow);
  EXPECT_TRUE(first->hold(id));
  const auto held = second->hold(id);
  ASSERT_FALSE(held);
  EXPECT_EQ(held.error().kind, core::ErrorKind::refused);
  EXPECT_NE(held.error().sentence.find(id), std::string::npos);
}

TEST(Journal, AllowsOneOpenEntryARun) {
  const JournalFile file;
  const auto journal = file.open();
  const std::string id = *journal->begin(testing::two_step_plan(), kNow);
  ASSERT_TRUE(journal->intend(entry_of(id, "1")));
  EXPECT_FALSE(journal->intend(entry_of(id, "2")));
  Entry entry = entry_of(id, "1");
  entry.outcome = Outcome::failed;
  EXPECT_TRUE(journal->conclude(entry));
  EXPECT_FALSE(journal->conclude(entry)) << "an entry is concluded once";
  EXPECT_TRUE(journal->intend(entry_of(id, "1"))) << "a failed call may be tried again";
  EXPECT_EQ(journal->run(id)->entries.size(), 2u);
}

TEST(Journal, LeasesAllResourcesOrNone) {
  const JournalFile file;
  const auto first = file.open(), second = file.open();
  const Plan plan = testing::two_step_plan();
  const std::string one = *first->begin(plan, kNow), other = *second->begin(plan, kNow);
  const Resource web{"ecs:service", "web", "1", "eu-west-1"}, api{"ecs:service", "api", "1", "eu-west-1"};
  ASSERT_TRUE(first->lease(one, {web}, kNow, minutes(5)));

  const auto refused = second->lease(other, {api, web}, kNow + minutes(1), minutes(5));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, core::ErrorKind::refused);
  EXPECT_NE(refused.error().sentence.find(one), std::string::npos) << refused.error().sentence;
  EXPECT_NE(refused.error().sentence.find("2026-11-24T03:00:00Z"), std::string::npos);
  EXPECT_TRUE(first->lease(one, {api}, kNow + minutes(1), minutes(5))) << "api was not taken";
}

TEST(Journal, TakesALeaseOverOnlyAfterItsEnd) {
  const JournalFile file;
  const auto journal = file.open();
  const Plan plan = testing::two_step_plan();
  const std::string one = *journal->begin(plan, kNow), other = *journal->begin(plan, kNow);
  const std::vector<Resource> web{{"ecs:service", "web", "1", "eu-west-1"}};
  ASSERT_TRUE(journal->lease(one, web, kNow, minutes(5)));
  EXPECT_FALSE(journal->lease(other, web, kNow + minutes(5) - core::Duration(1), minutes(5)));
  EXPECT_TRUE(journal->lease(other, web, kNow + minutes(5), minutes(5)));
  EXPECT_FALSE(journal->lease(one, web, kNow + minutes(6), minutes(5))) << "it belongs to the other now";
  ASSERT_TRUE(journal->release(other));
  EXPECT_TRUE(journal->lease(one, web, kNow + minutes(6), minutes(5)));
}

TEST(Journal, RenewsItsOwnLease) {
  const JournalFile file;
  const auto journal = file.open();
  const Plan plan = testing::two_step_plan();
  const std::string one = *journal->begin(plan, kNow), other = *journal->begin(plan, kNow);
  const std::vector<Resource> web{{"ecs:service", "web", "1", "eu-west-1"}};
  ASSERT_TRUE(journal->lease(one, web, kNow, minutes(5)));
  ASSERT_TRUE(journal->lease(one, web, kNow + minutes(4), minutes(5)));
  EXPECT_FALSE(journal->lease(other, web, kNow + minutes(8), minutes(5)));
}

// Whatever two runs do, a resource never has two holders at one time.
TEST(JournalProperty, AResourceHasOneHolder) {
  const JournalFile file;
  const auto journal = file.open();
  const Plan plan = testing::two_step_plan();
  const std::string runs[] = {*journal->begin(plan, kNow), *journal->begin(plan, kNow)};
  const bool ok = rc::check([&] {
    for (const auto& run : runs) (void)journal->release(run);
    const std::vector<Resource> web{{"ecs:service", "web", "1", "eu-west-1"}};
    int holder = -1;
    core::Timestamp now = kNow, end = kNow;
    const auto length = *rc::gen::inRange(1, 12);
    for (int i = 0; i < length; ++i) {
      now += minutes(*rc::gen::inRange(0, 4));
      const int who = *rc::gen::inRange(0, 2);
      if (*rc::gen::inRange(0, 5) == 0) {
        RC_ASSERT(journal->release(runs[who]).has_value());
        if (holder == who) holder = -1;
        continue;
      }
      const auto span = minutes(*rc::gen::inRange(1, 6));
      const bool may = holder == -1 || holder == who || end <= now;
      RC_ASSERT(journal->lease(runs[who], web, now, span).has_value() == may);
      if (may) holder = who, end = now + span;
    }
  });
  EXPECT_TRUE(ok);
}

TEST(Journal, ListsRunsNewestFirst) {
  const JournalFile file;
  const auto journal = file.open();
  const Plan plan = testing::two_step_plan();
  const std::string old = *journal->begin(plan, kNow), same_time = *journal->begin(plan, kNow),
                    young = *journal->begin(plan, kNow + minutes(1));
  const auto runs = journal->runs();
  ASSERT_TRUE(runs);
  ASSERT_EQ(runs->size(), 3u);
  EXPECT_EQ((*runs)[0].id, young);
  EXPECT_EQ((*runs)[1].id, same_time);
  EXPECT_EQ((*runs)[2].id, old);
  EXPECT_EQ(journal->run("last")->id, young);
}

TEST(Journal, NamesTheFileWhereARunIsNotThere) {
  const JournalFile file;
  const auto run = file.open()->run("r-20200101-000000-0000");
  ASSERT_FALSE(run);
  EXPECT_EQ(run.error().kind, core::ErrorKind::not_found);
  EXPECT_NE(run.error().sentence.find(file.path), std::string::npos);
  EXPECT_NE(run.error().sentence.find("r-20200101-000000-0000"), std::string::npos);
}

TEST(Journal, IsReadableByItsOwnerOnly) {
  const JournalFile file;
  const auto journal = file.open();
  ASSERT_TRUE(journal->begin(testing::two_step_plan(), kNow));
  for (const auto& entry : std::filesystem::directory_iterator(file.folder / "state")) {
    EXPECT_EQ(entry.status().permissions() & std::filesystem::perms(077), std::filesystem::perms::none)
        << entry.path();
  }
  EXPECT_EQ(std::filesystem::status(file.folder / "state").permissions(), std::filesystem::perms(0700));
}

TEST(Journal, RefusesAFileThatOthersMayRead) {
  const JournalFile file;
  (void)file.open();
  chmod(file.path.c_str(), 0644);
  const auto journal = Journal::open(file.path);
  ASSERT_FALSE(journal);
  EXPECT_NE(core::to_line(journal.error()).find("chmod 600"), std::string::npos);
}

std::string error_of(const JournalFile& file) {
  const auto journal = Journal::open(file.path);
  return journal ? "" : core::to_line(journal.error());
}

void run_sql(const std::string& path, const char* sql) {
  sqlite3* raw = nullptr;
  ASSERT_EQ(sqlite3_open(path.c_str(), &raw), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(raw, sql, nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(raw);
}

TEST(Journal, RefusesWhatIsNoJournal) {
  const JournalFile file;
  std::filesystem::create_directories(file.folder / "state");
  { std::ofstream(file.path) << "this is a letter to my aunt, long enough to be no header of a database"; }
  chmod(file.path.c_str(), 0600);
  EXPECT_NE(error_of(file).find(file.path), std::string::npos);
  EXPECT_NE(error_of(file).find("not a database"), std::string::npos) << error_of(file);

  std::filesystem::remove(file.path);
  run_sql(file.path, "CREATE TABLE recipes (title TEXT)");
  chmod(file.path.c_str(), 0600);
  EXPECT_NE(error_of(file).find("another program's"), std::string::npos) << error_of(file);
}

TEST(Journal, RefusesANewerVersionsFile) {
  const JournalFile file;
  (void)file.open();
  run_sql(file.path, "PRAGMA user_version = 99");
  EXPECT_NE(error_of(file).find("schema 99"), std::string::npos) << error_of(file);
}

TEST(Journal, NamesAFolderThatCannotBeMade) {
  JournalFile file;
  { std::ofstream(file.folder / "state") << "a file stands in the way"; }
  EXPECT_NE(error_of(file).find((file.folder / "state").string()), std::string::npos) << error_of(file);
}

TEST(Journal, WritesThroughToTheDisk) {
  const JournalFile file;
  (void)file.open();
  std::ifstream in(file.path, std::ios::binary);
  std::string header(20, '\0');
  in.read(header.data(), 20);
  // "Database File Format", sqlite.org: read and write version 2 stand for the write-ahead log.
  EXPECT_EQ(header[18], 2);
  EXPECT_EQ(header[19], 2);
}

}  // namespace
}  // namespace doctor::remedy
