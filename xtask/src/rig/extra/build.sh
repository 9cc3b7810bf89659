# Builds modules that Debian leaves out, for one of its kernels. Runs in an empty folder that has the kernel's headers, the
# tools of its build and its sources as packages in `packages`, and `rig_ib.c`; leaves the modules in `made`.
# $1: the release, $2: the series.
set -eu
mkdir headers sources
for package in packages/linux-headers*.deb packages/linux-kbuild*.deb; do
	dpkg-deb -x "$package" headers
done
from=linux-source-$2/drivers/net
dpkg-deb --fsys-tarfile packages/linux-source-*.deb | tar -xO "./usr/src/linux-source-$2.tar.xz" | xz -dc |
	tar -x "$from/netdevsim" "$from/ethernet/qualcomm/rmnet" "$from/wwan/wwan_hwsim.c" "$from/wireless/virtual/virt_wifi.c" \
		"$from/amt.c" "$from/bareudp.c" "$from/pfcp.c"
mv "$from/netdevsim" "$from/ethernet/qualcomm/rmnet" rig_ib.c sources
find "$from" -name '*.c' -exec mv {} sources \;
for folder in netdevsim rmnet; do
	sed -i 's/^obj-$(CONFIG_[A-Z]*)/obj-m/' "sources/$folder/Makefile"
done
(cd sources && echo "obj-m := netdevsim/ rmnet/" *.c | sed 's/\.c\b/.o/g') >sources/Kbuild
# The packages name each other by where they are when they are installed.
find headers/usr/src -maxdepth 2 -name Makefile -exec sed -i "s#^include /usr/src/#include $PWD/headers/usr/src/#" {} +
# Without it there is no BTF, for which more tools would be needed.
rm -f "headers/usr/src/linux-headers-$1/vmlinux"
make -s -C "headers/usr/src/linux-headers-$1" M="$PWD/sources" modules -j"$(nproc)"
mkdir made
find sources -name '*.ko' -exec strip -g {} + -exec cp {} made \;
