//! The end: everybody withdraws, and everything is accounted for.

use flash_integration_tests::World;
use flash_interfaces::{
    escrow::{Account, Solvency},
    reputation::Role,
};

use crate::{
    cast::Act,
    money::{decimals, usd},
    play::{done, Play},
    scenes::ENDS,
    table::Table,
};

/// What becomes of everything; the last line.
pub fn account(play: &mut Play) -> String {
    check_ends(play);
    withdraw(play);
    play.story.phase("The deals, in USD");
    print!("{}", deals(play));
    play.story.phase("Reputation");
    print!("{}", reputation(play));
    play.story.phase("Solvency");
    let world = &play.world;
    world.check();
    let solvency = world.solvency();
    tell_solvency(play, &solvency);
    let Solvency {
        balance,
        locked,
        claimable,
        fees,
        ..
    } = solvency;
    assert_eq!(balance, locked + claimable + fees, "{solvency:?}");
    let deals = world.deals().get_deal_count();
    format!(
        "demo ok: {deals} deals, escrow balance {balance} = \
         locked {locked} + claimable {claimable} + fees {fees}"
    )
}

/// The story was the one that is told.
fn check_ends(play: &Play) {
    assert_eq!(play.acts.len(), ENDS.len(), "another number of deals");
    for (name, status, reason) in ENDS {
        let act = play.act(name);
        let (is, why) = play.world.end(&act.deal);
        let as_told = (is, why) == (*status, *reason);
        assert!(
            as_told,
            "{} is {is:?} ({why:?}), and should be {status:?} ({reason:?})",
            act.title()
        );
    }
}

fn withdraw(play: &Play) {
    let world = &play.world;
    for (person, ..) in &play.parties {
        let claimable = world.claimable(person);
        if claimable == 0 {
            continue;
        }
        let sent = done("withdraw", world.by(person).withdraw(claimable));
        assert_eq!((sent, world.claimable(person)), (claimable, 0));
        play.tell(&format!("{} withdraws {}", person.name, usd(sent)));
    }
}

fn deals(play: &Play) -> Table {
    let figures = ["paid", "fee", "credit", "refunded", "locked"];
    let mut table = Table::new(&["#", "deal", "who", "status", "reason"], &figures);
    let mut sums = [0; 5];
    for act in &play.acts {
        let (status, reason) = play.world.end(&act.deal);
        let who = format!("{} @ {}", act.deal.consumer.name, act.deal.provider.name);
        let figures = figures_of(&play.world, act);
        let mut cells = vec![
            act.deal.id.to_string(),
            act.name.to_owned(),
            who,
            format!("{status:?}"),
            format!("{reason:?}"),
        ];
        cells.extend(match figures {
            Some(figures) => figures.map(decimals),
            None => [(); 5].map(|()| "-".to_owned()),
        });
        table.row(cells);
        for (sum, figure) in sums.iter_mut().zip(figures.unwrap_or_default()) {
            *sum += figure;
        }
    }
    let mut cells = vec![String::new(); 5];
    cells.extend(sums.map(decimals));
    table.sum(cells);
    table
}

/// Of a deal that was funded.
fn figures_of(world: &World, act: &Act) -> Option<[i128; 5]> {
    let Account {
        paid,
        fee,
        refunded,
        locked,
        ..
    } = world.escrow().get_account(&act.deal.id)?;
    let credit = world.meter(&act.deal).credited;
    Some([paid, fee, credit, refunded, locked])
}

fn reputation(play: &Play) -> Table {
    let texts = ["who", "role"];
    let evidence = ["completed", "cancelled", "breached", "volume in USD"];
    let figures = [&["before", "after"][..], &evidence].concat();
    let mut table = Table::new(&texts, &figures);
    for (person, role, before) in &play.parties {
        let world = &play.world;
        let after = world.score(person, *role);
        let record = world.reputation().get_record(&person.address, role);
        let evidence = record.map_or([0; 4], |record| {
            let breached = match role {
                Role::Provider => record.breached_by_provider,
                Role::Consumer => record.breached_by_consumer,
            };
            let counts = [record.completed, record.cancelled, breached].map(i128::from);
            [counts[0], counts[1], counts[2], record.volume]
        });
        let [completed, cancelled, breached, volume] = evidence;
        let counts = [completed, cancelled, breached].map(|count| count.to_string());
        let mut cells = vec![person.name.to_owned(), format!("{role:?}")];
        cells.extend([before.to_string(), after.to_string()]);
        cells.extend(counts);
        cells.push(decimals(volume));
        table.row(cells);
    }
    table
}

fn tell_solvency(play: &Play, solvency: &Solvency) {
    let (reports, instructions) = play.costliest_round;
    play.story.say(&format!(
        "the escrow holds {}: {} locked, {} claimable, {} fees, surplus {}",
        usd(solvency.balance),
        usd(solvency.locked),
        usd(solvency.claimable),
        usd(solvency.fees),
        usd(solvency.surplus),
    ));
    play.story.say(&format!(
        "the costliest round settled {reports} deals with {instructions} instructions\n"
    ));
}
