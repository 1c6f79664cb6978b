// Inputs of the query and ec2 protocols: JSON flattened into a form body.
//
//   {"SubnetIds":["a","b"]}            ec2    SubnetId.1=a&SubnetId.2=b
//   {"Names":["a"]}                    query  Names.member.1=a
//   {"Targets":[{"Id":"10.0.0.1"}]}    query  Targets.member.1.Id=10.0.0.1
//
// An empty list is `Names=` in the query protocol and nothing in ec2's; null members are left out.
#pragma once

#include <string>
#include <string_view>

#include "aws/shape.h"
#include "core/result.h"

namespace doctor::aws {

// "Action=…&Version=…&…", percent-encoded. Error: bad_input, naming the member by its path
// ("Filters[0].Values").
core::Result<std::string> encode_form(std::string_view operation, std::string_view version,
                                      const Shape& shape, std::string_view input);

}  // namespace doctor::aws
