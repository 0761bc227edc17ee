//! Where glyphs come from: fonts that are part of the program, and for all other scripts the machine's.
//!
//! Built in are Latin, Greek, Cyrillic, Arabic, Hebrew, Devanagari and Thai. Every other script is looked up
//! by the file names that the Noto family and some others have in the directories given, when a text first needs it.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use unicode_script::Script;

use super::face::Face;

/// Where Debian's font packages put their files.
const USUAL_DIRECTORY: &str = "/usr/share/fonts";
/// How deep below a directory fonts are looked for.
const DEPTH: u8 = 4;

const REGULAR: &str = "NotoSans-Regular.ttf";
const BOLD: &str = "NotoSans-Bold.ttf";

static BUILT_IN: [(&str, &[u8]); 6] = [
    (REGULAR, include_bytes!("../../fonts/NotoSans-Regular.ttf")),
    (BOLD, include_bytes!("../../fonts/NotoSans-Bold.ttf")),
    ("NotoSansArabic-Regular.ttf", include_bytes!("../../fonts/NotoSansArabic-Regular.ttf")),
    ("NotoSansDevanagari-Regular.ttf", include_bytes!("../../fonts/NotoSansDevanagari-Regular.ttf")),
    ("NotoSansHebrew-Regular.ttf", include_bytes!("../../fonts/NotoSansHebrew-Regular.ttf")),
    ("NotoSansThai-Regular.ttf", include_bytes!("../../fonts/NotoSansThai-Regular.ttf")),
];

/// Fonts for Chinese, Japanese and Korean; the first that is there is taken, they are big.
const EAST_ASIAN: [&str; 3] = ["NotoSansCJK-Regular.ttc", "wqy-microhei.ttc", "DroidSansFallbackFull.ttf"];
/// Fonts for signs that belong to no script, and for emoji, which are set as outlines in the colour of the text.
const SYMBOLS: [&str; 4] =
    ["NotoSansSymbols-Regular.ttf", "NotoSansSymbols2-Regular.ttf", "Symbola_hint.ttf", "DejaVuSans.ttf"];

/// The fonts of PDFs. Cloning is cheap, and clones share what was read.
#[derive(Clone)]
pub struct Fonts(Arc<Shelf>);

struct Shelf {
    directories: Vec<PathBuf>,
    /// The files below the directories by name, found when the first is asked for.
    files: OnceLock<HashMap<String, PathBuf>>,
    /// What was read so far; `None` for files that are not there or no fonts.
    read: Mutex<HashMap<String, Option<Arc<Face>>>>,
}

impl Fonts {
    /// Fonts that are part of the program, and those below `directories`.
    pub fn below(directories: impl IntoIterator<Item = impl Into<PathBuf>>) -> Self {
        let directories = directories.into_iter().map(Into::into).collect();
        Self(Arc::new(Shelf { directories, files: OnceLock::new(), read: Mutex::default() }))
    }

    /// The font for most text, in regular and bold.
    pub(super) fn main(&self) -> [Option<Arc<Face>>; 2] {
        [self.face(REGULAR), self.face(BOLD)]
    }

    /// The fonts to try for text of `script`, the best first.
    pub(super) fn of_script(&self, script: Script) -> Vec<Arc<Face>> {
        use Script::{Bopomofo, Common, Han, Hangul, Hiragana, Inherited, Katakana, Unknown};
        if matches!(script, Han | Hiragana | Katakana | Hangul | Bopomofo) {
            return EAST_ASIAN.iter().find_map(|name| self.face(name)).into_iter().collect();
        }
        if matches!(script, Common | Inherited | Unknown) {
            return SYMBOLS.iter().filter_map(|name| self.face(name)).collect();
        }
        let own = format!("NotoSans{}-Regular.ttf", script.full_name().replace('_', ""));
        self.face(&own).into_iter().collect()
    }

    fn face(&self, name: &str) -> Option<Arc<Face>> {
        let mut read = self.0.read.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(face) = read.get(name) {
            return face.clone();
        }
        let face = self.0.load(name).map(Arc::new);
        read.insert(name.to_owned(), face.clone());
        face
    }
}

impl Default for Fonts {
    fn default() -> Self {
        Self::below([USUAL_DIRECTORY])
    }
}

impl std::fmt::Debug for Fonts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Fonts").field(&self.0.directories).finish()
    }
}

impl Shelf {
    fn load(&self, name: &str) -> Option<Face> {
        if let Some((_, bytes)) = BUILT_IN.iter().find(|(built_in, _)| *built_in == name) {
            return Face::read(Arc::new(*bytes));
        }
        let files = self.files.get_or_init(|| self.look());
        Face::read(Arc::new(fs::read(files.get(name)?).ok()?))
    }

    fn look(&self) -> HashMap<String, PathBuf> {
        let mut files = HashMap::new();
        for directory in &self.directories {
            collect(directory, DEPTH, &mut files);
        }
        files
    }
}

/// Notes every file below `directory`; of two with one name the first. What cannot be read has no fonts.
fn collect(directory: &Path, depth: u8, files: &mut HashMap<String, PathBuf>) {
    let Ok(entries) = fs::read_dir(directory) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            if let Some(depth) = depth.checked_sub(1) {
                collect(&path, depth, files);
            }
        } else if let Some(name) = path.file_name().and_then(|name| name.to_str()) {
            files.entry(name.to_owned()).or_insert(path);
        }
    }
}
