//! A bare HTTP/1.1 connection that stays open, one request at a time, on a blocking socket. A full client would spend as much
//! time on a request as the API does, and the figures would be its own.

use std::{
    io::{self, BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    time::Duration,
};

const PATIENCE: Duration = Duration::from_secs(30);

/// Where requests go, and who sends them.
#[derive(Clone)]
pub struct Target {
    /// `host:port`.
    pub address: String,
    /// The caller's access token.
    pub token: String,
}

impl Target {
    /// The bytes of a GET of `path`.
    pub fn get(&self, path: &str) -> Vec<u8> {
        self.request("GET", path, "")
    }

    /// The bytes of a POST of a JSON text.
    pub fn post(&self, path: &str, json: &str) -> Vec<u8> {
        let length = json.len();
        self.request(
            "POST",
            path,
            &format!("Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{json}"),
        )
    }

    fn request(&self, method: &str, path: &str, rest: &str) -> Vec<u8> {
        let Self { address, token } = self;
        let rest = if rest.is_empty() { "\r\n" } else { rest };
        format!(
            "{method} /api/v1{path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n{rest}"
        )
        .into_bytes()
    }
}

/// An open connection.
pub struct Connection(BufReader<TcpStream>);

impl Connection {
    /// Connects to `host:port`.
    pub fn open(address: &str) -> io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(Self(BufReader::with_capacity(64 * 1024, stream)))
    }

    /// Sends a request and reads the whole answer, which must be a 2xx of a known length.
    pub fn call(&mut self, request: &[u8]) -> io::Result<()> {
        self.0.get_mut().write_all(request)?;
        let mut line = String::new();
        self.0.read_line(&mut line)?;
        let status = line.trim_end().to_owned();
        let mut length = 0;
        while line != "\r\n" {
            line.clear();
            if self.0.read_line(&mut line)? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            if let Some((name, value)) = line.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = value.trim().parse().map_err(io::Error::other)?;
            }
        }
        let mut body = Vec::new();
        self.0.by_ref().take(length).read_to_end(&mut body)?;
        if status.starts_with("HTTP/1.1 2") {
            return Ok(());
        }
        Err(io::Error::other(format!("{status}: {}", String::from_utf8_lossy(&body))))
    }
}
