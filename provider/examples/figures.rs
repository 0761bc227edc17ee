//! Prints how long the face engine takes on this machine, for `docs/face-engine.md` and `just bench`. Each figure is the
//! best of several runs on one thread. Arguments: the folders that `scripts/fetch-models` and `scripts/fetch-portraits`
//! print.

use std::error::Error;
use std::io::Cursor;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use image::imageops::FilterType;
use image::{DynamicImage, ImageFormat};
use provider::engine::{Engine, ModelFiles};
use provider::matching::Thresholds;
use provider::people::People;
use provider::recogniser::{ImageFile, Recogniser};

const RUNS: usize = 10;
const FRAMES: [(u32, u32); 2] = [(640, 480), (1280, 720)];

fn main() -> Result<(), Box<dyn Error>> {
    let mut folders = std::env::args().skip(1).map(PathBuf::from);
    let (Some(models), Some(portraits)) = (folders.next(), folders.next()) else {
        return Err("usage: figures MODEL_FOLDER PORTRAIT_FOLDER".into());
    };
    let files = ModelFiles::read(&models)?;
    let start = Instant::now();
    let engine = Arc::new(Engine::new(&files, 40)?);
    println!("load models                 {:>8.1?}", start.elapsed());
    let people = tempfile::tempdir()?;
    for min_face in [40, 80] {
        let engine =
            if min_face == 40 { Arc::clone(&engine) } else { Arc::new(Engine::new(&files, min_face)?) };
        let people = People::open(people.path().join(min_face.to_string()))?;
        let recogniser = Recogniser::new(engine, people, Thresholds::default());
        for (width, height) in FRAMES {
            let empty = frame(&image::open(portraits.join("coffee.png"))?, width, height)?;
            let taken = best(|| recogniser.encode(&empty).map(|_| ()))?;
            println!("{width}x{height}, faces from {min_face} px {taken:>8.1?}");
        }
    }
    let recogniser =
        Recogniser::new(engine, People::open(people.path().join("face"))?, Thresholds::default());
    let portrait = frame(&image::open(portraits.join("astronaut.png"))?, 512, 512)?;
    let embeddings = (0..RUNS).map(|_| recogniser.encode(&portrait).map(|scene| scene.embedding));
    let embeddings = embeddings.collect::<Result<Vec<_>, _>>()?;
    println!("align and embed a face      {:>8.1?}", embeddings.into_iter().min().unwrap_or_default());
    Ok(())
}

/// A JPEG of exactly this size.
fn frame(picture: &DynamicImage, width: u32, height: u32) -> Result<ImageFile, image::ImageError> {
    let picture = picture.resize_exact(width, height, FilterType::Triangle).to_rgb8();
    let mut file = Cursor::new(Vec::new());
    picture.write_to(&mut file, ImageFormat::Jpeg)?;
    Ok(ImageFile { name: "frame".to_owned(), bytes: file.into_inner() })
}

fn best<E>(mut work: impl FnMut() -> Result<(), E>) -> Result<Duration, E> {
    let mut best = Duration::MAX;
    for _ in 0..RUNS {
        let start = Instant::now();
        work()?;
        best = best.min(start.elapsed());
    }
    Ok(best)
}
