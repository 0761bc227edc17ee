"""A scene as it runs: which picture of its loop is shown now. All viewers see the same moment, as with a real camera."""

import base64
import re
import time

# An Annex B start code before an access unit delimiter (NAL type 9), which the encoder puts before each picture.
DELIMITER = re.compile(rb"(?=\x00\x00\x00\x01\x09)")
START_CODE = re.compile(rb"\x00\x00\x00?\x01")


class Clock:
    """Counts pictures, `fps` a second, from its making on."""

    def __init__(self, fps):
        self.fps = fps
        self._begun = time.monotonic()

    def number(self):
        return int((time.monotonic() - self._begun) * self.fps)

    def wait_for(self, number):
        time.sleep(max(0.0, self._begun + number / self.fps - time.monotonic()))


class Scene:
    def __init__(self, name, folder, clock):
        self.name = name
        self.clock = clock
        self._jpegs = [path.read_bytes() for path in sorted((folder / "frames").glob("*.jpg"))]
        self._pictures = [unit for unit in DELIMITER.split((folder / "stream.h264").read_bytes()) if unit]
        if len(self._jpegs) != len(self._pictures):
            raise SystemExit(f"{folder}: {len(self._jpegs)} frames, but {len(self._pictures)} pictures in the stream")

    def jpeg(self, number):
        return self._jpegs[number % len(self._jpegs)]

    def access_unit(self, number):
        return self._pictures[number % len(self._pictures)]

    def parameter_sets(self):
        """SPS and PPS as the session description carries them, so that a client knows the size before a keyframe."""
        units = [unit for unit in START_CODE.split(self._pictures[0]) if unit and unit[0] & 0x1F in (7, 8)]
        return ",".join(base64.b64encode(unit).decode() for unit in units)
