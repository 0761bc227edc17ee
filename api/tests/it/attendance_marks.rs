//! Marking somebody as here, by employee id and by picture.

use std::io::Cursor;

use entity::{
    attendance_log::{self, Source},
    attendance_record, detection_provider_config,
};
use image::{DynamicImage, ImageFormat};
use reqwest::{
    RequestBuilder, StatusCode,
    multipart::{Form, Part},
};
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, EntityTrait as _};
use serde_json::json;
use testkit::provider::{Answer, Provider, provider};

use crate::{
    attendance_entries::with_person,
    support::{Api, User, read, refused},
};

const MARK: &str = "/api/v1/attendance/mark";

/// An API whose detection provider answers so.
async fn with_provider(answer: Answer) -> (Api, User, Provider) {
    let (api, operator) = with_person().await;
    let provider = provider(answer).await;
    let row = detection_provider_config::ActiveModel {
        id: Set(1),
        endpoint: Set(provider.url()),
        ..Default::default()
    };
    row.update(&api.database.connection).await.unwrap();
    (api, operator, provider)
}

fn picture(format: ImageFormat) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    DynamicImage::new_rgb8(1280, 720).write_to(&mut file, format).unwrap();
    file.into_inner()
}

fn upload(api: &Api, user: &User, file: Vec<u8>) -> RequestBuilder {
    let form = Form::new().part("image", Part::bytes(file).file_name("me.jpg"));
    api.client.post(api.url(MARK)).multipart(form).bearer_auth(&user.token)
}

#[tokio::test]
async fn the_first_mark_is_made_and_the_second_is_found() {
    let (api, operator) = with_person().await;
    let mark = || api.post(MARK, &json!({ "employeeId": "EMP-001" })).bearer_auth(&operator.token);
    let (first, made) = read(mark()).await;
    let (second, found) = read(mark()).await;
    assert_eq!((first, second), (StatusCode::CREATED, StatusCode::OK), "{made} {found}");
    assert_eq!(made["data"], found["data"]);
    assert_eq!(made["data"]["source"], "manual");
    let db = &api.database.connection;
    assert_eq!(attendance_log::Entity::find().all(db).await.unwrap().len(), 1);
    let [presence] = attendance_record::Entity::find().all(db).await.unwrap().try_into().unwrap();
    assert_eq!(presence.status, attendance_record::Status::OnSite);
    let nobody = api.post(MARK, &json!({ "employeeId": "EMP-404" })).bearer_auth(&operator.token);
    refused(nobody, 404, "NOT_FOUND").await;
}

#[tokio::test]
async fn a_picture_marks_whom_the_provider_recognises() {
    let (api, operator, provider) = with_provider(Answer::person("EMP-001", "Ada", 88.0)).await;
    for (format, status) in [(ImageFormat::Png, StatusCode::CREATED), (ImageFormat::WebP, StatusCode::OK)] {
        let (given, body) = read(upload(&api, &operator, picture(format))).await;
        assert_eq!(given, status, "{body}");
        assert_eq!((&body["data"]["source"], &body["data"]["accuracy"]), (&json!("face"), &json!(88.0)));
    }
    let [log] =
        attendance_log::Entity::find().all(&api.database.connection).await.unwrap().try_into().unwrap();
    assert_eq!((log.source, log.check_in_entered), (Source::Face, true));
    assert_eq!(provider.requests().len(), 2, "the provider was asked each time");
}

#[tokio::test]
async fn a_picture_of_nobody_known_is_not_found() {
    let (api, operator, _provider) = with_provider(Answer::person("EMP-404", "Stranger", 88.0)).await;
    refused(upload(&api, &operator, picture(ImageFormat::Jpeg)), 404, "NOT_FOUND").await;
    let (api, operator, _provider) = with_provider(Answer::person("EMP-001", "Ada", 10.0)).await;
    refused(upload(&api, &operator, picture(ImageFormat::Jpeg)), 404, "NOT_FOUND").await;
}

#[tokio::test]
async fn a_picture_without_exactly_one_face_is_refused() {
    let (api, operator, _provider) = with_provider(Answer::nobody()).await;
    let body = refused(upload(&api, &operator, picture(ImageFormat::Jpeg)), 422, "VALIDATION_ERROR").await;
    assert_eq!(body["error"]["details"], json!([{ "field": "image", "issue": "must show a face" }]));
    let face = json!({ "personId": "EMP-001", "name": "Ada", "confidence": 90.0, "quality": 0.9,
                       "boundingBox": { "top": 20, "left": 20, "width": 100, "height": 100 } });
    let two = json!({ "detections": [face, face], "width": 1280, "height": 720, "elapsedMs": 1 });
    let (api, operator, _provider) = with_provider(Answer::Json(two)).await;
    let body = refused(upload(&api, &operator, picture(ImageFormat::Jpeg)), 422, "VALIDATION_ERROR").await;
    assert_eq!(body["error"]["details"][0]["issue"], "must show one face only");
}

#[tokio::test]
async fn what_is_no_picture_is_refused_and_the_provider_is_not_asked() {
    let (api, operator, provider) = with_provider(Answer::person("EMP-001", "Ada", 88.0)).await;
    let body = refused(upload(&api, &operator, b"%PDF-1.7".to_vec()), 422, "VALIDATION_ERROR").await;
    assert_eq!(body["error"]["details"][0]["issue"], "must be a JPEG, PNG or WebP picture");
    let large = vec![0xff; 10 * 1024 * 1024 + 1];
    let body = refused(upload(&api, &operator, large), 422, "VALIDATION_ERROR").await;
    assert_eq!(body["error"]["details"][0]["issue"], "must be at most 10 MB");
    assert!(provider.requests().is_empty());
}

#[tokio::test]
async fn a_provider_that_does_not_answer_is_said_so() {
    let (api, operator, _provider) = with_provider(Answer::Status(500)).await;
    refused(upload(&api, &operator, picture(ImageFormat::Jpeg)), 502, "UPSTREAM_FAILED").await;
}

#[tokio::test]
async fn a_form_without_a_picture_and_a_bare_picture_are_told_how_to_send_one() {
    let (api, operator) = with_person().await;
    let form = Form::new().text("photo", "me.jpg");
    let without = api.client.post(api.url(MARK)).multipart(form).bearer_auth(&operator.token);
    let body = refused(without, 422, "VALIDATION_ERROR").await;
    assert_eq!(body["error"]["details"], json!([{ "field": "image", "issue": "is required" }]));
    let bare =
        api.client.post(api.url(MARK)).header("content-type", "image/jpeg").body(picture(ImageFormat::Jpeg));
    let body = refused(bare.bearer_auth(&operator.token), 415, "UNSUPPORTED_MEDIA_TYPE").await;
    assert!(body["error"]["message"].as_str().unwrap().contains("multipart/form-data"), "{body}");
}
