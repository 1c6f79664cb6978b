// Signs: the words by which AWS says what happened, in stopped reasons, container reasons, service events and
// API errors.
//
// One table for the whole program: grouping stops into incidents (diagnose) and explain read the same rows.
// Matching is case-insensitive on phrases that AWS has kept stable; the most specific row wins, whatever the
// table's order. The text may be wrapped, quoted as JSON or carry typographic apostrophes. Rows that share an
// id are wordings of one sign, and a text shows it once. Ids that begin with "event." are news of a healthy
// service or calls that stopped nothing: explain knows them, an incident is never made of them.
//
//   signs_in("CannotPullContainerError: ... no space left on device")[0].sign->cause
//       == "image.larger_than_storage"
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace doctor::diagnose {

struct Sign {
  std::string_view
      id;  // "eni.insufficient_free_addresses": also the evidence row that it observes, where one exists
  std::string_view phrases;    // all of them must occur, separated by '|', lower case
  std::string_view family;     // "" for a stop of no family
  std::string_view cause;      // the cause it speaks for most; "" where it only names the family
  int specificity;             // higher wins; a stop code alone is 10, an AWS error code inside a reason 50
  std::string_view meaning;    // one sentence for a person
  std::string_view reference;  // title of the AWS document
};

struct SignMatch {
  const Sign* sign = nullptr;
  std::string matched;  // the phrase as it stands in the text
};

const std::vector<Sign>& sign_table();

// Every sign that the text shows, most specific first. Any bytes; a few microseconds for a stopped reason.
std::vector<SignMatch> signs_in(std::string_view text);

}  // namespace doctor::diagnose
