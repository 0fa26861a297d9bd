//! Group chat: rooms in which several users write with each other and with characters.
//!
//! A chat room is a room like any other, with the one timeline; what it adds are its members, their roles, and
//! whether everyone of the project may find and join it.

mod roles;
mod room;

pub use roles::{Act, Role, Standing};
pub use room::{
    Acting, ChatRoom, ChatRoomChange, ChatScene, ChatSummary, Listed, MEMBERS_MAX, Membership, NewChatRoom,
    Page, Seat, answers_scope,
};
