//! Laws over any bytes and any attributes.

use linkctl_wire::{Ack, Attrs, Messages, Table, Writer};
use proptest::collection::vec;
use proptest::prelude::*;

/// An attribute to be written: a number and either bytes or more attributes.
#[derive(Clone, Debug)]
enum Tree {
    Leaf(u16, Vec<u8>),
    Nest(u16, Vec<Tree>),
}

fn trees() -> impl Strategy<Value = Vec<Tree>> {
    let number = 0u16..0x4000;
    let leaf = (number.clone(), vec(any::<u8>(), 0..40)).prop_map(|(kind, data)| Tree::Leaf(kind, data));
    let tree = leaf.prop_recursive(4, 40, 6, move |inner| {
        (number.clone(), vec(inner, 0..6)).prop_map(|(kind, below)| Tree::Nest(kind, below))
    });
    vec(tree, 0..8)
}

fn write(writer: &mut Writer, trees: &[Tree]) {
    for tree in trees {
        match tree {
            Tree::Leaf(kind, data) => writer.put(*kind, data),
            Tree::Nest(kind, below) => writer.nest(*kind, |writer| write(writer, below)),
        }
    }
}

/// Writes again what is read, nest by nest as they are marked; `None` if anything in it is malformed.
fn rewrite(bytes: &[u8]) -> Option<Vec<u8>> {
    fn copy(writer: &mut Writer, bytes: &[u8]) -> Option<()> {
        for attr in Attrs::new(bytes) {
            let attr = attr.ok()?;
            if attr.nested && Attrs::new(attr.data).all(|inner| inner.is_ok()) {
                let mut whole = Some(());
                writer.nest(attr.kind, |writer| whole = copy(writer, attr.data));
                whole?;
            } else if attr.nested {
                writer.nest(attr.kind, |writer| writer.raw(attr.data));
            } else {
                writer.put(attr.kind, attr.data);
            }
        }
        Some(())
    }
    let mut writer = Writer::new();
    copy(&mut writer, bytes)?;
    writer.into_attrs().ok()
}

/// Bytes that are nearly attributes or messages: small lengths in the right places are likelier than by chance.
fn nearly() -> impl Strategy<Value = Vec<u8>> {
    vec(prop_oneof![4 => 0u8..24, 1 => any::<u8>()], 0..200)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn any_bytes_are_decoded_without_panic_and_to_an_end(bytes in prop_oneof![nearly(), vec(any::<u8>(), 0..300)], flags: u16) {
        let attrs: Vec<_> = Attrs::new(&bytes).collect();
        prop_assert!(attrs.len() <= bytes.len() / 4 + 1);
        prop_assert!(attrs.iter().rev().skip(1).all(Result::is_ok), "an error is the last item");
        let messages: Vec<_> = Messages::new(&bytes).collect();
        prop_assert!(messages.len() <= bytes.len() / 16 + 1);
        prop_assert!(messages.iter().rev().skip(1).all(Result::is_ok), "an error is the last item");
        let (table, error) = Table::<16>::parse(&bytes);
        prop_assert_eq!(error, attrs.iter().find_map(|attr| attr.err()));
        for kind in 0..20 {
            let found = Attrs::new(&bytes).find(kind);
            prop_assert_eq!(table.get(kind), found.filter(|_| kind < 16));
        }
        let _ = (Ack::parse(&bytes, flags), Ack::parse_done(&bytes, flags));
    }

    #[test]
    fn what_is_read_lies_within_the_buffer_in_order(bytes in nearly()) {
        let mut end = bytes.as_ptr() as usize;
        for attr in Attrs::new(&bytes).flatten() {
            let start = attr.data.as_ptr() as usize;
            prop_assert!(start >= end + 4 || attr.data.is_empty());
            end = start + attr.data.len();
            prop_assert!(end <= bytes.as_ptr() as usize + bytes.len());
        }
    }

    #[test]
    fn what_is_written_is_read_and_written_again_the_same(trees in trees()) {
        let mut writer = Writer::new();
        write(&mut writer, &trees);
        let bytes = writer.into_attrs().expect("far below the limit");
        prop_assert_eq!(bytes.len() % 4, 0);
        prop_assert_eq!(rewrite(&bytes), Some(bytes));
    }

    #[test]
    fn decoded_encoded_and_decoded_again_is_the_same(bytes in nearly()) {
        if let Some(once) = rewrite(&bytes) {
            let twice = rewrite(&once);
            prop_assert_eq!(twice.as_ref(), Some(&once), "the second writing changes nothing");
            let flat = |bytes: &[u8]| Attrs::new(bytes).flatten().map(|a| (a.kind, a.nested)).collect::<Vec<_>>();
            prop_assert_eq!(flat(&bytes), flat(&once));
        }
    }

    #[test]
    fn a_message_is_read_as_it_was_written(kind: u16, flags: u16, fixed in vec(any::<u8>(), 0..20), trees in trees()) {
        let mut writer = Writer::message(kind, flags, &fixed);
        write(&mut writer, &trees);
        let bytes = writer.finish().expect("far below the limit");
        let messages: Vec<_> = Messages::new(&bytes).collect::<Result<_, _>>().expect("just written");
        prop_assert_eq!(messages.len(), 1);
        prop_assert_eq!((messages[0].header.kind, messages[0].header.flags), (kind, flags));
        prop_assert_eq!(&messages[0].payload[..fixed.len()], &fixed[..]);
        let mut again = Writer::message_in(vec![0xa5; 512], kind, flags, &fixed);
        let skip = fixed.len().next_multiple_of(4);
        again.raw(&messages[0].payload[skip..]);
        prop_assert_eq!(again.finish(), Ok(bytes));
    }
}
