//! Lists are read and switched into code that parses and chooses one change.

use std::ops::Range;
use std::path::Path;

use super::list;
use super::switch::{switched, Change};

const CODE: &str = "\
const LIMIT: u32 = 3;
const fn cap() -> u32 { 4 }
fn least(a: u32, b: u32) -> u32 {
    if a < b { a } else { b }
}
fn twice(a: u32) -> u32 { a * 2 }
#[cfg(test)]
mod tests {
    fn helper() -> u32 { 5 }
}
";

fn change(id: u32, from: &str, to: &str) -> Change {
    let at = CODE.find(from).unwrap();
    Change {
        id,
        file: "contracts/shop/src/lib.rs".to_owned(),
        at: at..at + from.len(),
        to: to.to_owned(),
        first: None,
        label: String::new(),
    }
}

fn lines(of: &Range<usize>, text: &str) -> String {
    let chosen: Vec<&str> = text.lines().skip(of.start - 1).take(of.len()).collect();
    chosen.join("\n")
}

#[test]
fn each_change_is_an_arm_and_the_sound_code_the_last() {
    let changes = [
        change(1, "a < b", "a <= b"),
        change(2, "{ b }", "{ a }"),
        change(3, "* 2", "+ 2"),
    ];
    let switched = switched(CODE, &changes.each_ref()).unwrap();
    syn::parse_file(&switched.text).unwrap();
    assert!(switched.unswitchable.is_empty());
    assert!(switched
        .text
        .contains("1 => {\n    if a <= b { a } else { b }\n}"));
    assert!(switched
        .text
        .contains("2 => {\n    if a < b { a } else { a }\n}"));
    assert!(switched
        .text
        .contains("_ => {\n    if a < b { a } else { b }\n}"));
    assert!(switched.text.contains("3 => { a + 2 }"));
    let first = switched.arms.iter().find(|arm| arm.ids == [1]).unwrap();
    assert!(lines(&first.lines, &switched.text).contains("a <= b"));
    let whole = switched.arms.iter().find(|arm| arm.ids == [1, 2]).unwrap();
    assert!(whole.lines.contains(&first.lines.start));
}

#[test]
fn what_no_function_chooses_at_run_time_is_said() {
    let changes = [
        change(1, "3", "4"),
        change(2, "{ 4 }", "{ 5 }"),
        change(3, "{ 5 }", "{ 6 }"),
    ];
    let switched = switched(CODE, &changes.each_ref()).unwrap();
    assert_eq!(switched.unswitchable, [1, 2, 3]);
    assert_eq!(switched.text, CODE);
}

#[test]
fn a_body_that_is_replaced_keeps_its_braces() {
    let changes = [change(1, "{ a * 2 }", "0")];
    let switched = switched(CODE, &changes.each_ref()).unwrap();
    assert!(switched.text.contains("1 => { 0 }"));
}

#[test]
fn a_fault_has_to_occur_once() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let fault = |from: &str| {
        list::faults(
            &root,
            &format!("# why\n\ncontracts/deals/src/lib.rs\t{from}\tx\ta::test\n"),
        )
    };
    let found = fault("mod slot;").unwrap();
    assert_eq!(found[0].file, "contracts/deals/src/lib.rs");
    assert!(fault("mod ").is_err());
    assert!(fault("no such text").is_err());
    assert!(list::faults(&root, "contracts/deals/src/lib.rs\tmod slot;\tx\n").is_err());
}

#[test]
fn an_accepted_survivor_needs_its_reason() {
    let accepted = list::accepted("# why\na: b => c\tequal in value\n").unwrap();
    assert!(accepted.contains("a: b => c"));
    assert!(list::accepted("a: b => c\n").is_err());
    assert!(list::accepted("a: b => c\t \n").is_err());
}
