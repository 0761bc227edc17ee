#!/usr/bin/python3
"""Simulated cameras: every scene as an RTSP stream (H.264) and over HTTP (MJPEG and snapshots), until standard input ends.

usage: cameras.py SCENES [--rtsp PORT] [--http PORT] [--login USER:PASSWORD] [--stay]

A scene NAME is at rtsp://…/NAME, with a login (digest) at rtsp://…/private/NAME, and at http://…/NAME.mjpg and NAME.jpg.
Ports default to free ones. When everything listens, one line of JSON says where. With --stay only a signal ends it.
"""

import argparse
import json
import pathlib
import signal
import sys

import http_cameras
import rtsp_cameras
from scene import Clock, Scene


def main():
    arguments = parse()
    manifest = json.loads((arguments.scenes / "manifest.json").read_text())
    clock = Clock(manifest["fps"])
    scenes = [Scene(camera["name"], pathlib.Path(camera["folder"]), clock) for camera in manifest["cameras"]]
    http = http_cameras.serve(scenes, arguments.http)
    rtsp = rtsp_cameras.serve(scenes, arguments.rtsp, arguments.login)
    print(json.dumps({"rtsp": f"rtsp://127.0.0.1:{rtsp}", "http": f"http://127.0.0.1:{http}"}), flush=True)
    if arguments.stay:
        signal.sigwait({signal.SIGTERM, signal.SIGINT})
    else:
        sys.stdin.read()


def parse():
    parser = argparse.ArgumentParser()
    parser.add_argument("scenes", type=pathlib.Path)
    parser.add_argument("--rtsp", type=int, default=0)
    parser.add_argument("--http", type=int, default=0)
    parser.add_argument("--login", default="operator:camera-password")
    parser.add_argument("--stay", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    # Threads inherit the mask: a signal must reach sigwait, not a thread of GStreamer's.
    if "--stay" in sys.argv:
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
    main()
