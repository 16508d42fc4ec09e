# The engine with faults that can be switched on (suites/mutants/README.md): its sources are a copy in the build folder,
# made anew when a table of mutants or a file of the engine changes.
set(WSGILAB_ROOT ${PROJECT_BINARY_DIR}/mutated)
set(WSGILAB_MUTATE ${PROJECT_SOURCE_DIR}/suites/mutants)
execute_process(
  COMMAND ${WSGILAB_PYTHON} -B ${WSGILAB_MUTATE}/mutate.py --source ${PROJECT_SOURCE_DIR} --into ${WSGILAB_ROOT}
  RESULT_VARIABLE mutate_result)
if(NOT mutate_result EQUAL 0)
  message(FATAL_ERROR "the mutants do not fit the engine: mend the rows that are named above")
endif()
file(GLOB_RECURSE mutate_reads CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/hosts/* ${WSGILAB_MUTATE}/tables/*.toml)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${mutate_reads} ${WSGILAB_MUTATE}/mutate.py)
