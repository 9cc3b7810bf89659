# Callers of ip, in the guest: callers.sh WHO MINE GENUINE PACKAGES SECOND OUT
# Puts the ip and bridge of MINE in the place of the machine's, first on PATH with the genuine ones behind; and tells in
# OUT/WHO.SCENARIO what became of each.
who=$1 mine=$2 genuine=$3 packages=$4 second=$5 out=$6
mkdir -p /usr/local/sbin /usr/local/bin
for name in ip bridge; do
	ln -sf "$mine/$name" /usr/local/sbin/$name
	for place in /usr/bin /usr/sbin; do ln -sf "$genuine/$name" $place/$name; done
done
for program in "$packages"/run/*; do ln -sf "$program" /usr/local/bin/; done
ln -sf "$packages/run/brctl" /usr/sbin/brctl
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
# Into the guest's own files: what the packages would have installed.
for folder in etc/network usr/lib/bridge-utils usr/lib/ifupdown etc/default; do
	[ ! -d "$packages/$folder" ] || { mkdir -p "/$folder" && cp -a "$packages/$folder/." "/$folder/"; }
done
mkdir -p /usr/share/ifupdown2 && cp -a "$second/usr/share/ifupdown2/." /usr/share/ifupdown2/
[ ! -d "$second/etc/network/ifupdown2" ] || cp -a "$second/etc/network/ifupdown2" /etc/network/
for file in usr/sbin/dhclient-script usr/sbin/vconfig usr/bin/wg-quick; do cp -a "$packages/$file" "/$file"; done
mkdir -p /run/network /etc/wireguard /etc/network/interfaces.d
modprobe -a 8021q bonding wireguard dummy veth bridge 2>/dev/null

show() {
	echo "== $1: status $2"
	sleep 1
	for words in "-d link" "addr" "-4 route"; do "$genuine/ip" $words; done |
		sed -E 's/02:00:00:00:00/FIXED/g; s/[0-9a-f][26ae](:[0-9a-f]{2}){5}/<mac>/g; s/[0-9a-f]{4}\.[0-9a-f:]+:[0-9a-f]+/<id>/g
			s/(valid|preferred)_lft [0-9]+sec//g; s/(hello|tcn|topology_change|gc|hold|message_age|forward_delay)_timer +[0-9.]+//g; s/ad_actor_oper_port_state.*churn/churn/'
}
links() {
	sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
	"$genuine/ip" link add e0 address 02:00:00:00:00:11 type veth peer name f0 address 02:00:00:00:00:21
	"$genuine/ip" link add e1 address 02:00:00:00:00:12 type veth peer name f1 address 02:00:00:00:00:22
	"$genuine/ip" link add e2 address 02:00:00:00:00:13 type dummy
	for link in lo f0 f1; do "$genuine/ip" link set $link up; done
}

INTERFACES='
auto lo
iface lo inet loopback
auto e0
iface e0 inet static
	address 10.1.0.1/24
	mtu 1400
auto e0.5
iface e0.5 inet static
	address 10.5.0.1/24
auto vlan7
iface vlan7 inet manual
	vlan-raw-device e0
auto br0
iface br0 inet static
	address 10.6.0.1/24
	bridge_ports e1
	bridge_stp off
	bridge_fd 0
	bridge_hw 02:00:00:00:00:12
'

ifupdown() {
	links
	echo "$INTERFACES" >/tmp/interfaces
	ifup -a -i /tmp/interfaces >/tmp/log 2>&1
	show "ifup" $?
	ifdown e0.5 vlan7 br0 -i /tmp/interfaces >>/tmp/log 2>&1
	show "ifdown" $?
}
bond() {
	links
	printf '%s\n' 'auto bond0' 'iface bond0 inet static' 'address 10.7.0.1/24' 'bond-slaves e2' 'bond-mode active-backup' \
		'bond-miimon 100' 'bond-primary e2' >/tmp/interfaces
	ifup -a -i /tmp/interfaces >/tmp/log 2>&1
	show "ifup of a bond" $?
	ifdown -a -i /tmp/interfaces >>/tmp/log 2>&1
	show "ifdown of a bond" $?
}
ifupdown2() {
	links
	printf '%s\n' 'auto lo' 'iface lo inet loopback' 'auto e0' 'iface e0' 'address 10.1.0.1/24' 'mtu 1400' 'auto e0.5' \
		'iface e0.5' 'address 10.5.0.1/24' 'auto br0' 'iface br0' 'bridge-ports e1' 'bridge-stp off' 'hwaddress 02:00:00:00:00:12' \
		'auto vx7' 'iface vx7' 'vxlan-id 7' 'vxlan-local-tunnelip 10.1.0.1' >/etc/network/interfaces
	ln -sf /usr/share/ifupdown2/__main__.py /tmp/ifup
	ln -sf /usr/share/ifupdown2/__main__.py /tmp/ifdown
	/usr/bin/python3 /tmp/ifup -a >/tmp/log 2>&1
	show "ifup of ifupdown2" $?
	/usr/bin/python3 /tmp/ifdown e0.5 br0 vx7 >>/tmp/log 2>&1
	show "ifdown of ifupdown2" $?
}
wg_quick() {
	links
	"$genuine/ip" link set e0 up
	"$genuine/ip" addr add 10.1.0.1/24 dev e0
	umask 077
	printf '%s\n' '[Interface]' 'PrivateKey = yAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk=' 'Address = 10.8.0.1/24' \
		'MTU = 1380' 'Table = 7' '[Peer]' 'PublicKey = xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=' \
		'AllowedIPs = 10.9.0.0/16' 'Endpoint = 10.1.0.2:51820' >/etc/wireguard/wg7.conf
	bash /usr/bin/wg-quick up wg7 >/tmp/log 2>&1
	show "wg-quick up" $?
	bash /usr/bin/wg-quick down wg7 >>/tmp/log 2>&1
	show "wg-quick down" $?
}
dhclient() {
	links
	export interface=e0 new_ip_address=10.1.0.5 new_subnet_mask=255.255.255.0 new_broadcast_address=10.1.0.255 new_routers=10.1.0.1 \
		new_interface_mtu=1300 new_dhcp_lease_time=3600
	reason=PREINIT sh /usr/sbin/dhclient-script >/tmp/log 2>&1
	show "dhclient-script PREINIT" $?
	reason=BOUND sh /usr/sbin/dhclient-script >>/tmp/log 2>&1
	show "dhclient-script BOUND" $?
	reason=STOP old_ip_address=10.1.0.5 old_routers=10.1.0.1 old_subnet_mask=255.255.255.0 sh /usr/sbin/dhclient-script >>/tmp/log 2>&1
	show "dhclient-script STOP" $?
}

export who mine genuine packages out INTERFACES
export -f show links ifupdown bond ifupdown2 wg_quick dhclient
for scenario in ifupdown bond ifupdown2 wg_quick dhclient; do
	: >/tmp/log
	: >/etc/network/interfaces
	# ifupdown2 has no PATH: what it calls is /bin/ip.
	case $scenario in ifupdown2) first=$mine ;; *) first=$genuine ;; esac
	for name in ip bridge; do ln -sf "$first/$name" /usr/bin/$name; done
	rm -rf /run/network/* /run/ifupdown2
	timeout 120 unshare -n -m bash -c "mount -t sysfs none /sys; $scenario" >"$out/$who.$scenario" 2>&1
	cp /tmp/log "$out/$who.$scenario.log"
done
