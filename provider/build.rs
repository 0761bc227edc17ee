//! Finds the SeetaFace detector's model in the sources of the crate `rustface`, which carries it, and copies it to the
//! build directory, from where the engine includes it. Cargo is asked where the sources are, so registry, vendored and
//! patched sources all work; the checksum makes sure that it is the model that the engine was tuned with.

use std::env;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use sha2::{Digest, Sha256};

const MODEL: &str = "seeta_fd_frontal_v1.0.bin";
const SHA256: &str = "c4619d066ed35e84d9a8e842860b0dff567aba0cbb139881075538761db3ff5d";

fn main() -> Result<(), Box<dyn Error>> {
    let source = rustface_sources()?.join("model").join(MODEL);
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={}", source.display());
    let model = fs::read(&source).map_err(|error| format!("{}: {error}", source.display()))?;
    let sha256: String = Sha256::digest(&model).iter().map(|byte| format!("{byte:02x}")).collect();
    if sha256 != SHA256 {
        return Err(format!("{}: sha256 is {sha256}, expected {SHA256}", source.display()).into());
    }
    fs::write(Path::new(&env::var("OUT_DIR")?).join(MODEL), model)?;
    Ok(())
}

/// The folder of the `rustface` package that this build uses.
fn rustface_sources() -> Result<PathBuf, Box<dyn Error>> {
    // Offline first: everything needed was downloaded for this build. Packages of other members may be missing from a
    // fresh machine's cache, though, and then cargo has to fetch them before it can answer.
    let metadata = cargo_metadata(&["--offline"]).or_else(|_| cargo_metadata(&[]))?;
    let manifest = metadata["packages"]
        .as_array()
        .into_iter()
        .flatten()
        .find(|package| package["name"] == "rustface")
        .and_then(|package| package["manifest_path"].as_str())
        .ok_or("cargo metadata lists no package rustface")?;
    Ok(Path::new(manifest).parent().ok_or("rustface has no folder")?.to_path_buf())
}

fn cargo_metadata(extra: &[&str]) -> Result<serde_json::Value, Box<dyn Error>> {
    let output = Command::new(env::var("CARGO")?)
        .args(["metadata", "--format-version", "1", "--filter-platform", &env::var("TARGET")?])
        .args(extra)
        .current_dir(env::var("CARGO_MANIFEST_DIR")?)
        .output()?;
    if !output.status.success() {
        return Err(format!("cargo metadata: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}
