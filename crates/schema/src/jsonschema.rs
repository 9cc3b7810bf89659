//! From tables to JSON Schema (2020-12), for editors and other validators of goal files.

use crate::field::{FieldDef, Fields};
use crate::out::Out;
use crate::types::{Layout, Type};

/// An address of a link, as [`crate::Mac::parse`] reads it.
pub const MAC: &str = "^[0-9a-fA-F]{1,2}([-:.][0-9a-fA-F]{1,2}){1,19}$";

/// The name of a link, of as many characters at least; bytes that are no text stand in it as `\xNN`.
pub fn name(least: u8) -> String {
    let other = "[^/:\\u0000-\\u0020\\u007f]";
    format!("^(?!\\.{{1,2}}$)({other}{{{least},15}}|{other}*\\\\x[0-9a-f]{{2}}{other}*)$")
}

const IP4: &str =
    "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])([.](25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])){3}";
const IP6: &str = "(?=[^,]*::|([^:,]*:){6})[0-9a-fA-F]{0,4}:[0-9a-fA-F:.]+";

/// Writes the properties of a table as members of the `properties` object that is open.
pub fn properties(fields: &Fields, out: &mut Out) {
    for f in fields.list().iter().filter(|f| f.is_state()) {
        out.key(f.name);
        out.object();
        out.key("description");
        out.text(&f.doc.split_whitespace().collect::<Vec<_>>().join(" "));
        shape(f, out);
        out.end();
    }
}

fn shape(f: &FieldDef, out: &mut Out) {
    match f.ty {
        Type::Switch | Type::OnOff | Type::Flag | Type::Header { .. } => onoff(out),
        Type::Bit { layout: Layout::Masked | Layout::Mode | Layout::Plain(_), .. } => onoff(out),
        Type::Uint(_) if f.boolean => onoff(out),
        Type::Uint(repr) => {
            let (low, high) = f.bounds.unwrap_or((0, repr.max()));
            if f.digits.is_some_and(|(before, _)| before.is_empty()) {
                string(out);
                out.key("pattern");
                out.text("^(0x)?[0-9a-fA-F]+$");
                return;
            }
            let pattern = zero(f, &number(high));
            either(out, |out| integer(low, high, out), Some(&pattern));
        }
        Type::Part { .. } if f.milli => {
            string(out);
            out.key("pattern");
            out.text("^0?\\.[0-9]{1,3}$");
        }
        Type::Part { repr, .. } => {
            let (low, high) = f.bounds.unwrap_or((0, repr.max()));
            integer(low, high, out);
        }
        Type::S32 => {
            let (low, high) = f.bounds.unwrap_or((i64::from(i32::MIN), i32::MAX as u64));
            integer(low, high.min(i32::MAX as u64), out);
        }
        Type::Time(repr, _) => {
            let (low, high) = f.bounds.unwrap_or((0, repr.max()));
            let pattern = zero(f, "[0-9]+(\\.[0-9]{1,3})? ?(ms|s|min|h)");
            either(out, |out| integer(low, high, out), Some(&pattern));
        }
        Type::Str(max) => {
            string(out);
            out.key("maxLength");
            out.plain(max);
            pattern("^[^\\u0000]*$", out);
        }
        Type::Link => {
            types(&["string", "null"], out);
            pattern(&name(0), out);
        }
        Type::Words(_, list) => {
            let open = f.bounds;
            out.key("anyOf");
            out.array();
            out.object();
            out.key("enum");
            out.array();
            list.iter().for_each(|(w, _)| out.text(w));
            list.iter().for_each(|(_, n)| out.plain(n));
            out.end_array();
            out.end();
            if let Some((low, high)) = open {
                out.object();
                integer(low, high, out);
                out.end();
            }
            out.end_array();
        }
        Type::Hops { .. } => either(out, |out| integer(0, 255, out), Some("^(auto|inherit)$")),
        Type::Tos => either(out, |out| integer(0, 255, out), Some("^(inherit|(0x)?[0-9a-fA-F]{1,2})$")),
        Type::Key { .. } => either(
            out,
            |out| integer(0, u64::from(u32::MAX), out),
            Some("^(none|0x[0-9a-fA-F]+|[0-9]{1,3}([.][0-9]{1,3}){3})$"),
        ),
        Type::Either { repr, mask, word, .. } => {
            let high = u64::from(mask >> mask.trailing_zeros()).min(repr.max());
            either(out, |out| integer(0, high, out), Some(&format!("^({word}|(0x)?[0-9a-fA-F]+)$")));
        }
        Type::Ports | Type::Pairs { .. } | Type::Ips { .. } | Type::Macs { .. } | Type::Strs { .. } => {
            types(&["string", "array"], out);
            several(f, out);
        }
        Type::Devconf { names, .. } => {
            types(&["string", "object"], out);
            let all: Vec<_> = names.iter().map(|k| k.name).collect();
            pattern(&format!("^\\s*([{{]\\s+)?({})\\s", all.join("|")), out);
            out.key("properties");
            out.object();
            for knob in names {
                out.key(knob.name);
                out.object();
                if knob.switch {
                    onoff(out);
                } else {
                    integer(knob.bounds.0.into(), knob.bounds.1 as u64, out);
                }
                out.end();
            }
            out.end();
            out.key("additionalProperties");
            out.plain(false);
        }
        Type::Mac => {
            string(out);
            pattern(MAC, out);
        }
        Type::Ip { .. } | Type::Ip4 | Type::Ip6 | Type::Prefix { .. } => {
            string(out);
            pattern(&zero(f, &address(f.ty)), out);
        }
        Type::Timer
        | Type::BridgeId
        | Type::Names { .. }
        | Type::Lapse
        | Type::Count
        | Type::Span { .. }
        | Type::Numbers { .. }
        | Type::Lasting { .. }
        | Type::Timing
        | Type::Account { .. }
        | Type::Raw => {
            string(out);
        }
    }
}

