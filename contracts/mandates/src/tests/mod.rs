//! With the real contracts around it: a mandate is worth nothing without a deal to top up.

mod drawing;
mod fixture;
mod hostile;
mod limits;
mod setting;
