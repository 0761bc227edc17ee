//! Fonts as objects of the file: the outlines of the glyphs that are used, their widths, and what they stand for.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Write;

use pdf_writer::types::{CidFontType, FontFlags, SystemInfo, UnicodeCmap};
use pdf_writer::{Filter, Name, Rect, Ref, Str};
use skrifa::MetadataProvider;
use skrifa::instance::{LocationRef, Size};
use skrifa::metrics::Metrics;
use skrifa::raw::TableProvider;
use skrifa::string::{LocalizedString, StringId};

use super::subset::Subset;
use super::{File, Subsets, pack};
use crate::error::Error;

/// Numbers of glyphs are written as they are, in two bytes.
const ENCODING: &str = "Identity-H";
const NUMBERS: SystemInfo<'_> =
    SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"Identity"), supplement: 0 };
/// A font's name may have so many bytes; less what stands before and behind it.
const NAME: usize = 127 - 7 - 1 - ENCODING.len();

/// Writes all fonts, and answers under which names pages use them.
pub(super) fn fonts<W: Write>(file: &mut File<W>, subsets: &Subsets) -> Result<Vec<(String, Ref)>, Error> {
    subsets.used().map(|(index, subset)| Ok((format!("f{index}"), font(file, subset)?))).collect()
}

fn font<W: Write>(file: &mut File<W>, subset: &Subset) -> Result<Ref, Error> {
    let name = name(subset);
    let cff = subset.face.tables().is_some_and(|tables| tables.cff().is_ok());
    let outlines = outlines(file, subset, cff)?;
    let descriptor = descriptor(file, subset, &name, (outlines, cff))?;
    let glyphs = file.next();
    file.object(glyphs, |chunk| {
        let mut font = chunk.cid_font(glyphs);
        font.subtype(if cff { CidFontType::Type0 } else { CidFontType::Type2 });
        font.base_font(Name(name.as_bytes())).system_info(NUMBERS).font_descriptor(descriptor);
        font.default_width(0.0);
        if !cff {
            font.cid_to_gid_map_predefined(Name(b"Identity"));
        }
        font.widths().consecutive(0, subset.signs.iter().map(|sign| sign.width * 1000.0));
    })?;
    let letters = file.packed(&letters(subset))?;
    let id = file.next();
    file.object(id, |chunk| {
        let whole = if cff { format!("{name}-{ENCODING}") } else { name };
        let mut font = chunk.type0_font(id);
        font.base_font(Name(whole.as_bytes())).encoding_predefined(Name(ENCODING.as_bytes()));
        font.descendant_font(glyphs).to_unicode(letters);
    })?;
    Ok(id)
}

/// The font's name behind six letters that tell this subset from others, as PDF wants it.
fn name(subset: &Subset) -> String {
    let mut hasher = DefaultHasher::new();
    subset.glyphs.remapped_gids().collect::<Vec<_>>().hash(&mut hasher);
    let mut rest = hasher.finish();
    let mut name = String::new();
    for _ in 0..6 {
        name.push(char::from(b'A' + u8::try_from(rest % 26).unwrap_or_default()));
        rest /= 26;
    }
    name.push('+');
    let tables = subset.face.tables();
    let own = tables.and_then(|tables| tables.localized_strings(StringId::POSTSCRIPT_NAME).next());
    name.extend(own.iter().flat_map(LocalizedString::chars).filter(char::is_ascii_graphic).take(NAME));
    name
}

/// The font's file with the glyphs that are used alone; of one with cubic outlines, the table of these.
fn outlines<W: Write>(file: &mut File<W>, subset: &Subset, cff: bool) -> Result<Ref, Error> {
    let cut = subsetter::subset(subset.face.bytes(), 0, &subset.glyphs)?;
    let table = skrifa::FontRef::new(&cut).ok().filter(|_| cff);
    let table = table.and_then(|font| font.data_for_tag(skrifa::Tag::new(b"CFF ")));
    let packed = pack(table.map_or(cut.as_slice(), |table| table.as_bytes()))?;
    let id = file.next();
    file.object(id, |chunk| {
        let mut stream = chunk.stream(id, &packed);
        stream.filter(Filter::FlateDecode);
        if cff {
            stream.pair(Name(b"Subtype"), Name(b"CIDFontType0C"));
        }
    })?;
    Ok(id)
}

fn descriptor<W: Write>(
    file: &mut File<W>,
    subset: &Subset,
    name: &str,
    (outlines, cff): (Ref, bool),
) -> Result<Ref, Error> {
    let metrics = subset.face.tables().map(|font| font.metrics(Size::new(1000.0), LocationRef::default()));
    let Metrics { ascent, descent, cap_height, italic_angle, bounds, .. } = metrics.unwrap_or_default();
    let bounds = bounds.unwrap_or_default();
    let id = file.next();
    file.object(id, |chunk| {
        let mut font = chunk.font_descriptor(id);
        font.name(Name(name.as_bytes())).flags(FontFlags::SYMBOLIC).italic_angle(italic_angle).stem_v(80.0);
        font.bbox(Rect::new(bounds.x_min, bounds.y_min, bounds.x_max, bounds.y_max));
        font.ascent(ascent).descent(descent).cap_height(cap_height.unwrap_or(ascent));
        if cff {
            font.font_file3(outlines)
        } else {
            font.font_file2(outlines)
        };
    })?;
    Ok(id)
}

/// Which letters the glyphs stand for.
fn letters(subset: &Subset) -> Vec<u8> {
    let mut map = UnicodeCmap::<u16>::new(Name(b"Letters"), NUMBERS);
    for (number, sign) in (0..).zip(&subset.signs) {
        if let Some(text) = &sign.text {
            map.pair_with_multiple(number, text.chars());
        }
    }
    map.finish().to_vec()
}
