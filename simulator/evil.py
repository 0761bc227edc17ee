#!/usr/bin/python3
"""Cameras that misbehave, each in one way, until standard input ends. One line of JSON says where they are.

`http`: /hang answers nothing; /drip sends two bytes a second; /garbage a picture that is none; /page a web page; /cut ends
        in the middle of a picture; /endless never ends; /redirect-file leads to a local file, /redirect?TO to the URL TO;
        /playlist names a local file as a video.
`silent` (host:port): takes connections and says nothing.   `noise` (host:port): answers anything with random bytes.
"""

import http.server
import json
import os
import socket
import sys
import threading
import time


class Evil(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):
        self.close_connection = True
        path, _, query = self.path.partition("?")
        way = getattr(self, "way_" + path.strip("/").replace("-", "_"), None)
        try:
            way(query) if way else self.send_error(404)
        except OSError:
            pass  # The client has given up, as it should.

    def head(self, status=200, **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), str(value))
        self.end_headers()

    def whole(self, body, kind):
        self.head(Content_Type=kind, Content_Length=len(body))
        self.wfile.write(body)

    def way_hang(self, _):
        time.sleep(3600)

    def way_drip(self, _):
        self.head(Content_Type="image/jpeg", Content_Length=100_000)
        while True:
            self.wfile.write(b"\xff")
            time.sleep(0.5)

    def way_garbage(self, _):
        self.whole(b"\xff\xd8\xff\xe0" + os.urandom(50_000), "image/jpeg")

    def way_page(self, _):
        self.whole(b"<!doctype html><title>Camera</title>Please sign in.", "text/html")

    def way_cut(self, _):
        self.head(Content_Type="image/jpeg", Content_Length=100_000)
        self.wfile.write(b"\xff\xd8\xff\xe0" + bytes(1000))

    def way_endless(self, _):
        self.head(Content_Type="image/jpeg")
        while True:
            self.wfile.write(b"\xff\xd8" + bytes(65536))

    def way_redirect_file(self, _):
        self.head(302, Location="file:///etc/hostname", Content_Length=0)

    def way_redirect(self, target):
        self.head(302, Location=target, Content_Length=0)

    def way_playlist(self, _):
        lines = ["#EXTM3U", "#EXT-X-MEDIA-SEQUENCE:0", "#EXTINF:1.0,", "file:///etc/hostname", "#EXT-X-ENDLIST", ""]
        self.whole("\n".join(lines).encode(), "application/vnd.apple.mpegurl")


def listen(answer):
    """A raw TCP server in a thread; returns its host:port."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    kept = []

    def run():
        while True:
            connection, _ = listener.accept()
            kept.append(connection)  # A connection that nobody refers to would be closed.
            threading.Thread(target=answer, args=(connection,), daemon=True).start()

    threading.Thread(target=run, daemon=True).start()
    return "{}:{}".format(*listener.getsockname())


def noise(connection):
    try:
        while connection.recv(4096):
            connection.sendall(os.urandom(4096))
    except OSError:
        pass


def main():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Evil)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    places = {"http": f"http://127.0.0.1:{server.server_port}", "silent": listen(lambda _: None), "noise": listen(noise)}
    print(json.dumps(places), flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
