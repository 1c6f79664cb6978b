// What a person pastes into `explain`: a bare code, a line of the CLI, a reason, or a whole JSON answer.
#pragma once

#include <string>
#include <string_view>

namespace doctor::diagnose {

// The part of it that AWS's words can be read from, one statement a line: out of JSON the codes, reasons and
// messages ("exitCode": 137 becomes "exit code 137"); "137" and "exit status 137" become "exit code 137";
// anything else stays. Any bytes.
std::string statements_in(std::string_view pasted);

}  // namespace doctor::diagnose
