//! What people and programs should not send: each is refused in our own words, by the name of the field.

use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};

use crate::{
    cameras::{CAMERAS, add, camera},
    support::{ADMIN, Api, User, read, refused},
};

const PROVIDER: &str = "/api/v1/detections/provider/config";

/// Words of Rust, of its libraries, and of parsers.
const FOREIGN: [&str; 18] = [
    "u16",
    "u32",
    "i32",
    "usize",
    "String",
    "Option",
    "\"integer",
    "string_",
    "optional",
    "failed to parse",
    "verification",
    "occurred",
    "invalid digit",
    "Expect",
    "enumeration",
    "serde",
    "EOF",
    "::",
];

fn get(api: &Api, user: &User, path: &str) -> RequestBuilder {
    api.get(&format!("/api/v1{path}")).bearer_auth(&user.token)
}

fn send(api: &Api, user: &User, method: Method, path: &str, body: &Value) -> RequestBuilder {
    api.request(method, path).json(body).bearer_auth(&user.token)
}

/// The first wrong field and what is said of it.
async fn complaint(request: RequestBuilder) -> (String, String) {
    let body = refused(request, 422, "VALIDATION_ERROR").await;
    let text = body["error"].to_string();
    for word in FOREIGN {
        assert!(!text.contains(word), "{word:?} in {text}");
    }
    let first = &body["error"]["details"][0];
    (first["field"].as_str().unwrap().to_owned(), first["issue"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn a_wrong_parameter_is_named_and_told_what_it_takes() {
    let api = Api::start().await;
    let admin = api.user(ADMIN).await;
    let (page, size) = ("must be a whole number from 1 to 1000000", "must be a whole number from 1 to 200");
    let (flag, day, uuid) = ("must be true or false", "must be a date, YYYY-MM-DD", "must be a UUID");
    for (path, field, issue) in [
        ("/cameras?page=-1", "page", page),
        ("/cameras?page=0", "page", page),
        ("/cameras?page=1.5", "page", page),
        ("/cameras?page=", "page", page),
        ("/cameras?page=99999999999999999999", "page", page),
        ("/cameras?pageSize=201", "pageSize", size),
        ("/cameras?pageSize=ten", "pageSize", size),
        ("/cameras?enabled=perhaps", "enabled", flag),
        ("/cameras?status=lost", "status", "must be one of online, offline, maintenance"),
        ("/cameras?streamType=rtsp", "streamType", "must be one of RTSP, USB, HTTP, Socket, Local File"),
        ("/detections/live?limit=0", "limit", size),
        ("/detections/live?limit=-5", "limit", size),
        ("/detections/live?limit=70000", "limit", size),
        ("/detections/events?status=gone", "status", "must be one of received, processing, error"),
        ("/attendance/records?limit=201", "limit", size),
        ("/attendance/logs?dateFrom=2026-02-30", "dateFrom", day),
        ("/attendance/logs?dateTo=tomorrow", "dateTo", day),
        ("/jobs/not-a-uuid", "id", uuid),
        ("/jobs/%00", "path", "must not contain NUL characters"),
        (
            "/jobs?status=gone",
            "status",
            "must be one of scheduled, ready, running, retry, done, dead, cancelled, expired",
        ),
    ] {
        assert_eq!(complaint(get(&api, &admin, path)).await, (field.to_owned(), issue.to_owned()), "{path}");
    }
    let head = api.request(Method::HEAD, "/api/v1/cameras?page=-1").bearer_auth(&admin.token);
    assert_eq!(head.send().await.unwrap().status(), StatusCode::UNPROCESSABLE_ENTITY);
    let job = send(&api, &admin, Method::POST, "/api/v1/jobs/7/cancel", &Value::Null);
    assert_eq!(complaint(job).await, ("id".to_owned(), uuid.to_owned()));
}

#[tokio::test]
async fn a_wrong_field_of_a_body_is_told_in_our_words() {
    let api = Api::start().await;
    let admin = api.user(ADMIN).await;
    for (field, value, issue) in [
        ("id", json!("a/b"), "must be 1 to 32 letters"),
        ("id", json!(7), "must be text"),
        ("name", json!(""), "must have at least 1 character"),
        ("name", json!("  "), "must not be blank"),
        ("name", json!(null), "is required"),
        ("name", json!("x".repeat(121)), "must have at most 120 characters"),
        ("streamType", json!("rtsp"), "must be one of RTSP"),
        ("captureIntervalSeconds", json!(0), "must be at least 1"),
        ("captureIntervalSeconds", json!(1.5), "must be a whole number"),
        ("captureIntervalSeconds", json!(1e300), "must be"),
        ("captureIntervalSeconds", json!(99_999_999_999_u64), "must be at most 86400"),
        ("captureIntervalSeconds", json!("10"), "must be a whole number"),
        ("enabled", json!("yes"), "must be true or false"),
        ("tags", json!("door"), "must be a list"),
        ("tags", json!(vec!["x"; 21]), "must have at most 20 entries"),
        ("ipAddress", json!("300.1.1.1"), "must be an IPv4 or IPv6 address"),
    ] {
        let mut body = camera("CAM-01", "rtsp://cam/live");
        body[field] = value.clone();
        let (named, said) = complaint(send(&api, &admin, Method::POST, CAMERAS, &body)).await;
        assert!(named == field && said.starts_with(issue), "{field} {value}: {named} {said}");
    }
    add(&api, &admin, &camera("CAM-01", "rtsp://cam/live")).await;
    for version in [json!(0), json!(-1), json!(5_000_000_000_u64), json!("1")] {
        let change =
            send(&api, &admin, Method::PUT, "/api/v1/cameras/CAM-01", &json!({ "version": version }));
        assert_eq!(complaint(change).await.0, "version", "{version}");
    }
}

#[tokio::test]
async fn words_of_paths_are_no_ids_of_cameras() {
    let api = Api::start().await;
    let admin = api.user(ADMIN).await;
    for id in ["summary", "export", "import"] {
        let body = camera(id, "rtsp://cam/live");
        assert_eq!(complaint(send(&api, &admin, Method::POST, CAMERAS, &body)).await.0, "id");
        let import = send(&api, &admin, Method::POST, "/api/v1/cameras/import", &json!([body]));
        let answer = refused(import, 422, "VALIDATION_ERROR").await;
        assert_eq!(answer["error"]["details"]["failed"][0]["issues"][0]["field"], "id", "{answer}");
    }
}

#[tokio::test]
async fn addresses_that_may_never_be_called_are_refused_at_once() {
    let api = Api::start().await;
    let admin = api.user(ADMIN).await;
    add(&api, &admin, &camera("CAM-01", "rtsp://cam/live")).await;
    for host in [
        "169.254.169.254",
        "169.254.1.7:8554",
        "[fe80::1]",
        "[fd00:ec2::254]",
        "[::ffff:169.254.169.254]",
        "0xa9fea9fe",
    ] {
        for (kind, address) in
            [("RTSP", format!("rtsp://{host}/live")), ("HTTP", format!("http://u:p@{host}/x.jpg"))]
        {
            let mut body = camera("CAM-02", &address);
            body["streamType"] = kind.into();
            let change = json!({ "streamType": kind, "streamUrl": address });
            for request in [
                send(&api, &admin, Method::POST, CAMERAS, &body),
                send(&api, &admin, Method::PUT, "/api/v1/cameras/CAM-01", &change),
            ] {
                let (field, issue) = complaint(request).await;
                assert!(field == "streamUrl" && issue.contains("may not call"), "{address}: {field} {issue}");
            }
            let import = send(&api, &admin, Method::POST, "/api/v1/cameras/import", &json!([body]));
            let answer = refused(import, 422, "VALIDATION_ERROR").await;
            assert_eq!(
                answer["error"]["details"]["failed"][0]["issues"][0]["field"], "streamUrl",
                "{answer}"
            );
        }
        let provider = json!({ "endpoint": format!("http://{host}/") });
        let (field, issue) = complaint(send(&api, &admin, Method::PUT, PROVIDER, &provider)).await;
        assert!(field == "endpoint" && issue.contains("may not call"), "{host}: {field} {issue}");
    }
}

#[tokio::test]
async fn text_that_cannot_be_seen_is_refused_wherever_one_line_enters() {
    let api = Api::start().await;
    let admin = api.user(ADMIN).await;
    add(&api, &admin, &camera("CAM-01", "rtsp://cam/live")).await;
    for text in
        ["a\nb", "a\u{1b}[2Jb", "a\u{202E}b", "a\u{2067}b", "a\u{200B}b", "\u{FEFF}a", "a\u{7}", "a\u{2028}b"]
    {
        for (method, path, field, body) in [
            (Method::PUT, "/api/v1/cameras/CAM-01", "name", json!({ "name": text })),
            (Method::PUT, "/api/v1/cameras/CAM-01", "location", json!({ "location": text })),
            (Method::PUT, "/api/v1/cameras/CAM-01", "tags[1]", json!({ "tags": ["door", text] })),
            (
                Method::PUT,
                "/api/v1/cameras/CAM-01",
                "streamUrl",
                json!({ "streamUrl": format!("rtsp://cam/{text}") }),
            ),
            (Method::PUT, PROVIDER, "providerName", json!({ "providerName": text })),
            (Method::PUT, PROVIDER, "endpoint", json!({ "endpoint": format!("http://provider/{text}") })),
            (
                Method::PATCH,
                "/api/v1/schedules/check_camera_health",
                "cron",
                json!({ "cron": format!("* * * * *{text}") }),
            ),
            (Method::POST, "/api/v1/auth/login", "username", json!({ "username": text, "password": "x" })),
        ] {
            let (named, issue) = complaint(send(&api, &admin, method, path, &body)).await;
            assert_eq!(
                (named.as_str(), issue.contains("invisible")),
                (field, true),
                "{path} {body}: {issue}"
            );
        }
    }
    let good = json!({ "name": "می\u{200C}خواهم 👩\u{200D}💻", "location": "Straße 5" });
    let (status, body) = read(send(&api, &admin, Method::PUT, "/api/v1/cameras/CAM-01", &good)).await;
    assert_eq!((status, &body["data"]["name"]), (StatusCode::OK, &good["name"]), "{body}");
}

#[tokio::test]
async fn malformed_json_is_told_where_it_breaks_and_nothing_of_the_parser() {
    let api = Api::start().await;
    let admin = api.user(ADMIN).await;
    let deep = "[".repeat(10_000);
    for text in ["{\"name\":", "{'a':1}", "\"\\ud800\"", "1e999", "nul", &deep, "\u{1}"] {
        let request = api.request(Method::POST, CAMERAS).header("content-type", "application/json");
        let answer =
            refused(request.body(text.to_owned()).bearer_auth(&admin.token), 400, "BAD_REQUEST").await;
        let message = answer["error"]["message"].as_str().unwrap();
        assert!(message.starts_with("malformed JSON at line 1, column "), "{message}");
    }
    let handshake = refused(api.get(&format!("/ws?token={}", admin.token)), 400, "BAD_REQUEST").await;
    assert_eq!(handshake["error"]["message"], "this is no WebSocket handshake");
}
