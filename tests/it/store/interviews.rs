//! Interviews, beside their rooms.

use troupe::rooms::interview::{NewInterviews, NewLink, ResearchProject, Status};
use troupe::rooms::list::After;
use troupe::rooms::room::{EndReason, Surface};

use super::setup::{BOUNDLESS, code, project};

fn new(research: &str, tokens: &[u8]) -> NewInterviews {
    let research: ResearchProject = serde_json::from_value(serde_json::json!({
        "id": research, "name": "Mornings", "research_goals": "G", "interview_guide": "1.",
    }))
    .unwrap();
    let link = |token: &u8| NewLink {
        id: Surface::Interview.new_room_id(),
        token_hash: [*token; 32],
    };
    NewInterviews {
        project: research,
        character_id: "ada".into(),
        max_duration_s: 60,
        valid_for_ms: 60_000,
        voice: Some("alloy".into()),
        realtime_provider: None,
        language: None,
        topics_for_respondent: None,
        respondent_email: None,
        research_goals_override: Some("Other".into()),
        interview_guide_override: None,
        created_by: "key_1".into(),
        links: tokens.iter().map(link).collect(),
    }
}

on_both! {
    async fn interviews_are_rooms_that_wait_for_their_respondent(database) {
        let store = &database.store;
        let (one, two) = (project(store, "one").await, project(store, "two").await);
        let asked = new("r-1", &[1, 2]);
        let made = store.insert_interviews(&one, &asked).await.unwrap();
        assert_eq!(made.len(), 2);
        let names: Vec<&str> = made.iter().map(|interview| interview.display_name.as_str()).collect();
        assert_eq!(names, ["Mornings 1", "Mornings 2"]);
        let first = &made[0];
        assert_eq!((first.id.as_str(), first.owner_id.as_str()), (asked.links[0].id.as_str(), one.as_str()));
        assert_eq!((first.goals(), first.guide()), ("Other", "1."));
        assert_eq!(first.life.expires_at.ms_since(first.created_at), 60_000);
        assert_eq!(first.life.status(first.created_at), Status::Created);
        assert!(store.claim("w", "r1", 10).await.unwrap().claimed.is_empty());
        let room = store.room(&one, &first.id).await.unwrap();
        assert_eq!((room.surface, room.participants.len()), (Surface::Interview, 1));
        assert_eq!(code(store.interview(&two, &first.id).await), "interview");
        let (found, _) = store.interview_of_link(&[1; 32]).await.unwrap().unwrap();
        assert_eq!(found.id, first.id);
        assert!(store.interview_of_link(&[9; 32]).await.unwrap().is_none());

        store.start_room(&one, &first.id, BOUNDLESS).await.unwrap();
        assert_eq!(store.claim("w", "r2", 10).await.unwrap().claimed[0].room.id, first.id);
        let (started, now) = store.interview(&one, &first.id).await.unwrap();
        assert_eq!(started.life.status(now), Status::Started);
        store.end_room(&one, &first.id, EndReason::Requested).await.unwrap();
        let (finished, now) = store.interview(&one, &first.id).await.unwrap();
        assert_eq!(finished.life.status(now), Status::Finished);
        assert_eq!(store.interview_of_room(&first.id).await.unwrap().voice.as_deref(), Some("alloy"));
    }

    async fn all_of_a_call_are_made_or_none(database) {
        let store = &database.store;
        let one = project(store, "one").await;
        // The third token is the first one's again, which no two interviews may have.
        assert!(store.insert_interviews(&one, &new("r-1", &[1, 2, 1])).await.is_err());
        let (listed, _) = store.interviews(&one, None, After::Nothing, 10).await.unwrap();
        assert!(listed.is_empty(), "{listed:?}");
        assert!(store.interview_of_link(&[1; 32]).await.unwrap().is_none());
        assert_eq!(store.insert_interviews(&one, &new("r-1", &[1, 2, 3])).await.unwrap().len(), 3);
    }

    async fn lists_go_newest_first_by_research_project(database) {
        let store = &database.store;
        let (one, two) = (project(store, "one").await, project(store, "two").await);
        let mine = store.insert_interviews(&one, &new("r-1", &[1, 2, 3])).await.unwrap();
        store.insert_interviews(&one, &new("r-2", &[4])).await.unwrap();
        store.insert_interviews(&two, &new("r-1", &[5])).await.unwrap();
        let ids = async |research: Option<&str>, after: Option<&str>, limit| {
            let (listed, _) = store.interviews(&one, research, after.into(), limit).await.unwrap();
            listed.into_iter().map(|interview| interview.id).collect::<Vec<_>>()
        };
        assert_eq!(ids(None, None, 10).await.len(), 4);
        let newest_first: Vec<String> = mine.iter().rev().map(|interview| interview.id.clone()).collect();
        assert_eq!(ids(Some("r-1"), None, 10).await, newest_first);
        assert_eq!(ids(Some("r-1"), None, 2).await, newest_first[..2]);
        assert_eq!(ids(Some("r-1"), Some(&newest_first[1]), 2).await, newest_first[2..]);
        assert_eq!(code(store.interviews(&two, None, After::Item(&mine[0].id), 2).await), "after");
    }

    async fn what_time_ended_is_found_until_its_room_ends(database) {
        let store = &database.store;
        let one = project(store, "one").await;
        let mut unused = new("r-1", &[1]);
        unused.valid_for_ms = 0;
        let unused = store.insert_interviews(&one, &unused).await.unwrap().swap_remove(0);
        let begun = store.insert_interviews(&one, &new("r-1", &[2])).await.unwrap().swap_remove(0);
        store.start_room(&one, &begun.id, BOUNDLESS).await.unwrap();
        assert_eq!(store.expired_interviews(10).await.unwrap(), [(one.clone(), unused.id.clone())]);
        assert!(store.overdue_interviews(0, 10).await.unwrap().is_empty());
        assert_eq!(store.overdue_interviews(-60_000, 10).await.unwrap(), [(one.clone(), begun.id.clone())]);
        store.end_room(&one, &unused.id, EndReason::Expired).await.unwrap();
        store.end_room(&one, &begun.id, EndReason::MaxDuration).await.unwrap();
        assert!(store.expired_interviews(10).await.unwrap().is_empty());
        assert!(store.overdue_interviews(-60_000, 10).await.unwrap().is_empty());
        let (expired, now) = store.interview(&one, &unused.id).await.unwrap();
        assert_eq!((expired.life.status(now), expired.life.finished_at()), (Status::Expired, None));
    }
}
