#!/bin/busybox sh
# The guest's first process, from memory. Either the machine's files, read-only, below a throw-away layer, and then
# session.sh; or a disk with a system of its own, whose first process takes over and starts session.sh as a unit.
# All set-up is busybox's: starting a program from the shared files takes 15 to 30 ms under emulation.
/bin/busybox --install -s /bin
export PATH=/bin

fail() {
	echo "rig: $*" >dev/console
	reboot -f
}

load() {
	while read -r module; do
		insmod "/modules/$module" || echo "rig: cannot load $module" >dev/console
	done <"/modules/$1"
}

mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
load order
nine=trans=virtio,version=9p2000.L,msize=500000

# What the guest and the machine share; in the new root.
share() {
	mkdir -p run/rig/share
	cp /bin/busybox /session run/rig/
	mount -t 9p -o "$nine,cache=none" share run/rig/share || fail "cannot mount the share"
	while read -r tag folder; do
		mkdir -p "./$folder"
		mount -t 9p -o "$nine,cache=none" "$tag" "./$folder" || fail "cannot mount $folder"
	done <run/rig/share/writable
}

hand_over() {
	for folder in proc sys dev; do mount --move "/$folder" "$folder"; done
}

if grep -qw rig.disk /proc/cmdline; then
	load disk
	tries=0
	while [ ! -b /dev/vda ] && [ $((tries += 1)) -lt 50 ]; do sleep 0.1; done
	mount -t ext4 /dev/vda /new || fail "cannot mount the disk"
	cd /new || fail "no new root"
	mount -t 9p -o "$nine,cache=loose,ro" modules usr/lib/modules || fail "cannot mount the modules"
	mount -t tmpfs -o mode=755,nosuid,nodev run run
	share
	mkdir -p run/rig/programs run/systemd/system
	mount -t 9p -o "$nine,cache=loose,ro" programs run/rig/programs || fail "cannot mount the programs"
	for program in run/rig/programs/*; do
		[ -e "$program" ] || continue
		[ -e "usr/bin/${program##*/}" ] || : >"usr/bin/${program##*/}"
		mount --bind "$program" "usr/bin/${program##*/}" || fail "cannot mount $program"
	done
	# Its processes outlive it: they carry what the command said last to the machine.
	cat >run/systemd/system/rig.service <<-unit
		[Unit]
		Description=the command of this boot
		After=multi-user.target
		[Service]
		ExecStart=/run/rig/busybox sh /run/rig/session system
		KillMode=process
		TimeoutStopSec=2
	unit
	hand_over
	exec switch_root /new /sbin/init
fi

mount -t 9p -o "$nine,cache=loose,ro" root /below || fail "cannot mount the machine's files"
mount -t tmpfs -o mode=755,size=75% above /above
mkdir /above/changes /above/work
mount -t overlay -o lowerdir=/below,upperdir=/above/changes,workdir=/above/work all /new || fail "cannot mount the overlay"

cd /new || fail "no new root"
mkdir -p proc sys dev run tmp lib/modules
hand_over
mount -t 9p -o "$nine,cache=loose,ro" modules lib/modules || fail "cannot mount the modules"
mkdir -p dev/pts dev/shm dev/net
mount -t devpts -o ptmxmode=666 pts dev/pts
mount -t tmpfs shm dev/shm
mount -t tmpfs -o mode=755 run run
[ -e dev/net/tun ] || mknod dev/net/tun c 10 200
[ -e dev/fd ] || ln -s /proc/self/fd dev/fd
[ -e dev/stdin ] || ln -s fd/0 dev/stdin
[ -e dev/stdout ] || ln -s fd/1 dev/stdout
[ -e dev/stderr ] || ln -s fd/2 dev/stderr
for place in cgroup2:fs/cgroup debugfs:kernel/debug tracefs:kernel/tracing bpf:fs/bpf; do
	[ ! -d "sys/${place#*:}" ] || mount -t "${place%:*}" none "sys/${place#*:}"
done 2>/dev/null
share

hostname rig
ifconfig lo 127.0.0.1 up
exec switch_root /new /run/rig/busybox sh /run/rig/session
