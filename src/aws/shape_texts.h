// What inputs and outputs look like on the wire: one line of text each.
//
// The language, smallest first:
//   (nothing)            a string
//   int double bool      a number or a boolean: text on the wire, a JSON number or boolean for us
//   time                 a point in time: ISO 8601 in XML and in forms, seconds since 1970 in JSON
//   blob                 base64 text
//   policy               an IAM policy document: URL-encoded JSON on the wire, a JSON object in the CLI's
//   output {Name Port:int}      a structure; a member is NAME, NAME:TYPE, NAME=WIRE or NAME=WIRE:TYPE. NAME
//   is the CLI's
//                        and the JSON name, WIRE the element or form key where it differs
//   [TYPE]               a list of TYPE; [] is a list of strings. In a query form Names.member.1, in an ec2
//   form
//                        Names.1 (ec2 flattens every list of a request); in XML an element Names which holds
//                        elements <member> (query) or <item> (ec2)
//   [ELEMENT=TYPE]       the same where the elements are named ELEMENT instead
//   *[TYPE]              a flattened list: Name.1 in a form; in XML the elements repeat without an outer one
//   <KEY VALUE:TYPE>     a map from strings: outer element, <entry>, in it <KEY> and <VALUE>; *<...> is
//   flattened
//   @Name                a shape of the same service that several operations share: shared_shape()
//
//   DescribeSubnets in:  {SubnetIds=SubnetId:[] MaxResults:int}        SubnetId.1=subnet-1&MaxResults=5
//   DescribeSubnets out: {Subnets=subnetSet:[{SubnetId=subnetId}]}     <subnetSet><item><subnetId>…
//
// Operations of JSON services are listed only where an input holds a time, with just these members.
#pragma once

#include <string_view>

namespace doctor::aws {

struct ShapeText {
  std::string_view service, operation, input, output;
};

const ShapeText* find_shape_text(std::string_view service, std::string_view operation);

// "" where there is none.
std::string_view shared_shape(std::string_view service, std::string_view name);

}  // namespace doctor::aws
