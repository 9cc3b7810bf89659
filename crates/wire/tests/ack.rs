//! Acknowledgements: where the details lie, and that they never hide the error number.

use linkctl_wire::{Ack, Header, NLM_F_ACK_TLVS, NLM_F_CAPPED, Policy, Writer, number};

fn payload(code: i32, length: u32, repeated: &[u8], details: impl FnOnce(&mut Writer)) -> Vec<u8> {
    let mut bytes = code.to_ne_bytes().to_vec();
    bytes.extend(Header { kind: 16, flags: 5, seq: 7, port: 0 }.bytes(length));
    bytes.extend(repeated);
    let mut writer = Writer::new();
    details(&mut writer);
    bytes.extend(writer.into_attrs().expect("short"));
    bytes
}

fn details(w: &mut Writer) {
    w.put_str(1, "mtu greater than device maximum");
    w.put_u32(2, 40);
    w.put(3, &[1, 2]);
    w.nest(4, |w| {
        w.put_u32(1, 4);
        w.put_u64(4, 68);
        w.put_u64(5, 65535);
        w.put_u32(6, 1);
        w.put_u32(7, 15);
        w.put_u64(12, 0xff);
    });
    w.put_u32(5, 18);
    w.put_u32(6, 32);
}

fn expected() -> Ack<'static> {
    Ack {
        errno: 22,
        text: Some(b"mtu greater than device maximum"),
        offset: Some(40),
        missing: Some(18),
        missing_nest: Some(32),
        policy: Some(Policy {
            kind: Some(4),
            min_unsigned: Some(68),
            max_unsigned: Some(65535),
            min_len: Some(1),
            max_len: Some(15),
            mask: Some(0xff),
            ..Policy::default()
        }),
        cookie: Some(&[1, 2]),
    }
}

#[test]
fn details_follow_the_header_when_the_request_is_capped() {
    let bytes = payload(-22, 99, &[], details);
    assert_eq!(Ack::parse(&bytes, NLM_F_CAPPED | NLM_F_ACK_TLVS), Ok(expected()));
}

#[test]
fn details_follow_the_padded_request_when_it_is_repeated() {
    let bytes = payload(-22, 19, &[0xa5, 0xa5, 0xa5, 0], details);
    assert_eq!(Ack::parse(&bytes, NLM_F_ACK_TLVS), Ok(expected()));
}

#[test]
fn without_the_flag_nothing_is_read_as_details() {
    let bytes = payload(-1, 99, &[], details);
    assert_eq!(Ack::parse(&bytes, NLM_F_CAPPED), Ok(Ack { errno: 1, ..Ack::default() }));
}

#[test]
fn success_may_carry_a_warning() {
    let bytes = payload(0, 16, &[], |w| w.put_str(1, "deprecated"));
    let ack = Ack { text: Some(b"deprecated"), ..Ack::default() };
    assert_eq!(Ack::parse(&bytes, NLM_F_CAPPED | NLM_F_ACK_TLVS), Ok(ack));
}

#[test]
fn a_short_acknowledgement_is_an_error() {
    let bytes = payload(-22, 16, &[], |_| {});
    for cut in 0..bytes.len() {
        assert!(Ack::parse(&bytes[..cut], NLM_F_CAPPED).is_err(), "cut at {cut}");
    }
    assert!(Ack::parse(&bytes, NLM_F_CAPPED).is_ok());
}

#[test]
fn malformed_details_do_not_hide_the_error_number() {
    let mut bytes = payload(-22, 16, &[], details);
    for cut in 20..bytes.len() {
        let ack = Ack::parse(&bytes[..cut], NLM_F_CAPPED | NLM_F_ACK_TLVS);
        assert_eq!(ack.map(|ack| ack.errno), Ok(22), "cut at {cut}");
    }
    bytes[20..24].fill(0xff);
    assert_eq!(Ack::parse(&bytes, NLM_F_CAPPED | NLM_F_ACK_TLVS), Ok(Ack { errno: 22, ..Ack::default() }));
}

#[test]
fn a_repeated_request_longer_than_the_answer_leaves_no_details() {
    let bytes = payload(-22, u32::MAX, &[], details);
    assert_eq!(Ack::parse(&bytes, NLM_F_ACK_TLVS), Ok(Ack { errno: 22, ..Ack::default() }));
}

#[test]
fn the_end_of_a_dump_carries_its_error_and_text() {
    let mut bytes = (-90i32).to_ne_bytes().to_vec();
    assert_eq!(Ack::parse_done(&bytes, 2), Ok(Ack { errno: 90, ..Ack::default() }));
    let mut writer = Writer::new();
    writer.put_str(1, "too big");
    bytes.extend(writer.into_attrs().expect("short"));
    let ack = Ack { errno: 90, text: Some(b"too big"), ..Ack::default() };
    assert_eq!(Ack::parse_done(&bytes, NLM_F_ACK_TLVS), Ok(ack));
    assert_eq!(Ack::parse_done(&3i32.to_ne_bytes(), 2), Ok(Ack::default()));
    assert!(Ack::parse_done(&bytes[..3], 2).is_err());
}

#[test]
fn numbers_are_read_only_at_their_exact_length() {
    let bytes = [1, 2, 3, 4, 5, 6, 7, 8, 9];
    for length in 0..=9 {
        let data = &bytes[..length];
        assert_eq!(number::u8(data).is_some(), length == 1);
        assert_eq!(number::u16(data).is_some(), length == 2);
        assert_eq!(number::u32(data).is_some(), length == 4);
        assert_eq!(number::u64(data).is_some(), length == 8);
        assert_eq!(number::be16(data).is_some(), length == 2);
        assert_eq!(number::i32(data).is_some(), length == 4);
    }
    assert_eq!(number::be16(&[1, 2]), Some(0x0102));
    assert_eq!(number::be32(&[1, 2, 3, 4]), Some(0x0102_0304));
    assert_eq!(number::be64(&[0, 0, 0, 0, 1, 2, 3, 4]), Some(0x0102_0304));
    assert_eq!(number::text(b"br0\0\0x"), b"br0");
    assert_eq!(number::text(b"br0"), b"br0");
}
