//! Every text parameter of every command refuses what is not printable.

use std::{boxed::Box, format, vec, vec::Vec as StdVec};

use flash_interfaces::registry::{Metering, RegistryError};
use soroban_sdk::{vec as host_vec, Address, IntoVal, String};

use super::world::World;

/// In no text: not UTF-8, or with a character that shows nothing, or a blank at an end.
const UNPRINTABLE: [(&str, &[u8]); 14] = [
    ("NUL", b"a\0b"),
    ("a line feed", b"a\nb"),
    ("DEL", b"a\x7Fb"),
    ("a C1 control", b"a\xC2\x85b"),
    ("a lone continuation", b"a\x80"),
    ("an overlong NUL", b"a\xC0\x80"),
    ("a surrogate", b"a\xED\xA0\x80"),
    ("beyond U+10FFFF", b"a\xF4\x90\x80\x80"),
    ("a cut character", b"a\xE2\x82"),
    ("a line separator", b"a\xE2\x80\xA8b"),
    ("a right-to-left override", b"a\xE2\x80\xAEb"),
    ("a zero-width space", b"a\xE2\x80\x8Bb"),
    ("a blank before", b" ab"),
    ("a blank after", b"ab "),
];
/// In names and descriptions only.
const UNICODE: [(&str, &str); 3] = [
    ("accents", "Zoë's Fässer"),
    ("a Cyrillic look-alike", "ap\u{456}"),
    ("an emoji", "☁\u{FE0F}"),
];

type Command<'a> = Box<dyn Fn(String) -> Result<(), RegistryError> + 'a>;

/// The commands that have a name or a description.
fn names<'a>(w: &'a World, anna: &'a Address, id: u32) -> StdVec<(&'static str, Command<'a>)> {
    let register = |command: &'static str| -> Command<'a> {
        Box::new(move |text| {
            let who = w.someone();
            w.call(&who, command, (&who, text))
        })
    };
    let carl = w.consumer();
    vec![
        ("register_provider", register("register_provider")),
        ("register_consumer", register("register_consumer")),
        ("register_full_user", register("register_full_user")),
        (
            "update_provider",
            Box::new(move |text| w.call(anna, "update_provider", (anna, text))),
        ),
        (
            "update_consumer",
            Box::new(move |text| w.call(&carl, "update_consumer", (&carl, text))),
        ),
        ("create_bucket", create(w, anna, 1)),
        (
            "update_bucket_basic",
            Box::new(move |text| {
                let args = (anna, id, Some(text), (), ());
                w.call(anna, "update_bucket_basic", args)
            }),
        ),
        (
            "update_bucket_conditions",
            Box::new(move |text| {
                let args = (anna, id, Some(text), (), (), (), (), ());
                w.call(anna, "update_bucket_conditions", args)
            }),
        ),
    ]
}

/// The commands that have an id, a region, a country, an API, a tag or an access scope.
fn ids<'a>(w: &'a World, anna: &'a Address, id: u32) -> StdVec<(&'static str, Command<'a>)> {
    vec![
        ("region of create_bucket", create(w, anna, 2)),
        ("fb_bucket_id of create_bucket", create(w, anna, 3)),
        ("api_compatibility of create_bucket", create(w, anna, 4)),
        (
            "region of update_bucket_basic",
            Box::new(move |text| {
                let args = (anna, id, (), Some(text), ());
                w.call(anna, "update_bucket_basic", args)
            }),
        ),
        (
            "country of update_bucket_basic",
            Box::new(move |text| {
                let args = (anna, id, (), (), Some(text));
                w.call(anna, "update_bucket_basic", args)
            }),
        ),
        (
            "region of update_bucket_conditions",
            Box::new(move |text| {
                let args = (anna, id, (), Some(text), (), (), (), ());
                w.call(anna, "update_bucket_conditions", args)
            }),
        ),
        (
            "access_scope of set_bucket_features",
            Box::new(move |text| {
                let mut features = w.longest_features();
                features.access_scope = text;
                w.call(anna, "set_bucket_features", (anna, id, features))
            }),
        ),
        (
            "a tag of set_bucket_features",
            Box::new(move |text| {
                let mut features = w.longest_features();
                features.tags = host_vec![&w.env, w.text("fast"), text];
                w.call(anna, "set_bucket_features", (anna, id, features))
            }),
        ),
        (
            "fb_repo_id of reserve",
            Box::new(move |text| {
                let args = (id, 1_u32, text, &w.renter, 1_u64, 1_u64, None::<u32>);
                w.call(&w.deals, "reserve", args)
            }),
        ),
    ]
}

/// Creates a bucket with the `n`-th argument replaced.
fn create<'a>(w: &'a World, anna: &'a Address, n: u32) -> Command<'a> {
    Box::new(move |text| {
        let mut args = w.new_bucket(anna);
        args.set(n, text.into_val(&w.env));
        w.call::<u32>(anna, "create_bucket", args).map(|_| ())
    })
}

#[test]
fn no_command_takes_a_text_that_is_not_printable() {
    let w = World::new();
    let (anna, id) = w.bucket(9, 9);
    let refused = Err(RegistryError::TextNotPrintable);
    let commands = names(&w, &anna, id).into_iter().chain(ids(&w, &anna, id));
    for (parameter, command) in commands {
        for (what, text) in UNPRINTABLE {
            let answer = command(String::from_bytes(&w.env, text));
            assert_eq!(answer, refused, "{parameter}: {what}");
        }
        assert_eq!(command(w.text("eu-west 1~")), Ok(()), "{parameter}");
    }
}

#[test]
fn an_endpoint_is_printable_ascii() {
    let w = World::new();
    let (anna, id) = w.bucket(9, 9);
    let unicode = UNICODE.map(|(what, text)| (what, text.as_bytes()));
    for (what, text) in UNPRINTABLE.into_iter().chain(unicode) {
        let url = String::from_bytes(&w.env, &[b"https://", text].concat());
        let args = (&anna, id, url, Metering::Gateway);
        let answer = w.call::<()>(&anna, "set_bucket_service", args);
        let error = if text.contains(&b' ') {
            RegistryError::EndpointNotUrl
        } else {
            RegistryError::TextNotPrintable
        };
        assert_eq!(answer, Err(error), "{what}");
    }
}

#[test]
fn names_and_descriptions_may_be_unicode_and_nothing_else_may() {
    let w = World::new();
    let (anna, id) = w.bucket(9, 9);
    for (what, text) in UNICODE {
        for (command, call) in names(&w, &anna, id) {
            assert_eq!(call(w.text(text)), Ok(()), "{command}: {what}");
        }
        for (parameter, call) in ids(&w, &anna, id) {
            let refused = Err(RegistryError::TextNotPrintable);
            assert_eq!(call(w.text(text)), refused, "{parameter}: {what}");
        }
    }
}

#[test]
fn the_longest_names_may_be_of_any_script() {
    let w = World::new();
    let anna = w.someone();
    let longest = w.text(&format!("{}x", "倉".repeat(85)));
    assert_eq!(longest.len(), 256);
    let answer = w.call::<()>(&anna, "register_provider", (&anna, &longest));
    assert_eq!(answer, Ok(()));
    assert_eq!(w.registry.get_provider(&anna).unwrap().description, longest);
}