/// A number as text, with no more digits than the greatest.
fn number(high: u64) -> String {
    let units = [
        ("", 1),
        ("[kK]", 1000),
        ("M", 1_000_000),
        ("G", 1_000_000_000),
        ("Ki", 1 << 10),
        ("Mi", 1 << 20),
        ("Gi", 1 << 30),
    ];
    let more = |unit: u64| (high / unit).to_string().len() - 1;
    let fits = units.iter().filter(|(_, unit)| *unit <= high);
    let decimal: Vec<_> = fits.map(|(word, unit)| format!("[1-9][0-9]{{0,{}}}{word}", more(*unit))).collect();
    format!("0x0*[0-9a-fA-F]{{1,{}}}|0|{}", format!("{high:x}").len(), decimal.join("|"))
}

/// What an address of that type looks like.
fn address(ty: Type) -> String {
    match ty {
        Type::Ip4 | Type::Ips { v6: false, .. } => IP4.to_owned(),
        Type::Ip6 | Type::Ips { v6: true, .. } => IP6.to_owned(),
        Type::Prefix { v6: false, .. } => format!("{IP4}/[0-9]{{1,2}}"),
        Type::Prefix { v6: true, .. } => format!("{IP6}/[0-9]{{1,3}}"),
        _ => format!("{IP4}|{IP6}"),
    }
}

/// What a list can hold; as text, two ports.
fn several(f: &FieldDef, out: &mut Out) {
    match f.ty {
        Type::Ports => pattern("^[0-9]\\S*[- ]\\s*[0-9]\\S*\\s*$", out),
        Type::Ips { .. } => pattern(&format!("^({0})?(,({0})?)*$", address(f.ty)), out),
        _ => {}
    }
    let most = match f.ty {
        Type::Ips { max, .. } => Some((0, max)),
        Type::Ports => Some((2, 2)),
        _ => None,
    };
    if let Some((least, most)) = most {
        out.key("minItems");
        out.plain(least);
        out.key("maxItems");
        out.plain(most);
    }
    out.key("items");
    out.object();
    match f.ty {
        Type::Ips { .. } => {
            string(out);
            pattern(&format!("^({})$", address(f.ty)), out);
        }
        Type::Macs { .. } => {
            string(out);
            pattern(MAC, out);
        }
        Type::Pairs { .. } => {
            types(&["string", "object"], out);
            out.key("required");
            out.array();
            ["from", "to"].iter().for_each(|w| out.text(w));
            out.end_array();
            out.key("maxProperties");
            out.plain(2);
        }
        _ => types(&["string", "number", "boolean"], out),
    }
    out.end();
}

/// A whole text of a form, or the word for 0.
fn zero(f: &FieldDef, form: &str) -> String {
    f.zero.map_or_else(|| format!("^({form})$"), |word| format!("^({word}|{form})$"))
}

fn string(out: &mut Out) {
    out.key("type");
    out.text("string");
}

fn pattern(text: &str, out: &mut Out) {
    out.key("pattern");
    out.text(text);
}

fn types(names: &[&str], out: &mut Out) {
    out.key("type");
    out.array();
    names.iter().for_each(|name| out.text(name));
    out.end_array();
}

fn integer(low: i64, high: u64, out: &mut Out) {
    out.key("type");
    out.text("integer");
    out.key("minimum");
    out.plain(low);
    out.key("maximum");
    out.plain(high);
}

/// `on` and `off` as YAML 1.2 text, `true` and `false`, 1 and 0.
fn onoff(out: &mut Out) {
    out.key("enum");
    out.array();
    for word in ["on", "off", "yes", "no"] {
        out.text(word);
    }
    for plain in ["true", "false", "0", "1"] {
        out.plain(plain);
    }
    out.end_array();
}

/// A number, or a text of a form.
fn either(out: &mut Out, number: impl FnOnce(&mut Out), pattern: Option<&str>) {
    out.key("anyOf");
    out.array();
    out.object();
    number(out);
    out.end();
    if let Some(pattern) = pattern {
        out.object();
        string(out);
        out.key("pattern");
        out.text(pattern);
        out.end();
    }
    out.end_array();
}
