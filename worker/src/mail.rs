//! Mails over SMTP. The address of the server says whether and how it is encrypted (`smtps://`, or `smtp://…?tls=required`).

use lettre::{
    AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor,
    message::{Attachment, Mailbox, MultiPart, SinglePart, header::ContentType},
};
use std::time::Duration;

use entity::export_job::{self, Status};
use jobs::SendEmail;
use platform::{Settings, launch::chain};
use queue::JobId;
use sea_orm::{ActiveEnum as _, EntityTrait as _};

use crate::{context::Context, error::StartError, handler::Failure};

/// Bytes of a file that mail servers take without complaint; for a larger one a link is sent.
const LARGEST_ATTACHMENT: i64 = 8 << 20;
/// How long the link of a mail holds.
const LINK_LIFE: Duration = Duration::from_secs(7 * 86_400);
/// For one mail; the job has 30 s.
const TIMEOUT: Duration = Duration::from_secs(20);

/// Sends mails.
pub struct Mailer {
    server: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

/// A mail, ready to be sent but for its sender.
pub struct Mail<'a> {
    job: JobId,
    order: &'a SendEmail,
    text: String,
    attachment: Option<(String, ContentType, Vec<u8>)>,
}

impl Mailer {
    /// A mailer of this installation; nothing where it has no mail server. Nothing is sent yet.
    ///
    /// # Errors
    /// An address that is none.
    pub fn new(settings: &Settings) -> Result<Option<Self>, StartError> {
        let Some(url) = &settings.smtp.url else { return Ok(None) };
        let unusable = |error: &dyn std::error::Error| StartError::Mail(chain(error));
        let server = AsyncSmtpTransport::<Tokio1Executor>::from_url(url.expose());
        let server = server.map_err(|error| unusable(&error))?.timeout(Some(TIMEOUT)).build();
        let from =
            settings.smtp.from.parse().map_err(|error: lettre::address::AddressError| unusable(&error))?;
        Ok(Some(Self { server, from }))
    }

    /// Hands a mail to the server.
    ///
    /// # Errors
    /// A server that refuses it for good ends the job; all else is tried again.
    pub async fn send(&self, mail: Mail<'_>) -> Result<(), Failure> {
        let message = self.message(mail)?;
        match self.server.send(message).await {
            Ok(_) => Ok(()),
            Err(error) if error.is_permanent() => Err(Failure::discard(&error)),
            Err(error) => Err(Failure::retry(&error)),
        }
    }

    fn message(&self, mail: Mail<'_>) -> Result<Message, Failure> {
        let to: Mailbox = mail.order.to.parse().map_err(|error| Failure::discard(&error))?;
        let head = Message::builder().from(self.from.clone()).to(to).subject(&mail.order.subject);
        let head = head.message_id(Some(format!("<{}@rollcall>", mail.job)));
        let text = SinglePart::plain(mail.text);
        let built = match mail.attachment {
            Some((name, kind, bytes)) => {
                let file = Attachment::new(name).body(bytes, kind);
                head.multipart(MultiPart::mixed().singlepart(text).singlepart(file))
            }
            None => head.singlepart(text),
        };
        built.map_err(|error| Failure::discard(&error))
    }
}

impl<'a> Mail<'a> {
    /// What is ordered, with its file where that is small enough, or else with the way to it.
    ///
    /// # Errors
    /// Database or storage are away; or the file is gone already.
    pub async fn of(context: &Context, job: JobId, order: &'a SendEmail) -> Result<Self, Failure> {
        let mut mail = Self { job, order, text: order.text.clone(), attachment: None };
        let Some(id) = order.export_id else { return Ok(mail) };
        let row = export_job::Entity::find_by_id(id).one(&context.db).await?;
        let row = row.filter(|row| row.status == Status::Completed);
        let Some((row, key)) = row.and_then(|row| row.s3_key.clone().map(|key| (row, key))) else {
            return Err(Failure::Discard("the file that the mail is about is gone".to_owned()));
        };
        if row.file_size.is_some_and(|size| size <= LARGEST_ATTACHMENT) {
            let bytes = context.storage.get(&key).await.map_err(|error| Failure::retry(&error))?;
            let name = format!("{}.{}", row.kind.to_value(), row.format.to_value());
            mail.attachment = Some((name, content_type(&row)?, bytes.to_vec()));
        } else {
            let link = context.storage.signed_url(&key, LINK_LIFE).map_err(|error| Failure::retry(&error))?;
            mail.text = format!("{}\n\n{link}\n", mail.text);
        }
        Ok(mail)
    }
}

fn content_type(row: &export_job::Model) -> Result<ContentType, Failure> {
    let text = match row.format {
        export_job::ExportFormat::Csv => documents::Format::Csv,
        export_job::ExportFormat::Xlsx => documents::Format::Xlsx,
        export_job::ExportFormat::Pdf => documents::Format::Pdf,
    };
    ContentType::parse(text.content_type()).map_err(|error| Failure::discard(&error))
}
