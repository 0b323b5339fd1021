//! `openapi.json` is what the code says. `make openapi` writes it anew.

#[test]
fn the_description_is_the_one_that_is_committed() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.json");
    let said = flash_index::api::openapi_json();
    if std::env::var_os("FLASH_WRITE_OPENAPI").is_some() {
        std::fs::write(path, &said).unwrap();
    }
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        said == committed,
        "services/index/openapi.json is not what the handlers say: run `make openapi`"
    );
}
