#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "diagnose/case_support.h"

namespace doctor::diagnose {
namespace {

using testing::Contains;
using testing::Not;

constexpr std::string_view kFamily = "FargateEphemeralStorageExceeded";
constexpr long long kGigabyte = 1'000'000'000;

struct Disk {
  World w;
  facts::Task* task;

  Disk(std::string_view started, std::string_view stopped,
       std::string_view reason = "No space left on device") {
    task = &w.stopped("t1", "eu-west-1a", stopped);
    task->started_at = at(started);
    task->stop_code = "EssentialContainerExited";
    task->stopped_reason = "Essential container in task exited";
    task->containers.front().reason = reason;
    task->containers.front().exit_code = 1;
    task->containers.front().image = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/web:1";
    w.definition().containers.front().log_driver = "awslogs";
  }
  void curve(std::vector<std::pair<std::string_view, double>> points) {
    facts::Metric metric;
    metric.name_space = "ECS/ContainerInsights";
    metric.name = "EphemeralStorageUtilized";
    metric.unit = "Gigabytes";
    metric.dimensions = {{"ClusterName", "prod"}, {"ServiceName", "web"}};
    for (const auto& [clock, value] : points) metric.points.emplace_back(at(clock), value);
    w.place().metrics.push_back(metric);
  }
  void image(long long bytes) {
    facts::Image image;
    image.repository = "web";
    image.tags = {"1"};
    image.compressed_bytes = bytes;
    w.place().images = {image};
  }
  Incident incident() { return incident_of(w.diagnose(), kFamily); }
};

TEST(StorageFamily, SteadyClimbOfHoursIsGrowth) {
  Disk d("00:05:00", "08:00:00");
  d.curve({{"00:10:00", 2}, {"02:00:00", 6}, {"04:00:00", 10}, {"06:00:00", 15}, {"07:55:00", 19.9}});
  d.image(500'000'000);
  const Incident i = d.incident();
  EXPECT_EQ(top(i), "storage.logs_or_temp_growth");
  EXPECT_TRUE(shows(i, "storage.rose_slowly"));
}

TEST(StorageFamily, JumpIsTheApplication) {
  Disk d("00:05:00", "08:00:00");
  d.curve({{"06:00:00", 2}, {"07:00:00", 2.1}, {"07:50:00", 2.2}, {"07:55:00", 12}, {"07:59:00", 19.9}});
  d.image(500'000'000);
  const Incident i = d.incident();
  EXPECT_EQ(top(i), "storage.application_writes");
  EXPECT_TRUE(shows(i, "storage.rose_suddenly"));
}

TEST(StorageFamily, ImageThatTakesMostOfTheDisk) {
  Disk d("03:00:00", "03:05:00");
  d.image(4 * kGigabyte);
  const Incident i = d.incident();
  EXPECT_EQ(top(i), "storage.image_layers");
}

TEST(StorageFamily, SmallImageIsNotBlamed) {
  Disk d("03:00:00", "03:05:00");
  d.image(200'000'000);
  EXPECT_LT(probability(d.incident(), "storage.image_layers"), .1);
}

TEST(StorageFamily, NearTheLimitForLongMeansTheDefaultIsTooSmall) {
  Disk d("00:05:00", "08:00:00");
  d.curve({{"01:00:00", 17}, {"03:00:00", 17.5}, {"05:00:00", 17.2}, {"06:30:00", 18}, {"07:55:00", 19.8}});
  d.image(500'000'000);
  EXPECT_EQ(top(d.incident()), "storage.default_size_too_small");
  d.w.definition().ephemeral_storage_gib = 40;  // then it is no default any more
  EXPECT_NE(top(d.incident()), "storage.default_size_too_small");
}

TEST(StorageFamily, ThePathInTheMessageTellsLogsFromData) {
  Disk logs("00:05:00", "02:00:00", "write /var/log/app/access.log: no space left on device");
  EXPECT_TRUE(shows(logs.incident(), "storage.text_names_logs_or_temp"));
  EXPECT_EQ(top(logs.incident()), "storage.logs_or_temp_growth");
  Disk data("00:05:00", "02:00:00", "write /data/import/part-7: no space left on device");
  EXPECT_EQ(top(data.incident()), "storage.application_writes");
}

TEST(StorageFamily, OldPlatformCannotExtend) {
  Disk d("00:05:00", "02:00:00");
  EXPECT_THAT(contributing(d.incident()), Not(Contains("storage.platform_cannot_extend")));
  d.task->platform_version = "1.3.0";
  EXPECT_THAT(contributing(d.incident()), Contains("storage.platform_cannot_extend"));
}

TEST(StorageFamily, NoAlarmContributesOnlyWhereAlarmsWereRead) {
  Disk d("00:05:00", "02:00:00");
  EXPECT_THAT(contributing(d.incident()), Not(Contains("storage.no_alarm")));
  d.w.answered("cloudwatch.describe-alarms");
  EXPECT_THAT(contributing(d.incident()), Contains("storage.no_alarm"));
  facts::Alarm alarm;
  alarm.name = "disk";
  alarm.math_metrics = {"EphemeralStorageUtilized", "EphemeralStorageReserved"};
  d.w.place().alarms.push_back(alarm);
  EXPECT_THAT(contributing(d.incident()), Not(Contains("storage.no_alarm")));
}

TEST(StorageFamily, APushedImageContributes) {
  Disk d("00:05:00", "02:00:00");
  EXPECT_THAT(contributing(d.incident()), Not(Contains("storage.changed_image")));
  d.w.answered("cloudtrail.lookup-events");
  d.w.call("PutImage", "01:50:00", R"({"repositoryName":"web","imageTag":"1"})", "ecr.amazonaws.com");
  EXPECT_THAT(contributing(d.incident()), Contains("storage.changed_image"));
}

TEST(StorageFamily, DataThatTheLogSaysIsLargerThanTheDisk) {
  Disk d("02:00:00", "02:20:00");
  d.w.place().logs.push_back(
      {"/ecs/web", "app/app/t1", {{at("02:00:05"), "restoring dump.zst (26.4 GiB) to /restore"}}});
  EXPECT_EQ(top(d.incident()), "storage.default_size_too_small");
  d.w.place().logs.front().lines.front().second = "restoring dump.zst (2.4 GiB) to /restore";
  EXPECT_FALSE(shows(d.incident(), "storage.log_names_more_than_fits"));
}

TEST(StorageFamily, RunsThatEndAfterTheSameTimeDoNotFit) {
  Disk d("02:00:00", "02:20:00");
  for (const std::string id : {"t2", "t3"}) {
    facts::Task& task = d.w.stopped(id, "eu-west-1a", "02:40:00");
    task.containers = d.task->containers;
    task.stop_code = d.task->stop_code;
    task.stopped_reason = d.task->stopped_reason;
    task.started_at = at("02:20:00");
  }
  EXPECT_TRUE(shows(d.incident(), "storage.fails_alike"));
  d.w.place().tasks.begin()->second.started_at = at("00:20:00");
  EXPECT_FALSE(shows(d.incident(), "storage.fails_alike"));
}

TEST(StorageFamily, AnotherServicesCurveIsNotRead) {
  Disk d("00:05:00", "08:00:00");
  d.curve({{"00:10:00", 2}, {"02:00:00", 6}, {"04:00:00", 10}, {"06:00:00", 15}, {"07:55:00", 19.9}});
  d.w.place().metrics.front().dimensions["ServiceName"] = "other";
  EXPECT_FALSE(shows(d.incident(), "storage.rose_slowly"));
}

TEST(StorageFamily, LineOfALogIsTheApplicationsWordAndCitedAsSuch) {
  Disk d("02:00:00", "03:00:00", "");
  facts::LogTail tail;
  tail.group = "/ecs/web";
  tail.stream = "ecs/web/t1";
  tail.lines = {{at("02:59:50"), "write /tmp/spool/9: no space left on device"}};
  d.w.place().logs.push_back(tail);
  const Incident i = d.incident();
  const std::string text = dump(d.w.diagnose());
  EXPECT_NE(text.find("The application's log says so of 1 stop"), std::string::npos);
  EXPECT_EQ(text.find("AWS says so"), std::string::npos);
  EXPECT_TRUE(shows(i, "storage.text_names_logs_or_temp"));
}

TEST(StorageFamily, ReasonOfAContainerIsNotCitedAsALog) {
  Disk d("02:00:00", "03:00:00", "write /tmp/spool/9: no space left on device");
  const Incident i = d.incident();
  for (const Cause& cause : i.causes) {
    for (const Evidence& evidence : cause.evidence) EXPECT_NE(evidence.source.service, "logs") << evidence.id;
  }
}

}  // namespace
}  // namespace doctor::diagnose
