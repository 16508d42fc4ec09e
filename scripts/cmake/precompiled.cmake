# precompile(target [FOR_TESTS]): the target's C++ files get the headers that most files include from one compiled file, which
# halves the time of a build from nothing. It changes nothing else: a file includes what it uses, and the clang preset,
# which has none of this, refuses one that does not.
#
# GCC takes such a file only where the macros that it looked at are the same: so those are the same everywhere.
option(WSGILAB_PRECOMPILE "compile the headers that most files include once" OFF)

set(WSGILAB_PRECOMPILED_HEADERS
  <algorithm> <array> <atomic> <chrono> <cstdint> <filesystem> <functional> <map> <memory> <mutex> <optional> <set> <span>
  <sstream> <string> <string_view> <thread> <utility> <vector> <fmt/format.h>)

# Behind `house`, and before the first room.
function(make_precompiled)
  target_compile_options(house INTERFACE $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-fpch-preprocess>)  # for ccache
  target_compile_definitions(house INTERFACE $<TARGET_PROPERTY:fmt::fmt,INTERFACE_COMPILE_DEFINITIONS>)
  set(nothing ${PROJECT_BINARY_DIR}/precompiled.cpp)
  file(CONFIGURE OUTPUT ${nothing} CONTENT "// Made by scripts/cmake/precompiled.cmake: compiled for its headers.\n")
  foreach(name precompiled precompiled_for_tests)
    add_library(${name} OBJECT ${nothing})
    target_link_libraries(${name} PRIVATE house fmt::fmt)
    target_precompile_headers(${name} PRIVATE ${WSGILAB_PRECOMPILED_HEADERS})
  endforeach()
  target_link_libraries(precompiled_for_tests PRIVATE GTest::gmock)
  target_precompile_headers(precompiled_for_tests PRIVATE <gmock/gmock.h> <gtest/gtest.h>)
endfunction()

function(precompile target)
  cmake_parse_arguments(PRECOMPILE "FOR_TESTS" "" "" ${ARGN})
  if(WSGILAB_PRECOMPILE AND PRECOMPILE_FOR_TESTS)
    target_precompile_headers(${target} REUSE_FROM precompiled_for_tests)
    target_compile_definitions(${target} PRIVATE GTEST_HAS_PTHREAD=1)  # as GTest::gtest has it
  elseif(WSGILAB_PRECOMPILE)
    target_precompile_headers(${target} REUSE_FROM precompiled)
  endif()
endfunction()
