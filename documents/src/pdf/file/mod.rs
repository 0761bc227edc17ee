//! The file itself: its objects, written one after the other as they come, and at its end where each of them is.
//!
//! A page leaves memory as soon as it is drawn. What all pages share, the fonts and the size of the paper, follows
//! after the last of them, when it is known.

mod content;
mod embed;
mod information;
mod number;
mod subset;

use std::io::{self, Write};

use flate2::Compression;
use flate2::write::ZlibEncoder;
use pdf_writer::{Chunk, Filter, Finish, Name, Rect, Ref, Settings};

use crate::error::Error;
use crate::layout::Layout;
pub(super) use content::Content;
pub(super) use subset::Subsets;

/// A version that every viewer knows, and four bytes that tell programs that this is no text.
const BEGINNING: &[u8] = b"%PDF-1.7\n%\x80\x80\x80\x80\n";

/// A PDF in the making.
pub(super) struct File<W: Write> {
    out: W,
    /// How many bytes were written.
    written: usize,
    /// Where the objects are, by their numbers; the first has the number 1.
    places: Vec<usize>,
    /// The node above all pages.
    root: Ref,
    pages: Vec<Ref>,
}

impl<W: Write> File<W> {
    pub(super) fn begin(out: W) -> io::Result<Self> {
        let root = Ref::new(1);
        let mut file = Self { out, written: 0, places: vec![0], root, pages: Vec::new() };
        file.write(BEGINNING)?;
        Ok(file)
    }

    /// Adds a page, and empties `content` for the next one.
    pub(super) fn page(&mut self, content: &mut Content) -> io::Result<()> {
        let drawn = self.packed(&content.take())?;
        let (id, root) = (self.next(), self.root);
        self.object(id, |chunk| {
            chunk.page(id).parent(root).contents(drawn);
        })?;
        self.pages.push(id);
        Ok(())
    }

    /// Adds what the pages share, and gives the destination back.
    pub(super) fn finish(
        mut self,
        (width, height): (f32, f32),
        subsets: &Subsets,
        layout: &Layout,
    ) -> Result<W, Error> {
        let fonts = embed::fonts(&mut self, subsets)?;
        let (root, pages) = (self.root, std::mem::take(&mut self.pages));
        self.object(root, |chunk| {
            let mut node = chunk.pages(root);
            node.media_box(Rect::new(0.0, 0.0, width, height));
            node.count(i32::try_from(pages.len()).unwrap_or(i32::MAX)).kids(pages);
            let mut resources = node.resources();
            let mut named = resources.fonts();
            for (name, font) in &fonts {
                named.pair(Name(name.as_bytes()), *font);
            }
        })?;
        let catalog = self.next();
        self.object(catalog, |chunk| {
            chunk.indirect(catalog).start::<pdf_writer::writers::Catalog<'_>>().pages(root);
        })?;
        let information = self.next();
        self.object(information, |chunk| information::write(chunk, information, layout))?;
        self.end(catalog, information)?;
        Ok(self.out)
    }

    /// A number for an object.
    fn next(&mut self) -> Ref {
        self.places.push(0);
        Ref::new(i32::try_from(self.places.len()).unwrap_or(i32::MAX))
    }

    /// Writes the object with the number `id`.
    fn object(&mut self, id: Ref, write: impl FnOnce(&mut Chunk)) -> io::Result<()> {
        let mut chunk = Chunk::with_settings(Settings { pretty: false });
        write(&mut chunk);
        if let Some(place) = usize::try_from(id.get() - 1).ok().and_then(|index| self.places.get_mut(index)) {
            *place = self.written;
        }
        self.write(chunk.as_bytes())
    }

    /// Writes `bytes` as a compressed stream.
    fn packed(&mut self, bytes: &[u8]) -> io::Result<Ref> {
        let id = self.next();
        let packed = pack(bytes)?;
        self.object(id, |chunk| {
            chunk.stream(id, &packed).filter(Filter::FlateDecode).finish();
        })?;
        Ok(id)
    }

    /// The table of places, and what a reader begins with.
    fn end(&mut self, catalog: Ref, information: Ref) -> io::Result<()> {
        let (start, size) = (self.written, self.places.len() + 1);
        let mut end = format!("xref\n0 {size}\n0000000000 65535 f \n");
        for place in &self.places {
            end += &format!("{place:010} 00000 n \n");
        }
        let (catalog, information) = (catalog.get(), information.get());
        end += &format!("trailer\n<</Size {size}/Root {catalog} 0 R/Info {information} 0 R>>\n");
        end += &format!("startxref\n{start}\n%%EOF\n");
        self.write(end.as_bytes())
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.written += bytes.len();
        self.out.write_all(bytes)
    }
}

fn pack(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut packer = ZlibEncoder::new(Vec::with_capacity(bytes.len() / 4), Compression::default());
    packer.write_all(bytes)?;
    packer.finish()
}
