# Runs the command, gives its output and its status to the machine, and switches off. On the machine's files it is
# process 1; on a disk it is a unit of the system (its first word is "system"), and waits until the boot has finished.
busybox=/run/rig/busybox
share=/run/rig/share
ulimit -n 65536
trap : INT TERM
for port in /sys/class/virtio-ports/*; do
	read -r name <"$port/name"
	case $name in
	stdout) stdout=/dev/${port##*/} ;;
	stderr) stderr=/dev/${port##*/} ;;
	monitor) export RIG_MONITOR="/dev/${port##*/}" ;;
	esac
done
export HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin TERM=dumb
end=off
if [ "$1" = system ]; then
	read -r end <"$share/end"
	# Until no job is left.
	udevadm settle -t 30
	$busybox timeout 120 systemctl is-system-running --wait
fi >/dev/null 2>&1

# A port can be opened only once, and the command may open /dev/stdout again: pipes with a name stand between.
$busybox mkfifo /run/rig/out /run/rig/err
$busybox cat </run/rig/out >"$stdout" &
first=$!
$busybox cat </run/rig/err >"$stderr" &
second=$!
echo >"$share/started"
$busybox setsid /bin/sh "$share/command" </dev/null >/run/rig/out 2>/run/rig/err &
wait $!
status=$?

case $end in
reboot | poweroff)
	# What the command left running is the system's to stop.
	echo "$status" >"$share/status"
	systemctl "$end"
	exit
	;;
cut) left=$(cat /sys/fs/cgroup/system.slice/rig.service/cgroup.procs) ;;
off) left=$(cd /proc && echo [0-9]*) ;;
esac
# It would keep the pipes open for ever.
for process in $left; do
	case $process in 1 | "$$" | "$first" | "$second") ;; *) kill -9 "$process" ;; esac
done 2>/dev/null
wait "$first" "$second"
echo "$status" >"$share/status"
if [ "$end" = cut ]; then
	echo quit >"$RIG_MONITOR"
	$busybox sleep 30
fi
$busybox sync
$busybox reboot -f
