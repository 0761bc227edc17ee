//! Pictures made for a test.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::imageops::{FilterType, overlay};
use image::{DynamicImage, ExtendedColorType, ImageEncoder, ImageFormat, RgbImage};

use crate::cache;

/// A frame of 1280 × 720 pixels with portraits side by side, each 700 pixels high.
pub fn frame(portraits: &[&str]) -> Vec<u8> {
    let mut frame = RgbImage::from_pixel(1280, 720, image::Rgb([90, 100, 110]));
    for (index, name) in portraits.iter().enumerate() {
        let portrait = load(name).resize(600, 700, FilterType::Triangle).to_rgb8();
        overlay(&mut frame, &portrait, 20 + 640 * i64::try_from(index).unwrap(), 10);
    }
    encode(&frame.into(), ImageFormat::Jpeg)
}

pub fn load(portrait: &str) -> DynamicImage {
    image::load_from_memory(&cache::portrait(portrait)).unwrap()
}

/// A portrait, scaled to this width.
pub fn scaled(portrait: &str, width: u32) -> Vec<u8> {
    let portrait = load(portrait).resize(width, 10 * width, FilterType::Triangle);
    encode(&portrait.to_rgb8().into(), ImageFormat::Jpeg)
}

pub fn encode(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    picture.write_to(&mut file, format).unwrap();
    file.into_inner()
}

/// A portrait whose pixels lie on their side, with the note that a phone leaves for the viewer to turn it.
pub fn lying_on_its_side(portrait: &str) -> Vec<u8> {
    // TIFF header, one entry: tag 0x0112 (orientation), a short, value 6 (turn by 90° clockwise to view).
    let exif = b"MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0".to_vec();
    let pixels = load(portrait).rotate270().to_rgb8();
    let mut file = Vec::new();
    let mut encoder = JpegEncoder::new(&mut file);
    encoder.set_exif_metadata(exif).unwrap();
    encoder.write_image(&pixels, pixels.width(), pixels.height(), ExtendedColorType::Rgb8).unwrap();
    file
}

/// A small file that claims to hold a picture of 65,535 × 65,535 pixels.
pub fn bomb() -> Vec<u8> {
    let mut file = encode(&RgbImage::new(16, 16).into(), ImageFormat::Jpeg);
    let frame_header = file.windows(2).position(|pair| pair == [0xff, 0xc0]).unwrap();
    file[frame_header + 5..frame_header + 9].fill(0xff);
    file
}
