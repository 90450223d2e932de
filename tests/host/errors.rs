//! Each error number against the C library's table.

use linux::Errno;

#[test]
fn every_number_has_a_name_where_the_c_library_has_a_text() {
    for number in 1..=4095_u16 {
        let ours = Errno::new(number).unwrap();
        // "Unknown error 134", or "No error information" of musl.
        let theirs = std::io::Error::from_raw_os_error(number.into()).to_string();
        let known = !theirs.starts_with("Unknown") && !theirs.starts_with("No error information");
        assert_eq!(ours.name().is_some(), known, "{number}: {theirs}");
    }
}

#[test]
fn common_texts_are_the_known_ones() {
    for number in [1, 2, 9, 13, 17, 20, 32, 39, 98, 111, 113] {
        let theirs = std::io::Error::from_raw_os_error(number).to_string().to_lowercase();
        let ours = Errno::new(number as u16).unwrap().to_string();
        assert!(theirs.starts_with(&ours), "{ours}: {theirs}");
    }
}
