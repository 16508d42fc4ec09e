# cpp-httplib as Debian compiles it into a library: these are the options that it was compiled with, and its classes have
# other members without them (cpp-httplib.pc says the same).
find_path(HTTPLIB_INCLUDE_DIRECTORY httplib.h REQUIRED)
find_library(HTTPLIB_LIBRARY cpp-httplib REQUIRED)
add_library(wsgilab_httplib INTERFACE)
target_include_directories(wsgilab_httplib SYSTEM INTERFACE ${HTTPLIB_INCLUDE_DIRECTORY})
target_compile_definitions(wsgilab_httplib INTERFACE
  CPPHTTPLIB_OPENSSL_SUPPORT CPPHTTPLIB_ZLIB_SUPPORT CPPHTTPLIB_BROTLI_SUPPORT)
target_link_libraries(wsgilab_httplib INTERFACE ${HTTPLIB_LIBRARY} Threads::Threads)
