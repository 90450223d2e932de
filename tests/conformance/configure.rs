//! What autoconf makes, run unchanged: a package's `configure` checks for, makes and says the same as for dash.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use anyhow::{Context, Result, bail, ensure};
use spelunk_tests::tally::Tally;

use crate::real;

/// The tools that make the script and that it looks for.
const NEEDS: [&str; 3] = ["/usr/bin/autoconf", "/usr/bin/gcc", real::PEER];

/// What the packages' authors would have written.
const FILES: [(&str, &str); 5] = [
    (
        "configure.ac",
        r#"AC_INIT([thing], [1.5], [bugs@example.org], [thing-x], [https://example.org/])
AC_CONFIG_HEADERS([config.h])
AC_PROG_CC
AC_PROG_LN_S
AC_PROG_EGREP
AC_PATH_PROG([SORT], [sort], [none])
AC_ARG_WITH([extra], [AS_HELP_STRING([--with-extra=DIR], [look for it there])], [], [with_extra=none])
AC_ARG_ENABLE([colour], [AS_HELP_STRING([--disable-colour], [all is grey])], [], [enable_colour=yes])
AC_ARG_VAR([FLAVOUR], [taste of it])
AS_IF([test "x$with_extra" != xnone], [AC_DEFINE_UNQUOTED([EXTRA], ["$with_extra"], [Where it is])])
AS_CASE([$enable_colour], [yes], [AC_DEFINE([COLOUR], [1], [Whether])], [no], [:],
    [AC_MSG_ERROR([not a colour: $enable_colour])])
AC_CHECK_HEADERS([unistd.h no/such.h])
AC_CHECK_FUNCS([getpid no_such_function])
AC_CHECK_SIZEOF([int])
AC_C_BIGENDIAN
AC_SEARCH_LIBS([cos], [m])
AC_CACHE_CHECK([whether words split], [thing_cv_split], [set x a b; shift; thing_cv_split=$#])
m4_foreach([name], [one, two, three], [AC_SUBST(name, ["name's 'text' \\ & value"])
])
AC_CONFIG_FILES([Makefile sub/list:list.in])
AC_CONFIG_FILES([run], [chmod +x run])
AC_CONFIG_COMMANDS([stamp], [echo "made by $who" >stamp], [who="$FLAVOUR"])
AC_CONFIG_LINKS([linked:list.in])
AC_OUTPUT
"#,
    ),
    ("Makefile.in", "CC = @CC@\none = @one@\nSORT=@SORT@\nsrcdir = @srcdir@\nVPATH = @srcdir@\n"),
    ("list.in", "@one@ @two@ @three@ @FLAVOUR@\n@DEFS@\n"),
    ("run.in", "echo @PACKAGE_STRING@\n"),
    (
        "config.h.in",
        "#undef EXTRA\n#undef COLOUR\n#undef HAVE_UNISTD_H\n#undef HAVE_NO_SUCH_H\n#undef HAVE_GETPID\n#undef SIZEOF_INT\n#undef WORDS_BIGENDIAN\n",
    ),
];

/// A second package: scripts alone, of M4sh's own forms.
const SCRIPTS: &str = r#"AC_INIT([scripts], [2])
AC_CHECK_PROGS([LOOKER], [no-such-pager cat], [none])
AC_ARG_PROGRAM
AS_VAR_SET([thing_var], ["a b"])
AS_VAR_PUSHDEF([held], [thing_var])
AS_VAR_IF([held], ["a b"], [AC_MSG_NOTICE([kept])])
AS_VAR_APPEND([held], [" c"])
AS_VAR_ARITH([sum], [2 + 3 \* 4])
for path in /a/b//c / a ./x/ ""; do AC_MSG_NOTICE([AS_DIRNAME(["$path"]) of $path: $(AS_BASENAME(["$path"]))]); done
AS_MKDIR_P([d/e/f]) AS_ECHO_N([no newline]); AS_ECHO([" $held $sum"])
AS_TR_SH([c])=x
AS_FOR([V], [v], [p q], [AS_ECHO(["<V>"])])
AS_TR_CPP([a-b])=1; AS_ECHO(["AS_TR_SH([$held])"])
AS_SET_STATUS([3]); AS_ECHO(["$?"])
AS_UNSET([held]); AS_ECHO(["${held-unset}"])
AS_VERSION_COMPARE([1.10], [1.9a], [echo less], [echo same], [echo more])
AC_CONFIG_FILES([out:in])
AC_OUTPUT
"#;

/// How the first is configured, in a folder beside it.
const RUNS: [&str; 5] = [
    "../configure --with-extra=/opt 'FLAVOUR=sweet & \"sour\"'; echo $?; cat Makefile sub/list config.h stamp linked; ./run",
    "../configure -q --cache-file=cache --disable-colour && ../configure -C -q --cache-file=cache && grep -c = cache; ./config.status --recheck | tail -n 3; ./config.status sub/list",
    "../configure --help; ../configure --version; ../configure --enable-colour=red -q 2>&1; echo $?",
    "../configure --no-such 2>&1; echo $?; CC=no-such-compiler ../configure 2>&1 | tail -n 2; ../configure -q --enable-other",
    "../scripts --program-prefix=p- && cat out; ./config.status --config",
];

/// Makes both scripts, once, and gives each run's name and check.
pub(crate) fn run(ours: &Path, folder: &Path, tally: &Tally) {
    let name = |run: &str| format!("configure: {run}");
    if !RUNS.iter().any(|run| tally.is_wanted(&name(run))) {
        return;
    }
    if let Some(missing) = NEEDS.iter().find(|path| !Path::new(path).exists()) {
        println!("skipped: {missing} is not there, and no configure script can be made");
        return;
    }
    let package = folder.join("package");
    let made = make(&package);
    for run in RUNS {
        tally.case(&name(run), || match &made {
            Ok(()) => agrees(ours, &package, run),
            Err(error) => bail!("no configure script was made: {error:#}"),
        });
    }
}

/// Has autoconf make both scripts.
fn make(package: &Path) -> Result<()> {
    fs::create_dir_all(package)?;
    for (name, text) in FILES {
        fs::write(package.join(name), text)?;
    }
    fs::write(package.join("scripts.ac"), SCRIPTS)?;
    fs::write(package.join("in"), "@LOOKER@ @program_transform_name@ @configure_input@\n")?;
    for (from, to) in [("configure.ac", "configure"), ("scripts.ac", "scripts")] {
        let output = Command::new(NEEDS[0]).args(["-o", to, from]).current_dir(package).output()?;
        ensure!(output.status.success(), "autoconf: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(())
}

/// Runs it in folders of the same name, by ours and by dash.
fn agrees(ours: &Path, package: &Path, run: &str) -> Result<()> {
    let own = outcome(ours, package, run)?;
    let peer = outcome(Path::new(real::PEER), package, run)?;
    let text = |output: &Output| String::from_utf8_lossy(&output.stdout).into_owned();
    ensure!(
        (own.status, &own.stdout) == (peer.status, &peer.stdout),
        "ours: {} {}\n{}\ndash: {} {}",
        own.status,
        text(&own),
        String::from_utf8_lossy(&own.stderr),
        peer.status,
        text(&peer)
    );
    Ok(())
}

fn outcome(shell: &Path, package: &Path, run: &str) -> Result<Output> {
    let place = package.join("build");
    fs::create_dir_all(&place)?;
    let programs = place.join("programs");
    fs::create_dir_all(&programs)?;
    std::os::unix::fs::symlink(fs::canonicalize(shell)?, programs.join("sh"))?;
    let sh = programs.join("sh");
    let mut command = Command::new(&sh);
    command.args(["-c", run]).current_dir(&place).stdin(Stdio::null()).env_clear();
    command.env("PATH", format!("{}:/usr/bin:/bin", programs.display()));
    command.env("CONFIG_SHELL", &sh).env("LC_ALL", "C").env("HOME", &place);
    let output = command.output().with_context(|| sh.display().to_string());
    fs::remove_dir_all(&place)?;
    output
}
