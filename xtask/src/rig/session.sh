# Process 1 on the new root: runs the command, gives its output and its status to the machine, and switches off.
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

# A port can be opened only once, and the command may open /dev/stdout again: pipes with a name stand between.
$busybox mkfifo /run/rig/out /run/rig/err
$busybox cat </run/rig/out >"$stdout" &
first=$!
$busybox cat </run/rig/err >"$stderr" &
second=$!
$busybox setsid /bin/sh "$share/command" </dev/null >/run/rig/out 2>/run/rig/err &
wait $!
status=$?

# What the command left running would keep the pipes open for ever.
for folder in /proc/[0-9]*; do
	case ${folder#/proc/} in 1 | "$first" | "$second") ;; *) kill -9 "${folder#/proc/}" ;; esac
done 2>/dev/null
wait "$first" "$second"
echo "$status" >"$share/status"
$busybox sync
$busybox reboot -f
