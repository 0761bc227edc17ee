"""Who appears in the scenes, and how they are cut out of their portraits.

A person without an employeeId is a stranger. Whoever has several pictures is enrolled with others than the scene shows, so
that recognising them proves more than finding the same picture again.
"""

from PIL import Image, ImageDraw, ImageFilter

# The face is a box in the picture's own pixels: its middle, and the width from ear to ear.
PEOPLE = {
    "obama": {
        "employeeId": "EMP-001",
        "name": "Barack Obama",
        "scene": "obama.jpg",
        "face": (492, 245, 262),
        "enrol": ["obama2.jpg", "obama3.jpg"],
        "files": ["obama.jpg", "obama2.jpg", "obama3.jpg"],
    },
    "biden": {
        "employeeId": "EMP-002",
        "name": "Joe Biden",
        "scene": "biden.jpg",
        "face": (570, 330, 300),
        "enrol": ["biden.jpg"],
        "files": ["biden.jpg"],
    },
    "astronaut": {
        "employeeId": None,
        "name": "Eileen Collins",
        "scene": "astronaut.png",
        "face": (224, 120, 92),
        "enrol": [],
        "files": ["astronaut.png"],
    },
}

# Width of a face in the scene, in pixels: what a camera at a door sees of somebody two metres away.
FACE = 165


def cut_out(portraits, name):
    """The person with a soft edge, at the scene's size: (picture, mask, the middle of the face in it)."""
    person = PEOPLE[name]
    picture = Image.open(portraits / person["scene"]).convert("RGB")
    x, y, width = person["face"]
    scale = FACE / width
    picture = picture.resize((round(picture.width * scale), round(picture.height * scale)), Image.LANCZOS)
    x, y = round(x * scale), round(y * scale)
    box = (x - FACE * 3 // 2, y - FACE * 5 // 4, x + FACE * 3 // 2, y + FACE * 3)
    return picture.crop(box), silhouette(picture.size, box), (x - box[0], y - box[1])


def silhouette(size, box):
    """Head and shoulders, white on black; nothing beyond the picture's own edges."""
    mask = Image.new("L", (box[2] - box[0], box[3] - box[1]))
    middle, eyes = mask.width // 2, FACE * 5 // 4
    draw = ImageDraw.Draw(mask)
    draw.ellipse((middle - FACE * 0.72, eyes - FACE * 1.0, middle + FACE * 0.72, eyes + FACE * 0.95), fill=255)
    draw.rounded_rectangle((middle - FACE * 1.3, eyes + FACE * 0.75, middle + FACE * 1.3, mask.height * 2), FACE // 2, fill=255)
    inside = Image.new("L", mask.size)
    ImageDraw.Draw(inside).rectangle((-box[0], -box[1], size[0] - box[0], size[1] - box[1]), fill=255)
    mask.paste(0, mask=inside.point(lambda value: 255 - value))
    return mask.filter(ImageFilter.GaussianBlur(4))
