# What every script of a scenario begins with. $NOTES is a folder on the machine outside: what stands there was written
# when the power went.
set -eEu
trap 'echo "line $LINENO of a script: $BASH_COMMAND: status $?" >&2' ERR
exec 2>&1

# check SENTENCE COMMAND...: the sentence holds when the command succeeds. What it says is shown where it does not.
check() {
	local sentence=$1 said status=0
	shift
	said=$("$@" 2>&1) || status=$?
	if [ "$status" = 0 ]; then
		echo "passed: $sentence"
	else
		echo "failed: $sentence"
		printf '    %s: status %s\n' "$*" "$status"
		sed 's/^/    | /' <<<"$said"
	fi
}

skip() { echo "skipped: $*"; }

# fails_with STATUS COMMAND...: the command ends with exactly that status; what it says goes on.
fails_with() {
	local wanted=$1 status=0
	shift
	"$@" || status=$?
	[ "$status" = "$wanted" ] || {
		echo "status $status, not $wanted"
		return 1
	}
}

# says TEXT COMMAND...: the text stands in what the command says, whatever its status.
says() {
	local text=$1 said
	shift
	said=$("$@" 2>&1) || true
	[[ $said == *"$text"* ]] || {
		printf '%s\n(no "%s")\n' "$said" "$text"
		return 1
	}
}

# soon SECONDS COMMAND...: the command succeeds within that time.
soon() {
	local end=$((SECONDS + $1))
	shift
	until "$@" >/run/soon 2>&1; do
		[ $SECONDS -lt $end ] || {
			cat /run/soon
			return 1
		}
		sleep 0.2
	done
}

there() { [ -e "/sys/class/net/$1" ]; }
gone() { [ ! -e "/sys/class/net/$1" ]; }
# is LINK FILE VALUE: what /sys/class/net says of a link.
is() {
	local value
	value=$(cat "/sys/class/net/$1/$2")
	[ "$value" = "$3" ] || {
		echo "$1 $2: $value, not $3"
		return 1
	}
}
power_off() {
	echo quit >"$RIG_MONITOR"
	sleep 60
}
