#include "diagnose/observe.h"

namespace doctor::diagnose {

void observe_stop(const Case& c, Observations& out) {
  observe_signs(c, out);
}

}  // namespace doctor::diagnose
