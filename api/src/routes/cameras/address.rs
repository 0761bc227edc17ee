//! Credentials inside a stream address: finding them, showing `***` instead, and putting stored ones back where a
//! client sends `***`. Cameras carry them in the user part, in the query (`?user=…&pwd=…`) and even in the path
//! (`/user=admin_password=…_channel=1`).

use std::{net::IpAddr, ops::Range};

use url::Url;

/// What stands for a credential.
pub const MASK: &str = "***";

/// Parts of parameter names that tell a credential.
const TELLING: &[&str] =
    &["pass", "pwd", "psw", "token", "secret", "auth", "key", "user", "usr", "login", "cred", "sign"];

/// Whole names that tell one.
const SHORT: &[&str] = &["u", "p", "pw"];

/// A credential inside an address.
struct Found {
    /// Which one: `user`, `password`, or `=` and the parameter's name.
    name: String,
    at: Range<usize>,
}

/// `address` with every credential replaced by `***`.
#[must_use]
pub fn masked(address: &str) -> String {
    let mut text = address.to_owned();
    for found in credentials(address).into_iter().rev() {
        text.replace_range(found.at, MASK);
    }
    text
}

/// `given` with stored credentials in place of every `***`.
///
/// # Errors
/// A `***` for which nothing is stored, or that would send stored credentials to another host or port; the text says so.
pub fn restored(given: &str, stored: Option<&str>) -> Result<String, &'static str> {
    let wanted: Vec<Found> =
        credentials(given).into_iter().filter(|found| given[found.at.clone()] == *MASK).collect();
    if wanted.is_empty() {
        return Ok(given.to_owned());
    }
    let stored = stored.ok_or("*** stands for stored credentials, and there are none")?;
    check_place(given, stored)?;
    let known = credentials(stored);
    let mut text = given.to_owned();
    for found in wanted.into_iter().rev() {
        let kept = known.iter().find(|known| known.name == found.name);
        let kept = kept.ok_or("*** stands for stored credentials, and there are none of that name")?;
        text.replace_range(found.at, &stored[kept.at.clone()]);
    }
    // A credential that changes what the address means must not smuggle the others away.
    check_place(&text, stored)?;
    Ok(text)
}

fn check_place(given: &str, stored: &str) -> Result<(), &'static str> {
    match (place(given), place(stored)) {
        (Some(given), Some(stored)) if given == stored => Ok(()),
        _ => Err("*** keeps stored credentials only where host and port are unchanged: send them again"),
    }
}

/// Host and port, the scheme's usual port where none is written.
fn place(address: &str) -> Option<(String, Option<u16>)> {
    let url = Url::parse(address.trim()).ok()?;
    let usual = match url.scheme() {
        "rtsp" => Some(554),
        _ => url.port_or_known_default(),
    };
    Some((url.host_str()?.to_ascii_lowercase(), url.port().or(usual)))
}

/// The host, where it is written as an IP address.
#[must_use]
pub fn ip_of(address: &str) -> Option<IpAddr> {
    let url = Url::parse(address.trim()).ok()?;
    url.host_str()?.trim_matches(['[', ']']).parse().ok()
}

/// Every credential, from left to right; none is empty.
fn credentials(address: &str) -> Vec<Found> {
    let Some(scheme) = address.find("://") else { return Vec::new() };
    let start = scheme + 3;
    let end = address[start..].find(['/', '?', '#', '\\']).map_or(address.len(), |at| start + at);
    let mut found = Vec::new();
    if let Some(at) = address[start..end].rfind('@') {
        user_part(address, start..start + at, &mut found);
    }
    parameters(address, end, &mut found);
    found
}

fn user_part(address: &str, at: Range<usize>, found: &mut Vec<Found>) {
    let colon = address[at.clone()].find(':').map_or(at.end, |colon| at.start + colon);
    let password = (colon + 1).min(at.end)..at.end;
    for (name, at) in [("user", at.start..colon), ("password", password)] {
        if !at.is_empty() {
            found.push(Found { name: name.to_owned(), at });
        }
    }
}

fn parameters(address: &str, from: usize, found: &mut Vec<Found>) {
    let mut next = from;
    while let Some(equals) = address[next..].find('=').map(|at| next + at) {
        let in_query = address[from..equals].contains('?');
        let name = name_before(&address[next..equals], in_query);
        next = equals + 1;
        if tells(name) {
            let end = next + value_length(&address[next..], in_query);
            if end > next {
                found.push(Found { name: format!("={name}"), at: next..end });
            }
            next = end;
        }
    }
}

