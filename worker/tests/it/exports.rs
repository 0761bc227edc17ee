//! Files of rows, from the request's row to the object: against a real database, queue and S3 server.

use std::time::Duration;

use chrono::{NaiveDate, Utc};
use documents::csv::neutral;
use entity::{
    Level, attendance_log,
    export_job::{self, ExportFormat, Interrupted, Status},
    job_outbox, notification, user,
};
use jobs::{Content, GenerateExport, GenerateReport, Job, Origin, enqueue_in, file_key};
use platform::{
    Shutdown,
    events::{Channel, Subscription},
};
use queue::{JobId, JobState};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ConnectionTrait as _, EntityTrait as _, TransactionTrait as _,
};
use serde_json::{Value, json};
use testkit::{eventually, provider::Answer};
use uuid::Uuid;

use crate::stage::Stage;

const HOSTILE: [&str; 6] =
    ["=HYPERLINK(\"http://x\",\"a\")", "+1", "@SUM(A1)", "\t-2", "Ann-Marie O'Neil, Dr.", "＝1"];

async fn owner(stage: &Stage) -> Uuid {
    user::Entity::find().one(stage.db()).await.unwrap().unwrap().id
}

/// Asks for a file as the API does.
async fn order<J: Job>(stage: &Stage, job: &J, content: &Content, format: ExportFormat) -> JobId {
    let user = owner(stage).await;
    let transaction = stage.db().begin().await.unwrap();
    let origin = Origin { request_id: Uuid::now_v7(), actor: Some(user) };
    let pending = enqueue_in(&transaction, job, origin).await.unwrap();
    let row = export_job::ActiveModel {
        id: Set(pending.id),
        user_id: Set(user),
        kind: Set(content.kind()),
        format: Set(format),
        filters: Set(json!({})),
        status: Set(Status::Queued),
        progress: Set(0),
        ..Default::default()
    };
    row.insert(&transaction).await.unwrap();
    transaction.commit().await.unwrap();
    let id = pending.id;
    pending.push(&stage.context.queues).await;
    id
}

async fn export(stage: &Stage, filter: attendance_log::Filter, format: ExportFormat) -> JobId {
    let content = Content::Attendance(filter);
    let job = GenerateExport { content: content.clone(), format, bom: false };
    order(stage, &job, &content, format).await
}

async fn all_logs(stage: &Stage, format: ExportFormat) -> JobId {
    export(stage, attendance_log::Filter::default(), format).await
}

async fn row(stage: &Stage, id: JobId) -> export_job::Model {
    export_job::Entity::find_by_id(id).one(stage.db()).await.unwrap().unwrap()
}

/// The export once its job is done.
async fn done(stage: &Stage, id: JobId) -> export_job::Model {
    let job = stage.ended(id).await;
    assert_eq!(job.state, JobState::Done, "{:?}", job.attempts);
    row(stage, id).await
}

/// `days` days of `people` people each, every third one late.
async fn logs(stage: &Stage, people: u32, days: u32) {
    let sql = format!(
        "INSERT INTO attendance_logs (id, employee_id, name, department, date, time_in, time_out, check_in_at, check_out_at,
                                      camera_id, camera_name, accuracy, status, source)
         SELECT 'ATT-' || to_char(day, 'YYYYMMDD') || '-' || lpad(n::text, 5, '0'), 'EMP-' || lpad(n::text, 5, '0'),
                'Name of ' || n, 'Operations', day::date, '08:59:30.5', '17:30:00', day + time '08:59:30.5',
                day + time '17:30', 'CAM-01', 'Entrance', 87.25, CASE n % 3 WHEN 0 THEN 'late' ELSE 'present' END, 'camera'
         FROM generate_series(1, {people}) AS n, generate_series(date '2026-03-01', date '2026-03-01' + {days} - 1, '1 day') AS day"
    );
    stage.db().execute_unprepared(&sql).await.unwrap();
}

