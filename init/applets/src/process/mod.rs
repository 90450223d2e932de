//! Commands about processes.

mod env;
mod r#false;
mod kill;
mod ps;
mod sleep;
mod r#true;

group! {
    "process", "processes";
    "env" => env,
    "false" => r#false,
    "kill" => kill,
    "ps" => ps,
    "sleep" => sleep,
    "true" => r#true,
}
