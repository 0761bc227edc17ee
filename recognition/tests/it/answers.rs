//! What each kind makes of answers, good and strange.

use recognition::{BoundingBox, MAX_FACES, ProviderError};

use crate::provider::{Answer, shown};

const BOX: &str = r#"{"top":10,"left":20.4,"width":30,"height":40}"#;

#[tokio::test]
async fn kind_rollcall_reads_people_and_strangers() {
    let body = format!(
        r#"{{"detections":[
            {{"personId":"EMP-1","name":"Ada","confidence":71.5,"distance":0.285,"boundingBox":{BOX},"quality":0.9,"landmarks":[[1,2]]}},
            {{"personId":null,"confidence":12,"boundingBox":{BOX}}}],"width":640,"height":360,"elapsedMs":9}}"#
    );
    let seen = shown("rollcall", Answer::ok(body)).await.unwrap();
    let [ada, stranger] = &seen.faces[..] else { panic!("{seen:?}") };
    assert_eq!((ada.person_id.as_deref(), ada.name.as_deref()), (Some("EMP-1"), Some("Ada")));
    assert_eq!((ada.confidence, ada.provider_score), (71.5, Some(0.285)));
    assert_eq!(ada.bounding_box, BoundingBox { top: 10, left: 20, width: 30, height: 40 });
    assert_eq!((stranger.person_id.as_deref(), stranger.provider_score), (None, None));
    assert_eq!(seen.raw["elapsedMs"], 9);
}

#[tokio::test]
async fn kind_http_keeps_the_providers_own_score_and_track() {
    let body = format!(
        r#"{{"detections":[{{"personId":7,"confidence":140.5,"boundingBox":{BOX},"trackId":"t-9"}}]}}"#
    );
    let seen = shown("http", Answer::ok(body)).await.unwrap();
    let face = &seen.faces[0];
    assert_eq!((face.person_id.as_deref(), face.track_id.as_deref()), (Some("7"), Some("t-9")));
    assert_eq!((face.confidence, face.provider_score), (100.0, Some(140.5)));
}

#[tokio::test]
async fn figures_out_of_range_are_brought_into_it_and_faces_without_area_left_out() {
    let boxes = [
        r#"{"top":-10,"left":-10,"width":1e300,"height":50}"#,
        r#"{"top":5,"left":5,"width":0,"height":50}"#,
        r#"{"top":5,"left":5,"width":-4,"height":50}"#,
        r#"{"top":5,"left":-500,"width":40,"height":50}"#,
    ];
    let face = |place: &&str| format!(r#"{{"confidence":-3,"boundingBox":{place}}}"#);
    let faces: Vec<_> = boxes.iter().map(face).collect();
    let body = format!(r#"{{"detections":[{}]}}"#, faces.join(","));
    for kind in recognition::kind_names() {
        let seen = shown(kind, Answer::ok(&body)).await.unwrap();
        let [face] = &seen.faces[..] else { panic!("{seen:?}") };
        assert_eq!(face.bounding_box, BoundingBox { top: 0, left: 0, width: 65_535, height: 40 });
        assert_eq!(face.confidence, 0.0);
    }
}

#[tokio::test]
async fn an_answer_that_breaks_the_contract_is_a_bad_answer() {
    let long = format!(
        r#"{{"detections":[{{"personId":"{}","confidence":1,"boundingBox":{BOX}}}]}}"#,
        "x".repeat(200)
    );
    for body in [
        "",
        "<html>it works</html>",
        "null",
        "[]",
        "{}",
        r#"{"detections":null}"#,
        r#"{"detections":{"a":1}}"#,
        r#"{"detections":[7]}"#,
        r#"{"detections":[{"confidence":"high","boundingBox":{"top":1,"left":1,"width":1,"height":1}}]}"#,
        r#"{"detections":[{"confidence":1e999,"boundingBox":{"top":1,"left":1,"width":1,"height":1}}]}"#,
        r#"{"detections":[{"confidence":50,"boundingBox":[1,2,3,4]}]}"#,
        r#"{"detections":[{"confidence":50,"boundingBox":{"top":1,"left":1,"width":1}}]}"#,
        r#"{"detections":[{"boundingBox":{"top":1,"left":1,"width":1,"height":1}}]}"#,
        &long,
        &"[".repeat(500_000),
    ] {
        for kind in recognition::kind_names() {
            let error = shown(kind, Answer::ok(body)).await.unwrap_err();
            assert!(
                matches!(error, ProviderError::BadAnswer(_)) && error.is_transient(),
                "{kind} {body:.80}: {error:?}"
            );
            assert!(error.to_string().len() < 300);
        }
    }
}

#[tokio::test]
async fn a_crowd_is_cut_to_the_most_faces_allowed() {
    let face = format!(r#"{{"confidence":50,"boundingBox":{BOX}}}"#);
    let body = format!(r#"{{"detections":[{}]}}"#, vec![face; MAX_FACES + 50].join(","));
    assert_eq!(shown("rollcall", Answer::ok(body)).await.unwrap().faces.len(), MAX_FACES);
}

#[tokio::test]
async fn names_are_bounded_and_free_of_control_characters() {
    let name = format!("\\u0000A\\n{}", "é".repeat(400));
    let body = format!(r#"{{"detections":[{{"name":"{name}","confidence":50,"boundingBox":{BOX}}}]}}"#);
    let seen = shown("http", Answer::ok(body)).await.unwrap();
    let name = seen.faces[0].name.clone().unwrap();
    assert!(name.chars().count() == 200 && name.starts_with("Aé"), "{name}");
    assert!(!seen.raw.to_string().contains("\\u0000"));
}
