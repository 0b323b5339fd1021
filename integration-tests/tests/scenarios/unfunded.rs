use flash_integration_tests::World;
#[test]
fn smoke() {
    let world = World::new();
    let deal = world.deal().funded();
    world.check();
    let _ = deal;
}
