"""The application whose users are asked what they notice: answers at once, with a little Python in between."""

BODY = b"here\n"


def application(environ, start_response):
    total = 0
    for number in range(200):
        total += number
    headers = [("Content-Type", "text/plain"), ("Content-Length", str(len(BODY)))]
    start_response("200 OK", headers)
    return [BODY]
