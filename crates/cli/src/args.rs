//! The command tree: what can be typed, and its help.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};
use clap_complete::engine::ArgValueCandidates;

use crate::{complete, span};

/// IP link management for Linux: show, change, declare, undo.
#[derive(Debug, Parser)]
#[command(name = "linkctl", version, max_term_width = 100, disable_help_subcommand = true)]
#[command(
    after_help = "Exit status: 0 done or nothing to do, 1 refused, 2 changes pending, 3 usage or file invalid, \
4 partial, 5 rolled back, 6 no such apply or another is open, 7 rollback failed, 8 no permission, 9 locked, 10 this kernel cannot."
)]
pub(crate) struct Cli {
    /// What every command takes.
    #[command(flatten)]
    pub(crate) common: Common,
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What every command takes.
#[derive(Clone, Debug, Args)]
pub(crate) struct Common {
    /// Work in this network namespace: a name under /run/netns, a path, or a process id
    #[arg(short = 'n', long, global = true, value_name = "NAME|PATH|PID")]
    #[arg(add = ArgValueCandidates::new(complete::namespaces))]
    pub(crate) netns: Option<String>,
    /// Print JSON
    #[arg(short, long, global = true)]
    pub(crate) json: bool,
    /// With --json: indent
    #[arg(short, long, global = true)]
    pub(crate) pretty: bool,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show links, all or those that fit
    #[command(visible_alias = "list", visible_alias = "ls")]
    Show(Show),
    /// Change a link; what is already so is not sent
    Set(Set),
    /// Create a link; one that is already so is left alone
    Add(Add),
    /// Delete links
    #[command(visible_alias = "delete")]
    Del(Del),
    /// Say what it would take to make the links as files declare them
    Plan(Plan),
    /// Make the links as files declare them; on any refusal, go back
    Apply(Apply),
    /// Keep an apply that waits to be confirmed
    Confirm(Confirm),
    /// Take back an apply that waits to be confirmed, was cut off, or could not be taken back
    Rollback(Rollback),
    /// Give an apply that waits to be confirmed more time
    Extend(Extend),
    /// Take back the last apply, or the last N
    Undo(Undo),
    /// List the applies: when, by whom, what became of them
    History(History),
    /// Tell what waits, what was cut off, and whether the links are as /etc/linkctl/links.d declares
    Status(Status),
    /// Bring the links to what /etc/linkctl/links.d declares, as far as it can be had; for the start of the machine
    Boot(Boot),
    /// Keep the links as /etc/linkctl/links.d declares them: tell drift, configure what is plugged in later
    Watch(Watch),
    /// Watch over an apply; apply starts this itself
    #[command(hide = true)]
    Guard(Guard),
    /// List the links that applies made and that are still theirs
    Owned(History),
    /// Tell the settings of a kind of link, or list the kinds
    Kind(Kind),
    /// Bring goal files into their one layout; comments stay
    Fmt(Fmt),
    /// Print the JSON Schema of goal files
    Schema,
    /// Print the script that completes words in a shell
    Completions(Completions),
    /// Write the systemd units that bring and keep the links
    InstallUnits(Units),
    /// Put this program into a folder under the names ip and bridge
    InstallShims(Shims),
    /// Everything `ip link` does, in its own words and with its own output
    #[command(disable_help_flag = true)]
    Ip(Words),
    /// Everything `bridge link` does, in its own words and with its own output
    #[command(disable_help_flag = true)]
    Bridge(Words),
}

/// Words of iproute2; they are read before this tree is, which only tells of them.
#[derive(Debug, Args)]
pub(crate) struct Words {
    /// Options, object and command, as ip and bridge take them
    #[arg(allow_hyphen_values = true, trailing_var_arg = true, value_name = "WORD")]
    pub(crate) words: Vec<OsString>,
}

/// Where to.
#[derive(Debug, Args)]
pub(crate) struct Units {
    /// The folder of units
    #[arg(default_value = "/etc/systemd/system")]
    pub(crate) folder: PathBuf,
}

/// Where to.
#[derive(Debug, Args)]
#[command(
    after_help = "With the folder first in PATH, ip and bridge are linkctl; what is not about links goes on to \
the next ip and bridge in PATH. Nothing that is there is replaced."
)]
pub(crate) struct Shims {
    /// The folder; it is made where it is not there
    pub(crate) folder: PathBuf,
}

