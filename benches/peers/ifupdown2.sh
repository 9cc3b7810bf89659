# ifupdown2 of Debian. IFUPDOWN2: usr/share/ifupdown2 below where the package was unpacked.
again=yes
prepare() {
	for i in $(seq 0 $(($1 / 2 - 1))); do
		for ends in "va$i vb$i" "vb$i va$i"; do
			set -- "$1" $ends
			printf 'auto %s\niface %s\n\tlink-type veth\n\tveth-peer-name %s\n' "$2" "$2" "$3"
		done
	done >interfaces
	ln -sf "$IFUPDOWN2/__main__.py" ifup
	# Its configuration and its state have fixed places: they are laid over what this machine has there.
	mkdir -p etc work var && mount -t overlay -o lowerdir=/etc,upperdir=etc,workdir=work overlay /etc &&
		mkdir -p /etc/network && cp -a "${IFUPDOWN2%/usr/share/*}/etc/network/ifupdown2" /etc/network/ &&
		mount --bind var /var/tmp && mount -t tmpfs none /run && mkdir /run/network
}
apply() { /usr/bin/python3 ./ifup -a -i interfaces; }
