// Result<T>: a value, or the Error that says why there is none.
#pragma once

#include <tl/expected.hpp>

#include "core/error.h"

namespace doctor::core {

template <class T>
using Result = tl::expected<T, Error>;

// return fail(ErrorKind::usage, "…", "…");
inline tl::unexpected<Error> fail(ErrorKind kind, std::string sentence, std::string next = {},
                                  std::string code = {}) {
  return tl::unexpected<Error>(make_error(kind, std::move(sentence), std::move(next), std::move(code)));
}
inline tl::unexpected<Error> fail(Error error) {
  return tl::unexpected<Error>(std::move(error));
}

}  // namespace doctor::core
