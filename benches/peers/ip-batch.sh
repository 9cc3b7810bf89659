# ip -batch of iproute2: commands in a row, no goal. IP: the program.
prepare() { for i in $(seq 0 $(($1 / 2 - 1))); do echo "link add va$i type veth peer name vb$i"; done >batch; }
apply() { "${IP:-ip}" -batch batch; }
