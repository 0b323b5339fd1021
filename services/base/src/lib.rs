//! What the long-running programs share.

pub mod db;
pub mod process;
pub mod settings;
pub mod text;
