# Links that networkd or NetworkManager manages are left to them unless that is said, and no fight leaves anything half done.
goal() { printf 'version: 1\nlinks:\n  %s: {mtu: %s}\n' "$1" "$2" >"/root/$1-$2.yaml"; }
configured() { networkctl --no-legend --no-pager list "$1" | grep -w configured; }

# Applies while networkd sets the same link up again and again: each ends as a whole, one way or the other.
fight() {
	local at status wrong=0
	while :; do networkctl reconfigure nd0; done &
	local other=$!
	for at in $(seq 1 8); do
		status=0
		linkctl apply --take-over --wait=60s "/root/nd0-$((1300 + at % 2)).yaml" >/run/said 2>&1 || status=$?
		case $status in
		0 | 1 | 5) ;;
		*)
			echo "apply $at: status $status"
			cat /run/said
			wrong=1
			;;
		esac
	done
	kill $other
	[ $wrong = 0 ]
}
#: boot
mkdir -p /etc/systemd/network
printf '[NetDev]\nName=nd0\nKind=dummy\n' >/etc/systemd/network/10-nd0.netdev
printf '[Match]\nName=nd0\n[Link]\nMTUBytes=1410\n[Network]\nAddress=10.7.0.1/24\n' >/etc/systemd/network/10-nd0.network
ip link add own0 type dummy
ip link set own0 up
goal own0 1350
goal nd0 1300
goal nd0 1301
goal nm0 1300
systemctl start systemd-networkd
soon 60 configured nd0

check "a link of networkd's is not changed" fails_with 1 linkctl apply /root/nd0-1300.yaml
check "networkd is named" says "managed by systemd-networkd" linkctl apply /root/nd0-1300.yaml
check "it is as networkd wants it" is nd0 mtu 1410
ip link add br9 type bridge
ip link set nd0 master br9
printf 'version: 1\ndisruption: allow\nlinks: {br9: {state: absent}}\n' >/root/br9.yaml
check "nor is one taken its master" says "nd0 is managed by systemd-networkd" linkctl apply /root/br9.yaml
check "it is a port still" test -e /sys/class/net/br9/brif/nd0
ip link delete br9
check "a link that networkd does not know is changed" linkctl apply /root/own0-1350.yaml
check "with --take-over it is changed" linkctl apply --take-over /root/nd0-1300.yaml
check "it is as we want it" is nd0 mtu 1300
check "applies and networkd at the same time: each apply ends as a whole" fight
check "nothing is left open by that" linkctl status
systemctl stop systemd-networkd.socket systemd-networkd
ip link delete nd0

systemctl start NetworkManager
soon 60 nmcli general
nmcli connection add type dummy ifname nm0 con-name nm0 ipv4.method disabled ipv6.method disabled 802-3-ethernet.mtu 1420
soon 60 is nm0 mtu 1420
ip address add 10.8.0.1/24 dev own0
sleep 3
check "a link of NetworkManager's is not changed" fails_with 1 linkctl apply /root/nm0-1300.yaml
check "NetworkManager is named" says "managed by NetworkManager" linkctl apply /root/nm0-1300.yaml
check "with --take-over a link of NetworkManager's is changed" linkctl apply --take-over /root/nm0-1300.yaml
check "that one is as we want it" is nm0 mtu 1300
ip link set own0 mtu 1500
check "NetworkManager only looks at a link that others made" says "connected (externally)" nmcli device
check "a link that NetworkManager only looks at is changed" linkctl apply /root/own0-1350.yaml
