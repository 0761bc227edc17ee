#!/usr/bin/python3
"""Composes the scenes that the simulated cameras show, from public-domain portraits.

Each scene is a seamless loop of people who move before an office wall, kept as JPEG frames (for MJPEG and snapshots) and as
one H.264 stream (for RTSP) below the output folder, beside a manifest.json that says who appears where. Scenes that are
there already, made by this very program from these very portraits, are left alone.

usage: compose.py PORTRAITS OUTPUT
"""

import fcntl
import hashlib
import json
import pathlib
import shutil
import subprocess
import sys

import people
import stage

# Ten pictures a second are enough to show a walk, and cheap to serve; a keyframe each second keeps joining quick.
FPS = 10
KEYFRAME_SECONDS = 1


def walk(begin, seconds):
    """A way from beyond the left edge to beyond the right one, begun `begin` seconds into the loop."""

    def place(now, loop):
        done = ((now - begin) % loop) / seconds
        return None if done > 1 else (-0.1 + 1.2 * done, 0.0)

    return place


def sway(middle, width):
    """Standing about: to and fro, `width` of the picture wide, once a loop."""

    def place(now, loop):
        turn = now / loop
        return middle + width * stage.wave(turn), 0.01 * stage.wave(2 * turn)

    return place


# Camera -> seconds of the loop, and who appears how. In `entrance` the next one comes in before the last one leaves, so
# that every moment shows a whole face. `corridor` stays empty.
SCENES = {
    "entrance": (10, [("obama", walk(0, 8)), ("biden", walk(5, 8))]),
    "lobby": (8, [("astronaut", sway(0.5, 0.2))]),
    "corridor": (2, []),
}


def main():
    portraits, output = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
    output.parent.mkdir(parents=True, exist_ok=True)
    with open(output.with_name(output.name + ".lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # Several test runs may want the scenes at once.
        make(portraits, output)


def make(portraits, output):
    made_from = fingerprint(portraits, output)
    manifest = output / "manifest.json"
    if manifest.exists() and json.loads(manifest.read_text())["madeFrom"] == made_from:
        return
    draft = output.with_name(output.name + ".draft")
    shutil.rmtree(draft, ignore_errors=True)
    for camera, (seconds, cast) in SCENES.items():
        compose(draft / camera, seconds, [(people.cut_out(portraits, name), place) for name, place in cast])
    (draft / "manifest.json").write_text(json.dumps(describe(portraits, output, made_from), indent=2))
    shutil.rmtree(output, ignore_errors=True)
    draft.rename(output)


def fingerprint(portraits, output):
    sources = sorted(pathlib.Path(__file__).parent.glob("*.py"))
    pictures = sorted(portraits / name for person in people.PEOPLE.values() for name in person["files"])
    digest = hashlib.sha256(f"{portraits} {output}".encode())  # The manifest names both.
    for path in [*sources, *pictures]:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def compose(folder, seconds, cast):
    frames = folder / "frames"
    frames.mkdir(parents=True)
    wall = stage.wall()
    for number in range(seconds * FPS):
        picture = wall.copy()
        for figure, place in cast:
            stage.put(picture, figure, place(number / FPS, seconds))
        picture.save(frames / f"{number:04}.jpg", quality=88)
    encode(frames, folder / "stream.h264")


def encode(frames, stream):
    """One slice a picture, parameters before each keyframe, an access unit delimiter before each picture."""
    keyframe = FPS * KEYFRAME_SECONDS
    subprocess.run(
        ["ffmpeg", "-nostdin", "-loglevel", "error", "-framerate", str(FPS), "-i", frames / "%04d.jpg"]
        + ["-c:v", "libx264", "-profile:v", "main", "-preset", "fast", "-crf", "20", "-pix_fmt", "yuv420p", "-bf", "0"]
        + ["-x264-params", f"keyint={keyframe}:min-keyint={keyframe}:scenecut=0:aud=1:repeat-headers=1:slices=1"]
        + ["-f", "h264", "-y", stream],
        check=True,
    )


def describe(portraits, output, made_from):
    cameras = [
        {
            "name": camera,
            "folder": str(output / camera),
            "seconds": seconds,
            "shows": [people.PEOPLE[name]["employeeId"] for name, _ in cast],
        }
        for camera, (seconds, cast) in SCENES.items()
    ]
    known = [
        {
            "employeeId": person["employeeId"],
            "name": person["name"],
            "enrol": [str(portraits / name) for name in person["enrol"]],
        }
        for person in people.PEOPLE.values()
        if person["employeeId"]
    ]
    return {
        "madeFrom": made_from,
        "width": stage.WIDTH,
        "height": stage.HEIGHT,
        "fps": FPS,
        "cameras": cameras,
        "people": known,
    }


if __name__ == "__main__":
    main()
