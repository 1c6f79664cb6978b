#include "diagnose/table_rows.h"

namespace doctor::diagnose {

FamilyRows rows_of_capacity() {
  return {};
}

}  // namespace doctor::diagnose
