#pragma once
// Requests as browsers and load tools send them.

#include <string_view>

namespace hosts::micro {

inline constexpr std::string_view kSmallRequest =
    "GET / HTTP/1.1\r\n"
    "Host: a.example\r\n"
    "\r\n";

// To a Django site, by somebody who is logged in.
inline constexpr std::string_view kBrowserRequest =
    "GET /accounts/profile/edit/?next=/accounts/&page=2 HTTP/1.1\r\n"
    "Host: a.example\r\n"
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0\r\n"
    "Accept: "
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8\r\n"
    "Accept-Language: de,en-US;q=0.7,en;q=0.3\r\n"
    "Accept-Encoding: gzip, deflate, br, zstd\r\n"
    "Referer: http://a.example/accounts/\r\n"
    "Connection: keep-alive\r\n"
    "Cookie: csrftoken=5Nf0uXbhVq3x8Zr1kTqJrGQ2mLcP7wYd; "
    "sessionid=0vq8j3k2l1m4n5b6v7c8x9z0a1s2d3f4\r\n"
    "Upgrade-Insecure-Requests: 1\r\n"
    "Sec-Fetch-Dest: document\r\n"
    "Sec-Fetch-Mode: navigate\r\n"
    "Sec-Fetch-Site: same-origin\r\n"
    "Sec-Fetch-User: ?1\r\n"
    "Priority: u=0, i\r\n"
    "\r\n";

inline constexpr std::string_view kHelloScript =
    "HEADERS = [('Content-Type', 'text/plain'), ('Content-Length', '13')]\n"
    "def application(environ, start_response):\n"
    "    start_response('200 OK', HEADERS)\n"
    "    return [b'Hello, world!']\n";

}  // namespace hosts::micro
