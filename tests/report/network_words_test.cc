// The words of a path: the verdict in one line, and commands that a shell takes as they stand.
#include "report/network_words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "network_sample_support.h"

namespace doctor::report {
namespace {

using network::Reachable;
using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(NetworkWords, TheHeadlineNamesTheFirstObstacleAndCountsTheOthers) {
  const auto answer = blocked_answer();
  EXPECT_EQ(path_headline(answer),
            "NOT REACHABLE: eni-1 -> service:ecr.api tcp 443: rtb-1 has no route to ecr.api (and 1 more)");
}

TEST(NetworkWords, AReachableHeadlineNamesTheWayOut) {
  auto answer = blocked_answer();
  answer.reachable = Reachable::yes;
  answer.blocked_by.clear();
  answer.forward = {passing("nat-1", "NAT gateway", "translates"),
                    passing("igw-1", "internet gateway", "translates")};
  EXPECT_EQ(path_headline(answer), "REACHABLE: eni-1 -> service:ecr.api tcp 443: by NAT gateway nat-1");
}

TEST(NetworkWords, WhatIsMissingIsNamedWhereItDecides) {
  auto answer = blocked_answer();
  answer.reachable = Reachable::depends;
  answer.blocked_by.clear();
  answer.depends_on = {"the routes of rtb-1"};
  EXPECT_THAT(path_headline(answer), StartsWith("NOT KNOWN: "));
  EXPECT_THAT(path_headline(answer), HasSubstr("the facts do not show the routes of rtb-1"));
}

TEST(NetworkWords, ARangeThatPassesInPartIsPartlyReachableWhereEverythingIsKnown) {
  auto answer = ranged_answer();
  EXPECT_EQ(verdict_of(answer), Verdict::partly);
  EXPECT_TRUE(parts_differ(answer));
  answer.parts.push_back(part_to("10.0.2.0/24", Reachable::depends));
  EXPECT_EQ(verdict_of(answer), Verdict::depends);
}

TEST(NetworkWords, IcmpHasNoPortToShow) {
  EXPECT_EQ(route_words({.from = "eni-1", .to = "eni-2", .protocol = "icmp"}), "eni-1 -> eni-2 icmp");
}

TEST(NetworkCommand, SpellsTheOperationAsTheAwsCliDoes) {
  EXPECT_EQ(command_of({"sg-1", "ec2:AuthorizeSecurityGroupIngress", "--group-id sg-1", ""}),
            "aws ec2 authorize-security-group-ingress --group-id sg-1");
  EXPECT_EQ(command_of({"web", "ecs:UpdateService", "--service web", ""}),
            "aws ecs update-service --service web");
}

TEST(NetworkCommand, QuotesWhatAShellWouldTakeApart) {
  EXPECT_EQ(command_of({"sg-1", "ec2:AuthorizeSecurityGroupIngress",
                        "--ip-permissions IpProtocol=tcp,UserIdGroupPairs=[{GroupId=sg-2,UserId=1}]", ""}),
            "aws ec2 authorize-security-group-ingress --ip-permissions "
            "'IpProtocol=tcp,UserIdGroupPairs=[{GroupId=sg-2,UserId=1}]'");
}

TEST(NetworkCommand, NoIdSmugglesInASecondCommand) {
  EXPECT_EQ(command_of({"x", "ec2:DeleteRoute", "--route-table-id rtb-1;reboot", ""}),
            "aws ec2 delete-route --route-table-id 'rtb-1;reboot'");
  EXPECT_EQ(command_of({"x", "ec2:DeleteRoute", "--route-table-id $(reboot)", ""}),
            "aws ec2 delete-route --route-table-id '$(reboot)'");
  // Within quotes a quote is written as the shell wants it.
  EXPECT_EQ(command_of({"x", "ec2:DeleteRoute", "--route-table-id 'a b`c'", ""}),
            "aws ec2 delete-route --route-table-id 'a b`c'");
  EXPECT_EQ(command_of({"x", "ec2:DeleteRoute", "--id a\n;reboot", ""}),
            "aws ec2 delete-route --id a ';reboot'");
}

TEST(NetworkCommand, ARemarkStandsBehindTheCommand) {
  EXPECT_EQ(
      command_of({"rtb-1", "ec2:CreateRoute", "--route-table-id rtb-1 (no target is in the facts)", ""}),
      "aws ec2 create-route --route-table-id rtb-1  # no target is in the facts");
}

TEST(NetworkCommand, WhatIsNoOptionIsNoCommand) {
  EXPECT_EQ(command_of({"web", "ecs:UpdateService", "assignPublicIp=ENABLED", ""}), "");
  EXPECT_EQ(command_of({"web", "UpdateService", "--service web", ""}), "");
}

TEST(NetworkOpinion, AgreesOrNot) {
  auto answer = blocked_answer();
  SecondOpinion second{.asked = true, .reachable = false, .status = "succeeded", .why = {}};
  EXPECT_EQ(agreement(answer, second), "agrees");
  second.reachable = true;
  EXPECT_EQ(agreement(answer, second), "disagrees");
  answer.reachable = Reachable::depends;
  EXPECT_EQ(agreement(answer, second), "cannot be compared");
}

TEST(NetworkNeeds, TheUnreachableComeFirstThenWhatIsNotKnown) {
  const auto start = three_needs();
  const auto order = worst_first(start.needs);
  ASSERT_EQ(order.size(), 3u);
  EXPECT_EQ(order[0]->need.id, "exec");
  EXPECT_EQ(order[1]->need.id, "logs");
  EXPECT_EQ(order[2]->need.id, "image.api");
  EXPECT_EQ(needs_headline(start),
            "NOT REACHABLE from subnet-1 with sg-1: 1 of 3 needs: exec; not known: logs");
}

TEST(NetworkNeeds, TheWorstVerdictIsTheVerdict) {
  EXPECT_EQ(verdict_of(std::vector<NeedsOfStart>{three_needs()}), Verdict::unreachable);
  EXPECT_EQ(verdict_of(std::vector<NeedsOfStart>{}), Verdict::reachable);
}

}  // namespace
}  // namespace doctor::report