/// Inside a path `_` separates parameters; in a query it belongs to the name.
fn name_before(text: &str, in_query: bool) -> &str {
    let belongs = |c: char| c.is_ascii_alphanumeric() || "-.".contains(c) || (in_query && c == '_');
    let start =
        text.rfind(|c| !belongs(c)).map_or(0, |at| at + text[at..].chars().next().map_or(1, char::len_utf8));
    &text[start..]
}

fn tells(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    SHORT.contains(&name.as_str()) || TELLING.iter().any(|part| name.contains(part))
}

fn value_length(text: &str, in_query: bool) -> usize {
    let ends = if in_query { &['&', ';', '#'][..] } else { &['&', ';', '#', '/', '?'][..] };
    let length = text.find(ends).unwrap_or(text.len());
    if in_query { length } else { before_next_parameter(&text[..length]) }
}

/// In `admin_password=x` the value of what came before ends at the `_` in front of the next name.
fn before_next_parameter(text: &str) -> usize {
    let next_name = text.find('=').and_then(|equals| text[..equals].rfind('_'));
    next_name.unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    const PATH_STYLE: &str = "rtsp://10.0.0.9:554/user=admin_password=tlJwpbo6_channel=1_stream=0.sdp";

    #[test]
    fn credentials_are_masked_wherever_cameras_carry_them() {
        for (address, shown) in [
            ("rtsp://root:hunter2@cam/live", "rtsp://***:***@cam/live"),
            ("rtsp://root@cam/live", "rtsp://***@cam/live"),
            ("rtsp://:hunter2@cam/", "rtsp://:***@cam/"),
            ("rtsp://a:b@c@cam/", "rtsp://***:***@cam/"),
            ("http://cam/v.cgi?usr=root&pwd=a_b&res=hd#x", "http://cam/v.cgi?usr=***&pwd=***&res=hd#x"),
            ("http://cam/?access_token=abc", "http://cam/?access_token=***"),
            (PATH_STYLE, "rtsp://10.0.0.9:554/user=***_password=***_channel=1_stream=0.sdp"),
            ("rtsp://cam/live?channel=1", "rtsp://cam/live?channel=1"),
            ("clips/user=me.mp4", "clips/user=me.mp4"),
            ("/dev/video0", "/dev/video0"),
        ] {
            assert_eq!(masked(address), shown);
        }
    }

    #[test]
    fn what_was_shown_comes_back_as_what_was_stored() {
        for stored in [
            "rtsp://root:hunter2@cam/live",
            "rtsp://:hunter2@cam/",
            "http://cam:8080/v.cgi?usr=root&pwd=secret&res=hd",
            PATH_STYLE,
            "rtsp://cam/live",
        ] {
            assert_eq!(restored(&masked(stored), Some(stored)).unwrap(), stored);
        }
    }

    #[test]
    fn each_part_is_kept_for_itself() {
        let stored = Some("rtsp://root:hunter2@cam/live");
        assert_eq!(
            restored("rtsp://operator:***@cam:554/other", stored).unwrap(),
            "rtsp://operator:hunter2@cam:554/other"
        );
        assert_eq!(restored("rtsp://new:pair@elsewhere/", stored).unwrap(), "rtsp://new:pair@elsewhere/");
    }

    #[test]
    fn stored_credentials_go_to_no_other_host_or_port() {
        let stored = Some("rtsp://root:hunter2@cam/live");
        for elsewhere in [
            "rtsp://***:***@evil/live",
            "rtsp://***:***@cam:8554/live",
            "http://***:***@cam/live",
            "http://***:***@evil\\@cam/live",
            "rtsp://***:***@cam.evil/live",
            "rtsp://***:***@[::1]/",
        ] {
            assert!(restored(elsewhere, stored).is_err(), "{elsewhere}");
        }
    }

    #[test]
    fn a_mask_for_which_nothing_is_stored_is_refused() {
        assert!(restored("rtsp://***:***@cam/", None).is_err());
        assert!(restored("rtsp://***:***@cam/", Some("rtsp://cam/")).is_err());
        assert!(restored("http://cam/?token=***", Some("http://cam/?pwd=x")).is_err());
    }

    #[test]
    fn an_address_of_figures_tells_the_ip_address() {
        assert_eq!(ip_of("rtsp://u:p@10.0.0.9:554/x").unwrap().to_string(), "10.0.0.9");
        assert_eq!(ip_of("http://[fe80::1]/x").unwrap().to_string(), "fe80::1");
        assert_eq!(ip_of("rtsp://cam/x"), None);
    }
}
