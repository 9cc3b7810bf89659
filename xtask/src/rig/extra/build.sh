# Builds a module for one of Debian's kernels. Runs in an empty folder that has the kernel's headers and the tools of its build as
# packages in `packages`, and `rig_ib.c`; leaves the module in `made`. $1: the release.
set -eu
mkdir headers sources
for package in packages/*.deb; do
	dpkg-deb -x "$package" headers
done
mv rig_ib.c sources
echo "obj-m := rig_ib.o" >sources/Kbuild
# The packages name each other by where they are when they are installed.
find headers/usr/src -maxdepth 2 -name Makefile -exec sed -i "s#^include /usr/src/#include $PWD/headers/usr/src/#" {} +
# Without it there is no BTF, for which more tools would be needed.
rm -f "headers/usr/src/linux-headers-$1/vmlinux"
make -s -C "headers/usr/src/linux-headers-$1" M="$PWD/sources" modules
mkdir made
strip -g sources/rig_ib.ko
mv sources/rig_ib.ko made
