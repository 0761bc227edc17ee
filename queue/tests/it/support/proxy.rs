//! A TCP proxy that can lose one answer: it cuts the connection between a request that holds a pattern and its reply.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A proxy in front of a server.
pub struct Proxy {
    pub port: u16,
    pattern: Arc<Mutex<Option<Vec<u8>>>>,
}

impl Proxy {
    pub async fn before(port: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let proxy = Self { port: listener.local_addr().unwrap().port(), pattern: Arc::default() };
        let pattern = Arc::clone(&proxy.pattern);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(forward(client, port, Arc::clone(&pattern)));
            }
        });
        proxy
    }

    /// Loses the answer to the next request that holds these bytes.
    pub fn lose_answer_to(&self, pattern: &[u8]) {
        *self.pattern.lock().unwrap() = Some(pattern.to_vec());
    }

    /// True once an answer was lost.
    pub fn has_lost(&self) -> bool {
        self.pattern.lock().unwrap().is_none()
    }
}

async fn forward(mut client: TcpStream, port: u16, pattern: Arc<Mutex<Option<Vec<u8>>>>) {
    let Ok(mut server) = TcpStream::connect(("127.0.0.1", port)).await else { return };
    let (mut up, mut down) = (vec![0; 65536], vec![0; 65536]);
    let mut losing = false;
    loop {
        tokio::select! {
            read = client.read(&mut up) => {
                let Ok(count @ 1..) = read else { return };
                losing |= matches_and_disarms(&up[..count], &pattern);
                if server.write_all(&up[..count]).await.is_err() { return }
            }
            read = server.read(&mut down) => {
                let Ok(count @ 1..) = read else { return };
                if losing || client.write_all(&down[..count]).await.is_err() { return }
            }
        }
    }
}

fn matches_and_disarms(request: &[u8], pattern: &Mutex<Option<Vec<u8>>>) -> bool {
    let mut pattern = pattern.lock().unwrap();
    let found = pattern.as_ref().is_some_and(|bytes| request.windows(bytes.len()).any(|part| part == bytes));
    if found {
        *pattern = None;
    }
    found
}
