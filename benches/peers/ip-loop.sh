# A script with one ip of iproute2 a link. IP: the program.
prepare() { for i in $(seq 0 $(($1 / 2 - 1))); do echo "${IP:-ip} link add va$i type veth peer name vb$i"; done >loop; }
apply() { sh -e loop; }
