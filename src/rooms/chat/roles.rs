//! Who may do what in a chat room: a pure decision on a user's standing in it.

use serde::Serialize;
use utoipa::ToSchema;

use crate::rooms::error::Error;

/// What a member is in a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = ChatRole)]
pub enum Role {
    /// The one who may do everything; every room has exactly one.
    Owner,
    /// May change the room and add members and characters.
    Admin,
    /// May read and write.
    Member,
}

impl Role {
    /// As it is stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Admin => "admin",
            Self::Member => "member",
        }
    }

    /// Reads [`Self::as_str`] back.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Owner, Self::Admin, Self::Member]
            .into_iter()
            .find(|role| role.as_str() == name)
    }
}

/// How a user of the project stands to a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Their role; `None` when they are no member.
    pub role: Option<Role>,
    /// Whether everyone of the project may see and join the room.
    pub is_public: bool,
}

/// Something to be done to a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Look at its settings, members and characters.
    See,
    /// Read or write messages.
    Talk,
    /// Change its name or description.
    Change,
    /// Add or remove characters.
    Cast,
    /// Become a member oneself.
    Join,
    /// Make somebody else a member.
    Invite,
    /// Cease to be a member oneself.
    Leave,
    /// End somebody else's membership.
    Expel,
    /// Give somebody a role.
    Appoint,
    /// Delete it with its history.
    Delete,
}

const NOT_A_MEMBER: Error = Error::Forbidden {
    code: "not_a_member",
    message: "only members of the room may do this; join it first",
};
const NEEDS_ADMIN: Error = Error::Forbidden {
    code: "role_required",
    message: "only the room's owner and its admins may do this",
};
const NEEDS_OWNER: Error = Error::Forbidden {
    code: "role_required",
    message: "only the room's owner may do this",
};
const MUST_HAND_OVER: Error = Error::Conflict {
    code: "owner_must_hand_over",
    message: "the room needs an owner; give that role to another member first",
};

impl Standing {
    /// Refuses what a user of this standing may not do.
    ///
    /// # Errors
    /// [`Error::NotFound`] for a room that they may not see, [`Error::Forbidden`] for what another role may do,
    /// [`Error::Conflict`] when the room would be left without an owner.
    pub fn check(self, act: Act) -> Result<(), Error> {
        let Some(role) = self.role else {
            return match act {
                _ if !self.is_public => Err(Error::NotFound("room")),
                Act::See | Act::Join => Ok(()),
                Act::Leave => Err(Error::NotFound("member")),
                _ => Err(NOT_A_MEMBER),
            };
        };
        match act {
            Act::See | Act::Talk | Act::Join => Ok(()),
            Act::Leave if role == Role::Owner => Err(MUST_HAND_OVER),
            Act::Leave => Ok(()),
            Act::Change | Act::Cast | Act::Invite if role == Role::Member => Err(NEEDS_ADMIN),
            Act::Change | Act::Cast | Act::Invite => Ok(()),
            Act::Expel | Act::Appoint | Act::Delete if role == Role::Owner => Ok(()),
            Act::Expel | Act::Appoint | Act::Delete => Err(NEEDS_OWNER),
        }
    }

    /// Refuses a new role for the owner itself: the room would have none.
    ///
    /// # Errors
    /// [`Error::Conflict`] unless the owner stays the owner.
    pub fn check_own_role(role: Role) -> Result<(), Error> {
        if role == Role::Owner {
            Ok(())
        } else {
            Err(MUST_HAND_OVER)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACTS: [Act; 10] = [
        Act::See,
        Act::Talk,
        Act::Change,
        Act::Cast,
        Act::Join,
        Act::Invite,
        Act::Leave,
        Act::Expel,
        Act::Appoint,
        Act::Delete,
    ];

    /// One letter an act: y yes, n 403, 4 404, c 409.
    fn row(role: Option<Role>, is_public: bool) -> String {
        let letter = |act| match (Standing { role, is_public }).check(act) {
            Ok(()) => 'y',
            Err(Error::Forbidden { .. }) => 'n',
            Err(Error::NotFound(_)) => '4',
            Err(Error::Conflict { .. }) => 'c',
            Err(_) => '?',
        };
        ACTS.into_iter().map(letter).collect()
    }

    #[test]
    fn each_standing_may_what_it_may() {
        for is_public in [false, true] {
            assert_eq!(row(Some(Role::Owner), is_public), "yyyyyycyyy");
            assert_eq!(row(Some(Role::Admin), is_public), "yyyyyyynnn");
            assert_eq!(row(Some(Role::Member), is_public), "yynnynynnn");
        }
        assert_eq!(row(None, true), "ynnnyn4nnn");
        assert_eq!(row(None, false), "4444444444");
    }

    #[test]
    fn an_owner_stays_until_another_is_one() {
        assert!(Standing::check_own_role(Role::Owner).is_ok());
        assert!(Standing::check_own_role(Role::Admin).is_err());
        assert_eq!(Role::from_name("owner"), Some(Role::Owner));
        assert_eq!(Role::from_name("Owner"), None);
    }
}
