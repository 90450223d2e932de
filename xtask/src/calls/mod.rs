//! The kernel's calls: the table that is made from its headers, and what of it the runtime makes and tests.

pub(crate) mod abi;
pub(crate) mod codegen;
pub(crate) mod coverage;
mod prototypes;
