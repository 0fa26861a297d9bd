//! Objects in a bucket of S3, or of anything that speaks its protocol.

use std::io::{self, ErrorKind};
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use futures::{StreamExt, TryStreamExt};
use object_store::aws::{AmazonS3, AmazonS3Builder, AmazonS3ConfigKey};
use object_store::path::Path;
use object_store::{
    ClientConfigKey, Error, MultipartUpload, ObjectStore, ObjectStoreExt, PutPayload, RetryConfig,
};

use super::objects::{Draft, Objects};

/// Bytes of one part of a large object; S3 takes no smaller ones but the last.
const PART_BYTES: usize = 8 * 1024 * 1024;
/// Time to open a connection.
const CONNECT_WITHIN: &str = "3 seconds";
/// Time for one request.
const ANSWER_WITHIN: &str = "30 seconds";
/// Times that a request is repeated, and the time in which that may begin: less than a worker's request may take.
const RETRIES_MAX: usize = 4;
const RETRY_WITHIN: Duration = Duration::from_secs(8);
/// The region when nothing is said: that of servers which know none.
const REGION: &str = "us-east-1";

/// Objects of a bucket.
#[derive(Debug, Clone)]
pub struct S3Objects {
    store: Arc<AmazonS3>,
    prefix: String,
}

impl S3Objects {
    /// Keeps objects in `bucket` below `prefix` (which may be empty), at the server and with the credentials that the
    /// standard variables (`AWS_…`) say.
    ///
    /// # Errors
    /// When the variables can't be understood.
    pub fn from_env(bucket: &str, prefix: &str) -> io::Result<Self> {
        Self::new(AmazonS3Builder::from_env(), bucket, prefix)
    }

    /// The same at a server of the caller's, with credentials of the caller's.
    ///
    /// # Errors
    /// When they can't be understood.
    pub fn at(endpoint: &str, (id, secret): (&str, &str), bucket: &str, prefix: &str) -> io::Result<Self> {
        let builder = AmazonS3Builder::new()
            .with_endpoint(endpoint)
            .with_access_key_id(id)
            .with_secret_access_key(secret);
        Self::new(builder, bucket, prefix)
    }

    fn new(builder: AmazonS3Builder, bucket: &str, prefix: &str) -> io::Result<Self> {
        let is_plain = [AmazonS3ConfigKey::S3Endpoint, AmazonS3ConfigKey::Endpoint]
            .iter()
            .filter_map(|key| builder.get_config_value(key))
            .any(|endpoint| endpoint.starts_with("http://"));
        let builder = match builder.get_config_value(&AmazonS3ConfigKey::Region) {
            Some(_) => builder,
            None => builder.with_region(REGION),
        };
        // The variables for proxies and the like stay as they are.
        let builder = if is_plain {
            builder.with_allow_http(true)
        } else {
            builder
        };
        let store = builder
            .with_bucket_name(bucket)
            .with_config(
                AmazonS3ConfigKey::Client(ClientConfigKey::ConnectTimeout),
                CONNECT_WITHIN,
            )
            .with_config(AmazonS3ConfigKey::Client(ClientConfigKey::Timeout), ANSWER_WITHIN)
            .with_retry(RetryConfig {
                max_retries: RETRIES_MAX,
                retry_timeout: RETRY_WITHIN,
                ..RetryConfig::default()
            })
            .build()
            .map_err(failed)?;
        Ok(Self {
            store: Arc::new(store),
            prefix: prefix.to_owned(),
        })
    }

    fn path(&self, name: &str) -> Path {
        Path::from_iter(
            [self.prefix.as_str(), name]
                .into_iter()
                .flat_map(|part| part.split('/'))
                .filter(|part| !part.is_empty()),
        )
    }
}

/// What went wrong, without what was stored.
fn failed(error: Error) -> io::Error {
    match error {
        Error::NotFound { .. } => io::Error::new(ErrorKind::NotFound, "there is no such object"),
        Error::PermissionDenied { .. } | Error::Unauthenticated { .. } => io::Error::new(
            ErrorKind::PermissionDenied,
            "the store of recordings refused the credentials (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY)",
        ),
        other => io::Error::other(other),
    }
}

#[async_trait]
impl Objects for S3Objects {
    async fn create(&self, name: &str) -> io::Result<Box<dyn Draft>> {
        Ok(Box::new(S3Draft {
            store: self.store.clone(),
            path: self.path(name),
            waiting: BytesMut::new(),
            upload: None,
        }))
    }

    async fn read(&self, name: &str, offset: u64, length: usize) -> io::Result<Bytes> {
        if length == 0 {
            return Ok(Bytes::new());
        }
        let path = self.path(name);
        let range: Range<u64> = offset..offset.saturating_add(length as u64);
        match self.store.get_range(&path, range).await {
            Ok(bytes) => Ok(bytes),
            Err(error @ Error::NotFound { .. }) => Err(failed(error)),
            // Behind the end there is nothing, which S3 calls an error.
            Err(error) => match self.store.head(&path).await {
                Ok(found) if found.size <= offset => Ok(Bytes::new()),
                _ => Err(failed(error)),
            },
        }
    }

    async fn remove(&self, name: &str) -> io::Result<()> {
        match self.store.delete(&self.path(name)).await {
            Ok(()) | Err(Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(failed(error)),
        }
    }

    async fn remove_all(&self, folder: &str) -> io::Result<()> {
        let found = self.store.list(Some(&self.path(folder)));
        let paths = found.map_ok(|object| object.location).boxed();
        let removed = self.store.delete_stream(paths);
        removed
            .filter(|removed| std::future::ready(!matches!(removed, Err(Error::NotFound { .. }))))
            .try_for_each(|_| std::future::ready(Ok(())))
            .await
            .map_err(failed)
    }
}

/// An object on its way: a small one is stored at once, a large one in parts of which each is repeated by itself.
struct S3Draft {
    store: Arc<AmazonS3>,
    path: Path,
    waiting: BytesMut,
    upload: Option<Box<dyn MultipartUpload>>,
}

impl S3Draft {
    async fn send(&mut self, part: Bytes) -> io::Result<()> {
        let upload = match &mut self.upload {
            Some(upload) => upload,
            none => none.insert(self.store.put_multipart(&self.path).await.map_err(failed)?),
        };
        upload.put_part(PutPayload::from(part)).await.map_err(failed)
    }
}

#[async_trait]
impl Draft for S3Draft {
    async fn write(&mut self, bytes: Bytes) -> io::Result<()> {
        self.waiting.extend_from_slice(&bytes);
        while self.waiting.len() >= PART_BYTES {
            let part = self.waiting.split_to(PART_BYTES).freeze();
            self.send(part).await?;
        }
        Ok(())
    }

    async fn keep(mut self: Box<Self>) -> io::Result<()> {
        let rest = std::mem::take(&mut self.waiting).freeze();
        if self.upload.is_none() {
            let stored = self.store.put(&self.path, PutPayload::from(rest)).await;
            return stored.map(drop).map_err(failed);
        }
        if !rest.is_empty() {
            self.send(rest).await?;
        }
        if let Some(upload) = &mut self.upload {
            upload.complete().await.map_err(failed)?;
        }
        self.upload = None;
        Ok(())
    }
}

impl Drop for S3Draft {
    fn drop(&mut self) {
        if let Some(mut upload) = self.upload.take()
            && let Ok(runtime) = tokio::runtime::Handle::try_current()
        {
            // Parts that nobody removes would be paid for.
            runtime.spawn(async move {
                if let Err(error) = upload.abort().await {
                    tracing::warn!(%error, "give up an upload to the store of recordings");
                }
            });
        }
    }
}
