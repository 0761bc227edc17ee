//! Just enough HTTP/1.1 to read a request whole. The stand-ins speak it by hand, because a proper server
//! would refuse to answer as badly as they must.

use std::io;

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader};
use tokio::net::TcpStream;

/// A request as a stand-in has seen it.
#[derive(Debug, Clone)]
pub struct Request {
    /// Method and target: `POST /detect?cameraId=…`.
    pub line: String,
    /// Header lines as they came, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body, chunks joined.
    pub body: Vec<u8>,
}

impl Request {
    /// The value of the first header `name` (in lower case).
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// Reads the next request of a connection; `None` at its end.
pub(crate) async fn read(stream: &mut BufReader<TcpStream>) -> io::Result<Option<Request>> {
    let first = line(stream).await?;
    let Some((line, _version)) = first.rsplit_once(' ') else { return Ok(None) };
    let mut request = Request { line: line.to_owned(), headers: headers(stream).await?, body: Vec::new() };
    if request.header("transfer-encoding").is_some() {
        request.body = chunks(stream).await?;
    } else if let Some(length) = request.header("content-length") {
        request.body = vec![0; length.parse().map_err(io::Error::other)?];
        stream.read_exact(&mut request.body).await?;
    }
    Ok(Some(request))
}

async fn line(stream: &mut BufReader<TcpStream>) -> io::Result<String> {
    let mut line = String::new();
    stream.read_line(&mut line).await?;
    Ok(line.trim_end().to_owned())
}

async fn headers(stream: &mut BufReader<TcpStream>) -> io::Result<Vec<(String, String)>> {
    let mut headers = Vec::new();
    loop {
        let line = line(stream).await?;
        let Some((name, value)) = line.split_once(':') else { return Ok(headers) };
        headers.push((name.to_lowercase(), value.trim().to_owned()));
    }
}

async fn chunks(stream: &mut BufReader<TcpStream>) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let size = usize::from_str_radix(&line(stream).await?, 16).map_err(io::Error::other)?;
        let mut chunk = vec![0; size];
        stream.read_exact(&mut chunk).await?;
        line(stream).await?;
        if size == 0 {
            return Ok(body);
        }
        body.extend(chunk);
    }
}
