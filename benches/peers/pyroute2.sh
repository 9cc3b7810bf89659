# pyroute2 0.9, one request a link. PYTHONPATH: pip install --no-deps --target FOLDER pyroute2
prepare() { cat >make.py <<-END
	from pyroute2 import IPRoute
	with IPRoute() as ipr:
	    for i in range($1 // 2):
	        ipr.link("add", ifname=f"va{i}", kind="veth", peer={"ifname": f"vb{i}"})
	END
	python3 -c 'import pyroute2'
}
apply() { python3 make.py; }
