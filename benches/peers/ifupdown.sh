# ifupdown of Debian, which makes links by a command of ip. IFUP: the program of the package ifupdown; IP: ip.
again=yes
prepare() {
	for i in $(seq 0 $(($1 / 2 - 1))); do
		printf 'auto va%s\niface va%s inet manual\n\tpre-up %s link add va%s type veth peer name vb%s\n' "$i" "$i" "${IP:-ip}" "$i" "$i"
	done >interfaces
	mkdir -p state
	[ -x "$IFUP" ]
}
apply() { PATH=$(dirname "${IP:-/sbin/ip}"):$PATH "$IFUP" -a -i interfaces --state-dir=state --no-scripts; }
