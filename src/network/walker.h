// The walk's inside: a stretch leads from a subnet to wherever its routes go; a trip is there and back.
// walk.cc has the trips, delivery.cc the arrival in a VPC, gateways.cc what leaves one, transit.cc the
// transit gateways, routes.cc the choice of a route.
#pragma once

#include <string>

#include "network/rules.h"
#include "network/walk.h"

namespace doctor::network {

// Where one stretch of the way ended.
struct Stop {
  enum Kind { nowhere, delivered, internet, egress_only, nat, service } kind = nowhere;
  End end = {};                                // of delivered and nat
  const facts::NatGateway* gateway = nullptr;  // of nat
  std::string target = {};                     // igw-…, vpce-…
};

struct RouteChoice {
  bool found = false;
  std::string destination, target, state;
};

class Walk {
 public:
  explicit Walk(const WalkQuery& query);
  Verdict run();

 private:
  // walk.cc
  void trip(const End& from, const Packet& p, int depth);
  void through_nat(const End& from, const Packet& p, const Stop& stop, int depth);
  void walk_back(const End& far, const Packet& back, const End& from, int depth);
  void back_home(const End& from);
  void answer_to_internet(const End& answering, const Packet& back, const std::string& to);
  void another_way_back(const End& answering, const Stop& stop, const std::string& to);
  void unreached(const End& from, const Packet& p);
  void to_unplaced_endpoint(const End& from, const Packet& p);
  void from_outside();
  void enter(const End& to, const Packet& p);  // by the VPC's internet gateway
  void on_to_public_owner(const End& from, const Packet& p);
  End whose(const Field& field, int version, const End& near);
  std::string internet_gateway_of(const VpcPlace& vpc) const;

  // delivery.cc
  Stop leave(const SubnetPlace& subnet, const Packet& p, const End& sender, const End& to, int depth);
  Stop follow(const SubnetPlace& subnet, const RouteChoice& route, const Packet& p, const End& sender,
              const End& to, int depth);
  Stop deliver(const VpcPlace& vpc, const SubnetPlace* from, const Packet& p, const End& sender,
               const End& to);
  const facts::NetworkInterface* owner(const VpcPlace& vpc, const Field& field, int version);
  End owner_of(const VpcPlace& vpc, const Field& field, int version);
  const End* peer_of(const End& from, const Packet& p, End& scratch);

  // routes.cc
  RouteChoice route_of(const SubnetPlace& subnet, const Packet& p, const End& sender);
  int list_bits(const CompiledList& list, const Packet& p, const std::string& target, std::string& missing);

  // gateways.cc
  Stop by_internet_gateway(const SubnetPlace& subnet, const std::string& id, const Packet& p,
                           const End& sender);
  Stop by_egress_only(const SubnetPlace& subnet, const std::string& id, const Packet& p);
  Stop by_nat(const SubnetPlace& subnet, const std::string& id, const Packet& p, const End& sender,
              const std::string& destination);
  Stop by_peering(const SubnetPlace& subnet, const std::string& id, const Packet& p, const End& sender,
                  const End& to);
  Stop by_endpoint(const std::string& id, const Packet& p, const End& sender);
  Stop by_interface(const std::string& id, const Packet& p, const End& sender);
  void endpoint_policy(const facts::VpcEndpoint& endpoint);

  // transit.cc
  Stop by_transit_gateway(const SubnetPlace& subnet, const std::string& gateway, const Packet& p,
                          const End& sender, const End& to, int depth);
  Stop through_table(const facts::TransitGatewayAttachment& a, const std::string& zone, const Packet& p,
                     const End& sender, const End& to, int depth);
  Stop out_of_transit_gateway(const std::string& id, const std::string& zone, const Packet& p,
                              const End& sender, const End& to, int depth);

  void acl(const SubnetPlace& subnet, const Packet& p, bool egress) {
    network_acl(trace_, query_.asked, subnet, p, egress);
  }
  void groups(const End& end, const Packet& p, bool egress, const End* other) {
    security_group(trace_, index_, query_.asked, end, p, egress, other);
  }

  const WalkQuery& query_;
  const Network::Index& index_;
  Trace trace_;
  bool from_outside_ = false;
  std::vector<std::string> nat_gateways_;  // that the packet is behind
};

// Whether an active peering connects the two.
bool are_peered(const Network::Index& index, const VpcPlace& a, const VpcPlace& b);
// The transit gateway's attachment of this VPC; nullptr where none is in the facts.
const facts::TransitGatewayAttachment* attachment_of(const Network::Index& index, const std::string& gateway,
                                                     const std::string& vpc);

}  // namespace doctor::network