async fn log_named(stage: &Stage, number: usize, name: &str) {
    let row = attendance_log::ActiveModel {
        id: Set(format!("ATT-20260301-{number:03}")),
        employee_id: Set(format!("EMP-{number:03}")),
        name: Set(name.to_owned()),
        date: Set(NaiveDate::from_ymd_opt(2026, 3, 1).unwrap()),
        status: Set(attendance_log::Status::Missed),
        source: Set(attendance_log::Source::Camera),
        verification_status: Set(attendance_log::VerificationStatus::Auto),
        odoo_status: Set(attendance_log::OdooStatus::Skipped),
        odoo_attempts: Set(0),
        ..Default::default()
    };
    row.insert(stage.db()).await.unwrap();
}

async fn text_of(stage: &Stage, row: &export_job::Model) -> String {
    let bytes = stage.context.storage.get(row.s3_key.as_deref().unwrap()).await.unwrap();
    String::from_utf8(bytes.to_vec()).unwrap()
}

async fn objects(stage: &Stage) -> Vec<String> {
    let stored = stage.context.storage.list("exports/", None).await.unwrap();
    stored.into_iter().map(|stored| stored.key).collect()
}

async fn notifications(stage: &Stage) -> Vec<(String, Level)> {
    let rows = stage.all::<notification::Entity>().await;
    rows.into_iter().map(|row| (row.notification_type, row.level)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_csv_holds_the_logs_of_the_filter_oldest_first_and_its_user_is_told_once() {
    let stage = Stage::set(Answer::nobody()).await;
    logs(&stage, 3, 2).await;
    let filter = attendance_log::Filter {
        status: Some(attendance_log::Status::Present),
        ..attendance_log::Filter::default()
    };
    let row = done(&stage, export(&stage, filter, ExportFormat::Csv).await).await;
    let text = text_of(&stage, &row).await;
    let lines: Vec<_> = text.split("\r\n").collect();
    assert_eq!(
        lines[0],
        "Date,Employee ID,Name,Department,Status,Time in,Time out,Worked,Camera,Accuracy,Source,Odoo,Note,Log ID"
    );
    assert_eq!(
        lines[1],
        "2026-03-01,EMP-00001,Name of 1,Operations,Present,08:59:30,17:30:00,8:30,Entrance,87.3,Camera,Pending,,ATT-20260301-00001"
    );
    assert_eq!((lines.len(), lines[3].split(',').next()), (6, Some("2026-03-02")));
    assert_eq!((row.status, row.progress, row.record_count), (Status::Completed, 100, Some(4)));
    assert_eq!(row.file_size, Some(text.len() as i64));
    assert_eq!((row.expires_at.unwrap() - row.generated_at.unwrap()).num_days(), 7);
    assert_eq!(notifications(&stage).await, [("export_ready".to_owned(), Level::Info)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_names_are_neutralised_in_a_copied_csv_as_in_a_written_one() {
    let stage = Stage::set(Answer::nobody()).await;
    for (number, name) in HOSTILE.iter().enumerate() {
        log_named(&stage, number + 1, name).await;
    }
    let row = done(&stage, all_logs(&stage, ExportFormat::Csv).await).await;
    let text = text_of(&stage, &row).await;
    for (line, name) in text.split("\r\n").skip(1).zip(HOSTILE) {
        let shown = neutral(name).replace('"', "\"\"");
        let shown = if shown.contains([',', '"', '\n']) { format!("\"{shown}\"") } else { shown };
        assert!(line.contains(&format!(",{shown},")), "{line:?} has no {shown:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_full_of_quotes_finds_what_it_says_and_harms_nothing() {
    let stage = Stage::set(Answer::nobody()).await;
    let name = r"O'Neil'; DROP TABLE users; -- \' $1 %";
    log_named(&stage, 1, name).await;
    log_named(&stage, 2, "Somebody").await;
    let filter =
        attendance_log::Filter { search: Some(name.to_lowercase()), ..attendance_log::Filter::default() };
    let row = done(&stage, export(&stage, filter, ExportFormat::Csv).await).await;
    assert_eq!(row.record_count, Some(1));
    assert!(!stage.all::<user::Entity>().await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_document_is_made_in_every_format() {
    let stage = Stage::set(Answer::nobody()).await;
    logs(&stage, 4, 3).await;
    let day = |day| NaiveDate::from_ymd_opt(2026, 3, day).unwrap();
    let today = Utc::now().date_naive();
    let contents = [
        (Content::Attendance(attendance_log::Filter::default()), Some(12)),
        (Content::Daily { date: day(2), department: None }, Some(4)),
        (Content::Monthly { year: 2026, month: 3, department: None }, Some(4)),
        (Content::Department { from: day(1), to: day(31), department: None }, Some(1)),
        (Content::Audit { from: today, to: today, actor: None, action: None, severity: None }, None),
        (
            Content::History {
                employee_id: "EMP-00001".to_owned(),
                from: day(1),
                to: day(31),
                camera_id: None,
            },
            Some(6),
        ),
    ];
    for (content, records) in contents {
        for format in [ExportFormat::Csv, ExportFormat::Xlsx, ExportFormat::Pdf] {
            let job = GenerateReport {
                content: content.clone(),
                format,
                title: None,
                bom: true,
                recipients: Vec::new(),
            };
            let row = done(&stage, order(&stage, &job, &content, format).await).await;
            assert!(records.is_none() || row.record_count == records, "{content:?} {:?}", row.record_count);
            let bytes = stage.context.storage.get(row.s3_key.as_deref().unwrap()).await.unwrap();
            let begins: &[u8] = match format {
                ExportFormat::Csv => "\u{feff}".as_bytes(),
                ExportFormat::Xlsx => b"PK",
                ExportFormat::Pdf => b"%PDF-",
            };
            assert!(bytes.starts_with(begins), "{content:?} as {format:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_named_twice_gets_one_mail() {
    let stage = Stage::set(Answer::nobody()).await;
    let content = Content::Daily { date: Utc::now().date_naive(), department: None };
    let recipients = ["boss@example.org", "hr@example.org", "Boss@Example.org", "hr@example.org"];
    let job = GenerateReport {
        content: content.clone(),
        format: ExportFormat::Csv,
        title: None,
        bom: false,
        recipients: recipients.map(str::to_owned).to_vec(),
    };
    done(&stage, order(&stage, &job, &content, ExportFormat::Csv).await).await;
    let jobs = job_outbox::Entity::find().all(stage.db()).await.unwrap();
    let mails = jobs.into_iter().filter(|job| job.kind == "send_email");
    let mut addresses: Vec<_> = mails.map(|mail| mail.payload["to"].clone()).collect();
    addresses.sort_by_key(ToString::to_string);
    assert_eq!(json!(addresses), json!(["boss@example.org", "hr@example.org"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_is_started_again_waits_until_its_file_is_wanted_again() {
    let stage = Stage::without_worker(Answer::nobody()).await;
    let id = all_logs(&stage, ExportFormat::Csv).await;
    export_job::interrupt(stage.db(), id, Interrupted::Cancelled).await.unwrap();
    let retry = stage.db().begin().await.unwrap();
    export_job::reopen(&retry, id).await.unwrap();
    let db = stage.db().clone();
    let begun = tokio::spawn(async move { export_job::begin(&db, id, "exports/key").await });
    tokio::time::sleep(Duration::from_millis(300)).await;
    retry.commit().await.unwrap();
    assert!(begun.await.unwrap().unwrap(), "the file is wanted");
    assert_eq!(row(&stage, id).await.status, Status::Processing);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_retry_after_a_killed_run_leaves_one_whole_file_and_no_open_upload() {
    let stage = Stage::without_worker(Answer::nobody()).await;
    logs(&stage, 2_000, 30).await;
    let id = all_logs(&stage, ExportFormat::Csv).await;
    // What a process leaves that is killed in the middle: a row that says it is being made, and a part of the file.
    let key = file_key(export_job::ExportKind::Attendance, ExportFormat::Csv, id);
    assert!(export_job::begin(stage.db(), id, &key).await.unwrap());
    let mut upload = stage.context.storage.upload(&key, "text/csv");
    upload.write(&vec![b'x'; 6 << 20]).await.unwrap();
    std::mem::forget(upload);
    eventually(Duration::from_secs(5), "the upload is open", async || {
        (stage.context.storage.open_uploads("exports/").await.unwrap().len() == 1).then_some(())
    })
    .await;
    stage.start_worker("second");
    let row = done(&stage, id).await;
    assert_eq!((row.record_count, objects(&stage).await), (Some(60_000), vec![key]));
    assert_eq!(text_of(&stage, &row).await.lines().count(), 60_001);
    assert_eq!(stage.context.storage.open_uploads("").await.unwrap(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_export_leaves_no_file_and_no_open_upload() {
    let stage = Stage::set(Answer::nobody()).await;
    logs(&stage, 4_000, 30).await;
    let id = all_logs(&stage, ExportFormat::Xlsx).await;
    eventually(Duration::from_secs(20), "rows are written", async || {
        (row(&stage, id).await.progress > 0).then_some(())
    })
    .await;
    stage.context.queues.cancel(id).await.unwrap();
    export_job::interrupt(stage.db(), id, Interrupted::Cancelled).await.unwrap();
    let job = stage.ended(id).await;
    let row = row(&stage, id).await;
    assert_eq!(job.state, JobState::Cancelled, "{:?}", job.attempts);
    assert_eq!((row.status, row.error_message.as_deref()), (Status::Failed, Some("cancelled")));
    assert_eq!(objects(&stage).await, Vec::<String>::new());
    assert_eq!(stage.context.storage.open_uploads("").await.unwrap(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_called_off_at_its_last_moment_is_taken_away_again() {
    let stage = Stage::without_worker(Answer::nobody()).await;
    logs(&stage, 2, 1).await;
    let id = all_logs(&stage, ExportFormat::Csv).await;
    export_job::interrupt(stage.db(), id, Interrupted::Cancelled).await.unwrap();
    stage.start_worker("second");
    let job = stage.ended(id).await;
    assert_ne!(job.state, JobState::Done);
    assert_eq!(objects(&stage).await, Vec::<String>::new());
    assert_eq!(row(&stage, id).await.error_message.as_deref(), Some("cancelled"));
}

#[tokio::test(flavor = "multi_thread")]
async fn more_rows_than_a_pdf_holds_are_refused_with_what_helps() {
    let stage = Stage::set(Answer::nobody()).await;
    let limit = documents::Format::Pdf.row_limit().unwrap();
    logs(&stage, u32::try_from(limit / 30 + 1).unwrap(), 30).await;
    let id = all_logs(&stage, ExportFormat::Pdf).await;
    assert_eq!(stage.ended(id).await.state, JobState::Dead);
    let row = row(&stage, id).await;
    assert_eq!(row.status, Status::Failed);
    assert!(row.error_message.as_deref().unwrap().contains("XLSX or CSV"), "{:?}", row.error_message);
    assert_eq!(row.progress, 0, "it is known before the first row, so nobody waits for it");
    assert_eq!(notifications(&stage).await, [("export_failed".to_owned(), Level::Warning)]);
    assert_eq!(objects(&stage).await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn without_storage_an_export_is_tried_three_times_and_then_says_so_safely() {
    let stage = Stage::without_storage(Answer::nobody()).await;
    let id = all_logs(&stage, ExportFormat::Csv).await;
    let job = stage.ended(id).await;
    assert_eq!((job.state, job.attempts.len()), (JobState::Dead, 3));
    let row = row(&stage, id).await;
    let message = row.error_message.unwrap();
    assert!(message.contains("try again later") && !message.contains("127.0.0.1"), "{message}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_that_is_run_again_keeps_its_file_and_tells_nobody_twice() {
    let stage = Stage::set(Answer::nobody()).await;
    logs(&stage, 2, 1).await;
    let id = all_logs(&stage, ExportFormat::Csv).await;
    let first = done(&stage, id).await;
    stage.forget_queues();
    stage
        .db()
        .execute_unprepared("UPDATE job_outbox SET created_at = now() - interval '1 minute'")
        .await
        .unwrap();
    jobs::sweep(stage.db(), &stage.context.queues).await.unwrap();
    let second = done(&stage, id).await;
    assert_eq!((second.generated_at, second.file_size), (first.generated_at, first.file_size));
    assert_eq!(notifications(&stage).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn its_user_hears_how_far_it_is_and_that_it_is_ready() {
    let stage = Stage::without_worker(Answer::nobody()).await;
    logs(&stage, 2_000, 30).await;
    let mut heard = Subscription::start(&stage.settings, Shutdown::new()).unwrap().listen();
    tokio::time::sleep(Duration::from_millis(300)).await;
    let id = all_logs(&stage, ExportFormat::Xlsx).await;
    stage.start_worker("second");
    let (user, mut percents) = (owner(&stage).await, Vec::new());
    let note = loop {
        let event = tokio::time::timeout(Duration::from_secs(60), heard.recv()).await.unwrap().unwrap();
        assert_eq!(event.user_id, Some(user));
        let message: Value = serde_json::from_str(event.message.get()).unwrap();
        match event.channel {
            Channel::Jobs => percents.push(message["job"]["progress"].as_u64().unwrap()),
            Channel::Notifications => break message["notification"].clone(),
            other => panic!("{other:?}"),
        }
    };
    assert!(percents.iter().any(|percent| (1..100).contains(percent)), "{percents:?}");
    assert_eq!((&note["type"], &note["link"]), (&json!("export_ready"), &json!(format!("/exports/{id}"))));
    assert_eq!(note["title"], "Attendance logs is ready");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_clean_up_removes_files_whose_time_is_over_and_keeps_the_others() {
    let stage = Stage::set(Answer::nobody()).await;
    logs(&stage, 2, 1).await;
    let (old, young) = (all_logs(&stage, ExportFormat::Csv).await, all_logs(&stage, ExportFormat::Csv).await);
    let (old, young) = (done(&stage, old).await, done(&stage, young).await);
    let expire = format!("UPDATE export_jobs SET expires_at = now() WHERE id = '{}'", old.id);
    stage.db().execute_unprepared(&expire).await.unwrap();
    let now = Utc::now();
    let storage = &stage.context.storage;
    for days in [40, 2] {
        let at = now - chrono::TimeDelta::days(days);
        let time = uuid::Timestamp::from_unix(uuid::NoContext, at.timestamp().unsigned_abs(), 0);
        for key in [
            format!("snapshots/CAM-01/{}.jpg", at.format("%Y%m%dT%H%M%S%.3fZ")),
            format!("thumbnails/{}.jpg", Uuid::new_v7(time)),
        ] {
            storage.put(&key, "image/jpeg", "x".into()).await.unwrap();
        }
    }
    let job = stage.ended(stage.enqueue(&jobs::CleanupOldData {}).await).await;
    let report: Value = serde_json::from_str(job.result.unwrap().get()).unwrap();
    assert_eq!((&report["exports"], &report["pictures"]), (&json!(1), &json!(2)), "{report}");
    assert_eq!(storage.list("snapshots/", None).await.unwrap().len(), 1);
    assert_eq!(storage.list("thumbnails/", None).await.unwrap().len(), 1);
    assert_eq!(row(&stage, old.id).await.status, Status::Expired);
    assert_eq!(objects(&stage).await, [young.s3_key.unwrap()]);
}
