"""The stage: an office wall with a door, and where a person stands before it."""

import math

import numpy
from PIL import Image, ImageDraw, ImageFilter

WIDTH, HEIGHT = 1280, 720
# Height of the faces above the lower edge, as a share of the picture: a camera above a door.
EYES = 0.40


def wave(turn):
    return math.sin(2 * math.pi * turn)


def wall():
    """Light falls off to the sides; a little grain, or the encoder has nothing to do and faces stand on plastic."""
    across = 1 - 0.25 * numpy.abs(numpy.linspace(-1, 1, WIDTH)) ** 2
    down = numpy.linspace(1.0, 0.85, HEIGHT)
    light = numpy.outer(down, across)[:, :, None] * numpy.array([206, 210, 204])
    grain = numpy.random.default_rng(7).normal(0, 3, (HEIGHT, WIDTH, 1))
    picture = Image.fromarray(numpy.clip(light + grain, 0, 255).astype("uint8"))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 640, WIDTH, HEIGHT), fill=(122, 112, 100))
    draw.rectangle((0, 628, WIDTH, 640), fill=(235, 235, 230))
    draw.rectangle((930, 130, 1150, 640), fill=(148, 116, 84), outline=(110, 84, 60), width=8)
    draw.ellipse((955, 390, 975, 410), fill=(210, 200, 170))
    draw.rectangle((120, 90, 420, 300), fill=(182, 206, 222), outline=(240, 240, 236), width=14)
    return picture.filter(ImageFilter.GaussianBlur(1.2))


def put(picture, figure, place):
    """Puts a person so that the middle of the face is at `place` (shares of width, and of height off eye level)."""
    if place is None:
        return
    person, mask, face = figure
    x = round(place[0] * WIDTH) - face[0]
    y = round((EYES + place[1]) * HEIGHT) - face[1]
    picture.paste(person, (x, y), mask)
