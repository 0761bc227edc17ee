//! Which slot of a cluster a command belongs to, and which node owns it: the
//! [cluster specification](https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/)'s hash of keys,
//! and the answer of `CLUSTER SLOTS`.

use redis::{Arg, Cmd, Value, from_redis_value};

/// Slots of every cluster.
const SLOTS: u16 = 16384;

/// Host and port of a node.
pub(crate) type Place = (String, u16);

/// Slots next to each other that one node owns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Range {
    pub(crate) first: u16,
    pub(crate) last: u16,
    /// Its host is empty where the node did not name itself: then it is the one that answered.
    pub(crate) owner: Place,
}

/// The slot of a command, by its first key: all keys of a command must share a slot anyhow. `None` for commands
/// without a key, which any node answers.
pub(crate) fn slot_of(command: &Cmd) -> Option<u16> {
    let mut words = command.args_iter().filter_map(|arg| match arg {
        Arg::Simple(word) => Some(word),
        _ => None,
    });
    let key = match words.next()? {
        // The script and the number of keys come first.
        b"EVALSHA" | b"EVAL" => words.nth(2),
        b"PING" | b"INFO" | b"CLUSTER" => None,
        _ => words.next(),
    };
    key.map(slot_of_key)
}

/// A part in braces, if there is one that is not empty, stands for the whole key.
fn slot_of_key(key: &[u8]) -> u16 {
    let tagged = key.iter().position(|byte| *byte == b'{').and_then(|open| {
        let rest = &key[open + 1..];
        let close = rest.iter().position(|byte| *byte == b'}')?;
        (close > 0).then(|| &rest[..close])
    });
    crc16(tagged.unwrap_or(key)) % SLOTS
}

/// CRC-16/XMODEM, as the specification names it.
fn crc16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |crc: u16, byte| {
        (0..8).fold(crc ^ (u16::from(*byte) << 8), |crc, _| {
            if crc & 0x8000 == 0 { crc << 1 } else { (crc << 1) ^ 0x1021 }
        })
    })
}

/// Reads `CLUSTER SLOTS`, ordered by slot; what cannot be read is left out, and its slots have no owner.
pub(crate) fn ranges(answer: Value) -> Vec<Range> {
    let rows: Vec<Vec<Value>> = from_redis_value(answer).unwrap_or_default();
    let mut ranges: Vec<Range> = rows.into_iter().filter_map(range).collect();
    ranges.sort_by_key(|range| range.first);
    ranges
}

/// A row: first slot, last slot, the master, its replicas.
fn range(row: Vec<Value>) -> Option<Range> {
    let mut columns = row.into_iter();
    let first = from_redis_value(columns.next()?).ok()?;
    let last = from_redis_value(columns.next()?).ok()?;
    let mut master = from_redis_value::<Vec<Value>>(columns.next()?).ok()?.into_iter();
    let host: Option<String> = from_redis_value(master.next()?).ok()?;
    let port = from_redis_value(master.next()?).ok()?;
    let host = host.filter(|host| host != "?").unwrap_or_default();
    Some(Range { first, last, owner: (host, port) })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use redis::cmd;

    use super::*;

    #[test]
    fn the_hash_is_the_specifications() {
        assert_eq!(crc16(b"123456789"), 0x31C3);
        // As `CLUSTER KEYSLOT` answers.
        assert_eq!(slot_of_key(b"foo"), 12182);
    }

    #[test]
    fn a_part_in_braces_stands_for_the_key() {
        assert_eq!(slot_of_key(b"{foo}:wake"), slot_of_key(b"foo"));
        assert_eq!(slot_of_key(b"x{foo}{bar}"), slot_of_key(b"foo"));
        for whole in [&b"{}foo"[..], b"{foo", b"foo}{"] {
            assert_eq!(slot_of_key(whole), crc16(whole) % SLOTS, "{whole:?}");
        }
    }

    #[test]
    fn a_script_is_routed_by_its_first_key_and_a_ping_by_none() {
        let mut script = cmd("EVALSHA");
        script.arg("0123").arg(1).arg("{foo}").arg("bar");
        assert_eq!(slot_of(&script), Some(12182));
        assert_eq!(slot_of(cmd("BLPOP").arg("foo").arg(1)), Some(12182));
        assert_eq!(slot_of(cmd("INFO").arg("everything")), None);
        assert_eq!(slot_of(&cmd("PING")), None);
    }

    #[test]
    fn an_answer_to_cluster_slots_is_read_with_or_without_hosts() {
        let text = |text: &str| Value::BulkString(text.into());
        let node = |host: Value, port| Value::Array(vec![host, Value::Int(port), text("id")]);
        let row = |first, last, master| Value::Array(vec![Value::Int(first), Value::Int(last), master]);
        let answer = Value::Array(vec![
            row(8000, 16383, node(Value::Nil, 7001)),
            row(0, 7999, node(text("10.0.0.1"), 7000)),
            Value::Array(vec![Value::Int(1)]),
        ]);
        let read = ranges(answer);
        assert_eq!(read[0], Range { first: 0, last: 7999, owner: ("10.0.0.1".to_owned(), 7000) });
        assert_eq!(read.get(1).unwrap().owner, (String::new(), 7001));
        assert_eq!(read.len(), 2);
    }
}
