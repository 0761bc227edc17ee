//! The life of one connection: requests in, messages out, pings, and an end that the browser is told the reason of.

use std::{sync::Arc, time::Duration};

use chrono::Utc;
use futures_util::{
    Sink, SinkExt as _, Stream, StreamExt as _,
    stream::{SplitSink, SplitStream},
};
use poem::web::websocket::{CloseCode, Message, WebSocketStream};
use tokio::{
    sync::mpsc,
    time::{interval, sleep, timeout},
};

use super::{
    client::Client,
    protocol::{self, PONG, Request},
};
use crate::state::App;

/// Between our pings.
const PING: Duration = Duration::from_secs(20);

/// A peer that sends nothing for so long, not even a pong, is gone.
const SILENCE: Duration = Duration::from_secs(60);

/// Longest wait for a slow peer to take our goodbye.
const GOODBYE: Duration = Duration::from_secs(2);

/// Answers that may wait; a browser that sends requests and does not read is no longer listened to.
const REPLIES: usize = 16;

/// The token's time is over.
const EXPIRED: u16 = 4401;
/// The user was suspended or signed out.
const REFUSED: u16 = 4403;
/// The server stops.
const GOING_AWAY: u16 = 1001;
/// A message beyond the limit or of a kind that we do not take, RFC 6455 section 7.4.1.
const TOO_BIG: u16 = 1009;
/// The browser said goodbye or fell silent.
const NORMAL: u16 = 1000;

/// Serves `socket` to its end.
pub(super) async fn run(socket: WebSocketStream, client: Arc<Client>, app: Arc<App>) {
    let _seat = app.hub.join(Arc::clone(&client));
    let (mut sink, mut stream) = socket.split();
    let (replies, answers) = mpsc::channel(REPLIES);
    let life = (client.claims.expires_at() - Utc::now()).to_std().unwrap_or_default();
    let (code, reason) = tokio::select! {
        end = read(&mut stream, &client, replies) => end,
        () = write(&mut sink, &client, answers) => return,
        () = sleep(life) => (EXPIRED, "the token has expired"),
        () = client.refused.cancelled() => (REFUSED, "the session has ended"),
        () = app.shutdown.wait() => (GOING_AWAY, "the server stops"),
    };
    goodbye(&mut sink, &mut stream, code, reason).await;
}

type End = (u16, &'static str);

async fn read(
    stream: &mut (impl Stream<Item = std::io::Result<Message>> + Unpin),
    client: &Client,
    replies: mpsc::Sender<String>,
) -> End {
    loop {
        let text = match timeout(SILENCE, stream.next()).await {
            Err(_) => return (NORMAL, "silent for too long"),
            Ok(None | Some(Ok(Message::Close(_)))) => return (NORMAL, ""),
            Ok(Some(Err(_))) => return (TOO_BIG, "this is no message that we take"),
            Ok(Some(Ok(Message::Text(text)))) => text,
            // poem answers pings by itself; binary is none of ours.
            Ok(Some(Ok(Message::Binary(_)))) => String::new(),
            Ok(Some(Ok(Message::Ping(_) | Message::Pong(_)))) => continue,
        };
        if replies.send(answer(&text, client)).await.is_err() {
            return (NORMAL, "");
        }
    }
}

fn answer(text: &str, client: &Client) -> String {
    let outcome = protocol::parse(text).and_then(|request| match request {
        Request::Ping => Ok(PONG.to_owned()),
        Request::Subscribe(topic) => {
            client.subscribe(&topic).map(|()| protocol::confirmation("subscribed", &topic))
        }
        Request::Unsubscribe(topic) => {
            client.unsubscribe(&topic);
            Ok(protocol::confirmation("unsubscribed", &topic))
        }
    });
    outcome.unwrap_or_else(|problem| protocol::error(&problem))
}

/// Ends when the peer cannot be written to. Answers go before messages, so a subscription is confirmed before its
/// first message.
async fn write(
    sink: &mut (impl Sink<Message> + Unpin),
    client: &Client,
    mut answers: mpsc::Receiver<String>,
) {
    let mut ping = interval(PING);
    loop {
        let message = tokio::select! {
            biased;
            Some(answer) = answers.recv() => Message::Text(answer),
            _ = ping.tick() => Message::Ping(Vec::new()),
            message = client.outgoing.next() => Message::Text(message.to_string()),
        };
        if sink.send(message).await.is_err() {
            return;
        }
    }
}

async fn goodbye(
    sink: &mut SplitSink<WebSocketStream, Message>,
    stream: &mut SplitStream<WebSocketStream>,
    code: u16,
    reason: &str,
) {
    let farewell = async {
        // Whether it still arrives is up to the peer.
        let _ = sink.send(Message::close_with(CloseCode::from(code), reason)).await;
        while let Some(Ok(_)) = stream.next().await {}
    };
    let _ = timeout(GOODBYE, farewell).await;
}
