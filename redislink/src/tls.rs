//! Certificates for TLS. Without `ssl_ca_certs` the system's certificates are trusted (`SSL_CERT_FILE` names others);
//! with it, that CA alone.

use redis::{Client, ClientTlsConfig, ConnectionInfo, ErrorKind, RedisError, TlsCertificates};
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::{CertificateDer, pem::PemObject as _};

use crate::address::{AddressError, Parameters};

/// Reads the certificates that the parameters name; none where they name none.
pub(crate) fn certificates(parameters: &mut Parameters) -> Result<Option<TlsCertificates>, AddressError> {
    choose_cryptography();
    let root_cert = parameters.take("ssl_ca_certs").map(read_ca).transpose()?;
    let client_tls = match (parameters.take("ssl_certfile"), parameters.take("ssl_keyfile")) {
        (None, None) => None,
        (Some(certificate), Some(key)) => {
            Some(ClientTlsConfig { client_cert: read(certificate)?, client_key: read(key)? })
        }
        (Some(_), None) | (None, Some(_)) => return Err(AddressError::HalfIdentity),
    };
    let any = root_cert.is_some() || client_tls.is_some();
    Ok(any.then_some(TlsCertificates { client_tls, root_cert }))
}

/// A server's settings with these certificates.
pub(crate) fn with_certificates(
    info: ConnectionInfo,
    certificates: Option<&TlsCertificates>,
) -> Result<ConnectionInfo, AddressError> {
    let Some(certificates) = certificates else { return Ok(info) };
    let client = Client::build_with_tls(info, certificates.clone()).map_err(AddressError::Certificates)?;
    Ok(client.get_connection_info().clone())
}

/// The client takes rustls's default for the process, and rustls picks none where two libraries are linked in.
fn choose_cryptography() {
    if CryptoProvider::get_default().is_none() {
        // Somebody else may have been faster; theirs is as good.
        let _ = aws_lc_rs::default_provider().install_default();
    }
}

/// A file without a certificate would mean: trust nobody. That is said at start rather than at each connection.
fn read_ca(path: String) -> Result<Vec<u8>, AddressError> {
    let pem = read(path)?;
    match CertificateDer::pem_slice_iter(&pem).next() {
        Some(Ok(_)) => Ok(pem),
        Some(Err(_)) | None => Err(AddressError::Certificates(RedisError::from((
            ErrorKind::InvalidClientConfig,
            "no certificate in the file of the CA",
        )))),
    }
}

fn read(path: String) -> Result<Vec<u8>, AddressError> {
    std::fs::read(&path).map_err(|source| AddressError::File { path: path.into(), source })
}
