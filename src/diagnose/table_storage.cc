#include "diagnose/table_rows.h"

namespace doctor::diagnose {

FamilyRows rows_of_storage() {
  return {};
}

}  // namespace doctor::diagnose
