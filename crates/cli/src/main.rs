//! `linkctl`: words in, text out. The only crate that prints.

mod args;
mod bar;
mod commands;
mod complete;
mod exit;
mod explain;
mod files;
mod guardian;
mod iproute;
mod misread;
mod snippet;
mod span;
mod term;
mod words;

use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use args::{Cli, Command};
use exit::Failure;

fn main() -> ExitCode {
    if std::env::var_os("COMPLETE").is_some() {
        clap_complete::CompleteEnv::with_factory(Cli::command).complete();
    }
    let words: Vec<_> = std::env::args_os().collect();
    if let Some((face, rest)) = iproute::wanted(&words) {
        return iproute::run(face, &rest);
    }
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(e) => return misread::say(&e, &words),
    };
    let json = cli.common.json;
    match run(&cli) {
        Ok(status) => status,
        Err(failure) => failure.say(json),
    }
}

fn run(cli: &Cli) -> Result<ExitCode, Failure> {
    let common = &cli.common;
    let done = |()| ExitCode::SUCCESS;
    if matches!(
        cli.command,
        Command::Show(_) | Command::Set(_) | Command::Add(_) | Command::Del(_) | Command::Plan(_)
    ) {
        commands::journal::warn();
    }
    match &cli.command {
        Command::Show(a) => commands::show::run(a, common).map(done),
        Command::Set(a) => commands::set::run(a, common).map(done),
        Command::Add(a) => commands::add::run(a, common).map(done),
        Command::Del(a) => commands::del::run(a, common).map(done),
        Command::Plan(a) => commands::plan::run(a, common),
        Command::Apply(a) => commands::apply::run(a, common).map(done),
        Command::Confirm(a) => commands::confirm::confirm(a, common).map(done),
        Command::Rollback(a) => commands::confirm::rollback(a, common).map(done),
        Command::Extend(a) => commands::confirm::extend(a, common).map(done),
        Command::Undo(a) => commands::undo::run(a, common).map(done),
        Command::History(a) => commands::history::run(a, common).map(done),
        Command::Status(a) => commands::status::run(a, common),
        Command::Boot(a) => commands::boot::run(a, common),
        Command::Watch(a) => commands::watch::run(a, common),
        Command::Guard(a) => commands::guard::run(a, common).map(done),
        Command::Owned(a) => commands::owned::run(a, common).map(done),
        Command::Kind(a) => commands::kind::run(a, common).map(done),
        Command::Fmt(a) => commands::fmt::run(a, common),
        Command::Schema => commands::print(&(linkctl::link::load::schema() + "\n")).map(done),
        Command::Completions(a) => commands::completions::run(a).map(done),
        Command::InstallUnits(a) => commands::units::run(a).map(done),
        Command::InstallShims(a) => commands::shims::run(a).map(done),
        // Only options of linkctl's own can stand before the word: else it was read already.
        Command::Ip(a) => Ok(iproute::run(iproute::Face::Ip, &iproute::with(common, &a.words))),
        Command::Bridge(a) => Ok(iproute::run(iproute::Face::Bridge, &iproute::with(common, &a.words))),
    }
}
