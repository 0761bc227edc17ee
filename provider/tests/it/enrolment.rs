use reqwest::StatusCode;
use reqwest::multipart::Form;

use crate::server::{Provider, file, form, json, refusal};
use crate::{cache, pictures};

#[tokio::test]
async fn enrolling_answers_with_a_reference_for_each_image_and_again_with_the_same() {
    let provider = Provider::start().await;
    let first = provider.enrol("obama", "Barack Obama", &["obama.jpg", "obama2.jpg"]).await;
    let again = provider.enrol("obama", "Barack Obama", &["obama.jpg", "obama2.jpg"]).await;
    assert_eq!(first["images"].as_array().unwrap().len(), 2);
    assert_eq!(first, again);
}

#[tokio::test]
async fn enrolling_replaces_the_images_unless_it_is_asked_to_append() {
    let provider = Provider::start().await;
    provider.enrol("obama", "Barack Obama", &["obama.jpg"]).await;
    let replaced = provider.enrol("obama", "B. Obama", &["obama2.jpg"]).await;
    assert_eq!((replaced["images"].as_array().unwrap().len(), &replaced["name"]), (1, &"B. Obama".into()));
    let request = provider.client.put(provider.url("/people/obama?append=true"));
    let appended = json(request.multipart(form("B. Obama", &["obama3.jpg"])), StatusCode::OK).await;
    assert_eq!(appended["images"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_forgotten_person_is_really_forgotten() {
    let provider = Provider::start().await;
    provider.enrol("obama", "Barack Obama", &["obama.jpg"]).await;
    let delete = || provider.client.delete(provider.url("/people/obama"));
    json(delete(), StatusCode::NO_CONTENT).await;
    let detections = provider.detect(cache::portrait("obama2.jpg")).await;
    assert!(detections[0].get("personId").is_none() && detections[0].get("distance").is_none());
    let people = json(provider.client.get(provider.url("/people")), StatusCode::OK).await;
    assert_eq!(people["total"], 0);
    assert_eq!(refusal(delete(), StatusCode::NOT_FOUND).await.0, "NOT_FOUND");
}

#[tokio::test]
async fn a_forgotten_image_is_no_longer_compared_with() {
    let provider = Provider::start().await;
    let person = provider.enrol("x", "Two People", &["obama.jpg", "biden.jpg"]).await;
    let of_biden = person["images"][1]["ref"].as_str().unwrap();
    let delete = || provider.client.delete(provider.url(&format!("/people/x/images/{of_biden}")));
    json(delete(), StatusCode::NO_CONTENT).await;
    assert_eq!(provider.detect(cache::portrait("biden.jpg")).await[0]["verdict"], "unknown");
    assert_eq!(provider.detect(cache::portrait("obama2.jpg")).await[0]["personId"], "x");
    refusal(delete(), StatusCode::NOT_FOUND).await;
}

#[tokio::test]
async fn people_are_listed_page_by_page() {
    let provider = Provider::start().await;
    for id in ["c", "a", "b"] {
        provider.enrol(id, "N", &["astronaut.png"]).await;
    }
    let page = |query| json(provider.client.get(provider.url(query)), StatusCode::OK);
    let first = page("/people?limit=2").await;
    let last = page("/people?limit=2&after=b").await;
    let ids = |page: &serde_json::Value| -> Vec<String> {
        let people = page["people"].as_array().unwrap().iter();
        people.map(|person| person["id"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!((ids(&first), &first["next"]), (vec!["a".to_owned(), "b".to_owned()], &"b".into()));
    assert_eq!((ids(&last), last.get("next")), (vec!["c".to_owned()], None));
}

#[tokio::test]
async fn every_image_must_show_exactly_one_face_and_the_bad_one_is_named() {
    let provider = Provider::start().await;
    let cases = [
        ("NO_FACE", "cup.png", cache::portrait("coffee.png")),
        ("SEVERAL_FACES", "both.jpg", pictures::frame(&["obama.jpg", "biden.jpg"])),
        ("FACE_TOO_SMALL", "tiny.jpg", pictures::scaled("obama.jpg", 160)),
        ("INVALID_IMAGE", "half.jpg", cache::portrait("obama.jpg")[..2_000].to_vec()),
    ];
    for (expected, name, bytes) in cases {
        let form = form("Barack Obama", &["obama.jpg"]).part("images[]", file(name, bytes));
        let request = provider.client.put(provider.url("/people/obama")).multipart(form);
        let (code, message) = refusal(request, StatusCode::UNPROCESSABLE_ENTITY).await;
        assert_eq!(code, expected);
        assert!(message.starts_with(name), "{message}");
    }
    let people = json(provider.client.get(provider.url("/people")), StatusCode::OK).await;
    assert_eq!(people["total"], 0, "a refused enrolment keeps nothing");
}

#[tokio::test]
async fn a_face_in_the_dark_is_found_but_not_enrolled() {
    let provider = Provider::start().await;
    let mut dark = pictures::load("obama.jpg").to_rgb8();
    dark.iter_mut().for_each(|value| *value /= 12);
    let dark = pictures::encode(&dark.into(), image::ImageFormat::Png);
    let form = Form::new().text("name", "N").part("images", file("dark.png", dark));
    let request = provider.client.put(provider.url("/people/obama")).multipart(form);
    let (code, message) = refusal(request, StatusCode::UNPROCESSABLE_ENTITY).await;
    assert_eq!(code, "LOW_QUALITY", "{message}");
}

#[tokio::test]
async fn bad_ids_names_and_empty_forms_are_refused() {
    let provider = Provider::start().await;
    let put = |path: &str, form| provider.client.put(provider.url(path)).multipart(form);
    let cases = [
        put("/people/..%2Fetc", form("N", &["astronaut.png"])),
        put("/people/.x", form("N", &["astronaut.png"])),
        put("/people/x", form("", &["astronaut.png"])),
        put("/people/x", form("a\0b", &["astronaut.png"])),
        put("/people/x", form(&"n".repeat(201), &["astronaut.png"])),
        put("/people/x", form("N", &[])),
    ];
    for request in cases {
        assert_eq!(refusal(request, StatusCode::BAD_REQUEST).await.0, "INVALID_REQUEST");
    }
}
