//! The bucket of recordings: does it take, give and remove?

use std::io;

use bytes::Bytes;

use super::finding::Finding;
use crate::config::{Config, RecordingsPlace};
use crate::rooms::recording::{Objects, S3Objects};

/// What is stored for a moment.
const PROBE: &[u8] = b"troupe doctor";
const CHECK: &str = "recordings";

/// Nothing is said of a folder: it is made when it is needed.
pub(super) async fn check(config: &Config) -> Vec<Finding> {
    let Some(RecordingsPlace::Bucket { name, prefix }) = &config.api.recordings else {
        return Vec::new();
    };
    let tried = async {
        let objects = S3Objects::from_env(name, prefix)?;
        let object = format!("doctor/{:032x}", rand::random::<u128>());
        objects.put(&object, Bytes::from_static(PROBE)).await?;
        let read = objects.read(&object, 0, PROBE.len()).await;
        // Whatever came of it, nothing is left.
        objects.remove(&object).await?;
        if read? == PROBE {
            Ok(())
        } else {
            Err(io::Error::other("it gives other bytes than it was given"))
        }
    };
    vec![match tried.await {
        Ok(()) => Finding::ok(
            CHECK,
            format!("the bucket {name} takes, gives and removes recordings"),
        ),
        Err(error) => Finding::broken(CHECK, format!("the bucket {name}: {error}"), advice(&error)),
    }]
}

fn advice(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::NotFound => "make the bucket, or correct TROUPE_RECORDINGS",
        io::ErrorKind::PermissionDenied => {
            "check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; they need s3:PutObject, s3:GetObject, s3:DeleteObject, \
             s3:ListBucket and s3:AbortMultipartUpload"
        }
        _ => "check AWS_ENDPOINT_URL and AWS_REGION, and whether this machine reaches the server",
    }
}
