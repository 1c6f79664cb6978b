#include "diagnose/table_rows.h"

namespace doctor::diagnose {

FamilyRows rows_of_image() {
  return {};
}

}  // namespace doctor::diagnose
