# cmake --install build/release --prefix /usr/local: the programs and their man pages. Built are the pages with
# everything else (target `man`), from what the programs say of themselves (scripts/man_pages.py).
include(GNUInstallDirs)

foreach(program wsgilab wsgilab-host wsgilab-checks)
  if(TARGET ${program})
    install(TARGETS ${program} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} OPTIONAL)
  endif()
endforeach()

# A program with a sanitizer takes seconds to say nothing else.
if(NOT TARGET wsgilab-host OR WSGILAB_SANITIZE OR WSGILAB_MUTANTS)
  return()
endif()
set(man_pages_of --host $<TARGET_FILE:wsgilab-host>)
set(man_programs wsgilab-host)
if(TARGET wsgilab)
  list(APPEND man_pages_of --wsgilab $<TARGET_FILE:wsgilab>)
  list(APPEND man_programs wsgilab)
endif()
add_custom_command(
  OUTPUT ${PROJECT_BINARY_DIR}/man/made
  COMMAND ${CMAKE_COMMAND} -E rm -rf ${PROJECT_BINARY_DIR}/man
  COMMAND ${WSGILAB_PYTHON} -B ${PROJECT_SOURCE_DIR}/scripts/man_pages.py ${man_pages_of}
          --version ${PROJECT_VERSION} --into ${PROJECT_BINARY_DIR}/man
  COMMAND ${CMAKE_COMMAND} -E touch ${PROJECT_BINARY_DIR}/man/made
  DEPENDS ${man_programs} ${PROJECT_SOURCE_DIR}/scripts/man_pages.py
  COMMENT "Making the man pages"
  VERBATIM)
add_custom_target(man ALL DEPENDS ${PROJECT_BINARY_DIR}/man/made)
install(DIRECTORY ${PROJECT_BINARY_DIR}/man/ DESTINATION ${CMAKE_INSTALL_MANDIR} OPTIONAL FILES_MATCHING PATTERN "*.[1-8]")
