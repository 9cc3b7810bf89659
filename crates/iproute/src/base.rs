//! The words that every kind has: what stands before `type`, and behind `peer`.

use linkctl_kinds::link as base;
use linkctl_link::numbers::{IFLA_IFNAME, IFLA_LINK, IFLA_LINK_NETNSID, IFLA_NET_NS_FD};
use linkctl_schema::iproute::{Takes, Word};
use linkctl_schema::{FieldDef, Record, Safe, Type, Value, codec};
use linkctl_wire::Writer;

use crate::args::{Args, short, text};
use crate::request::Request;
use crate::stop::Stop;
use crate::world::Context;
use crate::{inet, number, usage, value, vf, xdp};

/// `IFLA_NEW_IFINDEX`: the index that the link is to have where it goes.
const IFLA_NEW_IFINDEX: u16 = 49;
/// `IFLA_PROTO_DOWN_REASON`, and in it the bits that count and their values.
const IFLA_PROTO_DOWN_REASON: (u16, u16, u16) = (55, 1, 2);

/// What the common words say.
#[derive(Debug, Default)]
pub struct Said<'a> {
    /// Flags and attributes, in the order in which they were said.
    pub request: Request,
    /// The new name.
    pub name: Option<&'a [u8]>,
    /// The link.
    pub dev: Option<&'a [u8]>,
    /// The link below.
    pub link: Option<&'a [u8]>,
    /// The word behind `type`; the words behind that are left.
    pub kind: Option<&'a [u8]>,
    /// The index that is wished.
    pub index: Option<u32>,
    /// The group.
    pub group: Option<u32>,
    /// The namespace that it goes to.
    netns: Option<i32>,
    /// The namespace that its link below is in, by number.
    nsid: Option<i32>,
    /// The same by name.
    link_netns: Option<&'a [u8]>,
    address: Option<usize>,
    once: Vec<&'static str>,
}

struct Reader<'r, 'a, 'w> {
    args: &'r mut Args<'a>,
    cx: &'r mut Context<'w>,
    said: Said<'a>,
}

/// Reads up to `type` and the word behind it, or to the end.
pub fn read<'a>(args: &mut Args<'a>, cx: &mut Context<'_>) -> Result<Said<'a>, Stop> {
    let mut reader = Reader { args, cx, said: Said::default() };
    while let Some(typed) = reader.args.take() {
        match base::IPROUTE.iter().find(|row| row.is(text(typed))) {
            Some(row) => reader.word(row, typed)?,
            None => reader.device(typed)?,
        }
        if reader.said.kind.is_some() {
            break;
        }
    }
    let Reader { cx, mut said, .. } = reader;
    if said.name.is_none() {
        said.name = said.dev;
    } else if said.dev.is_none() {
        said.dev = said.name;
    }
    fits(&said, cx)?;
    Ok(said)
}

/// An address must be as long as the one that the link has.
fn fits(said: &Said<'_>, cx: &mut Context<'_>) -> Result<(), Stop> {
    let (Some(dev), Some(got)) = (said.dev, said.address) else { return Ok(()) };
    vf::fits(dev, got, cx)
}

fn find(name: &str) -> Option<&'static FieldDef> {
    base::FIELDS.list().iter().find(|f| f.name == name)
}

impl<'a> Reader<'_, 'a, '_> {
    fn word(&mut self, row: &'static Word, typed: &'a [u8]) -> Result<(), Stop> {
        match (row.takes, find(row.field)) {
            (Takes::Nothing(n), Some(f)) => self.put(f, &crate::kind::plain(f, n)),
            (Takes::Value, Some(f)) => {
                let value = value::read(row, f, self.args, self.cx)?;
                self.put(f, &value);
            }
            _ => return self.own(row, typed),
        }
        Ok(())
    }

    /// Adds a field to the request: a bit of its header, or an attribute.
    fn put(&mut self, f: &'static FieldDef, value: &Value<'static>) {
        let request = &mut self.said.request;
        if let (Type::Header { bit, not }, Value::Bool(on)) = (f.ty, value) {
            request.mask |= bit;
            if *on == not {
                request.values &= !bit;
            } else {
                request.values |= bit;
            }
            return;
        }
        let mut record = Record::new(&base::FIELDS);
        record.put(f, value.clone());
        let mut out = Writer::new();
        let _ = codec::encode(&record, &codec::NoLinks, &mut out);
        request.append(out);
    }

    /// Refuses a word that was said before.
    fn once(&mut self, key: &'static str, value: &[u8]) -> Result<(), Stop> {
        if self.said.once.contains(&key) {
            return Err(Stop::twice(key, value));
        }
        self.said.once.push(key);
        Ok(())
    }

