# room(NAME ...): one folder, one library target, one test executable.
#
#   HEADERS, SOURCES   listed, never globbed: a new file is visible in the diff
#   USES               the rooms and libraries below this one (scripts/layers.toml has the arrows)
#   TESTS, LABELS      x_test.cpp files; every GoogleTest case becomes a ctest of its own, except those of a room
#                      with the label unit, which touch no process and no Python: up to 24 are run by one process
#   ALONE              they run beside no other test: they measure
#
# A room's target is its path with underscores: hosts/base is hosts_base.

option(WSGILAB_WARNINGS_AS_ERRORS "treat warnings as errors" OFF)
set(WSGILAB_SANITIZE "" CACHE STRING "sanitizers for every target, e.g. address,undefined or thread")

add_library(house INTERFACE)
target_compile_features(house INTERFACE cxx_std_20)
target_include_directories(house INTERFACE ${WSGILAB_ROOT})
target_compile_options(house INTERFACE
  -Wall -Wextra -Wshadow -Wconversion -Wold-style-cast -Wnon-virtual-dtor
  # GCC 12 optimizing with std::string's own operator+ warns of what cannot be (its bug 105651 and those it names).
  "$<$<AND:$<CXX_COMPILER_ID:GNU>,$<VERSION_LESS:$<CXX_COMPILER_VERSION>,13>>:-Wno-restrict;-Wno-array-bounds;-Wno-stringop-overflow>"
  "$<$<AND:$<CXX_COMPILER_ID:GNU>,$<VERSION_LESS:$<CXX_COMPILER_VERSION>,13>,$<NOT:$<CONFIG:Debug>>>:-Wno-stringop-overread>"
  $<$<BOOL:${WSGILAB_WARNINGS_AS_ERRORS}>:-Werror>)
if(WSGILAB_SANITIZE)
  target_compile_options(house INTERFACE -fsanitize=${WSGILAB_SANITIZE} -fno-omit-frame-pointer
    -g1)  # line numbers are enough for a report, and half the time to build
  target_link_options(house INTERFACE -fsanitize=${WSGILAB_SANITIZE})
  target_compile_definitions(house INTERFACE WSGILAB_SANITIZE="${WSGILAB_SANITIZE}")
endif()

# A second clone, or a second build folder, finds what the first has compiled.
find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
      CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=true CCACHE_SLOPPINESS=pch_defines,time_macros
      ${CCACHE_PROGRAM})
  set(CMAKE_C_COMPILER_LAUNCHER ${CMAKE_CXX_COMPILER_LAUNCHER})
endif()

include(precompiled)
if(WSGILAB_PRECOMPILE)
  make_precompiled()
endif()

function(room name)
  cmake_parse_arguments(ROOM "ALONE" "" "HEADERS;SOURCES;USES;TESTS;LABELS" ${ARGN})
  if(ROOM_SOURCES)
    add_library(${name} STATIC ${ROOM_SOURCES} ${ROOM_HEADERS})
    target_link_libraries(${name} PUBLIC house ${ROOM_USES})
    precompile(${name} ${WSGILAB_PRECOMPILED_OF_FOLDER})
  else()
    add_library(${name} INTERFACE)
    target_sources(${name} INTERFACE FILE_SET HEADERS BASE_DIRS ${WSGILAB_ROOT} FILES ${ROOM_HEADERS})
    target_link_libraries(${name} INTERFACE house ${ROOM_USES})
  endif()
  if(ROOM_TESTS AND BUILD_TESTING)
    add_executable(${name}_test ${ROOM_TESTS})
    target_link_libraries(${name}_test PRIVATE ${name} GTest::gmock GTest::gtest_main)
    precompile(${name}_test FOR_TESTS)
    set_target_properties(${name}_test PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
    if(ROOM_LABELS STREQUAL "unit" AND NOT ROOM_ALONE)
      discover_tests(${name}_test PREFIX ${name}. BATCHES . ACROSS_SUITES SIZE 24
        PROPERTIES LABELS=unit TIMEOUT=600)
    else()
      gtest_discover_tests(${name}_test TEST_PREFIX ${name}. DISCOVERY_TIMEOUT 60
        PROPERTIES LABELS "${ROOM_LABELS}" TIMEOUT 120 RUN_SERIAL "${ROOM_ALONE}")
    endif()
  endif()
endfunction()

# discover_tests(target PREFIX name. BATCHES regex [ACROSS_SUITES] SIZE n PROPERTIES NAME=VALUE ...): as
# gtest_discover_tests, but the tests of the suites that the regex finds are run in batches, each by one process
# (discover_tests.py). The list is made anew whenever the program is linked.
set(WSGILAB_DISCOVER_TESTS ${CMAKE_CURRENT_LIST_DIR}/discover_tests.py)
function(discover_tests target)
  cmake_parse_arguments(DISCOVER "ACROSS_SUITES" "PREFIX;BATCHES;SIZE" "PROPERTIES" ${ARGN})
  set(tests_file ${CMAKE_CURRENT_BINARY_DIR}/${target}_ctests.cmake)
  set(command ${WSGILAB_PYTHON} -B ${WSGILAB_DISCOVER_TESTS} $<TARGET_FILE:${target}> --into ${tests_file}
      --prefix ${DISCOVER_PREFIX} --batches ${DISCOVER_BATCHES} --size ${DISCOVER_SIZE})
  if(DISCOVER_ACROSS_SUITES)
    list(APPEND command --across-suites)
  endif()
  foreach(property ${DISCOVER_PROPERTIES})
    list(APPEND command --property ${property})
  endforeach()
  add_custom_command(TARGET ${target} POST_BUILD COMMAND ${command} BYPRODUCTS ${tests_file} VERBATIM)
  set_property(TARGET ${target} APPEND PROPERTY LINK_DEPENDS ${WSGILAB_DISCOVER_TESTS})
  set(include_file ${CMAKE_CURRENT_BINARY_DIR}/${target}_include.cmake)
  file(WRITE ${include_file} "if(EXISTS \"${tests_file}\")\n  include(\"${tests_file}\")\n"
    "else()\n  add_test(${target}_NOT_BUILT ${target}_NOT_BUILT)\nendif()\n")
  set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES ${include_file})
endfunction()

# fuzzer(name SOURCES ... USES ...): a program that never ends by itself (scripts/fuzz), with the preset fuzz:
# clang alone has what it is linked with.
option(WSGILAB_FUZZ "build the fuzzers" OFF)
function(fuzzer name)
  cmake_parse_arguments(FUZZER "" "" "SOURCES;USES" ${ARGN})
  if(WSGILAB_FUZZ)
    add_executable(${name} ${FUZZER_SOURCES})
    target_link_libraries(${name} PRIVATE ${FUZZER_USES})
    target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  endif()
endfunction()
