//! The operations: those of the file server underneath, and the list of open uploads, which it lacks.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use s3s::dto::*;
use s3s::{S3, S3Request, S3Response, S3Result, s3_error};
use s3s_fs::FileSystem;

/// Objects as files below a folder.
#[derive(Debug)]
pub(crate) struct Files {
    inner: FileSystem,
    root: PathBuf,
}

impl Files {
    pub(crate) fn new(inner: FileSystem, root: &Path) -> Self {
        Self { inner, root: root.to_owned() }
    }

    /// Every open upload of a bucket by key and id. The file server keeps one file for each, named by bucket, key and id.
    fn open_uploads(
        &self,
        bucket: &str,
    ) -> std::io::Result<BTreeMap<(String, String), std::time::SystemTime>> {
        let mut open = BTreeMap::new();
        for entry in std::fs::read_dir(&self.root)? {
            let entry = entry?;
            let name = entry.file_name();
            if let Some(upload) = name.to_str().and_then(|name| upload_of(name, bucket))
                && self.root.join(format!(".upload-{}.json", upload.1)).exists()
            {
                open.insert(upload, entry.metadata()?.modified()?);
            }
        }
        Ok(open)
    }

    fn list(&self, wanted: ListMultipartUploadsInput) -> S3Result<ListMultipartUploadsOutput> {
        let prefix = wanted.prefix.clone().unwrap_or_default();
        let open = self.open_uploads(&wanted.bucket).map_err(|error| s3_error!(error, InternalError))?;
        let uploads = open.into_iter().filter(|((key, _), _)| key.starts_with(&prefix));
        let uploads = uploads.map(|((key, id), begun)| MultipartUpload {
            key: Some(key),
            upload_id: Some(id),
            initiated: Some(begun.into()),
            ..Default::default()
        });
        Ok(ListMultipartUploadsOutput {
            uploads: Some(uploads.collect()),
            bucket: Some(wanted.bucket),
            prefix: wanted.prefix,
            is_truncated: Some(false),
            ..Default::default()
        })
    }
}

/// Key and id of the upload that a file of this name belongs to, where it is one of `bucket`'s:
/// `.bucket-<bucket>.object-<key>.upload-<id>.metadata.json`, with bucket and key in base64.
fn upload_of(name: &str, bucket: &str) -> Option<(String, String)> {
    let name = name.strip_prefix(".bucket-")?.strip_suffix(".metadata.json")?;
    let (name, id) = name.rsplit_once(".upload-")?;
    let (of, key) = name.split_once(".object-")?;
    let text = |encoded: &str| {
        let bytes = URL_SAFE_NO_PAD.decode(encoded).ok()?;
        String::from_utf8(bytes).ok()
    };
    (text(of)? == bucket).then_some(())?;
    Some((text(key)?, id.to_owned()))
}

macro_rules! passed_on {
    ($($operation:ident($input:ident) -> $output:ident;)*) => {
        #[async_trait::async_trait]
        impl S3 for Files {
            $(
                async fn $operation(&self, request: S3Request<$input>) -> S3Result<S3Response<$output>> {
                    self.inner.$operation(request).await
                }
            )*

            async fn list_multipart_uploads(
                &self,
                request: S3Request<ListMultipartUploadsInput>,
            ) -> S3Result<S3Response<ListMultipartUploadsOutput>> {
                self.list(request.input).map(S3Response::new)
            }
        }
    };
}

passed_on! {
    create_bucket(CreateBucketInput) -> CreateBucketOutput;
    delete_bucket(DeleteBucketInput) -> DeleteBucketOutput;
    get_bucket_location(GetBucketLocationInput) -> GetBucketLocationOutput;
    head_bucket(HeadBucketInput) -> HeadBucketOutput;
    list_buckets(ListBucketsInput) -> ListBucketsOutput;
    list_objects(ListObjectsInput) -> ListObjectsOutput;
    list_objects_v2(ListObjectsV2Input) -> ListObjectsV2Output;
    copy_object(CopyObjectInput) -> CopyObjectOutput;
    delete_object(DeleteObjectInput) -> DeleteObjectOutput;
    delete_objects(DeleteObjectsInput) -> DeleteObjectsOutput;
    get_object(GetObjectInput) -> GetObjectOutput;
    head_object(HeadObjectInput) -> HeadObjectOutput;
    put_object(PutObjectInput) -> PutObjectOutput;
    create_multipart_upload(CreateMultipartUploadInput) -> CreateMultipartUploadOutput;
    upload_part(UploadPartInput) -> UploadPartOutput;
    upload_part_copy(UploadPartCopyInput) -> UploadPartCopyOutput;
    list_parts(ListPartsInput) -> ListPartsOutput;
    complete_multipart_upload(CompleteMultipartUploadInput) -> CompleteMultipartUploadOutput;
    abort_multipart_upload(AbortMultipartUploadInput) -> AbortMultipartUploadOutput;
}
