#include "diagnose/table_rows.h"

namespace doctor::diagnose {

FamilyRows rows_of_eni() {
  return {};
}

}  // namespace doctor::diagnose
