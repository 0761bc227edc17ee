use image::{DynamicImage, ImageFormat, RgbImage};
use reqwest::StatusCode;
use reqwest::multipart::Form;

use crate::server::{Provider, file, json};
use crate::{cache, pictures};

#[tokio::test]
async fn an_enrolled_person_is_recognised_in_other_pictures() {
    let provider = Provider::start().await;
    provider.enrol("p-44", "Barack Obama", &["obama.jpg"]).await;
    for portrait in ["obama2.jpg", "obama3.jpg"] {
        let detections = provider.detect(cache::portrait(portrait)).await;
        let [face] = detections.as_slice() else { panic!("{portrait}: {detections:?}") };
        assert_eq!(face["personId"], "p-44");
        assert_eq!(face["name"], "Barack Obama");
        assert_eq!(face["verdict"], "recognised");
        let (confidence, distance) =
            (face["confidence"].as_f64().unwrap(), face["distance"].as_f64().unwrap());
        assert!((0.2..0.43).contains(&distance), "{portrait}: {distance}");
        assert!((confidence - 100.0 * (1.0 - distance)).abs() < 0.02);
    }
}

#[tokio::test]
async fn a_stranger_is_unknown() {
    let provider = Provider::start().await;
    provider.enrol("p-44", "Barack Obama", &["obama.jpg"]).await;
    for portrait in ["biden.jpg", "astronaut.png"] {
        let detections = provider.detect(cache::portrait(portrait)).await;
        let [face] = detections.as_slice() else { panic!("{portrait}: {detections:?}") };
        assert_eq!(face["verdict"], "unknown");
        assert!(face.get("personId").is_none() && face.get("candidate").is_none());
        assert!(face["distance"].as_f64().unwrap() > 0.75, "{face}");
    }
}

#[tokio::test]
async fn without_enrolled_people_a_face_is_unknown_and_has_no_distance() {
    let detections = Provider::start().await.detect(cache::portrait("astronaut.png")).await;
    assert_eq!(detections[0]["verdict"], "unknown");
    assert_eq!(detections[0]["confidence"], 0.0);
    assert!(detections[0].get("distance").is_none());
}

#[tokio::test]
async fn two_people_in_a_frame_are_both_found_where_they_stand() {
    let provider = Provider::start().await;
    provider.enrol("obama", "Barack Obama", &["obama.jpg"]).await;
    provider.enrol("biden", "Joe Biden", &["biden.jpg"]).await;
    let detections = provider.detect(pictures::frame(&["obama2.jpg", "biden.jpg"])).await;
    let left_edge = |id: &str| {
        let face = detections.iter().find(|face| face["personId"] == id).unwrap();
        face["boundingBox"]["left"].as_i64().unwrap()
    };
    assert_eq!(detections.len(), 2);
    assert!(left_edge("obama") < 640 && left_edge("biden") > 640);
    for face in &detections {
        let side = |name: &str| face["boundingBox"][name].as_i64().unwrap();
        let points = face["landmarks"].as_array().unwrap();
        assert_eq!(points.len(), 5);
        for point in points {
            let (x, y) = (point["x"].as_f64().unwrap(), point["y"].as_f64().unwrap());
            assert!((side("left") as f64..=(side("left") + side("width")) as f64).contains(&x));
            assert!((side("top") as f64..=(side("top") + side("height")) as f64).contains(&y));
        }
    }
}

#[tokio::test]
async fn a_picture_without_a_face_has_no_detections() {
    let provider = Provider::start().await;
    let answer = json(provider.post("/detect", cache::portrait("coffee.png")), StatusCode::OK).await;
    assert_eq!(answer["detections"].as_array().unwrap().len(), 0);
    assert_eq!((&answer["width"], &answer["height"]), (&600.into(), &400.into()));
    assert!(answer["elapsedMs"].is_u64());
}

#[tokio::test]
async fn pictures_too_small_for_a_face_have_no_detections() {
    let provider = Provider::start().await;
    for (width, height) in [(1, 1), (39, 400), (400, 8)] {
        let picture = pictures::encode(&RgbImage::new(width, height).into(), ImageFormat::Jpeg);
        assert_eq!(provider.detect(picture).await.len(), 0, "{width} × {height}");
    }
}

#[tokio::test]
async fn a_flat_dark_picture_is_recognised_too() {
    let provider = Provider::start().await;
    provider.enrol("obama", "Barack Obama", &["obama.jpg"]).await;
    let mut dark = pictures::load("obama2.jpg").to_rgb8();
    dark.iter_mut().for_each(|value| *value = 20 + *value / 3);
    let detections = provider.detect(pictures::encode(&dark.into(), ImageFormat::Jpeg)).await;
    assert_eq!(detections[0]["personId"], "obama");
}

#[tokio::test]
async fn a_photo_that_a_phone_took_sideways_is_turned_upright() {
    let provider = Provider::start().await;
    provider.enrol("obama", "Barack Obama", &["obama.jpg"]).await;
    let detections = provider.detect(pictures::lying_on_its_side("obama2.jpg")).await;
    assert_eq!(detections[0]["personId"], "obama");
}

#[tokio::test]
async fn jpeg_png_and_webp_are_told_by_content_alone() {
    let provider = Provider::start().await;
    let picture: DynamicImage = pictures::load("astronaut.png").to_rgb8().into();
    for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP] {
        assert_eq!(provider.detect(pictures::encode(&picture, format)).await.len(), 1, "{format:?}");
    }
}

#[tokio::test]
async fn a_picture_may_come_in_a_form() {
    let provider = Provider::start().await;
    let form = Form::new().part("image", file("a.png", cache::portrait("astronaut.png")));
    let form = form.text("cameraId", "gate");
    let answer = json(provider.client.post(provider.url("/detect")).multipart(form), StatusCode::OK).await;
    assert_eq!(answer["detections"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn encodings_of_the_same_picture_are_equal_and_have_128_numbers() {
    let provider = Provider::start().await;
    let mut embeddings = Vec::new();
    for _ in 0..2 {
        let request = provider.post("/encode", cache::portrait("biden.jpg"));
        let answer = json(request, StatusCode::OK).await;
        assert_eq!(answer["faces"][0]["embedding"].as_array().unwrap().len(), 128);
        assert!(answer["faces"][0]["quality"].as_f64().unwrap() > 0.9);
        embeddings.push(answer["faces"][0]["embedding"].clone());
    }
    assert_eq!(embeddings[0], embeddings[1]);
}
