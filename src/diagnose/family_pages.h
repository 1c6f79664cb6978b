// The page of each family: what its catalogue name stands for in AWS's own terms.
#pragma once

#include <span>
#include <string_view>

namespace doctor::diagnose {

struct FamilyPage {
  std::string_view name;     // "FargateSpotInterrupted"
  std::string_view word;     // the prefix of its cause ids: "spot"
  std::string_view title;    // what happened, as a phrase
  std::string_view meaning;  // a sentence or two
  std::string_view reference;
};

std::span<const FamilyPage> family_pages();  // in the catalogue's order

// The page of a name written with or without "Fargate", in any case, or of its word; null where there is
// none.
const FamilyPage* find_family_page(std::string_view name);

}  // namespace doctor::diagnose
