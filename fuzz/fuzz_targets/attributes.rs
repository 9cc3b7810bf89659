//! Any bytes are read as attributes to their end; written again and read again, they are the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use linkctl_wire::{Attrs, Table, Writer};

fn rewrite(writer: &mut Writer, bytes: &[u8], depth: u32) {
    for attr in Attrs::new(bytes).flatten() {
        if attr.nested && depth > 0 {
            writer.nest(attr.kind, |writer| rewrite(writer, attr.data, depth - 1));
        } else if attr.nested {
            writer.nest(attr.kind, |writer| writer.raw(attr.data));
        } else {
            writer.put(attr.kind, attr.data);
        }
    }
}

fn written(bytes: &[u8]) -> Vec<u8> {
    let mut writer = Writer::new();
    rewrite(&mut writer, bytes, 8);
    writer.into_attrs().unwrap_or_default()
}

fuzz_target!(|bytes: &[u8]| {
    let (table, error) = Table::<64>::parse(bytes);
    assert_eq!(error, Attrs::new(bytes).find_map(Result::err));
    for kind in 0..64 {
        assert_eq!(table.get(kind), Attrs::new(bytes).find(kind));
    }
    let once = written(bytes);
    assert_eq!(written(&once), once);
});
