// What a person does where the program cannot: AWS CLI commands to paste into a shell.
#pragma once

#include <string>
#include <vector>

#include "remedy/execution.h"

namespace doctor::remedy {

// "aws ecs update-service --region eu-west-1 --cli-input-json '{…}'"
std::string aws_command(const Request& request);
std::string kebab_case(
    std::string_view operation);  // "update-service" of "UpdateService", as the CLI does it
// With what the run's answers say in the place of "${…}"; where one is not known, "<taskDefinitionArn>" says
// what is to be put there.
Request filled_by_answers(const Run& run, const Step& step, const Request& request);

// How the step's resource is looked at, and the call that takes the step back.
std::vector<std::string> look_by_hand(const Execution& run, const Step& step);
std::vector<std::string> take_back_by_hand(const Execution& run, const Step& step);

}  // namespace doctor::remedy
