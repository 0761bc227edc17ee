//! Key spaces and private servers.

use redis::AsyncCommands as _;
use testkit::instance::{Instance, Server};

#[tokio::test]
async fn two_tests_do_not_see_each_others_keys() {
    let (mine, yours) = (testkit::redis(), testkit::redis());
    let key = format!("{}:a", mine.prefix);
    mine.connect().await.set::<_, _, ()>(&key, 1).await.unwrap();
    assert_eq!(mine.keys().await, [key]);
    assert_eq!(yours.keys().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_key_space_is_empty_again_when_its_test_ends() {
    let mine = testkit::redis();
    let key = format!("{}:a", mine.prefix);
    let mut connection = mine.connect().await;
    connection.set::<_, _, ()>(&key, 1).await.unwrap();
    drop(mine);
    assert!(!connection.exists::<_, bool>(&key).await.unwrap());
}

#[tokio::test]
async fn a_private_redis_has_its_data_and_address_after_a_restart() {
    let instance = Instance::start();
    let connect = async || {
        let client = redis::Client::open(instance.redis_url()).unwrap();
        client.get_multiplexed_async_connection().await
    };
    connect().await.unwrap().set::<_, _, ()>("a", 1).await.unwrap();
    instance.stop(Server::Redis);
    assert!(connect().await.is_err());
    instance.resume(Server::Redis);
    assert_eq!(connect().await.unwrap().get::<_, i32>("a").await.unwrap(), 1);
}
