//! Permissions as types, so that an operation that needs one names it in its signature: `auth: Auth<CamerasRead>`.

/// A permission, `resource:action`, or `self` for any signed-in user.
pub trait Permission: Send + Sync + 'static {
    /// As it stands in roles and tokens.
    const NAME: &'static str;
}

macro_rules! permissions {
    ($($(#[$doc:meta])* $name:ident = $text:literal;)*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Copy, Debug)]
            pub struct $name;

            impl Permission for $name {
                const NAME: &'static str = $text;
            }
        )*

        /// Every permission that a role can grant; `self` is none of them.
        pub const PERMISSIONS: &[&str] = &[$($text),*];
    };
}

/// Any signed-in user, acting on their own things only.
#[derive(Clone, Copy, Debug)]
pub struct Myself;

impl Permission for Myself {
    const NAME: &'static str = "self";
}

permissions! {
    /// See cameras.
    CamerasRead = "cameras:read";
    /// Make and change cameras, and see their credentials.
    CamerasWrite = "cameras:write";
    /// Remove cameras.
    CamerasDelete = "cameras:delete";
    /// See detections.
    DetectionsRead = "detections:read";
    /// Ask for frames and probe the provider.
    DetectionsWrite = "detections:write";
    /// See attendance.
    AttendanceRead = "attendance:read";
    /// Enter, change and delete attendance.
    AttendanceWrite = "attendance:write";
    /// See reports.
    ReportsRead = "reports:read";
    /// Make and schedule reports.
    ReportsWrite = "reports:write";
    /// See other people's files and scheduled reports.
    ExportsRead = "exports:read";
    /// Remove other people's files and scheduled reports.
    ExportsWrite = "exports:write";
    /// See the audit trail.
    AuditRead = "audit:read";
    /// See alerts.
    AlertsRead = "alerts:read";
    /// See how the installation is set up.
    SystemRead = "system:read";
    /// Change what the installation does.
    SystemWrite = "system:write";
    /// See the connection to Odoo, and what came of each log.
    OdooRead = "odoo:read";
    /// Set up, test and start the sync with Odoo.
    OdooWrite = "odoo:write";
    /// See queues, workers, schedules and other people's jobs.
    JobsRead = "jobs:read";
    /// Retry, cancel and pause jobs, and change schedules.
    JobsWrite = "jobs:write";
}

/// Whether `granted` (a role's list) covers `wanted`.
#[must_use]
pub fn grants(granted: &[String], wanted: &str) -> bool {
    wanted == Myself::NAME
        || granted.iter().any(|grant| {
            grant == "*"
                || grant == wanted
                || grant.strip_suffix(":*").is_some_and(|resource| {
                    wanted.split_once(':').is_some_and(|(wanted_resource, _)| wanted_resource == resource)
                })
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn role(grants: &[&str]) -> Vec<String> {
        grants.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_star_grants_everything() {
        assert!(PERMISSIONS.iter().all(|permission| grants(&role(&["*"]), permission)));
    }

    #[test]
    fn a_resource_star_grants_all_of_that_resource_and_nothing_else() {
        let cameras = role(&["cameras:*"]);
        assert!(grants(&cameras, CamerasDelete::NAME));
        assert!(!grants(&cameras, DetectionsRead::NAME));
        assert!(!grants(&role(&["cam:*"]), CamerasRead::NAME));
    }

    #[test]
    fn a_single_permission_grants_only_itself() {
        let viewer = role(&["cameras:read"]);
        assert!(grants(&viewer, CamerasRead::NAME));
        assert!(!grants(&viewer, CamerasWrite::NAME));
    }

    #[test]
    fn everybody_may_act_on_their_own_things() {
        assert!(grants(&[], Myself::NAME));
    }
}
