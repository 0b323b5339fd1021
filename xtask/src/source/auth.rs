//! Every command demands the signature that the reviewed table names, before it changes anything;
//! queries change nothing.

use crate::source::access::{Row, Signer, Table};
use crate::source::code::{Code, Function};
use crate::source::trace::{first_address, trace, Event, Who};

/// Commands of the owner whose signature is compared with the owner afterwards, and why.
const SIGNED_BY_OPERATOR: [(&str, &str); 1] = [(
    "upgrade",
    "SEP-49 names the operator, who has to be the owner",
)];

pub fn violations(code: &Code, table: &Table) -> Vec<String> {
    let mut broken = Vec::new();
    for contract in &code.contracts {
        let exported = code.exported(contract);
        for function in &exported {
            let rows: Vec<&Row> = table
                .of(contract)
                .filter(|row| row.function == function.name)
                .collect();
            let at = code.files[function.file].at(&function.body);
            let name = format!("{at}: {contract}.{}", function.name);
            match rows.as_slice() {
                [row] => {
                    broken.extend(check(code, function, row).map(|why| format!("{name} {why}")))
                }
                [] => broken.push(format!("{name} is not in docs/access.md")),
                _ => broken.push(format!("{name} is in docs/access.md more than once")),
            }
        }
        for row in table.of(contract) {
            if !exported
                .iter()
                .any(|function| function.name == row.function)
            {
                let name = &row.function;
                broken.push(format!("docs/access.md: {contract} exports no {name}"));
            }
        }
    }
    broken
}

fn check(code: &Code, function: &Function, row: &Row) -> Option<String> {
    let events = trace(code, function);
    match row.signer {
        Signer::Deployment => None,
        Signer::Query => events.first().map(|event| match event {
            Event::Write(what) => format!("is a query and writes: {what}"),
            Event::Extend(place) => format!("is a query and extends a TTL in {place}"),
            Event::Signature(_) => "is a query and demands a signature".to_owned(),
        }),
        Signer::Anyone => events
            .iter()
            .any(|event| matches!(event, Event::Signature(_)))
            .then(|| "demands a signature, but anyone may call it by docs/access.md".to_owned()),
        signer => check_signed(&events, function, signer),
    }
}

fn check_signed(events: &[Event], function: &Function, signer: Signer) -> Option<String> {
    for event in events {
        match event {
            Event::Write(what) => return Some(format!("writes before it authenticates: {what}")),
            Event::Extend(_) => {}
            Event::Signature(who) if is_right(who, function, signer) => return None,
            Event::Signature(who) => {
                return Some(format!(
                    "demands the signature of {who:?}, but docs/access.md says {signer:?}"
                ))
            }
        }
    }
    Some("never authenticates, on some path at least".to_owned())
}

fn is_right(who: &Who, function: &Function, signer: Signer) -> bool {
    let by_operator = SIGNED_BY_OPERATOR
        .iter()
        .any(|(name, _)| *name == function.name);
    match (signer, who) {
        (Signer::Named, Who::Param(name)) => first_address(function) == Some(name),
        (Signer::Owner, Who::Owner) | (Signer::OfferedOwner, Who::OfferedOwner) => true,
        (Signer::Owner, Who::Param(name)) => by_operator && first_address(function) == Some(name),
        (Signer::Deals, Who::Answer(of)) => of == "crate::storage::deals",
        (Signer::Oracle, Who::Answer(of)) => of == "acting" || of == "crate::oracle::acting",
        _ => false,
    }
}
