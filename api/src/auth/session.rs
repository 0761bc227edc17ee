//! Whether a session still lives. Every replica asks the database at most once in [`FRESH`] and session, so a revoked
//! session or a suspended user is refused within that time everywhere, and at once where it was revoked.

use std::{
    collections::HashMap,
    sync::{PoisonError, RwLock},
    time::{Duration, Instant},
};

use chrono::Utc;
use entity::user;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, FromQueryResult, Statement};
use uuid::Uuid;

use crate::machinery::cache_signals;

/// How long an answer counts. The contract allows 5 s in all.
pub const FRESH: Duration = Duration::from_secs(2);

/// Entries kept before stale ones are thrown out.
const MAX_ENTRIES: usize = 50_000;

/// Its name in metrics.
const CACHE: &str = "sessions";

/// What a session is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionState {
    /// Its user is signed in.
    Living,
    /// Signed out, revoked, expired, or its user is gone.
    Ended,
    /// Its user was suspended.
    Suspended,
}

/// Sessions that this replica asked about lately.
#[derive(Default)]
pub struct Sessions {
    known: RwLock<HashMap<Uuid, (Instant, SessionState)>>,
}

impl Sessions {
    /// The state of session `sid` of `user`, at most [`FRESH`] old.
    ///
    /// # Errors
    /// The database is away.
    pub async fn state(
        &self,
        db: &impl ConnectionTrait,
        user: Uuid,
        sid: Uuid,
    ) -> Result<SessionState, DbErr> {
        let remembered = self.remembered(sid);
        cache_signals::asked(CACHE, remembered.is_some());
        if let Some(state) = remembered {
            return Ok(state);
        }
        let asked = Instant::now();
        let row = rows(db, &[SessionCheck { user, sid }]).await?.pop();
        let state = row.as_ref().map_or(SessionState::Ended, state_of);
        self.remember(sid, asked, state);
        if row.is_some_and(|row| row.quiet) && state == SessionState::Living {
            user::record_activity(db, user, Utc::now()).await?;
        }
        Ok(state)
    }

    /// Forgets a session that was ended here, so that its next use is refused at once.
    pub fn forget(&self, sid: Uuid) {
        self.known.write().unwrap_or_else(PoisonError::into_inner).remove(&sid);
    }

    fn remembered(&self, sid: Uuid) -> Option<SessionState> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.get(&sid).filter(|(asked, _)| asked.elapsed() < FRESH).map(|(_, state)| *state)
    }

    fn remember(&self, sid: Uuid, asked: Instant, state: SessionState) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MAX_ENTRIES {
            known.retain(|_, (asked, _)| asked.elapsed() < FRESH);
        }
        known.insert(sid, (asked, state));
        cache_signals::holds(CACHE, known.len());
    }
}

/// A session to ask about.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SessionCheck {
    /// Its user.
    pub user: Uuid,
    /// Its id, the family of its refresh tokens.
    pub sid: Uuid,
}

#[derive(FromQueryResult)]
struct Row {
    sid: Uuid,
    living: bool,
    suspended: bool,
    /// The user's last request was noted a minute ago or longer.
    quiet: bool,
}

const STATES: &str = "
    SELECT asked.sid,
           u.status = 'suspended' AS suspended,
           u.last_active IS NULL OR u.last_active < now() - interval '1 minute' AS quiet,
           EXISTS (SELECT 1 FROM user_sessions s
                    WHERE s.user_id = asked.user_id AND s.family_id = asked.sid
                      AND s.revoked_at IS NULL AND s.expires_at > now()) AS living
      FROM unnest($1::uuid[], $2::uuid[]) AS asked (user_id, sid)
      JOIN users u ON u.id = asked.user_id AND u.deleted_at IS NULL";

/// The states of many sessions in one query; one that is missing from the answer has ended.
///
/// # Errors
/// The database is away.
pub(crate) async fn states(
    db: &impl ConnectionTrait,
    checks: &[SessionCheck],
) -> Result<HashMap<Uuid, SessionState>, DbErr> {
    Ok(rows(db, checks).await?.into_iter().map(|row| (row.sid, state_of(&row))).collect())
}

async fn rows(db: &impl ConnectionTrait, checks: &[SessionCheck]) -> Result<Vec<Row>, DbErr> {
    let users: Vec<Uuid> = checks.iter().map(|check| check.user).collect();
    let sids: Vec<Uuid> = checks.iter().map(|check| check.sid).collect();
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, STATES, [users.into(), sids.into()]);
    Row::find_by_statement(statement).all(db).await
}

fn state_of(row: &Row) -> SessionState {
    match (row.suspended, row.living) {
        (true, _) => SessionState::Suspended,
        (false, true) => SessionState::Living,
        (false, false) => SessionState::Ended,
    }
}
