//! Signed-in devices, one row per refresh token. Rotating a token ends its row and starts the next one of the same family;
//! the family is what an access token names (`sid`), so an older access token of a living family stays good until it expires.

use sea_orm::ActiveValue::Set;
use sea_orm::entity::prelude::*;
use sea_orm::{QueryOrder, raw_sql};
use serde::{Deserialize, Serialize};

use crate::key::uuid_v7_key;
use crate::removal::{self, Batch, Removed};
use crate::secret::Secret;

/// Why a refresh token ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum RevocationReason {
    /// Spent for its successor.
    Rotated,
    /// A spent token of the family came back: it may be stolen.
    Reused,
    /// Its user signed out or removed the device.
    SignedOut,
    /// The password was changed.
    PasswordChanged,
    /// The account was suspended or deleted.
    Suspended,
}

/// One refresh token.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "user_sessions")]
pub struct Model {
    /// Key, version 7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Who is signed in.
    pub user_id: Uuid,
    /// All tokens that came from one sign-in.
    pub family_id: Uuid,
    /// SHA-256 of the refresh token, in hex.
    pub refresh_token_hash: Secret,
    /// Identifier sent by the device.
    pub device_id: Option<String>,
    /// Name shown in the list of devices.
    pub device_name: Option<String>,
    /// Address at sign-in.
    pub ip_address: Option<IpNetwork>,
    /// Browser or program at sign-in.
    pub user_agent: Option<String>,
    /// When this token was given out.
    pub issued_at: DateTimeUtc,
    /// Worthless from then on.
    pub expires_at: DateTimeUtc,
    /// When it was spent.
    pub last_used_at: Option<DateTimeUtc>,
    /// When it ended; null while it can still be used.
    pub revoked_at: Option<DateTimeUtc>,
    /// Why it ended.
    pub revocation_reason: Option<RevocationReason>,
    /// When the row was made.
    pub created_at: DateTimeUtc,
    /// When the row was last changed.
    pub updated_at: DateTimeUtc,
}

uuid_v7_key!();

/// What came of presenting a refresh token.
#[derive(Clone, Debug, PartialEq)]
pub enum Rotation {
    /// It was good and is spent now; the row of its successor.
    Rotated(Model),
    /// It had been spent before: whoever holds the family may have stolen it, so the caller revokes it.
    Reused(Model),
    /// It has expired, or its session was ended.
    Ended(Model),
    /// No such token was ever given out.
    Unknown,
}

/// The token that follows a spent one.
#[derive(Clone, Debug)]
pub struct Successor {
    /// SHA-256 of the new refresh token, in hex.
    pub refresh_token_hash: Secret,
    /// End of its life.
    pub expires_at: DateTimeUtc,
}

/// Spends a refresh token for its successor, in one statement: the row is locked by whoever updates it first, and everybody
/// after finds it spent, so that two simultaneous uses cannot both win.
///
/// # Errors
/// The database is out of reach.
pub async fn rotate(
    db: &impl ConnectionTrait,
    spent: &Secret,
    successor: Successor,
    now: DateTimeUtc,
) -> Result<Rotation, DbErr> {
    let id = Uuid::now_v7();
    let Successor { refresh_token_hash, expires_at } = successor;
    let spent_hash = spent.expose();
    let statement = raw_sql!(
        Postgres,
        r#"WITH spent AS (
               UPDATE user_sessions
               SET revoked_at = {now}, last_used_at = {now}, revocation_reason = 'rotated'
               WHERE refresh_token_hash = {spent_hash} AND revoked_at IS NULL AND expires_at > {now}
               RETURNING *)
           INSERT INTO user_sessions (id, user_id, family_id, refresh_token_hash, device_id, device_name,
                                      ip_address, user_agent, issued_at, expires_at)
           SELECT {id}, user_id, family_id, {refresh_token_hash}, device_id, device_name,
                  ip_address, user_agent, {now}, {expires_at}
           FROM spent
           RETURNING *"#
    );
    match Entity::find().from_raw_sql(statement).one(db).await? {
        Some(next) => Ok(Rotation::Rotated(next)),
        None => Ok(find_by_token_hash(db, spent).await?.map_or(Rotation::Unknown, refused)),
    }
}

