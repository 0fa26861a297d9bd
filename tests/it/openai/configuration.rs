//! What can't be set up, and a server that is not there.

use std::sync::Arc;

use tokio::net::TcpListener;
use troupe::providers::ProviderError;
use troupe::providers::openai::{Config, ConfigError, OpenAi, Timing};

use super::{LATE, Server, timing};

#[test]
fn a_bad_configuration_is_told_at_once() {
    let check = |base_url: &str, api_key: Option<&str>| {
        let config = Config {
            base_url: base_url.into(),
            api_key: api_key.map(str::to_owned),
            timing: Timing::default(),
        };
        OpenAi::new(&config).err()
    };
    assert_eq!(check("localhost:8000", None), Some(ConfigError::BaseUrl));
    assert_eq!(
        check("https://api.openai.com/v1", None),
        Some(ConfigError::KeyMissing)
    );
    assert_eq!(
        check("http://localhost/v1", Some("a\nb")),
        Some(ConfigError::KeyUnreadable)
    );
    assert_eq!(check("http://localhost/v1", None), None);
}

#[tokio::test]
async fn nobody_listens() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("http://{}/v1", listener.local_addr().unwrap());
    drop(listener);
    let provider = OpenAi::new(&Config {
        base_url,
        api_key: None,
        timing: timing(LATE, LATE),
    })
    .unwrap();
    let server = Server {
        provider,
        asked: Arc::default(),
        connections: Arc::default(),
    };
    assert!(matches!(
        server.write().await.1,
        Some(ProviderError::Unreachable { .. })
    ));
}
