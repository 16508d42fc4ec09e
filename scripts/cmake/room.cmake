# room(NAME ...): one folder, one library target, one test executable.
#
#   HEADERS, SOURCES   listed, never globbed: a new file is visible in the diff
#   USES               the rooms and libraries below this one (scripts/layers.toml has the arrows)
#   TESTS, LABELS      x_test.cpp files; every GoogleTest case becomes a ctest of its own
#   ALONE              they run beside no other test: they measure
#
# A room's target is its path with underscores: hosts/base is hosts_base.

option(WSGILAB_WARNINGS_AS_ERRORS "treat warnings as errors" OFF)
set(WSGILAB_SANITIZE "" CACHE STRING "sanitizers for every target, e.g. address,undefined or thread")

add_library(house INTERFACE)
target_compile_features(house INTERFACE cxx_std_20)
target_include_directories(house INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(house INTERFACE
  -Wall -Wextra -Wshadow -Wconversion -Wold-style-cast -Wnon-virtual-dtor
  # GCC 12 optimizing with std::string's own operator+ warns of an overlap that cannot be (its bug 105651).
  $<$<AND:$<CXX_COMPILER_ID:GNU>,$<VERSION_LESS:$<CXX_COMPILER_VERSION>,13>>:-Wno-restrict>
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
      CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=true ${CCACHE_PROGRAM})
  set(CMAKE_C_COMPILER_LAUNCHER ${CMAKE_CXX_COMPILER_LAUNCHER})
endif()

function(room name)
  cmake_parse_arguments(ROOM "ALONE" "" "HEADERS;SOURCES;USES;TESTS;LABELS" ${ARGN})
  if(ROOM_SOURCES)
    add_library(${name} STATIC ${ROOM_SOURCES} ${ROOM_HEADERS})
    target_link_libraries(${name} PUBLIC house ${ROOM_USES})
  else()
    add_library(${name} INTERFACE)
    target_sources(${name} INTERFACE FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR} FILES ${ROOM_HEADERS})
    target_link_libraries(${name} INTERFACE house ${ROOM_USES})
  endif()
  if(ROOM_TESTS AND BUILD_TESTING)
    add_executable(${name}_test ${ROOM_TESTS})
    target_link_libraries(${name}_test PRIVATE ${name} GTest::gmock GTest::gtest_main)
    set_target_properties(${name}_test PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
    gtest_discover_tests(${name}_test TEST_PREFIX ${name}. DISCOVERY_TIMEOUT 60
      PROPERTIES LABELS "${ROOM_LABELS}" TIMEOUT 120 RUN_SERIAL "${ROOM_ALONE}")
  endif()
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
