//! Scripts that this system has, as they are: each parses as it does for dash, and some are run, to the same output and status.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use spelunk_tests::tally::Tally;

/// The shell that tells what is right.
pub(crate) const PEER: &str = "/usr/bin/dash";

/// Where scripts are.
const FOLDERS: [&str; 6] =
    ["/usr/bin", "/usr/sbin", "/etc/init.d", "/usr/lib/git-core", "/lib/lsb", "/etc/udhcpc"];

/// What is run: the file that must be there, and a script that uses it, in a folder of its own where `sh` is the shell.
const USES: &[(&str, &str)] = &[
    (
        "/usr/bin/zgrep",
        "printf 'one\\ntwo\\n' | gzip >a.gz; for o in '' -c -v -n -i -l; do sh /usr/bin/zgrep $o -e two a.gz - <a.gz; done",
    ),
    (
        "/usr/bin/zgrep",
        "sh /usr/bin/zgrep x missing.gz 2>/dev/null; echo $?; sh /usr/bin/zgrep 2>/dev/null; sh /usr/bin/zgrep --help",
    ),
    (
        "/usr/bin/zdiff",
        "echo a | gzip >a.gz; echo b | gzip >b.gz; sh /usr/bin/zdiff a.gz b.gz; echo $?; sh /usr/bin/zcmp a.gz a.gz",
    ),
    (
        "/usr/bin/gzexe",
        "printf '#!/bin/sh\\necho \"ran $*\"\\n' >p; chmod 755 p; sh /usr/bin/gzexe p 2>/dev/null; sh ./p a 'b c'",
    ),
    ("/usr/bin/bzmore", "echo text | bzip2 >a.bz2; PAGER=cat sh /usr/bin/bzmore a.bz2"),
    (
        "/usr/bin/which",
        "sh /usr/bin/which -a cat no-such-command; echo $?; sh /usr/bin/which -x 2>/dev/null; echo $?",
    ),
    (
        "/lib/lsb/init-functions",
        ". /lib/lsb/init-functions; log_daemon_msg Starting thing; log_progress_msg more; log_end_msg 0; log_end_msg 1; echo $?; \
         log_action_begin_msg a; log_action_end_msg 1 why; log_warning_msg w; log_begin_msg b; echo 1 >none; pidofproc -p none no-such; echo $?; \
         status_of_proc -p missing no-such no-such; echo $?",
    ),
    (
        "/usr/lib/git-core/git-sh-setup",
        "PATH=$PATH:/usr/lib/git-core HOME=$PWD; git init -q . && cd . && OPTIONS_SPEC='thing [options]\n--\nq,quiet be quiet\nn,name= a name' && \
         set -- -q --name 'a b' rest && . git-sh-setup && echo \"$*\" && require_work_tree && cd_to_toplevel && git_dir_init; \
         is_absolute_path() { :; }; echo \"${GIT_DIR##*/}\"; say hello; (die a reason) 2>&1; echo $?",
    ),
    (
        "/usr/lib/git-core/git-filter-branch",
        "export PATH=$PATH:/usr/lib/git-core HOME=$PWD GIT_AUTHOR_DATE='1 +0000' GIT_COMMITTER_DATE='1 +0000' FILTER_BRANCH_SQUELCH_WARNING=1; \
         git init -q -b main .; git config user.name n; git config user.email e@x; for n in 1 2 3; do echo $n >f$n; git add .; git commit -qm \"c $n\"; done; \
         sh /usr/lib/git-core/git-filter-branch --tree-filter 'rm -f f2' --msg-filter 'sed s/c/d/' HEAD | tr '\\r' '\\n' | sed 's/(.*//'; echo $?; \
         git log --format='%H %s %an'; git ls-tree -r HEAD; sh /usr/lib/git-core/git-filter-branch --no-such HEAD 2>&1; echo $?",
    ),
    (
        "/usr/lib/git-core/git-mergetool--lib",
        "PATH=$PATH:/usr/lib/git-core HOME=$PWD; git init -q .; TOOL_MODE=diff; . git-mergetool--lib; \
         for t in vimdiff meld no-such; do (setup_tool $t; echo $? $(translate_merge_tool_path $t)); done; list_merge_tool_candidates; echo $tools; \
         valid_tool kdiff3; echo $?; get_merge_tool_path emerge; echo $?; git config diff.tool mine; git config difftool.mine.cmd 'echo $LOCAL'; \
         get_configured_merge_tool; echo $?; LOCAL=a run_merge_tool mine false; echo $?; show_tool_names 'mode_ok' '  ' 'these:' 2>&1 | head -n 5",
    ),
    (
        "/usr/lib/git-core/git-submodule",
        "git init -q .; PATH=$PATH:/usr/lib/git-core; export HOME=$PWD PATH; sh /usr/lib/git-core/git-submodule status; echo $?; sh /usr/lib/git-core/git-submodule -h; echo $?",
    ),
    (
        "/usr/share/initramfs-tools/scripts/functions",
        "quiet=n debug= break=top, panic= fastboot= forcefsck= fsckfix= rootmnt=$PWD; . /usr/share/initramfs-tools/scripts/functions; \
         log_begin_msg hi; log_end_msg; log_success_msg a b; log_warning_msg 'd %s'; (quiet=y; log_failure_msg c; maybe_break bottom; echo $?); \
         for n in 10:1 0x801 801 fd0 10:x '' zz 1234abcd; do unset minor major ROOT; parse_numeric $n; echo \"$n: ${minor-none} ${major-none} ${ROOT-none}\"; done; \
         resolve_device /dev/null; echo $?; resolve_device UUID=x; echo $? $DEV; get_fstype /dev/null; echo $?; starttime=$(_uptime); (unset starttime; time_elapsed >/dev/null); \
         IP=192.0.2.1:192.0.2.2:192.0.2.3:255.255.255.0:host:eth7:off DEVICE=; _set_netdev_from_ip_param; echo $? $DEVICE; \
         (IP=192.0.2.1:192.0.2.2:::host DEVICE=eth9; _update_ip_param; echo $IP); (IP=a:b:c:d:e::off:g DEVICE=q; _update_ip_param; echo $IP); \
         mkdir etc s; printf '# c\\n/dev/sda1 / ext4 rw 0 1\\n\\nUUID=1 /usr ext4 ro 0 2\\n' >etc/fstab; \
         for m in '/ x' '/usr ext4' /none; do read_fstab_entry $m; echo $? $MNT_FSNAME $MNT_TYPE; done; echo 'echo ran \"$@\"' >s/ORDER; run_scripts s a 'b c'; run_scripts none; echo $?",
    ),
    (
        "/usr/share/initramfs-tools/hook-functions",
        "verbose=y DESTDIR=$PWD/dest MODULES=most version=0 CONFDIR=. __TMPCPIOGZ=x; mkdir dest dest/conf s; . /usr/share/initramfs-tools/hook-functions; \
         for f in '/etc/passwd /conf/passwd' '/etc/passwd /conf/passwd' /none; do copy_file config $f; echo $?; done; copy_exec /bin/true; echo $?; copy_exec /bin/cat /bin/mycat; find dest | sort; \
         for n in a b c d; do p=; [ $n = a ] && p='d b'; [ $n = d ] && p=c; printf '#!/bin/sh\\nPREREQ=\"%s\"\\n[ \"$1\" = prereqs ] && { echo \"$PREREQ\"; exit 0; }\\necho run '$n' \"$@\"\\n' \"$p\" >s/$n; chmod 755 s/$n; done; \
         initdir=$PWD/s; get_prereq_pairs | sort; set_initlist; echo $initlist; run_scripts $PWD/s y 2>&1",
    ),
    (
        "/usr/bin/gettext.sh",
        ". gettext.sh; name=x; eval_gettext 'the name is $name'; echo; eval_ngettext '$name file' '$name files' 2",
    ),
    (
        "/etc/udhcpc/default.script",
        "busybox() { echo \"busybox $*\"; }; logger() { shift 4; echo \"$*\"; }; resolvconf() { cat; }; set -- bound; \
         interface=eth0 ip=192.0.2.5 subnet=255.255.255.0 router='192.0.2.1 192.0.2.9' dns='192.0.2.2 192.0.2.3' domain=x lease=60; \
         text=$(sed s,/etc/resolv.conf,resolv.conf, /etc/udhcpc/default.script); eval \"$text\"; cat resolv.conf; set -- deconfig; eval \"$text\"",
    ),
];

