//! Mails of scheduled reports, against a small real SMTP server.

use entity::export_job::{self, ExportFormat, ExportKind, Status};
use jobs::SendEmail;
use queue::JobState;
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, EntityTrait as _};
use serde_json::{Value, json};
use testkit::provider::Answer;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    net::TcpListener,
    sync::mpsc,
};
use uuid::Uuid;

use crate::stage::Stage;

/// Speaks enough of RFC 5321 to take mails, and hands out what it took.
async fn smtp_server() -> (String, mpsc::UnboundedReceiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("smtp://{}", listener.local_addr().unwrap());
    let (taken, mails) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let taken = taken.clone();
            tokio::spawn(async move {
                let (reader, mut writer) = stream.into_split();
                let mut lines = BufReader::new(reader).lines();
                writer.write_all(b"220 test\r\n").await.unwrap();
                let (mut mail, mut in_data) = (String::new(), false);
                while let Ok(Some(line)) = lines.next_line().await {
                    let answer: &[u8] = match (in_data, line.as_str()) {
                        (true, ".") => {
                            in_data = false;
                            taken.send(std::mem::take(&mut mail)).unwrap();
                            b"250 taken\r\n"
                        }
                        (true, text) => {
                            mail.push_str(text);
                            mail.push('\n');
                            continue;
                        }
                        (false, "DATA") => {
                            in_data = true;
                            b"354 go on\r\n"
                        }
                        (false, "QUIT") => b"221 bye\r\n",
                        (false, command) => {
                            mail.push_str(command);
                            mail.push('\n');
                            b"250 ok\r\n"
                        }
                    };
                    if writer.write_all(answer).await.is_err() {
                        return;
                    }
                }
            });
        }
    });
    (url, mails)
}

fn mail(export_id: Option<Uuid>) -> SendEmail {
    SendEmail {
        to: "boss@example.org".to_owned(),
        subject: "Daily attendance".to_owned(),
        text: "Here it is.".to_owned(),
        export_id,
    }
}

async fn result(stage: &Stage, job: &SendEmail) -> Value {
    let job = stage.ended(stage.enqueue(job).await).await;
    assert_eq!(job.state, JobState::Done, "{:?}", job.attempts);
    serde_json::from_str(job.result.unwrap().get()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_mail_server_a_mail_is_not_sent_and_its_job_says_so() {
    let stage = Stage::set(Answer::nobody()).await;
    let report = result(&stage, &mail(None)).await;
    assert_eq!(report["sent"], false);
    assert!(report["reason"].as_str().unwrap().contains("SMTP_URL"), "{report}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_arrives_with_its_file_attached() {
    let (url, mut mails) = smtp_server().await;
    let stage = Stage::with_mail_server(&url, Answer::nobody()).await;
    let id = Uuid::now_v7();
    let key = jobs::file_key(ExportKind::Daily, ExportFormat::Csv, id);
    stage.context.storage.put(&key, "text/csv", "a,b\r\n".into()).await.unwrap();
    let owner = entity::user::Entity::find().one(stage.db()).await.unwrap().unwrap();
    let row = export_job::ActiveModel {
        id: Set(id),
        user_id: Set(owner.id),
        kind: Set(ExportKind::Daily),
        format: Set(ExportFormat::Csv),
        filters: Set(json!({})),
        status: Set(Status::Completed),
        progress: Set(100),
        file_size: Set(Some(5)),
        s3_key: Set(Some(key)),
        ..Default::default()
    };
    row.insert(stage.db()).await.unwrap();
    assert_eq!(result(&stage, &mail(Some(id))).await, json!({ "sent": true }));
    let mail = mails.recv().await.unwrap();
    for part in ["RCPT TO:<boss@example.org>", "Subject: Daily attendance", "Here it is.", "daily.csv", "a,b"]
    {
        assert!(mail.contains(part), "{part} is not in {mail}");
    }
}
