//! The provider that other tests stand on.

use async_trait::async_trait;
use troupe::providers::ProviderError;
use troupe::providers::scripted::{Scripted, Step};

use super::conduct::{Conduct, Patience};
use super::subject::{LINE, Provided, Role, SPOKEN, Subject};

const NAME: &str = "scripted";

/// It in each role.
#[derive(Clone, Copy)]
pub(super) struct Model(Role);

impl Model {
    pub(super) const HEARS: Self = Self(Role::Hears);
    pub(super) const WRITES: Self = Self(Role::Writes);
    pub(super) const SPEAKS: Self = Self(Role::Speaks);
}

#[async_trait]
impl Subject for Model {
    fn provider(&self) -> &'static str {
        NAME
    }

    fn role(&self) -> Role {
        self.0
    }

    async fn provide(&self, conducts: &[Conduct], _: Patience) -> Provided {
        let (begin, rest) = LINE.split_at(4);
        let text = [begin, rest].map(str::to_owned);
        let sound = [vec![7; SPOKEN / 2], vec![7; SPOKEN / 2]];
        let script = conducts
            .iter()
            .fold(Scripted::new(NAME), |script, conduct| match self.0 {
                Role::Hears => script.hears(steps(*conduct, &text)),
                Role::Writes => script.says(steps(*conduct, &text)),
                Role::Speaks => script.speaks(steps(*conduct, &sound)),
            });
        Provided::new(script, None)
    }
}

fn steps<T: Clone>(conduct: Conduct, [begin, rest]: &[T; 2]) -> Vec<Step<T>> {
    let (begin, rest) = (Step::Piece(begin.clone()), Step::Piece(rest.clone()));
    match conduct {
        Conduct::Well => vec![begin, rest],
        Conduct::Slow => vec![Step::Wait(50), begin, rest],
        Conduct::Silent => vec![Step::Hang],
        Conduct::HalfClosed | Conduct::BreaksOff => {
            vec![begin, Step::Fail(ProviderError::BrokenOff { provider: NAME })]
        }
        other => unreachable!("{other:?} is excused"),
    }
}
