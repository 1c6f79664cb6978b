#include "diagnose/table_rows.h"

namespace doctor::diagnose {

FamilyRows rows_of_stop() {
  return {};
}

}  // namespace doctor::diagnose
