//! Lua scripts, called by their hash. A server that does not know one (new, restarted, promoted, another node of the
//! cluster) gets its text with the same call, which goes to the very node that holds the keys.

use redis::{Arg, Cmd, ErrorKind, FromRedisValue, RedisError, ServerErrorKind};

use crate::link::Link;

/// A script and its hash.
#[derive(Debug)]
pub struct Script {
    code: String,
    hash: String,
}

impl Script {
    /// A script of this text.
    #[must_use]
    pub fn new(code: impl Into<String>) -> Self {
        let code = code.into();
        let hash = redis::Script::new(&code).get_hash().to_owned();
        Self { code, hash }
    }

    /// A call whose `KEYS[1]` is `key`; arguments are to follow.
    #[must_use]
    pub fn on(&self, key: &str) -> Cmd {
        let mut call = redis::cmd("EVALSHA");
        call.arg(&self.hash).arg(1).arg(key);
        call
    }

    /// Sends a call made by [`Script::on`].
    ///
    /// # Errors
    /// Those of [`Link::call`], and whatever the script answers as an error.
    pub async fn run<T: FromRedisValue>(&self, link: &Link, call: &Cmd) -> Result<T, RedisError> {
        match link.call(call).await {
            Err(error) if error.kind() == ErrorKind::Server(ServerErrorKind::NoScript) => {
                link.call(&self.with_text(call)).await
            }
            answer => answer,
        }
    }

    fn with_text(&self, call: &Cmd) -> Cmd {
        let mut whole = redis::cmd("EVAL");
        whole.arg(&self.code);
        for arg in call.args_iter().skip(2) {
            if let Arg::Simple(word) = arg {
                whole.arg(word);
            }
        }
        whole
    }
}