/// Which links, and how much of them.
#[derive(Debug, Args)]
#[command(after_help = "FILTER is written as settings are: up, mtu 9000, master br0, type vxlan id 42. \
All that is said must fit.")]
pub(crate) struct Show {
    /// A link's name, then what must fit; or only what must fit
    #[arg(value_name = "NAME|FILTER", allow_negative_numbers = true)]
    #[arg(add = ArgValueCandidates::new(complete::links))]
    pub(crate) words: Vec<OsString>,
    /// Kind, bounds and driver too; twice: values that go without saying
    #[arg(short, long, action = ArgAction::Count)]
    pub(crate) details: u8,
    /// Counters too; twice: those of errors
    #[arg(short, long, visible_alias = "stats", action = ArgAction::Count)]
    pub(crate) statistics: u8,
    /// One link a line
    #[arg(short, long)]
    pub(crate) oneline: bool,
    /// As a goal file that these links meet: all, or those of the names; with --json as JSON
    #[arg(long, conflicts_with_all = ["details", "statistics", "oneline"])]
    pub(crate) as_goal: bool,
}

/// What to change.
#[derive(Debug, Args)]
#[command(
    after_help = "Settings: up, down, mtu N, address MAC, name NEW, txqueuelen N, master LINK, nomaster, \
alias TEXT, group G, arp on|off, promisc on|off, allmulticast on|off, multicast on|off, netns NS, altname NAME, \
noaltname NAME, and those of the link's kind and its master's (linkctl kind KIND tells them). At the end: ethtool SETTING VALUE..., \
vf count N, vf N SETTING VALUE... (linkctl kind ethtool, linkctl kind vf).\n\n\
Examples:\n  linkctl set eth0 mtu 9000 up\n  linkctl set vxlan0 ageing 600\n  linkctl set veth0 port isolated on\n  \
linkctl set eth0 ethtool rx_ring 512 rx-gro off\n  linkctl set eth0 vf 0 vlan 5"
)]
pub(crate) struct Set {
    /// The link's name
    #[arg(add = ArgValueCandidates::new(complete::links))]
    pub(crate) name: OsString,
    /// Settings
    #[arg(required = true, allow_negative_numbers = true, value_name = "SETTING")]
    pub(crate) words: Vec<OsString>,
    /// Delete the link and make it anew where that is the only way
    #[arg(long)]
    pub(crate) rebuild: bool,
}

/// What to create.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  linkctl add br0 up type bridge stp_state on\n  \
linkctl add eth0.7 link eth0 type vlan id 7\n  linkctl add va type veth peer name vb netns blue")]
pub(crate) struct Add {
    /// The new link's name
    pub(crate) name: OsString,
    /// Settings, `type KIND`, settings of the kind
    #[arg(required = true, allow_negative_numbers = true, value_name = "SETTING")]
    pub(crate) words: Vec<OsString>,
}

/// What to delete.
#[derive(Debug, Args)]
pub(crate) struct Del {
    /// The links' names
    #[arg(required = true)]
    #[arg(add = ArgValueCandidates::new(complete::links))]
    pub(crate) names: Vec<OsString>,
}

/// Which file.
#[derive(Debug, Args)]
pub(crate) struct Plan {
    /// Goal files (YAML, JSON or TOML; - for standard input) or folders of them; /etc/linkctl/links.d if none is named
    #[arg(value_name = "FILE|FOLDER")]
    pub(crate) files: Vec<PathBuf>,
    /// What is allowed
    #[command(flatten)]
    pub(crate) allowed: Allowed,
    /// Carry it out on copies of the links first, and say what the kernel refuses
    #[arg(long, conflicts_with = "commands")]
    pub(crate) rehearse: bool,
    /// Print the plan as commands of ip
    #[arg(long, conflicts_with = "json")]
    pub(crate) commands: bool,
    /// Print what differs between the links before and after it, in the words of goal files
    #[arg(long, conflicts_with_all = ["json", "commands"])]
    pub(crate) diff: bool,
    /// Keep the plan in this file, for `linkctl apply --plan`
    #[arg(long, value_name = "FILE")]
    pub(crate) save: Option<PathBuf>,
    /// Where what earlier applies made is recorded, for scope: owned
    #[arg(long, value_name = "DIR", default_value = linkctl::apply::STATE)]
    pub(crate) state: PathBuf,
}

