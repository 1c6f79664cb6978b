# Warnings are errors; ccache and mold are used when they are there; sanitizers by DOCTOR_SANITIZE.
find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # GCC 12 reports these inside libstdc++ and fmt at -O2; the sanitizer builds cover what they look for.
  add_compile_options(-Wno-restrict -Wno-maybe-uninitialized -Wno-stringop-overflow -Wno-stringop-overread -Wno-array-bounds -Wno-dangling-pointer)
endif()
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")
if(CMAKE_BUILD_TYPE STREQUAL "Debug")
  # Not optimised: clang then builds everything with sanitizers in a quarter of the time, and the tests still run fast.
  add_compile_options(-O0 -g1)
  add_compile_definitions(_GLIBCXX_ASSERTIONS)
endif()

find_program(MOLD mold)
if(MOLD AND NOT DOCTOR_FUZZ)
  add_link_options(-fuse-ld=mold)
endif()

if(DOCTOR_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
if(DOCTOR_SANITIZE)
  add_compile_options(-fsanitize=${DOCTOR_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${DOCTOR_SANITIZE})
endif()
