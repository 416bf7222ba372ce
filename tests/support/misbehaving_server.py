# SPDX-License-Identifier: GPL-3.0-or-later
"""A file server on the loopback device that misbehaves as told. Usage: misbehaving_server.py FILE LOG

Prints its port. GET /BEHAVIOUR/anything gives FILE, spoilt as BEHAVIOUR says; LOG gets a line of JSON per request:
{"path", "range", "if_range", "agent", "encoding", "host"}. Names that start with "once-" misbehave at the first
request alone. Ends when its standard input is closed, so that it never outlives the test.
"""
import gzip
import json
import re
import socket
import struct
import sys
import threading
import time

CONTENT = open(sys.argv[1], "rb").read()
OTHER = bytes(255 - byte for byte in CONTENT)
HALF = len(CONTENT) // 2
LOCK = threading.Lock()
counts = {}
behaviours = {}


def behaviour(function):
    behaviours[function.__name__.replace("_", "-")] = function
    return function


class Request:
    def __init__(self, connection, path, headers):
        self.connection, self.path, self.headers = connection, path, headers
        match = re.fullmatch(r"bytes=(\d+)-", headers.get("range", ""))
        self.start = int(match.group(1)) if match else None

    def send(self, data):
        self.connection.sendall(data)

    def head(self, status="200 OK", **headers):
        lines = ["HTTP/1.1 " + status, "Connection: close"]
        lines += ["%s: %s" % (key.replace("_", "-"), value) for key, value in headers.items()]
        self.send(("\r\n".join(lines) + "\r\n\r\n").encode())

    def reset(self):
        """Breaks the line as a pulled cable does: no farewell."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def serve(request, content=CONTENT, etag='"one"', stop_at=None, length=None, ranges=True):
    """As a good server does, but for what the arguments say. stop_at: breaks off after so many bytes of the file."""
    start = request.start if ranges else None
    condition = request.headers.get("if-range")
    if condition is not None and condition != etag:
        start = None
    headers = {"ETag": etag} if etag else {}
    if start is not None and start >= len(content):
        request.head("416 Range Not Satisfiable", Content_Range="bytes */%d" % len(content), Content_Length=0)
        return
    body = content[start or 0 :]
    headers["Content_Length"] = len(body) if length is None else length
    if start is not None:
        headers["Content_Range"] = "bytes %d-%d/%d" % (start, len(content) - 1, len(content))
    request.head("200 OK" if start is None else "206 Partial Content", **headers)
    request.send(body if stop_at is None else body[: max(0, stop_at - (start or 0))])


@behaviour
def good(request):
    serve(request)


@behaviour
def date_only(request):
    """No ETag but a date."""
    date = "Tue, 01 Sep 2020 00:00:00 GMT"
    asked = request.headers.get("if-range")
    if request.start is not None and asked == date:
        request.headers.pop("if-range")
        serve(request, etag=None)
        return
    request.head(Content_Length=len(CONTENT), Last_Modified=date)
    request.send(CONTENT[:HALF])


@behaviour
def breaks(request):
    serve(request, stop_at=HALF)


@behaviour
def resets(request):
    serve(request, stop_at=HALF)
    request.reset()


@behaviour
def too_long(request):
    """Announces more than there is."""
    serve(request, length=len(CONTENT) - (request.start or 0) + 1000)


@behaviour
def too_short(request):
    serve(request, length=len(CONTENT) - (request.start or 0) - 1000)


@behaviour
def wrong(request):
    serve(request, OTHER)


@behaviour
def gzipped(request):
    body = gzip.compress(CONTENT)
    request.head(Content_Encoding="gzip", Content_Length=len(body))
    request.send(body)


@behaviour
def half_gzipped(request):
    body = gzip.compress(CONTENT)
    request.head(Content_Encoding="gzip", Content_Length=len(body))
    request.send(body[: len(body) // 2])


@behaviour
def no_ranges(request):
    serve(request, ranges=False)


@behaviour
def wrong_range(request):
    """206 for bytes that nobody asked for."""
    if request.start is None:
        serve(request, stop_at=HALF)
    else:
        request.head("206 Partial Content", Content_Range="bytes 0-%d/%d" % (len(CONTENT) - 1, len(CONTENT)), Content_Length=len(CONTENT))
        request.send(CONTENT)


@behaviour
def cut_range(request):
    """206 that ends before the file does."""
    end = len(CONTENT) - 500
    if request.start is None:
        serve(request, stop_at=HALF)
    else:
        request.head("206 Partial Content", Content_Range="bytes %d-%d/%d" % (request.start, end - 1, len(CONTENT)), Content_Length=end - request.start)
        request.send(CONTENT[request.start : end])


@behaviour
def nameless_range(request):
    """206 without Content-Range."""
    if request.start is None:
        serve(request, stop_at=HALF)
    else:
        request.head("206 Partial Content", Content_Length=len(CONTENT) - request.start)
        request.send(CONTENT[request.start :])


@behaviour
def unasked_range(request):
    request.head("206 Partial Content", Content_Range="bytes 0-9/%d" % len(CONTENT), Content_Length=10)
    request.send(CONTENT[:10])


@behaviour
def refuses_ranges(request):
    if request.start is None:
        serve(request)
    else:
        request.head("416 Range Not Satisfiable", Content_Length=0)


@behaviour
def changing(request):
    """Another file at first, of another ETag."""
    if first(request):
        serve(request, OTHER, etag='"zero"', stop_at=HALF)
    else:
        serve(request)


@behaviour
def changing_silently(request):
    """Another file at first, and no ETag to tell."""
    if first(request):
        serve(request, OTHER, etag=None, stop_at=HALF)
    else:
        serve(request, etag=None)


def page(request, status):
    body = b"<html><body>" + b"something went wrong " * 5000 + b"</body></html>"
    request.head(status, Content_Type="text/html; charset=utf-8", Content_Length=len(body))
    request.send(body)


for code, words in ((400, "Bad Request"), (403, "Forbidden"), (404, "Not Found"), (410, "Gone"), (429, "Too Many Requests"), (500, "Internal Server Error"), (503, "Service Unavailable")):
    behaviours["status-%d" % code] = lambda request, status="%d %s" % (code, words): page(request, status)
behaviours["login-page"] = lambda request: page(request, "200 OK")


@behaviour
def loop(request):
    request.head("302 Found", Location=request.path, Content_Length=0)


@behaviour
def endless_redirect(request):
    request.head("302 Found", Location="/good/x")
    while True:
        request.send(b"x" * 65536)


@behaviour
def redirect(request):
    request.head("301 Moved Permanently", Location="../good/x", Content_Length=0)


@behaviour
def redirect_to_file(request):
    request.head("302 Found", Location="file:///etc/hostname", Content_Length=0)


@behaviour
def redirect_to_ftp(request):
    request.head("302 Found", Location="ftp://127.0.0.1/x", Content_Length=0)


@behaviour
def redirect_nowhere(request):
    request.head("302 Found", Content_Length=0)


@behaviour
def endless(request):
    request.head()
    while True:
        request.send(b"x" * 65536)


@behaviour
def announces_too_much(request):
    request.head(Content_Length=1 << 50)
    request.send(CONTENT)


@behaviour
def endless_headers(request):
    request.send(b"HTTP/1.1 200 OK\r\n")
    while True:
        request.send(b"X-More: and more and more\r\n" * 100)


@behaviour
def endless_interim(request):
    while True:
        request.send(b"HTTP/1.1 100 Continue\r\n\r\n" * 100)


@behaviour
def long_header(request):
    request.send(b"HTTP/1.1 200 OK\r\nX-Long: ")
    while True:
        request.send(b"y" * 65536)


@behaviour
def gzip_bomb(request):
    body = gzip.compress(b"\0" * (256 << 20), 9)
    request.head(Content_Encoding="gzip", Content_Length=len(body))
    request.send(body)


@behaviour
def trickles(request):
    """Half the file, and then a byte every now and then."""
    serve(request, stop_at=HALF)
    while True:
        time.sleep(0.2)
        request.send(b"x")


@behaviour
def stalls(request):
    """Half the file, and then nothing. The connection stays."""
    serve(request, stop_at=HALF)
    request.connection.recv(1)


@behaviour
def mute(request):
    request.connection.recv(1)


@behaviour
def garbage(request):
    request.send(b"\x00\xff I do not speak your language\r\n\r\n" * 100)


@behaviour
def odd_status(request):
    request.send(b"HTTP/1.1 abc Well\r\nContent-Length: 3\r\n\r\nabc")


@behaviour
def hangs_up(request):
    pass


@behaviour
def empty(request):
    request.head(Content_Length=0)


@behaviour
def two_lengths(request):
    request.send(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\nContent-Length: %d\r\n\r\n" % len(CONTENT) + CONTENT)


@behaviour
def negative_length(request):
    request.send(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: -5\r\n\r\n" + CONTENT)


@behaviour
def no_length(request):
    """The end of the connection is the end of the file."""
    request.head()
    request.send(CONTENT)


@behaviour
def no_length_cut(request):
    request.head()
    request.send(CONTENT[:HALF])


def chunks(content):
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in (content[i : i + 5000] for i in range(0, len(content), 5000)))


@behaviour
def chunked(request):
    request.head(Transfer_Encoding="chunked")
    request.send(chunks(CONTENT) + b"0\r\n\r\n")


@behaviour
def chunked_cut(request):
    request.head(Transfer_Encoding="chunked")
    request.send(chunks(CONTENT)[:HALF])


@behaviour
def chunked_nonsense(request):
    request.head(Transfer_Encoding="chunked")
    request.send(b"zzzz\r\n" + CONTENT)


def first(request):
    with LOCK:
        counts[request.path] = counts.get(request.path, 0) + 1
        return counts[request.path] == 1


def handle(connection):
    with connection:
        data = b""
        while b"\r\n\r\n" not in data:
            more = connection.recv(65536)
            if not more:
                return
            data += more
        lines = data.split(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
        path = re.sub(r"^http://[^/]+", "", lines[0].split(" ")[1])  # a proxy is asked with the whole address
        headers = {key.lower(): value.strip() for key, _, value in (line.partition(":") for line in lines[1:])}
        request = Request(connection, path, headers)
        with LOCK, open(sys.argv[2], "a", encoding="utf-8") as log:
            log.write(json.dumps({"path": path, "range": headers.get("range", ""), "if_range": headers.get("if-range", ""), "agent": headers.get("user-agent", ""), "encoding": headers.get("accept-encoding", ""), "host": headers.get("host", "")}) + "\n")
        name = path.split("/")[1]
        if name.startswith("once-"):
            name = name[len("once-") :] if first(request) else "good"
        try:
            behaviours.get(name, behaviours["status-404"])(request)
        except OSError:
            pass  # the other end had enough


def accept():
    server = socket.create_server(("127.0.0.1", 0), backlog=64)
    print(server.getsockname()[1], flush=True)
    while True:
        threading.Thread(target=handle, args=(server.accept()[0],), daemon=True).start()


threading.Thread(target=accept, daemon=True).start()
sys.stdin.read()
