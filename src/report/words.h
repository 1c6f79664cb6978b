// The words that all renderings share, so that a ticket, a terminal and a web page say the same.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "diagnose/diagnosis.h"

namespace doctor::report {

inline constexpr std::string_view kUnknown = "unknown";  // the id of the cause that is always a candidate

std::string percent(double probability);         // "97 %", "<1 %", ">99 %"
std::string_view certainty(double probability);  // "almost certain", "very likely", "likely", "possible", …
std::string capitalised(std::string_view phrase);     // unless it starts with a name
std::string trimmed_sentence(std::string_view text);  // without the full stop at its end
std::string sentence(std::string_view text);          // capitalised, with a full stop; "" stays ""
std::string number(double value);                     // at most three decimals, no exponent: "12.5", "100"

std::string place(const diagnose::Incident& incident);    // "prod/web", "prod", "eu-west-1"
std::string counted(const diagnose::Incident& incident);  // "4 interruptions", "1 failed start"
std::string family_name(
    const diagnose::Incident& incident);  // "FargateSpotInterrupted", "no Fargate failure family"
std::string period(const diagnose::Incident& incident);  // "24 Nov 2026, 03:00:12 to 03:04:40 UTC"; may be ""
std::string day_and_clock(core::Timestamp time);         // "24 Nov 03:00:12"

// The candidate that leads, or null where the incident has none.
const diagnose::Cause* leading(const diagnose::Incident& incident);
bool is_known(const diagnose::Cause* cause);  // there, and not `unknown`

// "almost certain (97 %): Spot capacity was reclaimed in one zone", or that no cause could be named.
std::string verdict(const diagnose::Incident& incident);
// "prod/web: 4 interruptions. Almost certain (97 %): …": the answer in one line.
std::string headline(const diagnose::Incident& incident);
// The answer of a diagnosis without incidents, or "3 incidents …" of one with several.
std::string overall(const diagnose::Diagnosis& diagnosis);

// The evidence, weightiest first; of equal weight, in the order of the diagnosis.
std::vector<const diagnose::Evidence*> weightiest(const diagnose::Cause& cause);
std::string call_of(const diagnose::Source& source);  // "ecs describe-tasks"
std::string field_of(
    const diagnose::Source& source);  // "stopCode = SpotInterruption"; "" where neither is known
std::string weight_words(const diagnose::Evidence& evidence);  // "for, 100 times likelier"

// "reversible; needs ecs:UpdateService"
std::string conditions(const diagnose::Fix& fix);

}  // namespace doctor::report
