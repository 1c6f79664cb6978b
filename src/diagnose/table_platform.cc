#include "diagnose/table_rows.h"

namespace doctor::diagnose {

FamilyRows rows_of_platform() {
  return {};
}

}  // namespace doctor::diagnose
