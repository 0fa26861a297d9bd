//! The page itself, as the interview stands.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use minijinja::{Value, context};

use super::super::openapi::refusals::Busy;
use super::super::pages::page;
use super::super::path::Path;
use super::super::state::Api;
use super::TAG;
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
    page(&api, view.status(), TEMPLATE, view.facts())
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

    /// What the template is told.
    fn facts(&self) -> Value {
        let (interview, resumes) = match self {
            Self::Ready { interview, resumes } => (Some(*interview), *resumes),
            _ => (None, false),
        };
        let language = interview.and_then(|it| it.language.as_deref().or(it.project.language.as_deref()));
        context! {
            state => self.state(),
            resumes,
            minutes => interview.map_or(0, |it| (it.max_duration_s + 59) / 60),
            topics => interview.and_then(|it| it.topics_for_respondent.as_deref()),
            language => language.unwrap_or(LANGUAGE),
        }
    }
}
