# Declared links are there before the network is; a second boot changes nothing; what a reboot or a power cut left open does not hold.
#: card virtio-net-pci
lan() { printf 'version: 1\nlinks:\n  eth0: {state: up, mtu: %s}\n' "$1" >/etc/linkctl/links.d/20-lan.yaml; }
last_is() { linkctl history | head -n 2 | grep "$1"; }
# When a unit became active, in microseconds since the kernel started.
since() { systemctl show --value -p ActiveEnterTimestampMonotonic "$1"; }
before_the_network() {
	local ours network
	ours=$(since linkctl-apply.service)
	network=$(since network.target)
	echo "linkctl-apply $ours, network.target $network"
	[ "$ours" -gt 0 ] && [ "$network" -gt 0 ] && [ "$ours" -lt "$network" ]
}
ordered() { systemctl show --value -p Before linkctl-apply.service | grep -w network.target; }
declared() { is br0 mtu 1400 && is d0 master/ifindex "$(cat /sys/class/net/br0/ifindex)" && there br0.7 && is eth0 mtu "$1"; }
succeeded() { [ "$(systemctl show --value -p Result -p ActiveState linkctl-apply.service | xargs)" = "success active" ]; }

# The events of links while the unit runs once more.
silent_restart() {
	ip monitor link >/run/events &
	local monitor=$!
	sleep 1
	systemctl restart linkctl-apply.service
	sleep 1
	kill $monitor
	[ ! -s /run/events ] || {
		cat /run/events
		return 1
	}
}
#: boot
linkctl install-units >/dev/null
mkdir -p -m 755 /etc/linkctl/links.d
lan 1450
cat >/etc/linkctl/links.d/10-bridge.yaml <<-goal
	version: 1
	links:
	  br0: {kind: bridge, state: up, mtu: 1400, bridge: {stp_state: on}}
	  d0: {kind: dummy, state: up, mtu: 1400, master: br0}
	  br0.7: {kind: vlan, link: br0, state: up, vlan: {id: 7}}
goal
systemctl daemon-reload
systemctl --quiet enable linkctl-apply.service
check "the units are in order" systemd-analyze verify /etc/systemd/system/linkctl-apply.service /etc/systemd/system/linkctl-watch.service
check "linkctl-watch may do little: its exposure is 2.0 at most" systemd-analyze security --no-pager --offline=true --threshold=20 /etc/systemd/system/linkctl-watch.service
#: reboot
check "after a boot the links are as declared" declared 1450
check "the unit succeeded" succeeded
check "it is ordered before network.target" ordered
check "it had ended before network.target was reached" before_the_network
check "nothing is left to do" linkctl plan /etc/linkctl/links.d
check "a second run of the unit changes nothing: not one event" silent_restart
#: reboot
check "a second boot leads to the same links" declared 1450
check "a second boot leaves nothing to do" linkctl plan /etc/linkctl/links.d
lan 1300
linkctl apply --confirm=10min
check "other files are tried" is eth0 mtu 1300
#: reboot
check "a reboot before they were confirmed: what held last is there" declared 1450
check "the unit says that it does not follow the files" says "what held last is followed" journalctl --no-pager -b -u linkctl-apply
check "the history says what became of them" last_is undone
lan 1310
linkctl apply --confirm=10min
check "again other files are tried" is eth0 mtu 1310
power_off
#: cut
check "a power cut before they were confirmed: what held last is there" declared 1450
check "the unit says what it ended" says "restarted before it was confirmed" journalctl --no-pager -b -u linkctl-apply
check "nothing is open any more" says "no apply waits, none was cut off" linkctl status
check "the history says that it did not hold" last_is undone
linkctl apply --confirm=10min
check "what is confirmed at last" linkctl confirm
#: cut
check "is there after the next power cut" declared 1310
check "and nothing is left to do" linkctl plan /etc/linkctl/links.d
history=$(linkctl history | wc -l)
check "a service that may do little finds the same journal" [ "$(systemd-run --quiet --wait --pipe -p CapabilityBoundingSet=CAP_NET_ADMIN linkctl history | wc -l)" = "$history" ]
