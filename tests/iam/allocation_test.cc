// A compiled set answers without allocating: every operator new of this program is counted.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>

#include "iam/case.h"

namespace {
std::atomic<long> allocations{0};
}

void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  ++allocations;
  return std::malloc(size == 0 ? 1 : size);
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}

namespace doctor::iam::test {
namespace {

TEST(Evaluate, AllocatesNothingWhateverTheAnswer) {
  const std::string text =
      R"({"request": {"action": "s3:GetObject", "resource": "arn:aws:s3:::home/bob/a-rather-long-object-name-that-no-string-holds-inside",
    "resource_account": "111122223333", "principal": "arn:aws:iam::111122223333:user/bob", "context": {"aws:SourceIp": "203.0.113.9", "aws:CurrentTime": "2026-01-31T00:00:00Z"}},
    "identity_policies": [{"Version": "2012-10-17", "Statement": [
      {"Effect": "Deny", "Action": "s3:*", "Resource": "*", "Condition": {"NotIpAddress": {"aws:SourceIp": ["203.0.113.0/24"]}}},
      {"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::home/${aws:username}/*", "Condition": {"DateGreaterThan": {"aws:CurrentTime": "2020-01-01"}}},
      {"Effect": "Allow", "Action": "ec2:*", "Resource": "*", "Condition": {"StringEquals": {"aws:SourceVpc": "vpc-0123456789abcdef0"}}}]}],
    "permission_boundaries": [{"Statement": {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}}],
    "service_control_policies": [[{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}]]})";
  CaseReader reader(text, "test");
  auto item = reader.next();
  ASSERT_TRUE(item) << item.error().sentence;
  const auto engine = Compiled::compile(std::move(item->policies));
  Request allowed = item->request, denied = item->request, depends = item->request;
  denied.context.set("aws:SourceIp", {"198.51.100.1"});
  depends.action = "ec2:RunInstances";
  engine.evaluate(allowed);  // whatever is made once

  const long before = allocations.load();
  const Outcome outcomes[] = {engine.evaluate(allowed).outcome, engine.evaluate(denied).outcome,
                              engine.evaluate(depends).outcome};
  const long after = allocations.load();
  EXPECT_EQ(after, before);
  EXPECT_EQ(outcomes[0], Outcome::allowed);
  EXPECT_EQ(outcomes[1], Outcome::explicit_deny);
  EXPECT_EQ(outcomes[2], Outcome::depends);
}

}  // namespace
}  // namespace doctor::iam::test
