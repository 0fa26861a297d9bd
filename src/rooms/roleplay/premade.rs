//! Premade role-plays: scenario, character and scoring rubric, prepared once and played often.

use serde::{Deserialize, Serialize};

use crate::protocol::Ambience;
use crate::rooms::Timestamp;
use crate::rooms::list::Place;
use crate::rooms::template::{self, Checks, Template};

/// Most criteria of a rubric.
pub const CRITERIA_MAX: usize = 20;
/// Longest time that a role-play may last, minutes.
pub const MINUTES_MAX: u32 = 240;
/// Time that a role-play lasts at most when nothing is said, minutes.
pub const MINUTES_DEFAULT: u32 = 60;
/// Weight of a criterion when nothing is said.
const WEIGHT: f64 = 1.0;

/// One thing that a person is scored on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Criterion {
    /// Short name, 1–200 characters.
    pub name: String,
    /// What good looks like, up to 5 000 characters.
    #[serde(default)]
    #[schema(required = true)]
    pub description: String,
    /// How much it counts beside the others, 0–100.
    #[serde(default = "weight")]
    #[schema(required = true)]
    pub weight: f64,
}

fn weight() -> f64 {
    WEIGHT
}

fn minutes() -> u32 {
    MINUTES_DEFAULT
}

/// A prepared role-play, as a file holds it, the API shows it and the database keeps it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Premade {
    /// UUID.
    pub id: String,
    /// Name for people, 1–200 characters.
    pub name: String,
    /// What it trains, up to 5 000 characters.
    #[serde(default)]
    #[schema(required = true)]
    pub description: String,
    /// The situation as the character knows it, 1–5 000 characters.
    pub scenario: String,
    /// Who plays the other side.
    #[serde(alias = "character")]
    pub character_id: String,
    /// Whether the character speaks first.
    #[serde(default, alias = "character_opens")]
    #[schema(required = true)]
    pub character_opens: bool,
    /// BCP 47 tag that takes the place of the character's language.
    #[serde(default)]
    #[schema(required = true)]
    pub language: Option<String>,
    /// What its place sounds like.
    #[serde(default)]
    #[schema(required = true)]
    pub ambience: Option<Ambience>,
    /// Time after which it ends by itself, 1–240 minutes.
    #[serde(default = "minutes", alias = "max_duration_minutes")]
    #[schema(required = true)]
    pub max_duration_minutes: u32,
    /// What the person is scored on.
    #[serde(default)]
    #[schema(required = true)]
    pub rubric: Vec<Criterion>,
}

/// A premade role-play and where it comes from.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PremadeRecord {
    /// What is played.
    #[serde(flatten)]
    pub premade: Premade,
    /// Whether it comes with the deployment.
    pub built_in: bool,
    /// When it was made; `null` for a built-in.
    #[schema(required = true)]
    pub created_at: Option<Timestamp>,
    /// Where it stands in the project's list.
    #[serde(skip)]
    pub place: Place,
}

impl Premade {
    /// Time after which it ends by itself, s.
    pub fn max_duration_s(&self) -> i64 {
        i64::from(self.max_duration_minutes) * 60
    }
}

impl Template for Premade {
    const FOLDER: &'static str = "roleplays";
    const FIELDS: &'static [&'static str] = &[
        "id",
        "name",
        "description",
        "scenario",
        "character",
        "character_opens",
        "language",
        "ambience",
        "max_duration_minutes",
        "rubric",
    ];

    fn id(&self) -> &str {
        &self.id
    }

    fn check(&self, checks: &mut Checks) {
        checks.uuid("id", &self.id);
        checks.name("name", &self.name);
        checks.text("description", &self.description);
        checks.filled("scenario", &self.scenario);
        checks.name("character", &self.character_id);
        checks.range("max_duration_minutes", self.max_duration_minutes, 1, MINUTES_MAX);
        checks.count("rubric", self.rubric.len(), CRITERIA_MAX);
        for criterion in &self.rubric {
            checks.name("rubric.name", &criterion.name);
            checks.text("rubric.description", &criterion.description);
            checks.weight("rubric.weight", criterion.weight);
        }
    }
}

/// The premade role-plays that every deployment has.
pub fn premade_builtins() -> Vec<Premade> {
    template::builtins(&[
        (
            "late-delivery",
            include_str!("../../../agents/roleplays/late-delivery.toml"),
        ),
        (
            "pay-rise",
            include_str!("../../../agents/roleplays/pay-rise.toml"),
        ),
        (
            "price-objection",
            include_str!("../../../agents/roleplays/price-objection.toml"),
        ),
    ])
}
