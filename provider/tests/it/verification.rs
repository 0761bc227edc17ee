use reqwest::multipart::Form;
use reqwest::{RequestBuilder, StatusCode};

use crate::cache;
use crate::server::{Provider, file, json, refusal};

fn verify(provider: &Provider, portraits: &[&str], person: Option<&str>) -> RequestBuilder {
    let person = person.map(|id| Form::new().text("personId", id.to_owned())).unwrap_or_default();
    let files = portraits.iter().map(|portrait| file(portrait, cache::portrait(portrait)));
    let form = files.fold(person, |form, file| form.part("images[]", file));
    provider.client.post(provider.url("/verify")).multipart(form)
}

#[tokio::test]
async fn two_pictures_of_one_person_match_and_of_two_people_do_not() {
    let provider = Provider::start().await;
    let same = json(verify(&provider, &["obama.jpg", "obama2.jpg"], None), StatusCode::OK).await;
    let different = json(verify(&provider, &["obama.jpg", "biden.jpg"], None), StatusCode::OK).await;
    assert_eq!((&same["matched"], &different["matched"]), (&true.into(), &false.into()));
    assert!(same["distance"].as_f64().unwrap() < 0.43);
    assert!(different["distance"].as_f64().unwrap() > 0.8);
    assert!(same["confidence"].as_f64().unwrap() > 55.0);
}

#[tokio::test]
async fn a_picture_is_verified_against_an_enrolled_person() {
    let provider = Provider::start().await;
    provider.enrol("obama", "Barack Obama", &["obama.jpg"]).await;
    let person = Some("obama");
    let himself = json(verify(&provider, &["obama3.jpg"], person), StatusCode::OK).await;
    let another = json(verify(&provider, &["biden.jpg"], person), StatusCode::OK).await;
    assert_eq!((&himself["matched"], &another["matched"]), (&true.into(), &false.into()));
}

#[tokio::test]
async fn verification_needs_two_sides_a_known_person_and_a_face() {
    let provider = Provider::start().await;
    refusal(verify(&provider, &["obama.jpg"], None), StatusCode::BAD_REQUEST).await;
    refusal(verify(&provider, &["obama.jpg"], Some("nobody")), StatusCode::NOT_FOUND).await;
    let faceless = verify(&provider, &["obama.jpg", "coffee.png"], None);
    assert_eq!(refusal(faceless, StatusCode::UNPROCESSABLE_ENTITY).await.0, "NO_FACE");
}
