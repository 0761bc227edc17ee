//! What happened: the audit trail, and one person's history.

use documents::{Cell, Kind, Summary, Total};

use crate::document::{Document, columns, day, layout, time};
use crate::site::CAMERAS;

/// Actor, role, action, resource, what happened, severity, result, error.
const ENTRIES: [[&str; 8]; 6] = [
    [
        "admin@rollcall.local",
        "Administrator",
        "auth.login",
        "user 7d0c1f6e-5a52-4b7e-9a44-0c8f34f9a111",
        "Signed in",
        "Info",
        "Success",
        "",
    ],
    [
        "admin@rollcall.local",
        "Administrator",
        "cameras.update",
        "camera CAM-01",
        "Changed streamUrl, confidence",
        "Info",
        "Success",
        "",
    ],
    [
        "averyveryverylonglocalpart.of.somebody@subsidiary.example.com",
        "HR manager",
        "attendance.edit",
        "log ATT-20261120-004",
        "Changed timeOut from 17:02:11 to 18:30:00: worked longer for the inventory, confirmed by the shift leader",
        "Warning",
        "Success",
        "",
    ],
    [
        "guard@rollcall.local",
        "Viewer",
        "users.create",
        "",
        "Refused",
        "Warning",
        "Failure",
        "permission_denied",
    ],
    [
        "system",
        "",
        "odoo.sync",
        "job 01a1fcc2-bca9-71f2-aac6-2b72597992cc",
        "Sent 412 logs, 3 refused",
        "Error",
        "Failure",
        "odoo_unavailable: connection refused by https://odoo.example.com:8069/jsonrpc",
    ],
    [
        "ольга@пример.рф",
        "HR manager",
        "reports.generate",
        "export 01a1fcc2-bca9-71f2-aac6-2b72597992cd",
        "Asked for the monthly report of November 2026 as PDF",
        "Info",
        "Success",
        "",
    ],
];

pub fn audit() -> Document {
    let described = [
        ("Time", Kind::DateTime, None),
        ("Actor", Kind::Text, Some(24)),
        ("Role", Kind::Text, Some(14)),
        ("Action", Kind::Text, Some(20)),
        ("On", Kind::Text, Some(24)),
        ("What happened", Kind::Text, Some(40)),
        ("Severity", Kind::Text, Some(9)),
        ("Result", Kind::Text, Some(9)),
        ("Error", Kind::Text, Some(16)),
        ("Address", Kind::Text, Some(15)),
    ];
    let row = |n: u32| {
        let entry = ENTRIES[(n * n + n / 3) as usize % ENTRIES.len()];
        let mut row: Vec<Cell<'static>> = vec![day(20).and_time(time(28_000 + n * 317)).into()];
        row.extend(entry.into_iter().map(Cell::from));
        row.push((if n.is_multiple_of(7) { "2001:db8:85a3::8a2e:370:7334" } else { "10.0.0.17" }).into());
        row
    };
    Document {
        name: "audit",
        layout: layout("Audit trail", "20 November 2026", &[("Severity", "Warning")], columns(&described)),
        rows: (0..120).map(row).collect(),
        summary: Summary {
            totals: vec![
                Total::new("Entries", Kind::Integer, 120),
                Total::new("Refused or failed", Kind::Integer, 38),
            ],
            chart: None,
        },
    }
}

pub fn history() -> Document {
    let described = [
        ("Day", Kind::Date, None),
        ("Time", Kind::Time, None),
        ("Event", Kind::Text, Some(10)),
        ("Name", Kind::Text, Some(24)),
        ("Camera", Kind::Text, Some(18)),
        ("Confidence", Kind::Decimal { places: 1 }, None),
        ("Status", Kind::Text, Some(11)),
    ];
    let row = |n: u32| {
        let event = ["Check in", "Seen", "Seen", "Check out"][n as usize % 4];
        let at = 28_800 + n % 4 * 9_000 + n * 37 % 600;
        let seen = event == "Seen";
        vec![
            day(1 + n / 4).into(),
            time(at).into(),
            event.into(),
            "Barbara Liskov".into(),
            CAMERAS[n as usize % 3].into(),
            if seen { Cell::Number(88.0 + f64::from(n % 10)) } else { Cell::Empty },
            (if seen { "Authorized" } else { "Present" }).into(),
        ]
    };
    Document {
        name: "history",
        layout: layout(
            "History",
            "1 November 2026 to 30 November 2026",
            &[("Employee", "EMP-00400")],
            columns(&described),
        ),
        rows: (0..100).map(row).collect(),
        summary: Summary {
            totals: vec![
                Total::new("Days attended", Kind::Integer, 25),
                Total::new("Days missed", Kind::Integer, 0),
                Total::new("Sightings", Kind::Integer, 50),
            ],
            chart: None,
        },
    }
}
