#include "diagnose/observe.h"

namespace doctor::diagnose {

void observe_image(const Case& c, Observations& out) {
  observe_signs(c, out);
}

}  // namespace doctor::diagnose
