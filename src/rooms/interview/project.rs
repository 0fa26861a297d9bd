//! Research projects: what interviews want to find out, and along which questions.

use serde::{Deserialize, Serialize};

use crate::rooms::Timestamp;
use crate::rooms::list::Place;
use crate::rooms::template::{self, Checks, Template};

/// A research project, as a file holds it, the API shows it and the database keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ResearchProject {
    /// UUID.
    pub id: String,
    /// Name for people, 1–200 characters.
    pub name: String,
    /// What the interviews are to find out, 1–5 000 characters.
    pub research_goals: String,
    /// The questions, in order, 1–5 000 characters.
    pub interview_guide: String,
    /// The character that asks; `null` leaves the choice to the deployment.
    #[serde(default, alias = "character")]
    #[schema(required = true)]
    pub character_id: Option<String>,
    /// BCP 47 tag of the interviews' language; `null` is the character's.
    #[serde(default)]
    #[schema(required = true)]
    pub language: Option<String>,
}

/// A research project and where it comes from.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct ResearchProjectRecord {
    /// What is asked.
    #[serde(flatten)]
    pub project: ResearchProject,
    /// Whether it comes with the deployment.
    pub built_in: bool,
    /// When it was made; `null` for a built-in.
    #[schema(required = true)]
    pub created_at: Option<Timestamp>,
    /// Where it stands in the project's list.
    #[serde(skip)]
    pub place: Place,
}

impl Template for ResearchProject {
    const FOLDER: &'static str = "interviews";
    const FIELDS: &'static [&'static str] = &[
        "id",
        "name",
        "research_goals",
        "interview_guide",
        "character",
        "language",
    ];

    fn id(&self) -> &str {
        &self.id
    }

    fn check(&self, checks: &mut Checks) {
        checks.uuid("id", &self.id);
        checks.name("name", &self.name);
        checks.filled("research_goals", &self.research_goals);
        checks.filled("interview_guide", &self.interview_guide);
        if let Some(character) = &self.character_id {
            checks.name("character", character);
        }
    }
}

/// The research projects that every deployment has.
pub fn project_builtins() -> Vec<ResearchProject> {
    template::builtins(&[
        (
            "first-week",
            include_str!("../../../agents/interviews/first-week.toml"),
        ),
        (
            "leaving-customers",
            include_str!("../../../agents/interviews/leaving-customers.toml"),
        ),
        (
            "morning-routine",
            include_str!("../../../agents/interviews/morning-routine.toml"),
        ),
    ])
}
