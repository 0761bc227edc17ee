//! Every operation of the OpenAPI document, tried as every seeded role and as nobody, answers as it declares.

use api::auth::grants;
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::Value;

use crate::support::{ADMIN, Api, OPERATOR, VIEWER};

struct Operation {
    method: Method,
    path: String,
    permission: String,
}

async fn operations(api: &Api) -> Vec<Operation> {
    let document: Value = api.get("/openapi.json").send().await.unwrap().json().await.unwrap();
    let base = document["servers"][0]["url"].as_str().unwrap().to_owned();
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let permission = operation["x-permission"].as_str();
            operations.push(Operation {
                method: method.to_uppercase().parse().unwrap(),
                path: format!("{base}{}", filled(path)),
                permission: permission
                    .unwrap_or_else(|| panic!("{method} {path} declares nothing"))
                    .to_owned(),
            });
        }
    }
    operations
}

/// The path with a value for each parameter; a UUID is also a fine text.
fn filled(path: &str) -> String {
    let segment = |s: &str| {
        if s.starts_with('{') { "0b7d2c7e-8f0e-4c1c-9f43-0123456789ab".to_owned() } else { s.to_owned() }
    };
    path.split('/').map(segment).collect::<Vec<_>>().join("/")
}

async fn outcome(request: RequestBuilder) -> (StatusCode, String, Value) {
    let response = request.send().await.unwrap();
    let status = response.status();
    let body: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap_or_default();
    (status, body["error"]["code"].as_str().unwrap_or_default().to_owned(), body)
}

#[tokio::test]
async fn nobody_gets_past_an_operation_that_is_not_public() {
    let api = Api::start().await;
    for operation in operations(&api).await {
        let (status, code, body) = outcome(api.request(operation.method.clone(), &operation.path)).await;
        let what = format!("{} {} ({}): {body}", operation.method, operation.path, operation.permission);
        match operation.permission.as_str() {
            "public" => {
                assert!(status != StatusCode::UNAUTHORIZED && status != StatusCode::FORBIDDEN, "{what}");
            }
            _ => assert_eq!((status, code.as_str()), (StatusCode::UNAUTHORIZED, "UNAUTHENTICATED"), "{what}"),
        }
    }
}

#[tokio::test]
async fn every_role_gets_exactly_as_far_as_the_declarations_say() {
    let api = Api::start().await;
    let roles = entity::role::all(&api.database.connection).await.unwrap();
    for role in [ADMIN, OPERATOR, VIEWER] {
        let granted = &roles.iter().find(|row| row.id == role).unwrap().permissions.0;
        for operation in operations(&api).await {
            // A user each, since some operations end the session.
            let user = api.user(role).await;
            let request = api.request(operation.method.clone(), &operation.path).bearer_auth(user.token);
            let (status, code, body) = outcome(request).await;
            let what = format!("{role}: {} {}: {body}", operation.method, operation.path);
            if operation.permission == "public" || grants(granted, &operation.permission) {
                assert!(status != StatusCode::UNAUTHORIZED && code != "FORBIDDEN", "{what}");
                assert!(status != StatusCode::INTERNAL_SERVER_ERROR, "{what}");
            } else {
                assert_eq!((status, code.as_str()), (StatusCode::FORBIDDEN, "FORBIDDEN"), "{what}");
                assert_eq!(body["error"]["details"]["permission"], operation.permission, "{what}");
            }
        }
    }
}

#[tokio::test]
async fn every_declared_permission_is_one_that_roles_can_grant() {
    let api = Api::start().await;
    for operation in operations(&api).await {
        let known = ["public", "self"].into_iter().chain(api::auth::PERMISSIONS.iter().copied());
        assert!(known.into_iter().any(|name| name == operation.permission), "{}", operation.permission);
    }
}
