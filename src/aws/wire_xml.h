// Answers of the query and ec2 protocols: XML into the JSON that the AWS CLI prints.
//
// Members stand in the order of the shape; what the XML lacks is absent, an empty list element is []; times
// are written as the CLI writes them, "2026-11-24T03:00:00+00:00".
#pragma once

#include <string>
#include <string_view>

#include "aws/errors.h"
#include "aws/operations.h"
#include "aws/shape.h"
#include "core/result.h"

namespace doctor::aws {

// `wrapped`: the result lies in <OperationResult> inside <OperationResponse> (query); else directly in the
// latter (ec2). Errors: not AWS's answer, or one that is cut off (retryable).
tl::expected<std::string, WireFailure> decode_xml(const OperationModel& operation, const Shape& shape,
                                                  bool wrapped, int status, std::string_view body);

// The first <Code> and <Message> of an XML error document of either form; false where it is none.
bool read_xml_error(std::string_view body, std::string& code, std::string& message);

// The name of the outermost element; "" where the text is no whole XML document.
std::string root_of_xml(std::string_view body);

}  // namespace doctor::aws
