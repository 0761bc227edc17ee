//! Who somebody of ours is in Odoo.

use odoo::{Connection, Match, MatchField, OdooError, Person, stand_in::Employee};

use crate::support::{VERSIONS, client, connection, gateway, hire, stand_in};

const ORDER: [MatchField; 3] = [MatchField::Barcode, MatchField::IdentificationId, MatchField::WorkEmail];

fn person(employee_id: &str) -> Person {
    Person {
        employee_id: employee_id.to_owned(),
        emails: vec![format!("{}@us.example", employee_id.to_lowercase())],
    }
}

fn employee(field: MatchField, value: &str) -> Employee {
    let text = |wanted| (field == wanted).then(|| value.to_owned());
    Employee {
        name: value.to_owned(),
        barcode: text(MatchField::Barcode),
        identification_id: text(MatchField::IdentificationId),
        work_email: text(MatchField::WorkEmail),
        ..Employee::default()
    }
}

#[tokio::test]
async fn people_are_found_by_badge_then_document_then_mail_in_every_version() {
    for version in VERSIONS {
        let server = stand_in(version).await;
        let client = client(&server).await;
        // From 18 on a badge takes no dash.
        let badge = hire(&server, if version < 18 { "EMP-1" } else { "EMP1" });
        let document = server.world().hire(employee(MatchField::IdentificationId, "EMP-2")).unwrap();
        let mail = server.world().hire(employee(MatchField::WorkEmail, "emp-3@us.example")).unwrap();
        let people = ["EMP-1", "EMP-2", "EMP-3", "EMP-4"].map(person);
        let found = client.find_people(&people, &ORDER).await.unwrap();
        assert_eq!(found.get("EMP-1"), Some(&Match::Found(badge)), "{version}");
        assert_eq!(found.get("EMP-2"), Some(&Match::Found(document)), "{version}");
        assert_eq!(found.get("EMP-3"), Some(&Match::Found(mail)), "{version}");
        assert_eq!(found.get("EMP-4"), None, "{version}");
        let by_badge = client.find_people(&people, &ORDER[..1]).await.unwrap();
        assert_eq!(by_badge.len(), 1, "the order is what is looked at: {version}");
    }
}

#[tokio::test]
async fn the_order_decides_who_is_meant() {
    let server = stand_in(17).await;
    let client = client(&server).await;
    let badge = hire(&server, "X1");
    let document = server.world().hire(employee(MatchField::IdentificationId, "X1")).unwrap();
    let people = [person("X1")];
    for (order, expected) in [([ORDER[0], ORDER[1]], badge), ([ORDER[1], ORDER[0]], document)] {
        let found = client.find_people(&people, &order).await.unwrap();
        assert_eq!(found["X1"], Match::Found(expected));
    }
}

#[tokio::test]
async fn a_document_number_of_two_people_is_ambiguous() {
    let server = stand_in(19).await;
    for _ in 0..2 {
        server.world().hire(employee(MatchField::IdentificationId, "X1")).unwrap();
    }
    let found = client(&server).await.find_people(&[person("X1")], &ORDER).await.unwrap();
    assert_eq!(found["X1"], Match::Ambiguous(MatchField::IdentificationId, 2));
}

#[tokio::test]
async fn archived_people_are_found() {
    for version in VERSIONS {
        let server = stand_in(version).await;
        let gone = Employee { archived: true, ..employee(MatchField::Barcode, "X1") };
        let id = server.world().hire(gone).unwrap();
        let found = client(&server).await.find_people(&[person("X1")], &ORDER).await.unwrap();
        assert_eq!(found.get("X1"), Some(&Match::Found(id)), "{version}");
    }
}

#[tokio::test]
async fn only_people_of_the_company_count_where_one_is_named() {
    let server = stand_in(19).await;
    let of = |company: &str, field, value| Employee { company: company.to_owned(), ..employee(field, value) };
    server.world().hire(of("Theirs", MatchField::IdentificationId, "X1")).unwrap();
    let ours = server.world().hire(of("Ours", MatchField::IdentificationId, "X1")).unwrap();
    let named = Connection { company: Some("Ours".to_owned()), ..connection(&server) };
    let client = gateway().connect(&named).await.unwrap();
    let found = client.find_people(&[person("X1")], &ORDER).await.unwrap();
    assert_eq!(found["X1"], Match::Found(ours));
}

#[tokio::test]
async fn without_the_right_to_read_employees_the_message_says_which_right_is_missing() {
    for version in VERSIONS {
        let server = stand_in(version).await;
        let client = client(&server).await;
        server.world().rights.employees = false;
        let refused = client.find_people(&[person("X1")], &ORDER).await.unwrap_err();
        assert!(matches!(refused, OdooError::NoRights(_)), "{version}: {refused:?}");
        assert!(refused.to_string().contains("Employees / Officer"), "{refused}");
    }
}

#[tokio::test]
async fn a_thousand_people_take_a_few_calls() {
    let server = stand_in(19).await;
    let client = client(&server).await;
    let people: Vec<_> = (0..1_000).map(|number| person(&format!("{number}"))).collect();
    for person in &people {
        hire(&server, &person.employee_id);
    }
    let before = server.faults().calls();
    let found = client.find_people(&people, &ORDER).await.unwrap();
    assert_eq!((found.len(), server.faults().calls() - before), (1_000, 2));
}
