#!/bin/sh
# What the RUN lines of an image do: users of BusyBox expect the same output and the same files of any program in its place.
set -eu
umask 022

# A tree of configuration.
mkdir -p root/etc/app/conf.d root/var/lib/app root/usr/bin root/tmp
chmod 1777 root/tmp
cat >root/etc/app/app.conf <<EOF
# settings
name = demo
port=8080
path = /var/lib/app
debug=no
EOF
printf '%s\n' '10 first' '20 second' '5 zeroth' >root/etc/app/conf.d/order
sed -i -e 's/^debug=no$/debug=yes/' -e '/^#/d' root/etc/app/app.conf
grep -q '^debug=yes' root/etc/app/app.conf && echo "debug is on"
grep -c = root/etc/app/app.conf
cut -d= -f1 root/etc/app/app.conf | tr -d ' ' | sort
sort -n root/etc/app/conf.d/order | cut -d' ' -f2 | paste -s -d, -
tr 'a-z' 'A-Z' <root/etc/app/conf.d/order | tail -n 1
head -n 1 root/etc/app/app.conf | sed 's/.*= *//' | tee root/var/lib/app/name

# Programs and links.
cat >root/usr/bin/hello <<'EOF'
#!/bin/sh
echo "hello, ${1:-world}"
EOF
chmod 755 root/usr/bin/hello
ln -s hello root/usr/bin/hi
ln root/usr/bin/hello root/usr/bin/hullo
readlink root/usr/bin/hi
test root/usr/bin/hello -ef root/usr/bin/hullo && echo "one file"
sh root/usr/bin/hi you
cp root/etc/app/app.conf root/var/lib/app/copy.conf; chmod 644 root/var/lib/app/copy.conf
cmp root/etc/app/app.conf root/var/lib/app/copy.conf && echo same
cp -a root/usr root/opt
mv root/opt root/srv
[ -h root/srv/bin/hi ] && basename "$(readlink -f root/srv/bin/hi)"
touch -d '2020-02-29 12:34:56' root/etc/app/app.conf
stat -c '%a %s %F' root/etc/app/app.conf root/usr/bin/hello root/tmp
date -u -r root/etc/app/app.conf '+%Y-%m-%dT%H:%M:%S %j %u'
date -u -d @86399 +%H%M%S

# Sums and encodings.
(cd root/etc && sha256sum app/app.conf app/conf.d/order >../sums && md5sum app/app.conf)
(cd root/etc && sha256sum -c ../sums)
printf 'binary\0data' | od -An -tx1
printf 'binary\0data' | base64
printf 'aGVsbG8=' | base64 -d; echo
printf 'text' | hexdump -C | head -n 1
sha512sum <root/etc/app/conf.d/order | cut -c1-16

# Finding and counting.
find root -type f -name '*.conf' | sort
find root -type d -name conf.d -exec sh -c 'echo "$1 has $(ls "$1" | wc -l)"' - {} \;
find root -type f -print0 | xargs -0 -n 2 echo | wc -l | tr -d ' '
find root/usr root/srv -type l -o -perm 755 -type f | sort
for word in pear apple pear fig apple pear; do echo "$word"; done | sort | uniq -c | sort -rn | sed 's/^ *//'
seq 3 | while read -r number; do expr "$number" \* 2; done | paste -s -d+ -
seq 1 10 | sed -n '3,5p;8{s/$/!/;p}' | rev | tac | nl -ba | expand -t 4
printf 'a\nb\nc\n' >root/one; printf 'b\nc\nd\n' >root/two
sort root/one root/two | uniq -d | tr '\n' ' '; echo
printf 'long line of several words that does not fit' | fold -s -w 16; echo
wc -lwc <root/etc/app/conf.d/order | sed 's/^ *//; s/  */ /g'

# What scripts lean on.
count() { n=0; for file in "$@"; do [ -f "$file" ] && n=$((n + 1)); done; echo "$n"; }
count root/one root/two root/none
case $(uname -s) in Linux) echo linux ;; *) echo other ;; esac
dir=$(mktemp -d root/tmp/x.XXXXXX); [ -d "$dir" ] && rmdir "$dir" && echo "temporary"
env -i A=1 B='2 3' env | sort
(exit 3) || echo "status $?"
while getopts ab: option -a -b value rest; do echo "$option ${OPTARG-}"; done
trap 'echo bye' EXIT
printf '%-6s|%04d|%x|%s\n' left 42 255 "$(printf '%b' 'a\tb')"
dirname /usr/local/bin/x; basename /usr/lib/libx.so .so
yes | head -n 2 | tr '\n' ' '; echo
test "$(id -u)" = "$(stat -c %u root/one)" && echo "my own"
truncate -s 5 root/one; stat -c %s root/one
dd if=/dev/zero of=root/zeros bs=512 count=4 2>/dev/null; wc -c <root/zeros | tr -d ' '
rm -rf root/srv root/tmp root/zeros
ls root root/usr/bin
