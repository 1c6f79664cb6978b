// The words about a path that all its renderings share.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "report/network.h"

namespace doctor::report {

enum class Verdict { reachable, unreachable, partly, depends };

Verdict verdict_of(const network::Answer& answer);  // partly: everything is known, and some of it passes
// The worst of several: unreachable, partly, depends, reachable.
Verdict verdict_of(const std::vector<network::NeedAnswer>& needs);
Verdict verdict_of(const std::vector<NeedsOfStart>& starts);
std::string_view verdict_words(Verdict verdict);  // "NOT REACHABLE"

std::string route_words(const network::Query& query);  // "eni-1 -> service:ecr.api tcp 443"
// "NOT REACHABLE: eni-1 -> service:ecr.api tcp 443: rtb-1 has no route to it (and 1 more)"
std::string path_headline(const network::Answer& answer);
// What carries it out of its subnet: "by NAT gateway nat-1", "inside the VPC"; "" where it does not leave.
std::string way_words(const network::Answer& answer);
// What stands in the way, in a line, or what is not known; else the way that it goes.
std::string reason_words(const network::Answer& answer);

std::string_view hop_mark(const network::Hop& hop);  // "✓", "✗" or "?"
// The rule of the hop; of one that passes, what more there is to say of it, and of one that is not known,
// why. Policies are cut.
std::string hop_words(const network::Hop& hop);

// Whether it is worth showing the parts of a range, because they do not all fare alike.
bool parts_differ(const network::Answer& answer);
std::string ports_words(std::string_view range);  // "443" of "443-443"

// "aws ec2 authorize-security-group-ingress --group-id sg-1 …": a line for a shell, with every word quoted
// that a shell would take apart. What the engine could not choose stands behind it as a comment. Empty where
// the parameters are no options of the AWS CLI: then a person has to read the change.
std::string command_of(const network::Change& change);

// "agrees", "disagrees", "cannot be compared"; and the opinion in a sentence.
std::string_view agreement(const network::Answer& answer, const SecondOpinion& second);
std::string opinion_words(const network::Answer& answer, const SecondOpinion& second);

// Those that cannot be reached first, then what is not known, in the order that they came otherwise.
std::vector<const network::NeedAnswer*> worst_first(const std::vector<network::NeedAnswer>& needs);
std::string needs_headline(const NeedsOfStart& start);
// Whether two starts are answered alike, so that one table does for both.
bool alike(const NeedsOfStart& a, const NeedsOfStart& b);

}  // namespace doctor::report
