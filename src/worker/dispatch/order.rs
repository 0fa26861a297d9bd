//! What a job asks for: its metadata, against the characters that there are.

use serde::Deserialize;

use crate::character::Character;
use crate::protocol::{Ambience, Mode};

/// Most characters of one job.
const CAST_MAX: usize = 12;

/// Who plays, and what.
#[derive(Debug, Clone)]
pub(super) struct Order {
    /// In the order in which they were named; at least one.
    pub(super) cast: Vec<Character>,
    pub(super) mode: Mode,
    pub(super) scene: Option<String>,
    pub(super) ambience: Option<Ambience>,
}

/// A job's metadata, if it is meant for us.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Wish {
    #[serde(default)]
    characters: Vec<String>,
    #[serde(default)]
    scene: Option<String>,
    #[serde(default)]
    ambience: Option<Ambience>,
    #[serde(default)]
    mode: Option<Mode>,
}

/// Reads what a job asks for. Empty metadata asks for the character that the worker is registered as, or for the first
/// one.
///
/// # Errors
/// What is wrong with it, for the server's log: the field, and the names that there are.
pub(super) fn read(metadata: &str, registered_as: &str, known: &[Character]) -> Result<Order, String> {
    let wish = match metadata.trim() {
        "" => Wish::default(),
        text => serde_json::from_str(text).map_err(|error| {
            format!("metadata: must be a JSON object with characters, scene, ambience and mode, each optional: {error}")
        })?,
    };
    let named = |id: &str| known.iter().find(|character| character.id == id);
    let cast = if wish.characters.is_empty() {
        named(registered_as)
            .or(known.first())
            .into_iter()
            .cloned()
            .collect()
    } else {
        let find = |id: &String| {
            named(id).cloned().ok_or_else(|| {
                let ids: Vec<&str> = known.iter().map(|character| character.id.as_str()).collect();
                format!(
                    "metadata.characters: there is no {id:?}; there are {}",
                    ids.join(", ")
                )
            })
        };
        wish.characters.iter().map(find).collect::<Result<Vec<_>, _>>()?
    };
    if cast.is_empty() {
        return Err("there are no characters".to_owned());
    }
    if cast.len() > CAST_MAX {
        return Err(format!("metadata.characters: at most {CAST_MAX}"));
    }
    let mut ids: Vec<&str> = cast.iter().map(|character| character.id.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    if ids.len() < cast.len() {
        return Err("metadata.characters: each once".to_owned());
    }
    Ok(Order {
        cast,
        mode: wish.mode.unwrap_or(Mode::Freeform),
        scene: wish.scene,
        ambience: wish.ambience,
    })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;
    use crate::character;

    fn ids(order: Result<Order, String>) -> Vec<String> {
        order
            .unwrap()
            .cast
            .into_iter()
            .map(|character| character.id)
            .collect()
    }

    #[test]
    fn a_job_without_metadata_gets_who_the_worker_is_registered_as() {
        let known = character::load(&[]).unwrap();
        assert_eq!(ids(read("", "bruno", &known)), ["bruno"]);
        assert_eq!(ids(read(" ", "front-desk", &known)), [known[0].id.clone()]);
    }

    #[test]
    fn a_job_names_its_cast() {
        let known = character::load(&[]).unwrap();
        let order = read(
            r#"{"characters":["hana","ada"],"scene":"A ship.","ambience":"rain"}"#,
            "x",
            &known,
        );
        assert_eq!(order.as_ref().unwrap().scene.as_deref(), Some("A ship."));
        assert_eq!(order.as_ref().unwrap().ambience, Some(Ambience::Rain));
        assert_eq!(ids(order), ["hana", "ada"]);
    }

    #[test]
    fn what_is_wrong_is_named() {
        let known = character::load(&[]).unwrap();
        for (metadata, named) in [
            (r#"{"characters":["nobody"]}"#, "nobody"),
            (r#"{"characters":["ada","ada"]}"#, "once"),
            (r#"{"cast":["ada"]}"#, "cast"),
            ("hello", "JSON"),
        ] {
            let told = read(metadata, "ada", &known).unwrap_err();
            assert!(told.contains(named), "{told}");
        }
    }
}
