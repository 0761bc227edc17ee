//! A mail. At least once, under a message id that is always the same for a job, by which mail programs know a second copy.

use jobs::{EmailReport, SendEmail};

use crate::{
    context::Context,
    handler::{Failure, Handle, Run},
    mail::Mail,
};

impl Handle for SendEmail {
    async fn run(&self, context: &Context, run: &Run) -> Result<EmailReport, Failure> {
        let Some(mailer) = &context.mailer else {
            let reason = Some("SMTP_URL is not set: this installation sends no mail".to_owned());
            return Ok(EmailReport { sent: false, reason });
        };
        let mail = Mail::of(context, run.id, self).await?;
        mailer.send(mail).await?;
        Ok(EmailReport { sent: true, reason: None })
    }
}