    fn own(&mut self, row: &'static Word, typed: &'a [u8]) -> Result<(), Stop> {
        match value::called(row) {
            "name" => {
                let word = self.args.value()?;
                self.once("name", word)?;
                if !is_name(word) {
                    return Err(Stop::argument(word, "\"name\" not a valid ifname"));
                }
                self.said.name = Some(word);
                if self.said.dev.is_none() {
                    self.said.dev = Some(word);
                }
            }
            "index" => {
                let word = self.args.value()?;
                if self.said.index.is_some() {
                    return Err(Stop::twice("index", word));
                }
                match number::atoi(word) {
                    n @ 1.. => self.said.index = Some(n as u32),
                    _ => return Err(Stop::argument(word, "Invalid \"index\" value")),
                }
            }
            "link" => self.said.link = Some(self.args.value()?),
            "address" => {
                let mac = value::mac(self.args.value()?)?;
                self.said.address = Some(mac.as_bytes().len());
                self.said.request.put(base::ADDRESS.0.attr, mac.as_bytes());
            }
            "txqueuelen" | "mtu" | "numtxqueues" | "numrxqueues" => self.counted(row)?,
            "inet" => inet::read(self.args, &mut self.said.request)?,
            "xdpgeneric" | "xdpdrv" | "xdpoffload" | "xdp" => {
                xdp::read(typed, self.said.dev, self.args, self.cx, &mut self.said.request)?;
            }
            "netns" => self.netns()?,
            "vf" => {
                let word = self.args.value()?;
                let n = number::int(word).ok_or_else(|| Stop::argument(word, "Invalid \"vf\" value\n"))?;
                let dev = self.said.dev.ok_or_else(|| Stop::required("dev"))?;
                vf::read(n as u32, dev, self.args, self.cx, &mut self.said.request)?;
            }
            "vrf" => {
                let word = self.args.value()?;
                let index =
                    vrf(word, self.cx).ok_or_else(|| Stop::argument(word, "Not a valid VRF name\n"))?;
                self.said.request.put_u32(base::MASTER.0.attr, index);
            }
            "type" => self.said.kind = Some(self.args.value()?),
            "alias" => {
                let word = self.args.value()?;
                if word.len() >= 256 {
                    return Err(Stop::argument(word, "alias too long\n"));
                }
                self.said.request.put(base::ALIAS.0.attr, word);
            }
            "group" => {
                let word = self.args.value()?;
                if self.said.group.is_some() {
                    return Err(Stop::twice("group", word));
                }
                self.said.group = Some(group(row, word, self.cx)?);
            }
            "mode" | "state" | "addrgenmode" => self.any_case(row)?,
            "link-netns" => {
                let word = self.args.value()?;
                if self.said.nsid.is_some() || self.said.link_netns.is_some() {
                    return Err(Stop::twice("link-netns/link-netnsid", word));
                }
                self.said.link_netns = Some(word);
            }
            "link-netnsid" => {
                let word = self.args.value()?;
                if self.said.nsid.is_some() || self.said.link_netns.is_some() {
                    return Err(Stop::twice("link-netns/link-netnsid", word));
                }
                let n = number::int(word)
                    .ok_or_else(|| Stop::argument(word, "Invalid \"link-netnsid\" value\n"))?;
                self.said.nsid = Some(n);
                self.said.request.put(IFLA_LINK_NETNSID, &n.to_ne_bytes());
            }
            "protodown_reason" => self.reason()?,
            _ => {}
        }
        Ok(())
    }

    /// A number that may be said once, and may be negative.
    fn counted(&mut self, row: &'static Word) -> Result<(), Stop> {
        let word = self.args.value()?;
        if let Some(key) = row.once {
            self.once(key, word)?;
        }
        let n = number::int(word).ok_or_else(|| value::wrong(row, word))?;
        if let Some(f) = find(row.field) {
            self.said.request.put_u32(f.attr, n as u32);
        }
        Ok(())
    }

    /// A word of a list, in capitals or not.
    fn any_case(&mut self, row: &'static Word) -> Result<(), Stop> {
        let word = self.args.value()?;
        let Some(f) = find(row.field) else { return Ok(()) };
        let Type::Words(_, list) = f.ty else { return Ok(()) };
        let found = list.iter().find(|(w, _)| w.as_bytes().eq_ignore_ascii_case(word));
        let (known, _) = found.ok_or_else(|| value::refusal(row, f, word))?;
        self.put(f, &Value::Word(known));
        Ok(())
    }

    fn netns(&mut self) -> Result<(), Stop> {
        let word = self.args.value()?;
        if self.said.netns.is_some() {
            return Err(Stop::twice("netns", word));
        }
        let wrong = || Stop::argument(word, "Invalid \"netns\" value\n");
        let fd = self.cx.world.netns(word).ok_or_else(wrong)?;
        self.said.netns = Some(fd);
        self.said.request.put(IFLA_NET_NS_FD, &fd.to_ne_bytes());
        Ok(())
    }

    fn reason(&mut self) -> Result<(), Stop> {
        let word = self.args.value()?;
        let named = self.cx.world.reason(text(word));
        let bit = named.or_else(|| number::up_to(word, 31, 0).map(|n| n as u32)).filter(|n| *n < 32);
        let bit = bit.ok_or_else(|| Stop::argument(word, "invalid protodown reason\n"))?;
        let word = self.args.value()?;
        let on = if short(word, "on") {
            true
        } else if short(word, "off") {
            false
        } else {
            return Err(Stop::on_or_off("protodown_reason", word, 1));
        };
        let (nest, mask, value) = IFLA_PROTO_DOWN_REASON;
        let mut out = Writer::new();
        out.nest(nest, |w| {
            w.put_u32(mask, 1 << bit);
            w.put_u32(value, u32::from(on) << bit);
        });
        self.said.request.append(out);
        Ok(())
    }

