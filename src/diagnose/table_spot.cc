#include "diagnose/table_rows.h"

namespace doctor::diagnose {

FamilyRows rows_of_spot() {
  return {};
}

}  // namespace doctor::diagnose
