"""RTSP cameras for the tests: one that is open and one that wants Digest credentials, both at /cam. Prints their ports
and ends with its standard input, so that it never outlives the test run."""
import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # noqa: E402

STREAM = (
    "( videotestsrc is-live=true pattern=ball ! video/x-raw,width=640,height=360,framerate=10/1"
    " ! x264enc tune=zerolatency speed-preset=ultrafast bitrate=800 key-int-max=10 sliced-threads=false threads=1"
    " ! video/x-h264,profile=baseline ! h264parse config-interval=-1 ! rtph264pay name=pay0 pt=96 )"
)


def lock(server, factory, user, password):
    token = GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", "viewer")
    auth = GstRtspServer.RTSPAuth()
    auth.set_supported_methods(2)  # Digest
    auth.add_digest(user, password, token)
    server.set_auth(auth)
    permissions = GstRtspServer.RTSPPermissions()
    permissions.add_permission_for_role("viewer", "media.factory.access", True)
    permissions.add_permission_for_role("viewer", "media.factory.construct", True)
    factory.set_permissions(permissions)


def camera(*credentials):
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service("0")
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_launch(STREAM)
    factory.set_shared(True)
    if credentials:
        lock(server, factory, *credentials)
    server.get_mount_points().add_factory("/cam", factory)
    server.attach(None)
    return server


Gst.init(None)
cameras = [camera(), camera(*sys.argv[1:3])]
loop = GLib.MainLoop()
GLib.io_add_watch(0, GLib.IO_HUP, lambda *_: loop.quit())
print(*(server.get_bound_port() for server in cameras), flush=True)
loop.run()
