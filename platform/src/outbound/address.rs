//! What an IP address stands for, as far as it decides whether the server may call it. Forms of IPv6 that carry an IPv4
//! address inside are judged by the address that they carry.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The class of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddressClass {
    /// An address of the public internet.
    Public,
    /// RFC 1918, RFC 6598 (shared by carriers), RFC 2544 (benchmarks), RFC 4193 (unique local), old site-local.
    Private,
    /// This machine.
    Loopback,
    /// `169.254.0.0/16` and `fe80::/10`.
    LinkLocal,
    /// Where clouds hand out credentials to their machines, outside the link-local range.
    Metadata,
    /// `0.0.0.0/8` and `::`, which Linux takes for this machine.
    Unspecified,
    /// A group, or everybody on the network.
    Multicast,
    /// Set aside by the IETF; nothing to call lives there.
    Reserved,
}

impl fmt::Display for AddressClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Public => "a public address",
            Self::Private => "a private address",
            Self::Loopback => "a loopback address",
            Self::LinkLocal => "a link-local address",
            Self::Metadata => "a cloud metadata address",
            Self::Unspecified => "an unspecified address",
            Self::Multicast => "a multicast or broadcast address",
            Self::Reserved => "a reserved address",
        })
    }
}

/// Alibaba Cloud, Azure's wire server, Oracle Cloud (old). AWS, Google, Azure and most others are link-local.
const METADATA_V4: [Ipv4Addr; 3] =
    [Ipv4Addr::new(100, 100, 100, 200), Ipv4Addr::new(168, 63, 129, 16), Ipv4Addr::new(192, 0, 0, 192)];

/// AWS, Google Cloud, Scaleway.
const METADATA_V6: [Ipv6Addr; 3] = [
    Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254),
    Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254),
    Ipv6Addr::new(0xfd00, 0x42, 0, 0, 0, 0, 0, 0x42),
];

impl AddressClass {
    /// The class of `ip`.
    #[must_use]
    pub fn of(ip: IpAddr) -> Self {
        match ip {
            IpAddr::V4(ip) => Self::of_v4(ip),
            IpAddr::V6(ip) => Self::of_v6(ip),
        }
    }

    fn of_v4(ip: Ipv4Addr) -> Self {
        let [a, b, c, _] = ip.octets();
        match (a, b, c) {
            _ if METADATA_V4.contains(&ip) => Self::Metadata,
            (0, ..) => Self::Unspecified,
            (127, ..) => Self::Loopback,
            (169, 254, _) => Self::LinkLocal,
            (10, ..) | (172, 16..=31, _) | (192, 168, _) | (100, 64..=127, _) | (198, 18 | 19, _) => {
                Self::Private
            }
            (224..=239, ..) => Self::Multicast,
            _ if ip.is_broadcast() => Self::Multicast,
            (192, 0, 0) | (240.., ..) => Self::Reserved,
            _ => Self::Public,
        }
    }

    fn of_v6(ip: Ipv6Addr) -> Self {
        if let Some(inner) = carried_v4(ip) {
            return Self::of_v4(inner);
        }
        match ip.segments()[0] {
            _ if METADATA_V6.contains(&ip) => Self::Metadata,
            _ if ip.is_unspecified() => Self::Unspecified,
            _ if ip.is_loopback() => Self::Loopback,
            0xfe80..=0xfebf => Self::LinkLocal,
            0xfec0..=0xfeff | 0xfc00..=0xfdff => Self::Private,
            0xff00.. => Self::Multicast,
            0x2000..=0x3fff => Self::Public,
            _ => Self::Reserved,
        }
    }
}

/// The IPv4 address inside an IPv6 one: mapped (RFC 4291), compatible (RFC 4291, old), NAT64 (RFC 6052), 6to4
/// (RFC 3056) and Teredo (RFC 4380, where the client's address stands inverted).
fn carried_v4(ip: Ipv6Addr) -> Option<Ipv4Addr> {
    let [a, b, c, d, e, f, g, h] = ip.segments();
    let from = |high: u16, low: u16| Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
    match (a, b) {
        _ if ip.is_unspecified() || ip.is_loopback() => None,
        (0, 0) if [c, d, e] == [0; 3] && (f == 0 || f == 0xffff) => Some(from(g, h)),
        (0x64, 0xff9b) if [c, d, e, f] == [0; 4] => Some(from(g, h)),
        (0x2002, _) => Some(from(b, c)),
        (0x2001, 0) => Some(from(!g, !h)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn class(text: &str) -> AddressClass {
        AddressClass::of(text.parse().unwrap())
    }

    #[test]
    fn every_range_has_its_class_up_to_its_edges() {
        use AddressClass::{
            LinkLocal, Loopback, Metadata, Multicast, Private, Public, Reserved, Unspecified,
        };
        for (text, expected) in [
            ("0.0.0.0", Unspecified),
            ("0.255.255.255", Unspecified),
            ("9.255.255.255", Public),
            ("10.0.0.0", Private),
            ("100.63.255.255", Public),
            ("100.64.0.1", Private),
            ("100.100.100.200", Metadata),
            ("127.255.255.255", Loopback),
            ("168.63.129.16", Metadata),
            ("169.253.255.255", Public),
            ("169.254.0.0", LinkLocal),
            ("169.254.169.254", LinkLocal),
            ("172.15.255.255", Public),
            ("172.31.255.255", Private),
            ("192.0.0.192", Metadata),
            ("192.0.0.1", Reserved),
            ("192.168.255.255", Private),
            ("198.19.0.1", Private),
            ("223.255.255.255", Public),
            ("224.0.0.1", Multicast),
            ("255.255.255.255", Multicast),
            ("240.0.0.1", Reserved),
            ("::", Unspecified),
            ("::1", Loopback),
            ("fe80::1", LinkLocal),
            ("febf::1", LinkLocal),
            ("fd12::1", Private),
            ("fd00:ec2::254", Metadata),
            ("ff02::1", Multicast),
            ("2606:4700::1111", Public),
            ("64:ff9b:1::a9fe:a9fe", Reserved),
        ] {
            assert_eq!(class(text), expected, "{text}");
        }
    }

    #[test]
    fn an_address_carried_inside_another_is_judged_by_itself() {
        for inner in ["169.254.169.254", "127.0.0.1", "10.1.2.3", "8.8.8.8", "224.0.0.1", "100.100.100.200"] {
            let [a, b, c, d] = inner.parse::<Ipv4Addr>().unwrap().octets();
            let (high, low) = (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]));
            for outer in [
                format!("::ffff:{inner}"),
                format!("::{inner}"),
                format!("64:ff9b::{inner}"),
                format!("2002:{high:x}:{low:x}::1"),
                format!("2001:0:4136:e378:8000:63bf:{:x}:{:x}", !high, !low),
            ] {
                assert_eq!(class(&outer), class(inner), "{outer}");
            }
        }
    }
}
