//! Documents that are hard to set.

use chrono::Days;
use documents::{Cell, Chart, Kind, Summary, Total};

use crate::document::{Document, columns, day, layout};
use crate::reports::{days, log, log_columns};
use crate::site::presences;

/// No rows, and zeros.
pub fn empty() -> Document {
    let chart = Chart::of_days("People per day", []);
    let totals =
        vec![Total::new("Logs", Kind::Integer, 0), Total::new("Worked", Kind::Duration, Cell::Duration(0))];
    Document {
        name: "empty",
        layout: layout("Attendance", "1 November 2026", &[("Department", "Sales")], log_columns()),
        rows: Vec::new(),
        summary: Summary { totals, chart: Some(chart) },
    }
}

/// One row and one bar.
pub fn single() -> Document {
    let totals = vec![Total::new("Logs", Kind::Integer, 1)];
    Document {
        name: "single",
        layout: layout("Attendance", "20 November 2026", &[], log_columns()),
        rows: presences(day(20)).iter().take(1).map(log).collect(),
        summary: Summary { totals, chart: Some(days([day(20)].into_iter())) },
    }
}

/// More days than a chart has room for labels.
pub fn year() -> Document {
    let all = || (0..400).map(|n| day(1) - Days::new(399 - n));
    Document {
        name: "year",
        layout: layout("Attendance", "28 September 2025 to 1 November 2026", &[], log_columns()),
        rows: all().flat_map(presences).map(|presence| log(&presence)).collect(),
        summary: Summary { totals: vec![Total::new("Logs", Kind::Integer, 6_864)], chart: Some(days(all())) },
    }
}

/// Names that are long, of one script, of many, and with pictures in them.
pub fn names() -> Document {
    let described =
        [("Name", Kind::Text, Some(28)), ("Department", Kind::Text, None), ("Days", Kind::Integer, None)];
    let names = [
        "Karl-Friedrich Maximilian Johannes Nepomuk Freiherr von und zu Müller-Lüdenscheidt-Hohenstein zu Aichach",
        "Wolfeschlegelsteinhausenbergerdorffwelchevoralternwarengewissenhaftschaferswessenschafewarenwohlgepflege",
        "محمد عبد الرحمن بن عبد الله بن محمد الفارسي الأندلسي القرطبي المالكي",
        "דוד בן־גוריון (EMP-00405), ירושלים 1948",
        "王小明欧阳上官司马诸葛慕容端木夏侯",
        "ジョン・スミス・ジョーンズ・ブラウン・ウィリアムズ",
        "김민준 이서연 박지후",
        "Anna 😀 Schneider 👩‍🏭 ✓ ☎ ★",
        "Zoë\u{301} Ångström-Łódź",
        "=HYPERLINK(\"http://example.org\")",
    ];
    let row = |name: &&'static str| vec![(*name).into(), "Abteilung für 人事".into(), Cell::Integer(21)];
    Document {
        name: "names",
        layout: layout(
            "Names, Имена, أسماء, שמות, 名前 😀",
            "November 2026",
            &[("Search", "محمد")],
            columns(&described),
        ),
        rows: names.iter().map(row).collect(),
        summary: Summary::default(),
    }
}