/// Which file, and what is allowed.
#[derive(Debug, Args)]
pub(crate) struct Apply {
    /// Goal files (YAML, JSON or TOML; - for standard input) or folders of them; /etc/linkctl/links.d if none is named
    #[arg(value_name = "FILE|FOLDER")]
    pub(crate) files: Vec<PathBuf>,
    /// Carry out a plan that `linkctl plan --save` kept; refused if the links that it touches changed since
    #[arg(long, value_name = "FILE", conflicts_with = "files")]
    pub(crate) plan: Option<PathBuf>,
    /// What is allowed
    #[command(flatten)]
    pub(crate) allowed: Allowed,
    #[command(flatten)]
    pub(crate) cutting: Cutting,
    /// Links that another program manages (systemd-networkd, for one) may be changed
    #[arg(long)]
    pub(crate) take_over: bool,
    /// Carry it out on copies of the links first; what the kernel refuses there is told before anything is changed.
    /// Done with --confirm unless `no` is said
    #[arg(long, value_name = "yes|no", num_args = 0..=1, default_missing_value = "yes", require_equals = true)]
    #[arg(value_enum)]
    pub(crate) rehearse: Option<Rehearse>,
    #[command(flatten)]
    pub(crate) journal: Journal,
}

/// What is declared.
#[derive(Debug, Args)]
#[command(
    after_help = "What an earlier run of the machine left open is ended first. Files that were tried and taken back, or \
never confirmed, are not applied again: what held last is. Hardware that is not there yet is waited for, not complained of. \
Where the whole cannot be had, each part that can be is: status 4."
)]
pub(crate) struct Boot {
    /// Folders of goal files, or files; /etc/linkctl/links.d if none is named
    #[arg(value_name = "FILE|FOLDER")]
    pub(crate) files: Vec<PathBuf>,
    /// Links that another program manages (systemd-networkd, for one) may be changed
    #[arg(long)]
    pub(crate) take_over: bool,
    #[command(flatten)]
    pub(crate) journal: Journal,
}

/// What is kept.
#[derive(Debug, Args)]
#[command(
    after_help = "Tells a line for each change: drifted, repaired, waiting, converged, contested, suspended, failed. \
SIGHUP reads the files again and forgives links that were given up. While an apply is at work or waits to be confirmed \
nothing is put right."
)]
pub(crate) struct Watch {
    /// Folders of goal files, or files; /etc/linkctl/links.d if none is named
    #[arg(value_name = "FILE|FOLDER")]
    pub(crate) files: Vec<PathBuf>,
    /// Put right what others change: at once the first time, ever later after, and after eight times not any more
    #[arg(long)]
    pub(crate) repair: bool,
    /// Tell which program changed a link, by probes in the kernel (tracefs); costs a little at each start of a program
    #[arg(long)]
    pub(crate) who: bool,
    /// Look once and end: 0 as declared, 2 drifted, 1 it cannot be told
    #[arg(long)]
    pub(crate) once: bool,
    /// Tell how it stands to whoever connects to this socket
    #[arg(long, value_name = "PATH")]
    pub(crate) socket: Option<PathBuf>,
    /// Links that another program manages (systemd-networkd, for one) may be changed
    #[arg(long)]
    pub(crate) take_over: bool,
    /// Where what is needed to go back is kept
    #[arg(long, value_name = "DIR", default_value = linkctl::apply::STATE)]
    pub(crate) state: PathBuf,
}

/// Whether a plan is rehearsed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Rehearse {
    /// It is, or nothing is done.
    Yes,
    /// It is not.
    No,
}

/// Where what is needed to go back is kept, and how long to wait for others who use it.
#[derive(Clone, Debug, Args)]
pub(crate) struct Journal {
    /// Where what is needed to go back is kept
    #[arg(long, value_name = "DIR", default_value = linkctl::apply::STATE)]
    pub(crate) state: PathBuf,
    /// Wait for another apply to end, at most so long
    #[arg(long, value_name = "TIME", num_args = 0..=1, default_value = "0", default_missing_value = "60s")]
    #[arg(require_equals = true, value_parser = span::parse)]
    pub(crate) wait: Duration,
}

