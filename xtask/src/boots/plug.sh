# linkctl-watch configures a card that is plugged in, whatever udev calls it, tells drift, puts it right where told, and does not fight.
#: qemu -device pcie-root-port,id=rp0,chassis=1
#: append net.ifnames=1
plug() { echo "device_add virtio-net-pci,id=hp$1,bus=rp0,mac=52:54:00:00:00:99" >"$RIG_MONITOR"; }
unplug() { echo "device_del hp$1" >"$RIG_MONITOR"; }
configured() { is lan7 mtu 1400 && is lan7 address 52:54:00:00:00:99 && is lan7 master/ifindex "$(cat /sys/class/net/br0/ifindex)" && (($(cat /sys/class/net/lan7/flags) & 1)); }
stays() { sleep 5 && configured; }
logged() { journalctl --no-pager -b -u linkctl-watch | grep "$1"; }
repairs() { journalctl --no-pager -b -u linkctl-watch | grep -c "repaired br0" || true; }
# 20 s with some hundred changes: put right at once, after 1, 2, 4, 8 s.
patient() {
	local since
	since=$(repairs)
	sleep 20
	since=$(($(repairs) - since))
	echo "$since repairs"
	[ $since -ge 1 ] && [ $since -le 5 ]
}
stands() { systemctl show --value -p StatusText linkctl-watch | grep "$1"; }
main() { systemctl show --value -p MainPID linkctl-watch; }
another() { [ "$(main)" != 0 ] && [ "$(main)" != "$1" ] && systemctl is-active linkctl-watch; }
#: boot
linkctl install-units >/dev/null
mkdir -p -m 755 /etc/linkctl/links.d
cat >/etc/linkctl/links.d/10-all.yaml <<-goal
	version: 1
	links:
	  lan7: {match: {perm_address: "52:54:00:00:00:99"}, state: up, mtu: 1400, master: br0}
	  br0: {kind: bridge, state: up, mtu: 1400}
goal
systemctl daemon-reload
systemctl --quiet enable --now linkctl-apply.service linkctl-watch.service
check "without its card the rest is there" soon 20 is br0 mtu 1400
check "the card is waited for" soon 20 stands wait
plug 1
check "a card that is plugged in is found and configured" soon 60 configured
check "it stays so, whatever udev makes of its name" stays
unplug 1
check "it can be taken out" soon 30 gone lan7
plug 2
check "another card in its place is configured again" soon 60 configured

ip link set br0 mtu 1300
check "drift is told" soon 20 logged "drifted br0: mtu 1300"
check "the unit's status tells it" soon 20 stands drift
check "it is not put right without being told" is br0 mtu 1300
before=$(main)
systemctl kill --signal=KILL linkctl-watch
check "killed, it comes again" soon 30 another "$before"
check "and knows at once that the link has drifted" soon 20 stands drift

mkdir -p /etc/systemd/system/linkctl-watch.service.d
printf '[Service]\nExecStart=\nExecStart=/usr/bin/linkctl watch --repair --socket /run/linkctl/watch.sock\n' >/etc/systemd/system/linkctl-watch.service.d/repair.conf
systemctl daemon-reload
systemctl restart linkctl-watch
check "with --repair it is put right" soon 20 is br0 mtu 1400
printf 'version: 1\nlinks:\n  br0: {mtu: 1350}\n' >/root/try.yaml
linkctl apply --confirm=10s /root/try.yaml
check "an apply that waits to be confirmed is left alone" eval 'sleep 4; is br0 mtu 1350'
check "after it the link is as declared" soon 30 is br0 mtu 1400
while :; do
	ip link set br0 mtu 1300
	sleep 0.1
done &
other=$!
check "whoever changes a link again and again is answered ever later" patient
kill $other
systemctl reload linkctl-watch
check "when it is told to forget that the link is put right again" soon 30 is br0 mtu 1400
#: reboot
check "after a reboot without the card the rest is there" soon 20 is br0 mtu 1400
plug 3
check "and the card is configured when it comes" soon 60 configured
