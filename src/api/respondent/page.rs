//! The page itself, as the interview stands.

use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use minijinja::{Environment, context};

use super::super::openapi::refusals::Busy;
use super::super::path::Path;
use super::super::state::Api;
use super::TAG;
use super::assets::Addresses;
use crate::rooms::Error;
use crate::rooms::interview::{Interview, Status};

const TEMPLATE: &str = include_str!("../../../assets/respondent/page.html");
/// Language of captions when nothing is said.
const LANGUAGE: &str = "en";

/// What the page says.
enum View<'a> {
    /// The interview can be joined; it was before, or not.
    Ready {
        interview: &'a Interview,
        resumes: bool,
    },
    Expired,
    Finished,
    Wrong,
    Trouble,
}

/// The page of an interview's respondent.
#[utoipa::path(
    get,
    path = "/i/{accessToken}",
    operation_id = "showRespondentPage",
    tag = TAG,
    params(("accessToken" = String, Path, description = "The respondent's secret, from the interview's `url`.")),
    responses(
        (status = 200, description = "The interview can be joined.", body = String, content_type = "text/html"),
        (status = 404, description = "There is no such interview.", body = String, content_type = "text/html"),
        (status = 410, description = "The link expired, or its interview is over.", body = String, content_type = "text/html"),
        Busy,
    )
)]
pub(super) async fn show(State(api): State<Api>, Path(token): Path<String>) -> Response {
    let found = api.rooms.interview_of_link(&api.secret.hash(&token)).await;
    let view = match &found {
        Ok((interview, now)) => match interview.life.status(*now) {
            Status::Created => View::Ready {
                interview,
                resumes: false,
            },
            Status::Started => View::Ready {
                interview,
                resumes: true,
            },
            Status::Expired => View::Expired,
            Status::Finished => View::Finished,
        },
        Err(Error::NotFound(_)) => View::Wrong,
        Err(error) => {
            tracing::error!(%error, "show a respondent's page");
            View::Trouble
        }
    };
    answer(&view, &api.rooms.livekit_public_url)
}

impl View<'_> {
    fn status(&self) -> StatusCode {
        match self {
            Self::Ready { .. } => StatusCode::OK,
            Self::Expired | Self::Finished => StatusCode::GONE,
            Self::Wrong => StatusCode::NOT_FOUND,
            Self::Trouble => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    fn state(&self) -> &'static str {
        match self {
            Self::Ready { .. } => "ready",
            Self::Expired => "expired",
            Self::Finished => "finished",
            Self::Wrong => "wrong",
            Self::Trouble => "trouble",
        }
    }

    fn render(&self) -> Result<String, minijinja::Error> {
        let mut templates = Environment::new();
        // The name's ending turns escaping on.
        templates.add_template("page.html", TEMPLATE)?;
        let (interview, resumes) = match self {
            Self::Ready { interview, resumes } => (Some(*interview), *resumes),
            _ => (None, false),
        };
        let language = interview.and_then(|it| it.language.as_deref().or(it.project.language.as_deref()));
        let files = Addresses::new();
        templates.get_template("page.html")?.render(context! {
            title => "Interview",
            state => self.state(),
            resumes,
            minutes => interview.map_or(0, |it| (it.max_duration_s + 59) / 60),
            topics => interview.and_then(|it| it.topics_for_respondent.as_deref()),
            language => language.unwrap_or(LANGUAGE),
            livekit => files.livekit,
            script => files.script,
            css => files.css,
        })
    }
}

fn answer(view: &View<'_>, livekit_url: &str) -> Response {
    let html = match view.render() {
        Ok(html) => html,
        Err(error) => {
            tracing::error!(%error, "render the respondent's page");
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
    };
    let policy = HeaderValue::from_str(&policy(livekit_url))
        .unwrap_or_else(|_| HeaderValue::from_static("default-src 'none'"));
    let fixed = |value| HeaderValue::from_static(value);
    let headers: [(HeaderName, HeaderValue); 5] = [
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::CACHE_CONTROL, fixed("no-store")),
        // The address holds the respondent's secret.
        (header::REFERRER_POLICY, fixed("no-referrer")),
        (header::X_CONTENT_TYPE_OPTIONS, fixed("nosniff")),
        (
            HeaderName::from_static("permissions-policy"),
            fixed("microphone=(self), camera=(), geolocation=()"),
        ),
    ];
    (view.status(), headers, Html(html)).into_response()
}

/// Own files, and LiveKit to talk to; nothing else.
fn policy(livekit_url: &str) -> String {
    let livekit = reqwest::Url::parse(livekit_url)
        .ok()
        .and_then(|url| {
            let authority = match url.port() {
                Some(port) => format!("{}:{port}", url.host_str()?),
                None => url.host_str()?.to_owned(),
            };
            let secure = matches!(url.scheme(), "wss" | "https");
            let (socket, plain) = if secure { ("wss", "https") } else { ("ws", "http") };
            Some(format!(" {socket}://{authority} {plain}://{authority}"))
        })
        .unwrap_or_default();
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'{livekit}; media-src 'self' blob:; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
}
