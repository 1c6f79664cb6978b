#include "network_sample_support.h"

namespace doctor::report {

using network::Answer;
using network::Hop;
using network::Part;
using network::Reachable;

Hop passing(std::string resource, std::string kind, std::string rule, std::string why) {
  return {std::move(resource), std::move(kind), std::move(rule), true, true, std::move(why)};
}

Hop dropping(std::string resource, std::string kind, std::string rule, std::string why) {
  return {std::move(resource), std::move(kind), std::move(rule), false, true, std::move(why)};
}

Part part_to(std::string destinations, Reachable reachable) {
  Part part;
  part.sources = "10.0.0.5";
  part.destinations = std::move(destinations);
  part.source_ports = "1024-65535";
  part.ports = "443-443";
  part.reachable = reachable;
  return part;
}

Answer blocked_answer() {
  Answer a;
  a.query = {.from = "eni-1", .to = "service:ecr.api", .protocol = "tcp", .ports = "443"};
  a.reachable = Reachable::no;
  a.forward = {passing("eni-1", "interface", "leaves"),
               passing("sg-1", "security group", "egress all to 0.0.0.0/0", "stateful"),
               {"acl-1", "network ACL", "", true, false, "the network ACL of subnet-1"},
               dropping("rtb-1", "route table", "no route", "rtb-1 has no route to ecr.api")};
  a.back = {dropping("acl-2", "network ACL", "ingress rule 90: deny tcp 1024-65535",
                     "acl-2 of subnet-1 drops tcp 1024-65535")};
  a.blocked_by = {{"rtb-1", "route table", "no route", "rtb-1 has no route to ecr.api"},
                  {"acl-2", "network ACL", "ingress rule 90: deny tcp 1024-65535",
                   "acl-2 of subnet-1 drops tcp 1024-65535", true}};
  a.smallest_change = {{"rtb-1", "ec2:CreateRoute",
                        "--route-table-id rtb-1 --destination-cidr-block 0.0.0.0/0 --nat-gateway-id nat-1",
                        "one route for this destination alone"},
                       {"acl-2", "ec2:CreateNetworkAclEntry",
                        "--network-acl-id acl-2 --ingress --rule-number 89", "before the deny"}};
  a.depends_on = {"the network ACL of subnet-1"};
  a.parts = {part_to("203.0.113.0/24", Reachable::no)};
  return a;
}

Answer ranged_answer() {
  Answer a;
  a.query = {.from = "eni-1", .to = "10.0.1.0/24", .protocol = "tcp", .ports = "443"};
  a.reachable = Reachable::depends;
  a.depends_on = {"which address or port it is: some pass and some do not"};
  a.blocked_by = {{"sg-2", "security group", "no ingress rule admits it", "no rule of sg-2 admits it"}};
  a.parts = {part_to("10.0.1.0/25", Reachable::yes), part_to("10.0.1.128/25", Reachable::no)};
  a.parts[1].blocked_by = a.blocked_by;
  return a;
}

Answer long_answer() {
  Answer a = blocked_answer();
  a.forward.clear();
  for (int i = 0; i < 13; ++i) {
    a.forward.push_back(
        passing("tgw-attach-0123456789abcdef" + std::to_string(i), "transit gateway attachment",
                "2001:db8:1234:5678:9abc:def0:1234:5678/128 -> tgw-attach-0123456789abcdef0"));
  }
  a.forward.push_back(
      {"rtb-<script>alert(1)</script>", "route table", "no route & \"none\"", false, true,
       "rtb-<script>alert(1)</script> has no route, with a word that is as long as "
       "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"});
  a.blocked_by[0].resource = "rtb-<script>alert(1)</script>\x1b[31m";
  return a;
}

NeedsOfStart three_needs() {
  NeedsOfStart start{"subnet-1 with sg-1", {}};
  Answer yes;
  yes.reachable = Reachable::yes;
  yes.forward = {passing("vpce-1", "gateway endpoint", "com.amazonaws.eu-west-1.s3")};
  Answer depends;
  depends.reachable = Reachable::depends;
  depends.depends_on = {"the routes of rtb-1"};
  start.needs = {{{"image.api", "image pull: ECR API", "service:ecr.api"}, yes},
                 {{"logs", "CloudWatch Logs", "service:logs"}, depends},
                 {{"exec", "ECS Exec", "service:ssmmessages"}, blocked_answer()}};
  return start;
}

}  // namespace doctor::report
