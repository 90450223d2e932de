//! Commands about users and their sessions.

mod groups;
mod id;
mod logname;
mod terminal;
mod tty;
mod users;
mod w;
mod who;
mod whoami;

group! {
    "user", "users and their sessions";
    "groups" => groups,
    "id" => id,
    "logname" => logname,
    "tty" => tty,
    "users" => users,
    "w" => w,
    "who" => who,
    "whoami" => whoami,
}
