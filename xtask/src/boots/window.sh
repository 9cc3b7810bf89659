# A reboot or a power cut while an apply waits to be confirmed: it does not hold, and linkctl says so.
#: card virtio-net-pci
goal() { printf 'version: 1\nlinks:\n  eth0: {mtu: %s}\n' "$1" >"/root/$1.yaml"; }
last_is() { linkctl history | head -n 2 | grep "$1"; }
#: boot
goal 1400
goal 1300
linkctl apply /root/1400.yaml
linkctl apply --confirm=10min /root/1300.yaml
check "while an apply waits the links are as it wants" is eth0 mtu 1300
check "status says that it waits" fails_with 2 linkctl status
check "its guardian is a unit of its own" soon 10 systemctl is-active 'linkctl-guard-*.service'
check "another apply is refused meanwhile" fails_with 6 linkctl apply /root/1400.yaml
#: reboot
check "a reboot takes back what waits" last_is undone
check "the history says why" last_is "its guardian was told to end"
check "nothing is open after a reboot" linkctl status
check "the log of the run before says so too" says "was taken back" journalctl --no-pager -b -1
linkctl apply --confirm=10min /root/1300.yaml
power_off
#: cut
check "after a power cut status says what waited" says "was never confirmed" linkctl status
check "after a power cut the exit status says so" fails_with 6 linkctl status
check "the next apply says so too" says "was never confirmed" linkctl apply /root/1400.yaml
check "what the power cut took cannot be confirmed" fails_with 6 linkctl confirm
check "it can be taken back" linkctl rollback
check "after that nothing is open" linkctl status
check "the history says that it does not hold" last_is undone
check "and applies go on" linkctl apply /root/1400.yaml