fn refused(session: Model) -> Rotation {
    match session.revocation_reason {
        Some(RevocationReason::Rotated | RevocationReason::Reused) => Rotation::Reused(session),
        Some(
            RevocationReason::SignedOut | RevocationReason::PasswordChanged | RevocationReason::Suspended,
        )
        | None => Rotation::Ended(session),
    }
}

/// The session that a refresh token opened, living or not.
///
/// # Errors
/// The database is out of reach.
pub async fn find_by_token_hash(db: &impl ConnectionTrait, hash: &Secret) -> Result<Option<Model>, DbErr> {
    Entity::find().filter(Column::RefreshTokenHash.eq(hash.clone())).one(db).await
}

fn living(now: DateTimeUtc) -> Select<Entity> {
    Entity::find().filter(Column::RevokedAt.is_null()).filter(Column::ExpiresAt.gt(now))
}

/// The devices on which a user is signed in, newest first.
///
/// # Errors
/// The database is out of reach.
pub async fn living_of_user(
    db: &impl ConnectionTrait,
    user_id: Uuid,
    now: DateTimeUtc,
) -> Result<Vec<Model>, DbErr> {
    living(now).filter(Column::UserId.eq(user_id)).order_by_desc(Column::Id).all(db).await
}

/// The living token of a family (`sid` of the access tokens), if it is signed in still.
///
/// # Errors
/// The database is out of reach.
pub async fn living_of_family(
    db: &impl ConnectionTrait,
    family_id: Uuid,
    now: DateTimeUtc,
) -> Result<Option<Model>, DbErr> {
    living(now).filter(Column::FamilyId.eq(family_id)).one(db).await
}

/// Ends one sign-in. Answers how many tokens were living: 0 when it had ended before.
///
/// # Errors
/// The database is out of reach.
pub async fn revoke_family(
    db: &impl ConnectionTrait,
    family_id: Uuid,
    reason: RevocationReason,
    now: DateTimeUtc,
) -> Result<u64, DbErr> {
    revoke(db, Column::FamilyId.eq(family_id), reason, now).await
}

/// Ends every sign-in of a user. Answers how many there were.
///
/// # Errors
/// The database is out of reach.
pub async fn revoke_user(
    db: &impl ConnectionTrait,
    user_id: Uuid,
    reason: RevocationReason,
    now: DateTimeUtc,
) -> Result<u64, DbErr> {
    revoke(db, Column::UserId.eq(user_id), reason, now).await
}

async fn revoke(
    db: &impl ConnectionTrait,
    whose: Expr,
    reason: RevocationReason,
    now: DateTimeUtc,
) -> Result<u64, DbErr> {
    let ended = ActiveModel {
        revoked_at: Set(Some(now)),
        revocation_reason: Set(Some(reason)),
        ..Default::default()
    };
    let living = Column::RevokedAt.is_null();
    let result = Entity::update_many().set(ended).filter(whose).filter(living).exec(db).await?;
    Ok(result.rows_affected)
}

/// Removes a batch of tokens, by when they expire. Ended ones stay until then, too: a spent one that comes back while it would
/// still have been good ends its family.
///
/// # Errors
/// The database is out of reach.
pub async fn delete_before(db: &impl ConnectionTrait, batch: Batch) -> Result<Removed, DbErr> {
    let Batch { from, before, limit } = batch;
    let statement = raw_sql!(
        Postgres,
        r#"WITH gone AS (
               DELETE FROM user_sessions WHERE expires_at < {before} AND ctid = ANY(ARRAY(
                   SELECT ctid FROM user_sessions WHERE expires_at >= {from} AND expires_at < {before} ORDER BY expires_at LIMIT {limit}))
               RETURNING expires_at AS at)
           SELECT count(*) AS rows, max(at) AS newest FROM gone"#
    );
    removal::removed(db, statement).await
}
