#pragma once
// Names: the strings that every request needs in one interpreter, interned once.
//
// Owns:    them: ends attached to its interpreter.

#include "hosts/python/ref.h"
#include "hosts/python/strings.h"

namespace hosts::wsgi {

struct Names {
  static python::Ref New(const char* text) { return python::Interned(text); }

  python::Ref request_method = New("REQUEST_METHOD");
  python::Ref request_uri = New("REQUEST_URI");
  python::Ref query_string = New("QUERY_STRING");
  python::Ref script_name = New("SCRIPT_NAME");
  python::Ref path_info = New("PATH_INFO");
  python::Ref script_filename = New("SCRIPT_FILENAME");
  python::Ref server_protocol = New("SERVER_PROTOCOL");
  python::Ref server_name = New("SERVER_NAME");
  python::Ref server_port = New("SERVER_PORT");
  python::Ref server_addr = New("SERVER_ADDR");
  python::Ref remote_addr = New("REMOTE_ADDR");
  python::Ref remote_port = New("REMOTE_PORT");
  python::Ref wsgi_input = New("wsgi.input");
  python::Ref wsgi_errors = New("wsgi.errors");
  python::Ref engine_script_name = New("mod_wsgi.script_name");
  python::Ref engine_path_info = New("mod_wsgi.path_info");
  python::Ref listener_host = New("mod_wsgi.listener_host");
  python::Ref listener_port = New("mod_wsgi.listener_port");
  python::Ref request_id = New("mod_wsgi.request_id");
  python::Ref request_start = New("mod_wsgi.request_start");
  python::Ref queue_start = New("mod_wsgi.queue_start");
  python::Ref daemon_start = New("mod_wsgi.daemon_start");
  python::Ref application_start = New("mod_wsgi.application_start");
  python::Ref thread_id = New("mod_wsgi.thread_id");
  python::Ref server_pid = New("mod_wsgi.server_pid");
  python::Ref close = New("close");
};

}  // namespace hosts::wsgi