/// Which one is kept.
#[derive(Debug, Args)]
pub(crate) struct Confirm {
    /// The apply's id, or its beginning; without it the one that waits
    pub(crate) id: Option<String>,
    #[command(flatten)]
    pub(crate) journal: Journal,
}

/// Which one is taken back.
#[derive(Debug, Args)]
pub(crate) struct Rollback {
    /// The apply's id, or its beginning; without it the one that is open
    pub(crate) id: Option<String>,
    #[command(flatten)]
    pub(crate) journal: Journal,
}

/// Which one gets more time, and how much.
#[derive(Debug, Args)]
pub(crate) struct Extend {
    /// The apply's id, or its beginning; without it the one that waits
    #[arg(long)]
    pub(crate) id: Option<String>,
    /// So much from now on
    #[arg(value_name = "TIME", value_parser = span::parse)]
    pub(crate) time: Duration,
    #[command(flatten)]
    pub(crate) journal: Journal,
}

/// How many.
#[derive(Debug, Args)]
pub(crate) struct Undo {
    /// So many, the last first
    #[arg(default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) many: u16,
    #[command(flatten)]
    pub(crate) cutting: Cutting,
    #[command(flatten)]
    pub(crate) journal: Journal,
}

/// What may cut off whoever asks for it, and what becomes of it then.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct Cutting {
    /// The session that this is typed in, and the default route, may be cut
    #[arg(long)]
    pub(crate) allow_lockout: bool,
    /// Take it back unless `linkctl confirm` is said within this time
    #[arg(long, value_name = "TIME", num_args = 0..=1, default_missing_value = "60s", require_equals = true)]
    #[arg(value_parser = span::parse)]
    pub(crate) confirm: Option<Duration>,
}

/// Where to look.
#[derive(Debug, Args)]
pub(crate) struct History {
    /// Where what is needed to go back is kept
    #[arg(long, value_name = "DIR", default_value = linkctl::apply::STATE)]
    pub(crate) state: PathBuf,
}

/// What a plan may take beyond what it was asked for.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct Allowed {
    /// Links may be deleted and made anew where that is the only way
    #[arg(long)]
    pub(crate) rebuild: bool,
    /// What the file does not speak of may be lost: ports, links that go with others, addresses and routes
    #[arg(long)]
    pub(crate) allow_disruption: bool,
}

/// Where to look.
#[derive(Debug, Args)]
pub(crate) struct Status {
    /// Folders of goal files, or files; /etc/linkctl/links.d if none is named and it is there
    #[arg(value_name = "FILE|FOLDER")]
    pub(crate) files: Vec<PathBuf>,
    /// Where what is needed to go back is kept
    #[arg(long, value_name = "DIR", default_value = linkctl::apply::STATE)]
    pub(crate) state: PathBuf,
}

/// What is watched over.
#[derive(Debug, Args)]
pub(crate) struct Guard {
    /// Where what is needed to go back is kept
    #[arg(long)]
    pub(crate) state: PathBuf,
    /// The apply's id
    #[arg(long)]
    pub(crate) id: String,
    /// The process that applies
    #[arg(long)]
    pub(crate) applier: u32,
}

/// Which kind.
#[derive(Debug, Args)]
pub(crate) struct Kind {
    /// The kind; without it, all kinds are listed
    #[arg(add = ArgValueCandidates::new(complete::kinds))]
    pub(crate) kind: Option<String>,
}

/// Which shell.
#[derive(Debug, Args)]
pub(crate) struct Completions {
    /// The shell: bash, zsh, fish, elvish or powershell
    pub(crate) shell: String,
}

/// Which files.
#[derive(Debug, Args)]
pub(crate) struct Fmt {
    /// Goal files, or folders of them; - for standard input to standard output; /etc/linkctl/links.d if none is named
    #[arg(value_name = "FILE|FOLDER")]
    pub(crate) files: Vec<PathBuf>,
    /// Change nothing: name the files that are not laid out so, and end with 2 where there are any
    #[arg(long)]
    pub(crate) check: bool,
}
