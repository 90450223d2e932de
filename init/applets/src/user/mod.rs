//! Commands about users and their sessions.

#[cfg(feature = "files")]
mod accounts;
#[cfg(feature = "files")]
mod addgroup;
#[cfg(feature = "files")]
mod adduser;
#[cfg(feature = "files")]
mod delgroup;
#[cfg(feature = "files")]
mod deluser;
#[cfg(feature = "files")]
mod getty;
mod groups;
mod id;
#[cfg(feature = "files")]
mod login;
mod logname;
#[cfg(feature = "files")]
mod nologin;
#[cfg(feature = "files")]
mod passwd;
#[cfg(feature = "files")]
mod password;
#[cfg(feature = "files")]
pub(crate) mod session;
#[cfg(feature = "files")]
mod su;
mod terminal;
mod tty;
mod users;
mod w;
mod who;
mod whoami;

group! {
    "user", "users and their sessions";
    "addgroup" => addgroup,
    "adduser" => adduser,
    "delgroup" => delgroup,
    "deluser" => deluser,
    "getty" => getty,
    "groups" => groups,
    "id" => id,
    "login" => login,
    "logname" => logname,
    "nologin" => nologin,
    "passwd" => passwd,
    "su" => su,
    "tty" => tty,
    "users" => users,
    "w" => w,
    "who" => who,
    "whoami" => whoami,
}
