//! Writes one document of each kind to look at, with the columns that the product gives them, and some that are
//! hard to set, into the folder given as the first argument.
//!
//! `cargo run -p documents --example gallery -- target/gallery`

mod document;
mod edges;
mod reports;
mod site;
mod trail;

use std::error::Error;
use std::path::PathBuf;

use documents::Format;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(std::env::args().nth(1).unwrap_or_else(|| "target/gallery".to_owned()));
    std::fs::create_dir_all(&folder)?;
    let documents = [
        reports::attendance(),
        reports::daily(),
        reports::monthly(),
        reports::department(),
        trail::audit(),
        trail::history(),
        edges::empty(),
        edges::single(),
        edges::year(),
        edges::names(),
    ];
    for document in documents {
        for format in [Format::Csv, Format::Xlsx, Format::Pdf] {
            document.write(&folder, format)?;
        }
    }
    println!("written to {}", folder.display());
    Ok(())
}