    fn device(&mut self, typed: &'a [u8]) -> Result<(), Stop> {
        if short(typed, "help") {
            return Err(Stop::exits(usage::link().trim_end(), 255));
        }
        let word = if typed == b"dev" { self.args.value()? } else { typed };
        // The name may stand for the device: then the device can still be said.
        if self.said.dev.map(<[u8]>::as_ptr) != self.said.name.map(<[u8]>::as_ptr) {
            return Err(Stop::either("dev", word));
        }
        if word.is_empty() || word.len() >= 128 {
            return Err(Stop::argument(word, "\"dev\" not a valid ifname"));
        }
        self.said.dev = Some(word);
        Ok(())
    }
}

/// A number of a group, by its name or itself.
pub fn group(row: &Word, word: &[u8], cx: &mut Context<'_>) -> Result<u32, Stop> {
    let found = cx.world.group(text(word)).or_else(|| number::int(word).and_then(|n| u32::try_from(n).ok()));
    found.ok_or_else(|| value::wrong(row, word))
}

/// The index of a VRF; `None` where the link is none, or of another kind.
pub fn vrf(word: &[u8], cx: &mut Context<'_>) -> Option<u32> {
    let index = cx.world.index(word)?;
    let payload = cx.world.link(index)?;
    (linkctl_link::Seen::new(&payload)?.kind_word() == b"vrf").then_some(index)
}

/// Whether a word can name a link: 1 to 15 bytes, not `.` or `..`, neither `/` nor white space in it.
fn is_name(word: &[u8]) -> bool {
    !word.is_empty()
        && word.len() < 16
        && word != b"."
        && word != b".."
        && !word.iter().any(|b| *b == b'/' || b.is_ascii_whitespace() || *b == 11)
}

impl Said<'_> {
    /// The index that is wished where the link goes.
    pub fn wished(&mut self, create: bool) -> Result<(), Stop> {
        if let Some(index) = self.index
            && !create
        {
            if self.netns.is_none() {
                return Err(Stop::exits(
                    "index can be used only when creating devices or when moving device to another netns.",
                    255,
                ));
            }
            self.request.put_u32(IFLA_NEW_IFINDEX, index);
        }
        Ok(())
    }

    /// Where the link below is, by the name of its namespace; the number was said with the word.
    pub fn resolve(&mut self, cx: &mut Context<'_>) -> Result<(), Stop> {
        if let Some(word) = self.link_netns {
            let target = self.netns;
            // iproute2 has lost the word by then, and prints what C makes of that.
            let wrong = || Stop::argument(word, "Invalid \"link-netns\" value\n");
            let nsid = cx.world.nsid(word, target).ok_or_else(wrong)?;
            self.nsid = Some(nsid);
            self.request.put(IFLA_LINK_NETNSID, &nsid.to_ne_bytes());
        }
        Ok(())
    }

    /// Which link it is about, of those that are there.
    pub fn existing(&mut self, cx: &mut Context<'_>) -> Result<(), Stop> {
        let Some(dev) = self.dev else {
            return Err(Stop::exits("Not enough information: \"dev\" argument is required.", 255));
        };
        if let Some(link) = self.link {
            let link = Safe(link);
            cx.world.warn(&format!(
                "Warning: \"link {link}\" is ignored: what a link stands on cannot be changed.\n"
            ));
        }
        // The name that it has is no new one.
        if self.name == Some(dev) {
            self.name = None;
        }
        // A kind's words may have to be compared with what is, and a new name needs the index.
        if cx.mood.many && self.name.is_none() && self.kind.is_none() {
            self.request.by_name = Some(dev.to_vec());
            return Ok(());
        }
        self.request.index = cx.world.index(dev).ok_or_else(|| Stop::no_device(dev))?;
        self.rename();
        Ok(())
    }

    /// Which link is to come.
    pub fn fresh(&mut self, cx: &mut Context<'_>) -> Result<(), Stop> {
        if self.name != self.dev {
            let said = "both \"name\" and \"dev\" cannot be used when creating devices.";
            return Err(Stop::exits(said, 255));
        }
        if let Some(link) = self.link {
            let index = match self.nsid {
                None => cx.world.index(link).ok_or_else(|| Stop::no_device(link))?,
                Some(nsid) => cx.world.index_in(link, nsid, self.netns).map_err(|said| {
                    let stop = Stop::no_device(link);
                    Stop { err: said + &stop.err, ..stop }
                })?,
            };
            self.request.put_u32(IFLA_LINK, index);
        }
        self.request.index = self.index.unwrap_or(0);
        self.request.name = self.name.map(<[u8]>::to_vec);
        self.rename();
        Ok(())
    }

    fn rename(&mut self) {
        if let Some(name) = self.name {
            self.request.put(IFLA_IFNAME, &[name, b"\0"].concat());
        }
    }
}
