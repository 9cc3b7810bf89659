# Makes a fresh Debian a guest of the rig. Runs in it, with / being the system.
set -e
echo rig >/etc/hostname
printf '127.0.0.1 localhost rig\n::1 localhost\n' >/etc/hosts
# With an id it is not the first boot, which would enable units by itself.
echo 5261676d616368696e65696431323334 >/etc/machine-id
passwd --quiet --delete root
: >/etc/apt/sources.list
rm -rf /var/cache/apt/* /var/lib/apt/lists/* /etc/resolv.conf
for unit in serial-getty@ttyS0.service getty@tty1.service e2scrub_reap.service apt-daily.timer apt-daily-upgrade.timer \
	dpkg-db-backup.timer fstrim.timer e2scrub_all.timer; do
	ln -sf /dev/null "/etc/systemd/system/$unit"
done
# What a package enables is the test's to start: units that manage links would be in each other's way.
for unit in $(systemctl list-unit-files --no-legend --state=enabled --type=service | cut -d ' ' -f 1); do
	case $unit in
	ssh.service | NetworkManager*.service | networking.service | systemd-networkd*.service) systemctl --quiet disable "$unit" ;;
	esac
done
mkdir -p /usr/lib/modules
