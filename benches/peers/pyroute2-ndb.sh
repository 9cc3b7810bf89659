# NDB of pyroute2 0.9: what is wanted, committed together. PYTHONPATH: as for pyroute2.
again=yes
prepare() { cat >make.py <<-END
	from pyroute2 import NDB
	with NDB() as ndb:
	    for i in range($1 // 2):
	        if f"va{i}" not in ndb.interfaces:
	            ndb.interfaces.create(ifname=f"va{i}", kind="veth", peer=f"vb{i}").commit()
	END
	python3 -c 'import pyroute2'
}
apply() { python3 make.py; }
