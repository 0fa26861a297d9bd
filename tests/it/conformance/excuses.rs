//! Which cases do not apply to whom, and why. Everybody else goes through all of them.

use super::subject::Role;

/// Cases that do not apply to one provider.
#[derive(Debug)]
pub(super) struct Excuse {
    provider: &'static str,
    /// In this role alone.
    role: Option<Role>,
    pub(super) cases: &'static [&'static str],
    pub(super) why: &'static str,
}

impl Excuse {
    pub(super) fn is_for(&self, provider: &str, role: Role) -> bool {
        self.provider == provider && self.role.is_none_or(|only| only == role)
    }
}

/// All there are.
pub(super) const ALL: &[Excuse] = &[
    Excuse {
        provider: "local",
        role: None,
        cases: &[
            "a_bad_key_is_told_with_its_variable",
            "a_rate_limit_is_told_with_its_pause",
            "trouble_of_theirs_may_pass",
            "a_slow_start_is_waited_for",
            "nobody_waits_for_ever",
            "a_stall_in_the_middle_has_an_end",
            "an_end_in_the_middle_is_told",
            "nonsense_is_told_as_such",
        ],
        why: "it runs in this process: no key, no server, no connection",
    },
    Excuse {
        provider: "local",
        role: Some(Role::Hears),
        cases: &["an_answer_without_end_is_bounded"],
        why: "a transcript comes whole, and its length is bounded by that of the sound",
    },
    Excuse {
        provider: "local",
        role: Some(Role::Speaks),
        cases: &["an_answer_without_end_is_bounded"],
        why: "the sound of a clause comes whole from a model whose output has a length",
    },
    Excuse {
        provider: "scripted",
        role: None,
        cases: &[
            "a_bad_key_is_told_with_its_variable",
            "a_rate_limit_is_told_with_its_pause",
            "trouble_of_theirs_may_pass",
            "nobody_waits_for_ever",
            "a_stall_in_the_middle_has_an_end",
            "nonsense_is_told_as_such",
            "an_answer_without_end_is_bounded",
            "nothing_asked_is_nothing_answered",
        ],
        why: "a double for tests: it fails, waits and answers as its script says, whatever it is asked",
    },
];

/// Why a case does not apply, if it does not.
pub(super) fn of(provider: &str, role: Role, case: &str) -> Option<&'static str> {
    let excuse = ALL
        .iter()
        .find(|excuse| excuse.is_for(provider, role) && excuse.cases.contains(&case))?;
    Some(excuse.why)
}
