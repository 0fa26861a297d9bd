//! Research projects: what interviews are about.

use super::Rooms;
use crate::rooms::error::Error;
use crate::rooms::interview::{ResearchProject, ResearchProjectRecord};
use crate::rooms::list::Place;
use crate::rooms::store::contract::{Prepared, PreparedKind};

/// Built-in character that interviews when a project names none; without it the first there is.
const INTERVIEWER: &str = "theo";

impl Rooms {
    /// The deployment's research projects, then the project's own, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn research_projects(&self, project_id: &str) -> Result<Vec<ResearchProjectRecord>, Error> {
        let built_in = self
            .library
            .research
            .iter()
            .cloned()
            .map(|project| ResearchProjectRecord {
                place: Place::BuiltIn(project.name.clone(), project.id.clone()),
                project,
                built_in: true,
                created_at: None,
            });
        let mut all: Vec<_> = built_in.collect();
        for prepared in self
            .store
            .all_prepared(project_id, PreparedKind::Research)
            .await?
        {
            all.push(record(prepared)?);
        }
        Ok(all)
    }

    /// Keeps a research project of the project's own.
    ///
    /// # Errors
    /// When its character is unknown to the project or the database fails.
    pub async fn create_research_project(
        &self,
        project_id: &str,
        project: ResearchProject,
    ) -> Result<ResearchProjectRecord, Error> {
        if let Some(character_id) = &project.character_id {
            self.must_know_character(project_id, "character_id", character_id)
                .await?;
        }
        let body = serde_json::to_string(&project).map_err(|_| Error::Corrupt("research project"))?;
        let prepared = self
            .store
            .insert_prepared(project_id, PreparedKind::Research, &project.id, &body)
            .await?;
        record(prepared)
    }

    /// One of them.
    ///
    /// # Errors
    /// When it is unknown to the project or the database fails.
    pub async fn research_project(&self, project_id: &str, id: &str) -> Result<ResearchProject, Error> {
        if let Some(built_in) = self.library.research.iter().find(|project| project.id == id) {
            return Ok(built_in.clone());
        }
        let own = self
            .store
            .prepared(project_id, PreparedKind::Research, id)
            .await?
            .ok_or(Error::NotFound("project"))?;
        Ok(record(own)?.project)
    }

    /// The character that asks in interviews of `project`.
    ///
    /// # Errors
    /// When there is none, or the database fails.
    pub(super) async fn interviewer(
        &self,
        project_id: &str,
        project: &ResearchProject,
    ) -> Result<String, Error> {
        if let Some(id) = &project.character_id
            && let Ok(known) = self.character(project_id, id).await
        {
            return Ok(known.character.id);
        }
        let all = self.characters(project_id).await?;
        let usual = all.iter().find(|record| record.character.id == INTERVIEWER);
        usual
            .or(all.first())
            .map(|record| record.character.id.clone())
            .ok_or(Error::Conflict {
                code: "no_characters",
                message: "there is no character that could interview; create one",
            })
    }
}

fn record(prepared: Prepared) -> Result<ResearchProjectRecord, Error> {
    Ok(ResearchProjectRecord {
        project: serde_json::from_str(&prepared.body).map_err(|_| Error::Corrupt("research project"))?,
        built_in: false,
        created_at: Some(prepared.created_at),
        place: Place::Own(prepared.seq),
    })
}
