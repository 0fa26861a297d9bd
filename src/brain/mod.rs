//! A character's mind: what it is told, what it remembers, and what of a model's answer it may say.

pub mod apology;
pub mod asks;
pub mod brief;
pub mod guard;
pub mod history;
pub mod prompt;
pub mod reply;
pub mod summary;
pub mod using;
