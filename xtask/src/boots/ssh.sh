# A session over SSH that cuts itself off by what it applies comes back, also where the session dies of it or is killed.
# The server is the system's own; the client is in a namespace of its own, behind mgmt0.
options=(-i /root/key -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR)
session() { timeout 90 ip netns exec far ssh "${options[@]}" root@10.9.0.1 "$@"; }
reachable() { timeout 60 ip netns exec far ssh "${options[@]}" -o ConnectTimeout=30 root@10.9.0.1 true; }
unreachable() { ! timeout 2 ip netns exec far bash -c '</dev/tcp/10.9.0.1/22'; }
# Packets of full size in both directions.
carries() {
	[ "$(head -c 200000 /dev/zero | timeout 60 ip netns exec far ssh "${options[@]}" root@10.9.0.1 'cat >/dev/null; head -c 200000 /dev/zero' | wc -c)" = 200000 ]
}
goal() { printf 'version: 1\nlinks:\n  mgmt0: %s\n' "$2" >"/root/$1.yaml"; }
last_is() { linkctl history | head -n 2 | grep -q "$1"; }
settled() { fails_with 0 linkctl status; }

set_up() {
	mkdir -p /root/.ssh
	ssh-keygen -q -t ed25519 -N '' -f /root/key
	cp /root/key.pub /root/.ssh/authorized_keys
	ip netns add far
	ip link add mgmt0 type veth peer name far0 netns far
	ip address add 10.9.0.1/24 dev mgmt0
	ip link set mgmt0 up
	ip -n far address add 10.9.0.2/24 dev far0
	ip -n far link set far0 up
	mkdir -p /etc/systemd/logind.conf.d
	printf '[Login]\nKillUserProcesses=yes\n' >/etc/systemd/logind.conf.d/kill.conf
	systemctl restart systemd-logind
	systemctl start ssh
	soon 120 reachable
	ip link add vrf9 type vrf table 9
	ip link set vrf9 up
	goal down '{state: down}'
	goal mtu '{mtu: 68}'
	goal vrf '{master: vrf9}'
	printf 'version: 1\nlinks:\n  out0: {match: {address: "%s"}}\n' "$(cat /sys/class/net/mgmt0/address)" >/root/name.yaml
}

# comes_back FILE WORDS [CHECK...]: the session applies the file; the check holds meanwhile, and afterwards all is as before.
comes_back() {
	local file=$1 words=$2 before
	shift 2
	before=$(ip -d link show mgmt0)
	session "linkctl apply --confirm=10s /root/$file.yaml" >/root/said 2>&1 &
	check "$words: ${1//_/ }" soon 90 "$@"
	check "$words: it comes back by itself" soon 90 settled
	wait $! || cat /root/said
	check "$words: a new login is possible" soon 60 reachable
	check "$words: the link is as it was" [ "$(ip -d link show mgmt0)" = "$before" ]
	check "$words: the history says so" last_is undone
}
#: boot
set_up
check "without --confirm what cuts the session is refused" says "--confirm" session 'linkctl apply /root/down.yaml'
check "and nothing was done" is mgmt0 operstate up
comes_back down "a link taken down" unreachable
comes_back vrf "a link made a port of a VRF" unreachable
comes_back name "a link renamed" there out0
session 'linkctl apply --confirm=10s /root/mtu.yaml' >/dev/null 2>&1 || true
check "a link with a tiny MTU: it comes back by itself" soon 60 settled
check "a link with a tiny MTU: afterwards it carries packets of any size" soon 90 carries

session 'linkctl apply --confirm=60s /root/down.yaml' >/dev/null 2>&1 &
client=$!
check "a session that will die is cut off" soon 90 unreachable
pkill -KILL -x ssh
wait $client || true
systemctl kill --signal=KILL 'session-*.scope'
check "the guardian outlives the session" says '"guarded":true' linkctl status --json
linkctl extend 2s
check "it leads home without the session" soon 60 settled
check "after that a login is possible again" soon 60 reachable

session 'linkctl apply --confirm=60s /root/mtu.yaml && linkctl confirm' >/root/said 2>&1 || cat /root/said
check "what is confirmed stays" is mgmt0 mtu 68
check "what was confirmed is taken back by undo" linkctl undo
check "undo makes it reachable again" soon 90 carries