/// Compares ours with the peer, where there is one; gives how many scripts went well and how many did not.
pub(crate) fn run(ours: &Path, folder: &Path, tally: &Tally) {
    if !Path::new(PEER).exists() {
        println!("skipped: dash is not installed, and nothing else tells what system scripts do");
        return;
    }
    for script in scripts() {
        tally.case(&format!("real: {} parses", script.display()), || parses(ours, &script));
    }
    for (file, script) in USES {
        let name = format!("real: {file} runs");
        if Path::new(file).exists() {
            tally.case(&name, || uses(ours, folder, script));
        } else if tally.is_wanted(&name) {
            println!("skipped: {file} is not there, and what uses it is not run");
        }
    }
}

/// Finds the files that say they are for `sh`, or that other scripts read.
fn scripts() -> Vec<PathBuf> {
    let entries = FOLDERS.iter().filter_map(|folder| fs::read_dir(folder).ok()).flatten().flatten();
    let is_script = |path: &PathBuf| {
        let text = fs::read(path).unwrap_or_default();
        let line = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
        [&b"#!/bin/sh"[..], b"#! /bin/sh", b"#!/usr/bin/sh", b"#!/bin/dash"]
            .iter()
            .any(|start| line.starts_with(start))
    };
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(is_script).collect();
    paths.sort();
    paths
}

