//! Decodes the names of objects and repos.

use percent_encoding::percent_decode_str;

/// The name of an object. The log encodes keys of requests twice, but keys of batches and of the
/// store's own actions once.
pub fn object_name(operation: &str, key: &str) -> String {
    let once = decoded(key);
    if operation.starts_with("BATCH.") || operation.starts_with("S3.") {
        return once;
    }
    decoded(&once)
}

/// A name that is not text after decoding stays encoded; otherwise two names could become one.
fn decoded(text: &str) -> String {
    let bytes = percent_decode_str(text).decode_utf8();
    bytes.map_or_else(|_| text.to_owned(), |text| text.into_owned())
}

/// The first part of an object's name.
pub fn first_part(name: &str) -> &str {
    name.split('/').next().unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_requests_are_decoded_twice_and_those_of_batches_once() {
        let name = "team/big file.tar";
        assert_eq!(
            object_name("REST.PUT.OBJECT", "team/big%2520file.tar"),
            name
        );
        assert_eq!(
            object_name("BATCH.DELETE.OBJECT", "team/big%20file.tar"),
            name
        );
        assert_eq!(object_name("S3.EXPIRE.OBJECT", "team/big%20file.tar"), name);
        assert_eq!(
            object_name("WEBSITE.GET.OBJECT", "dt%253D1/part-0"),
            "dt=1/part-0"
        );
    }

    #[test]
    fn what_is_not_encoded_or_no_text_stays_as_it_is() {
        assert_eq!(object_name("REST.GET.OBJECT", "100%/a+b"), "100%/a+b");
        assert_eq!(object_name("REST.GET.OBJECT", "%25ff"), "%ff");
        assert_eq!(object_name("BATCH.DELETE.OBJECT", "%ff"), "%ff");
        assert_eq!(object_name("REST.GET.OBJECT", "%252525"), "%25");
    }
}
