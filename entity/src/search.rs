//! The `search` filter of every list: a case-insensitive substring, taken literally. Both sides are folded by PostgreSQL under
//! ICU's root collation, so that case means the same for every script and does not hang on the server's locale.

use sea_orm::sea_query::Expr;

/// Where `folded` (SQL that yields lower-cased text) contains `needle`.
///
/// The pattern is given back the default collation, because a trigram index serves only comparisons under its own.
pub(crate) fn contains(folded: &str, needle: &str) -> Expr {
    Expr::cust_with_values(
        format!(r#"{folded} LIKE (lower($1::text COLLATE "und-x-icu") COLLATE "default")"#),
        [pattern(needle)],
    )
}

/// The LIKE pattern of texts that contain `needle`.
pub(crate) fn pattern(needle: &str) -> String {
    format!("%{}%", escaped(needle))
}

/// Lower-cased text of several columns, none of which is null, apart by line feeds so that no match spans two of them.
pub(crate) fn folded(columns: &[&str]) -> String {
    format!(r#"(lower(({}) COLLATE "und-x-icu") COLLATE "default")"#, columns.join(r" || E'\n' || "))
}

/// Takes LIKE's special characters literally.
fn escaped(needle: &str) -> String {
    let mut escaped = String::with_capacity(needle.len());
    for character in needle.chars() {
        if matches!(character, '%' | '_' | '\\') {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_and_the_escape_character_are_escaped() {
        assert_eq!(escaped(r"50%_\a"), r"50\%\_\\a");
    }
}
