#!/bin/sh
# Runs Debian's mkinitramfs in a namespace of mounts of its own, where its packages are installed and a program stands in BusyBox's place.
# Arguments: the folder that has the packages' files, the program, a folder for its work, the file to make.
set -e
packages=$1 program=$2 work=$3/mkinitramfs initramfs=$4
kernel=6.1.0

mkdir "$work"
mount -t tmpfs mkinitramfs "$work"
for folder in usr etc; do
    mkdir "$work/$folder" "$work/$folder.work"
    mount -t overlay -o "lowerdir=$packages/$folder:/$folder,upperdir=$work/$folder,workdir=$work/$folder.work" \
        overlay "/$folder"
done
# Packages from before /bin and /usr/bin were one.
for folder in bin lib sbin; do
    if test -d "$packages/$folder"; then cp -a "$packages/$folder/." "/usr/$folder/"; fi
done
rm -f /usr/bin/busybox
cp "$program" /usr/bin/busybox

# The kernel has no modules; how it reads the initramfs is asked of its configuration.
mkdir -p "$work/boot" "/usr/lib/modules/$kernel"
mount --bind "$work/boot" /boot
echo CONFIG_RD_GZIP=y > "/boot/config-$kernel"
for list in order builtin builtin.modinfo; do : > "/usr/lib/modules/$kernel/modules.$list"; done

# BusyBox is asked for, and what checks the root file system. There is no udev, whose script would move the devices there.
configuration=/etc/initramfs-tools
mkdir -p "$configuration/conf.d" "$configuration/hooks" "$configuration/scripts/init-bottom"
: > "$configuration/modules"
printf '%s\n' MODULES=list BUSYBOX=y COMPRESS=gzip FSTYPE=ext2 > "$configuration/conf.d/spelunk"
cat > "$configuration/scripts/init-bottom/devices" <<'END'
#!/bin/sh
if test "$1" = prereqs; then exit; fi
mount -n -o move /dev "$rootmnt/dev"
END
chmod +x "$configuration/scripts/init-bottom/devices"
mkinitramfs -o "$initramfs" "$kernel"
