#include "diagnose/table_rows.h"

namespace doctor::diagnose {

FamilyRows rows_of_exec() {
  return {};
}

}  // namespace doctor::diagnose
