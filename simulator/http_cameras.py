"""The HTTP cameras: NAME.mjpg is an endless multipart stream, NAME.jpg the picture of this moment."""

import http.server
import threading

BOUNDARY = "picture"


def serve(scenes, port):
    """Serves in threads of its own; returns the port."""
    handler = type("Cameras", (Handler,), {"scenes": {scene.name: scene for scene in scenes}})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", port), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_port


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    scenes = {}

    def log_message(self, *_):
        pass

    def do_GET(self):
        name, _, kind = self.path.lstrip("/").partition(".")
        scene = self.scenes.get(name)
        if scene and kind == "jpg":
            self.snapshot(scene)
        elif scene and kind == "mjpg":
            self.stream(scene)
        else:
            self.send_error(404)

    def snapshot(self, scene):
        picture = scene.jpeg(scene.clock.number())
        self.send_response(200)
        self.send_header("Content-Type", "image/jpeg")
        self.send_header("Content-Length", str(len(picture)))
        self.end_headers()
        self.wfile.write(picture)

    def stream(self, scene):
        self.close_connection = True
        self.send_response(200)
        self.send_header("Content-Type", f"multipart/x-mixed-replace; boundary={BOUNDARY}")
        self.end_headers()
        number = scene.clock.number()
        try:
            while True:
                self.part(scene.jpeg(number))
                number = max(number + 1, scene.clock.number())
                scene.clock.wait_for(number)
        except OSError:
            pass  # The viewer has left.

    def part(self, picture):
        head = f"--{BOUNDARY}\r\nContent-Type: image/jpeg\r\nContent-Length: {len(picture)}\r\n\r\n"
        self.wfile.write(head.encode() + picture + b"\r\n")
