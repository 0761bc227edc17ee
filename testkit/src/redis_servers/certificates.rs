//! A certification authority of a test's own, and servers that show its certificates. OpenSSL's program makes them;
//! Debian's `ca-certificates` brings it along.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::server::RedisServer;

/// An authority that nobody else trusts.
#[derive(Debug)]
pub struct Authority {
    folder: tempfile::TempDir,
}

impl Authority {
    /// Makes a new authority.
    #[must_use]
    pub fn new() -> Self {
        let authority = Self { folder: tempfile::tempdir().unwrap() };
        authority.openssl(&["ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", "ca.key"]);
        authority.openssl(&[
            "req",
            "-x509",
            "-new",
            "-key",
            "ca.key",
            "-subj",
            "/CN=An authority of a test",
            "-days",
            "2",
            "-addext",
            "basicConstraints=critical,CA:TRUE",
            "-out",
            "ca.pem",
        ]);
        authority
    }

    /// The file with the authority's certificate.
    #[must_use]
    pub fn certificate(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// Issues a certificate for `name`, such as `IP:127.0.0.1`, and answers the files of certificate and key.
    #[must_use]
    pub fn issue(&self, name: &str) -> (PathBuf, PathBuf) {
        let file = uuid::Uuid::new_v4().simple().to_string();
        let [key, request, certificate, extension] =
            ["key", "csr", "pem", "ext"].map(|end| format!("{file}.{end}"));
        std::fs::write(self.folder.path().join(&extension), format!("subjectAltName={name}\n")).unwrap();
        self.openssl(&["ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", &key]);
        self.openssl(&["req", "-new", "-key", &key, "-subj", "/CN=test", "-out", &request]);
        self.openssl(&[
            "x509",
            "-req",
            "-in",
            &request,
            "-CA",
            "ca.pem",
            "-CAkey",
            "ca.key",
            "-CAcreateserial",
            "-days",
            "2",
            "-extfile",
            &extension,
            "-out",
            &certificate,
        ]);
        (self.folder.path().join(certificate), self.folder.path().join(key))
    }

    /// A Redis server that speaks TLS alone, and asks clients for a certificate of this authority if it is told to.
    #[must_use]
    pub fn server(&self, name: &str, asks_clients: bool) -> RedisServer {
        let certificates = self.lines(name);
        let auth = if asks_clients { "tls-auth-clients yes" } else { "tls-auth-clients no" };
        let mut lines = vec!["port 0", "tls-port {port}", "logfile log", auth];
        lines.extend(certificates.iter().map(String::as_str));
        RedisServer::start(&lines)
    }

    /// Lines of `redis.conf` that name the files of a new certificate for `name`.
    pub(super) fn lines(&self, name: &str) -> [String; 3] {
        let (certificate, key) = self.issue(name);
        let line = |name: &str, path: &Path| format!("{name} {}", path.display());
        [
            line("tls-cert-file", &certificate),
            line("tls-key-file", &key),
            line("tls-ca-cert-file", &self.certificate()),
        ]
    }

    fn openssl(&self, arguments: &[&str]) {
        let made = Command::new("openssl").args(arguments).current_dir(&self.folder).output().unwrap();
        assert!(made.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&made.stderr));
    }
}

impl Default for Authority {
    fn default() -> Self {
        Self::new()
    }
}
