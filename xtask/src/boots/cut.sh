# A power cut while applies follow each other leaves a journal that is whole, and knows each apply that had been acknowledged.
#: cpus 2
journal=/var/lib/linkctl/host

# Applies that change everything back and forth, each with its own words noted outside when it has ended.
applies() {
	local mtu=1400 said
	while :; do
		mtu=$((2800 - mtu + 1))
		for name in $(seq 1 12); do
			echo "  d$name: {kind: dummy, state: up, mtu: $((mtu + name))}"
		done | cat <(printf 'version: 1\nlinks:\n') - >/run/goal.yaml
		said=$(linkctl apply /run/goal.yaml)
		# The first one may find everything in order.
		[[ $said == *"applied "*" as "* ]] || continue
		said=${said##* as }
		echo "${said%%;*}" >>"$NOTES/acknowledged"
	done
}

# cut_when COMMAND...: the power goes as soon as the command succeeds, when some applies have gone by.
cut_when() {
	local before
	before=$(cat "$NOTES/acknowledged" 2>/dev/null | wc -l)
	applies &
	until [ "$(cat "$NOTES/acknowledged" 2>/dev/null | wc -l)" -ge $((before + 3)) ]; do sleep 0.2; done
	until "$@"; do :; done
	power_off
}

being_written() { for file in "$journal"/*.new; do [ -e "$file" ]; done; }
# The way home is written, and its guardian is at its post.
under_way() { for file in "$journal"/*.pending; do [ -e "${file%pending}guard" ]; done; }
# Between nothing and half a second later.
by_chance() { sleep "0.$((RANDOM % 5))$((RANDOM % 10))"; }

acknowledged_is_there() {
	local id
	for id in $(tail -n 30 "$NOTES/acknowledged"); do
		[ -e "$journal/$id.done" ] || {
			echo "$id was acknowledged; there are:"
			ls -l "$journal"
			return 1
		}
	done
}

# The sum of each record is right, and nothing lies about that no record is of.
whole() {
	local history
	history=$(linkctl history --json --pretty)
	! grep damaged <<<"$history"
	[ "$(grep -c '"id"' <<<"$history")" = "$(ls "$journal" | grep -cE '\.(pending|waiting|done|undone|broken)$')" ]
}

at_most_one_open() { [ "$(ls "$journal" | grep -cE '\.(pending|waiting|broken)$')" -le 1 ]; }

after_cut() {
	echo "before the cut $(wc -l <"$NOTES/acknowledged") applies had been acknowledged; $(ls "$journal" | wc -l) files"
	check "after a cut $1 every record is whole" whole
	check "after a cut $1 what had been acknowledged is there" acknowledged_is_there
	check "after a cut $1 one apply at most is open" at_most_one_open
	if [ "$(linkctl status)" != "no apply waits, none was cut off" ]; then
		echo 'version: 1' >/run/nothing.yaml
		check "status says what was cut off $1" fails_with 6 linkctl status
		check "the next apply says what was cut off $1" says "was cut off in the middle" linkctl apply /run/nothing.yaml
		check "what was cut off $1 is taken back" linkctl rollback
	fi
	check "after a cut $1 nothing is open any more" linkctl status
}
#: boot
cut_when being_written
#: cut
after_cut "while a record is written"
cut_when under_way
#: cut
after_cut "while the links are changed"
cut_when by_chance
#: cut
after_cut "by chance"
