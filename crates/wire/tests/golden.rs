//! Tables of values and their exact bytes, little-endian hosts' view converted to the host's order where it matters.

use linkctl_wire::{Attr, Attrs, Error, Header, Message, Messages, Table, What, Writer};

/// `n` as the host writes a `u16`, so that the tables hold on big-endian machines too.
fn h16(n: u16) -> [u8; 2] {
    n.to_ne_bytes()
}

fn cat(parts: &[&[u8]]) -> Vec<u8> {
    parts.concat()
}

type Row = (&'static str, fn(&mut Writer), Vec<u8>);

fn rows() -> Vec<Row> {
    let head = |length: u16, kind: u16| cat(&[&h16(length), &h16(kind)]);
    vec![
        ("nothing", |_| {}, vec![]),
        ("flag", |w| w.put_flag(7), head(4, 7)),
        ("byte and padding", |w| w.put_u8(1, 0xab), cat(&[&head(5, 1), &[0xab, 0, 0, 0]])),
        ("u16", |w| w.put_u16(2, 0x1234), cat(&[&head(6, 2), &0x1234u16.to_ne_bytes(), &[0, 0]])),
        ("u32", |w| w.put_u32(3, 0x1234_5678), cat(&[&head(8, 3), &0x1234_5678u32.to_ne_bytes()])),
        ("u64", |w| w.put_u64(4, u64::MAX - 1), cat(&[&head(12, 4), &(u64::MAX - 1).to_ne_bytes()])),
        ("i32", |w| w.put_i32(5, -2), cat(&[&head(8, 5), &(-2i32).to_ne_bytes()])),
        ("be16", |w| w.put_be16(6, 4789), cat(&[&head(6, 6), &[0x12, 0xb5, 0, 0]])),
        ("be32", |w| w.put_be32(6, 1), cat(&[&head(8, 6), &[0, 0, 0, 1]])),
        ("be64", |w| w.put_be64(6, 1), cat(&[&head(12, 6), &[0, 0, 0, 0, 0, 0, 0, 1]])),
        ("string of three", |w| w.put_str(3, "br0"), cat(&[&head(8, 3), b"br0\0"])),
        ("string of four", |w| w.put_str(3, "veth"), cat(&[&head(9, 3), b"veth\0\0\0\0"])),
        ("empty string", |w| w.put_str(3, ""), cat(&[&head(5, 3), &[0; 4]])),
        ("bytes", |w| w.put(3, &[1, 2, 3]), cat(&[&head(7, 3), &[1, 2, 3, 0]])),
        ("nest", |w| w.nest(18, |w| w.put_u8(1, 9)), cat(&[&head(12, 0x8012), &head(5, 1), &[9, 0, 0, 0]])),
        ("plain nest", |w| w.nest_plain(18, |w| w.put_flag(1)), cat(&[&head(8, 18), &head(4, 1)])),
        ("empty nest", |w| w.nest(18, |_| {}), head(4, 0x8012)),
        ("raw and padding", |w| w.raw(&[1, 2, 3, 4, 5]), vec![1, 2, 3, 4, 5, 0, 0, 0]),
    ]
}

#[test]
fn every_value_has_exactly_these_bytes() {
    for (name, write, want) in rows() {
        let mut writer = Writer::new();
        write(&mut writer);
        assert_eq!(writer.len(), want.len(), "{name}");
        assert_eq!(writer.into_attrs().as_deref(), Ok(&want[..]), "{name}");
    }
}

#[test]
fn every_value_has_the_same_bytes_in_a_buffer_that_held_others() {
    for (name, write, want) in rows() {
        let mut writer = Writer::message_in(vec![0xa5; 4096], 16, 0, &[]);
        write(&mut writer);
        let bytes = writer.finish().expect("short");
        assert_eq!(&bytes[16..], &want[..], "{name}");
    }
}

#[test]
fn a_message_begins_with_its_header_and_the_padded_fixed_part() {
    let mut writer = Writer::message(90, 0x301, &[0x11]);
    writer.put_u32(3, 1);
    let bytes = writer.finish().expect("short");
    let want = cat(&[
        &28u32.to_ne_bytes(),
        &h16(90),
        &h16(0x301),
        &[0; 8],
        &[0x11, 0, 0, 0],
        &h16(8),
        &h16(3),
        &1u32.to_ne_bytes(),
    ]);
    assert_eq!(bytes, want);
    let message = Messages::new(&bytes).next();
    let header = Header { kind: 90, flags: 0x301, seq: 0, port: 0 };
    assert_eq!(message, Some(Ok(Message { header, payload: &want[16..] })));
}

#[test]
fn an_attribute_that_its_length_cannot_say_is_an_error_that_sticks() {
    let mut writer = Writer::message(16, 0, &[]);
    writer.put(1, &vec![0; 65531]);
    let before = writer.len();
    writer.put(2, &vec![0; 65532]);
    assert_eq!(writer.len(), before, "left out");
    writer.put(3, &vec![0; 70000]);
    let first = Error { at: before, what: What::TooLong(65536) };
    assert_eq!(writer.finish(), Err(first));
}

#[test]
fn a_nest_that_its_length_cannot_say_is_an_error() {
    let mut writer = Writer::new();
    writer.nest(1, |w| {
        w.put(1, &vec![0; 40000]);
        w.put(2, &vec![0; 40000]);
    });
    assert_eq!(writer.into_attrs(), Err(Error { at: 0, what: What::TooLong(80012) }));
}

#[test]
fn a_writer_finishes_only_as_what_it_was_begun() {
    let shape = Error { at: 0, what: What::Shape };
    assert_eq!(Writer::new().finish(), Err(shape));
    assert_eq!(Writer::message(16, 0, &[]).into_attrs(), Err(shape));
}

#[test]
fn attributes_are_read_in_order_and_without_their_flags() {
    let bytes = cat(&[&h16(5), &h16(0x4001), &[7, 0xa5, 0xa5, 0xa5], &h16(4), &h16(0x8002)]);
    let attrs: Vec<_> = Attrs::new(&bytes).collect();
    let first = Attr { kind: 1, nested: false, data: &[7] };
    let second = Attr { kind: 2, nested: true, data: &[] };
    assert_eq!(attrs, [Ok(first), Ok(second)]);
}

#[test]
fn the_last_attribute_may_lack_its_padding_and_zeros_may_follow() {
    let bare = cat(&[&h16(5), &h16(1), &[7]]);
    assert_eq!(Attrs::new(&bare).collect::<Vec<_>>(), [Ok(Attr { kind: 1, nested: false, data: &[7] })]);
    let padded = cat(&[&h16(4), &h16(1), &[0, 0, 0]]);
    assert_eq!(Attrs::new(&padded).count(), 1);
    assert!(Attrs::new(&padded).all(|attr| attr.is_ok()));
}

#[test]
fn a_malformed_attribute_is_reported_where_it_is_and_ends_the_walk() {
    let good = cat(&[&h16(4), &h16(1)]);
    let rows: [(&str, Vec<u8>, What); 4] = [
        ("length below header", cat(&[&h16(3), &h16(1), &[0; 8]]), What::Length(3)),
        ("length zero", cat(&[&h16(0), &h16(1), &[0; 8]]), What::Length(0)),
        ("cut payload", cat(&[&h16(9), &h16(1), &[0; 4]]), What::Short { want: 9, got: 8 }),
        ("cut header", vec![5, 0, 1], What::Short { want: 4, got: 3 }),
    ];
    for (name, tail, what) in rows {
        let bytes = cat(&[&good, &tail]);
        let seen: Vec<_> = Attrs::new(&bytes).collect();
        assert_eq!(seen.len(), 2, "{name}");
        assert_eq!(seen[1], Err(Error { at: 4, what }), "{name}");
        let (table, error) = Table::<2>::parse(&bytes);
        assert_eq!(table.get(1), Some(&[][..]), "{name}: what came before is kept");
        assert_eq!(error, Some(Error { at: 4, what }), "{name}");
    }
}

#[test]
fn the_last_of_several_wins_and_numbers_beyond_a_table_are_left_to_the_walk() {
    let mut writer = Writer::new();
    writer.put_u8(1, 1);
    writer.put_u8(9, 9);
    writer.put_u8(1, 2);
    let bytes = writer.into_attrs().expect("short");
    let (table, error) = Table::<2>::parse(&bytes);
    assert_eq!((table.get(1), table.get(9), error), (Some(&[2][..]), None, None));
    assert_eq!(Attrs::new(&bytes).find(1), Some(&[2][..]));
    assert_eq!(Attrs::new(&bytes).find(9), Some(&[9][..]));
    assert_eq!(Attrs::new(&bytes).find(3), None);
}

#[test]
fn a_truncated_datagram_is_an_error_not_a_prefix() {
    let mut whole = Writer::message(16, 0, &[1, 2, 3, 4]).finish().expect("short");
    let mut second = Writer::message(17, 0, &[0; 16]);
    second.put_str(3, "a name");
    whole.extend(second.finish().expect("short"));
    assert_eq!(Messages::new(&whole).flatten().count(), 2);
    for cut in 0..whole.len() {
        let seen: Vec<_> = Messages::new(&whole[..cut]).collect();
        // The first three bytes after a message may be its padding; they hold a length here, so they are an error.
        let clean = cut == 0 || cut == 20;
        assert_eq!(seen.last().is_some_and(Result::is_err), !clean, "cut at {cut}");
        assert_eq!(
            seen.iter().filter(|message| message.is_ok()).count(),
            usize::from(cut >= 20),
            "cut at {cut}"
        );
    }
}

#[test]
fn a_message_shorter_than_its_header_is_an_error() {
    for length in 0..16u32 {
        let header = Header::default().bytes(length);
        let what = What::MessageLength(length);
        assert_eq!(Messages::new(&header).collect::<Vec<_>>(), [Err(Error { at: 0, what })]);
    }
}

#[test]
fn errors_read_as_one_clause() {
    let rows = [
        (What::Short { want: 9, got: 8 }, "9 bytes needed where 8 are left, at byte 4"),
        (What::Length(3), "an attribute of 3 bytes is shorter than its header, at byte 4"),
        (What::MessageLength(3), "a message of 3 bytes is shorter than its header, at byte 4"),
        (What::TooLong(65536), "65536 bytes are more than a length field can say, at byte 4"),
        (What::Shape, "not the kind of writer that was asked to finish, at byte 4"),
    ];
    for (what, text) in rows {
        assert_eq!(Error { at: 4, what }.to_string(), text);
    }
}
