#include "diagnose/table_rows.h"

namespace doctor::diagnose {

FamilyRows rows_of_shared_fixes() {
  return {};
}

}  // namespace doctor::diagnose
