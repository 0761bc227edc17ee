"""The RTSP server. Nothing is encoded here: each viewer is fed the running loop's pictures as they fall due, from the
middle of a group of pictures when that is where the camera is, so joining costs the wait for a keyframe that it costs
with a real camera.
"""

import threading

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # noqa: E402

# A viewer that does not keep up loses pictures after this many bytes; it must not fill the memory.
BACKLOG = 4_000_000
ANYONE, OPERATOR = "anyone", "operator"


class Camera(GstRtspServer.RTSPMediaFactory):
    """One mount; each viewer gets a pipeline of its own, fed by the scene's pump."""

    def __init__(self, scene, roles):
        super().__init__()
        self.set_launch(
            f"( appsrc name=pictures is-live=true format=time do-timestamp=true leaky-type=downstream max-bytes={BACKLOG}"
            " caps=video/x-h264,stream-format=byte-stream,alignment=au"
            f" ! rtph264pay name=pay0 pt=96 config-interval=-1 sprop-parameter-sets={scene.parameter_sets()} )"
        )
        permissions = GstRtspServer.RTSPPermissions()
        for role in (ANYONE, OPERATOR):
            # Everybody may know of the mount: without access the server answers 404 and never asks for a login.
            permissions.add_permission_for_role(role, "media.factory.access", True)
            permissions.add_permission_for_role(role, "media.factory.construct", role in roles)
        self.set_permissions(permissions)


class Pump:
    """Hands each picture of a scene to all its viewers when it falls due."""

    def __init__(self, scene):
        self._scene = scene
        self._viewers = set()
        self._lock = threading.Lock()
        threading.Thread(target=self._run, daemon=True).start()

    def joined(self, _factory, media):
        source = media.get_element().get_by_name("pictures")
        with self._lock:
            self._viewers.add(source)
        media.connect("unprepared", lambda _media: self._left(source))

    def _left(self, source):
        with self._lock:
            self._viewers.discard(source)

    def _run(self):
        clock = self._scene.clock
        number = clock.number()
        while True:
            number += 1
            clock.wait_for(number)
            picture = self._scene.access_unit(number)
            with self._lock:
                for source in self._viewers:
                    source.emit("push-buffer", Gst.Buffer.new_wrapped(picture))


def serve(scenes, port, login):
    """Serves in threads of its own; returns the port."""
    Gst.init(None)
    server = GstRtspServer.RTSPServer(address="127.0.0.1", service=str(port))
    server.set_auth(doorkeeper(*login.split(":", 1)))
    for scene in scenes:
        pump = Pump(scene)
        for path, roles in ((f"/{scene.name}", (ANYONE, OPERATOR)), (f"/private/{scene.name}", (OPERATOR,))):
            camera = Camera(scene, roles)
            camera.connect("media-configure", pump.joined)
            server.get_mount_points().add_factory(path, camera)
    if server.attach(None) == 0:
        raise SystemExit(f"port {port} cannot be listened on")
    threading.Thread(target=GLib.MainLoop().run, daemon=True).start()
    return server.get_bound_port()


def doorkeeper(user, password):
    """Digest authentication for those mounts that want the operator's role; everybody else is `anyone`."""
    auth = GstRtspServer.RTSPAuth()
    # GST_RTSP_AUTH_DIGEST; the binding exports no such name.
    auth.set_supported_methods(2)
    auth.add_digest(user, password, token(OPERATOR))
    auth.set_default_token(token(ANYONE))
    return auth


def token(role):
    made = GstRtspServer.RTSPToken()
    made.set_string("media.factory.role", role)
    return made