fn parses(ours: &Path, script: &Path) -> Result<()> {
    let status = |shell: &Path| {
        let mut command = Command::new(shell);
        command.arg("-n").arg(script).stdin(Stdio::null()).stdout(Stdio::null());
        command.output().with_context(|| shell.display().to_string())
    };
    let (own, peer) = (status(ours)?, status(Path::new(PEER))?);
    let said = String::from_utf8_lossy(&own.stderr);
    ensure!(own.status.code() == peer.status.code(), "ours: {}, dash: {}\n{said}", own.status, peer.status);
    Ok(())
}

fn uses(ours: &Path, folder: &Path, script: &str) -> Result<()> {
    let own = outcome(ours, &folder.join("own"), script)?;
    let peer = outcome(Path::new(PEER), &folder.join("peer"), script)?;
    ensure!(own == peer, "ours: {} {}\ndash: {} {}", own.1, own.0, peer.1, peer.0);
    Ok(())
}

/// Runs a script with `sh` as this shell, in a folder that is made for it; the folder's path is taken out of the output.
fn outcome(shell: &Path, folder: &Path, script: &str) -> Result<(String, String)> {
    let (programs, place) = (folder.join("programs"), folder.join("place"));
    fs::create_dir_all(&programs)?;
    fs::create_dir_all(&place)?;
    fs::set_permissions(&place, fs::Permissions::from_mode(0o700))?;
    symlink(fs::canonicalize(shell)?, programs.join("sh"))?;
    let path = format!("{}:/usr/bin:/bin", programs.display());
    let mut command = Command::new(programs.join("sh"));
    command.args(["-c", script]).current_dir(&place).stdin(Stdio::null());
    command.env_clear().env("PATH", path).env("LC_ALL", "C").env("TERM", "dumb");
    let output = command.output()?;
    fs::remove_dir_all(folder)?;
    let text = String::from_utf8_lossy(&output.stdout).replace(&*folder.to_string_lossy(), "FOLDER");
    Ok((text, output.status.to_string()))
}
