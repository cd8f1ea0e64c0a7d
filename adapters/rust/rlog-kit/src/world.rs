//! What a run has made: it executes steps, and tells what there is behind the last one.

use crate::implementation::{
    Answer, Ask, Ended, Failure, Fsm, Implementation, Player, Reply, SegmentSet, Wish,
};
use crate::journal::{Journals, Read};
use crate::shown::{self, hex, number, refusal, Object, Observation, Segment};
use crate::step::{Step, Until};
use crate::Bytes;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// So many times a player may be told that there are no bytes yet: at least once for each frame that
/// can be unfinished at a head, one within the other.
const IN_VAIN: u32 = 1 << 18;

type Named<T> = BTreeMap<String, T>;

struct Play {
    player: Box<dyn Player>,
    /// The log and the frame that it has appended last to hand off.
    appended: Option<(Bytes, Bytes)>,
}

/// All things that the steps of one run have made.
pub struct World<'a> {
    implementation: &'a dyn Implementation,
    sets: Named<Box<dyn SegmentSet>>,
    fsms: Named<Box<dyn Fsm>>,
    players: Named<Play>,
    /// Hints, encoded.
    hints: Named<Bytes>,
    logs: Journals,
}

/// An observation that shows a refusal; or the run ends, since something is unsupported.
fn refused(failure: Failure) -> Reply<Observation> {
    Ok(Observation::refused(&refusal(failure)?))
}

impl<'a> World<'a> {
    /// A world in which nothing is yet.
    pub fn new(implementation: &'a dyn Implementation) -> Self {
        World {
            implementation,
            sets: Named::new(),
            fsms: Named::new(),
            players: Named::new(),
            hints: Named::new(),
            logs: Journals::default(),
        }
    }

    /// Executes one step.
    pub fn execute(&mut self, step: Step) -> Reply<Observation> {
        match step {
            Step::Decode { payload } => match self.implementation.decode(&payload) {
                Ok(encoded) => Ok(Observation::done().show("encoded", hex(&encoded))),
                Err(failure) => refused(failure),
            },
            Step::DecodeHints { encoded } => self.decode_hints(&encoded),
            Step::Unframe { data, piece } => self.unframe(&data, piece),
            Step::AddSegment { set, segment } => self.add_segment(set, &segment),
            Step::Intersect { set, log, first, last } => self.intersect(set, &log, first, last),
            Step::NewFsm { fsm, hints } => self.new_fsm(fsm, &hints),
            Step::Apply { fsm, payload, log, first, last } => match self.fsms.get_mut(&fsm) {
                Some(fsm) => apply(fsm.as_mut(), &payload, &log, first, last),
                None => Ok(Observation::impossible()),
            },
            Step::BuildHints { fsm } => self.build_hints(&fsm),
            Step::AppendRaw { log, data, times } => {
                let log = self.logs.log(&log);
                for _ in 0..times {
                    log.append(&data);
                }
                Ok(Observation::done().show("head", number(log.head())))
            }
            Step::Roll { log } => {
                self.logs.log(&log).roll();
                Ok(Observation::done())
            }
            Step::Prune { log, begin, before } => {
                let offset = |n: i64| u64::try_from(n).unwrap_or(0);
                self.logs.log(&log).prune(offset(begin), offset(before));
                Ok(Observation::done())
            }
            Step::ReadLog { log, offset } => {
                let log = self.logs.log(&log);
                let bytes = log.all_from(u64::try_from(offset).unwrap_or(0));
                let shown = Observation::done().show("head", number(log.head()));
                Ok(shown.show("encoded", hex(&bytes)))
            }
            Step::GiveHints { hints, encoded } => self.give_hints(hints, encoded),
            Step::Play { player, hints, log } => self.play(player, hints, log),
            Step::FinishAtWriteHead { player } => self.wish(&player, Wish::FinishAtWriteHead),
            Step::InjectHandoff { player, author } => {
                self.wish(&player, Wish::InjectHandoff(author))
            }
            Step::Advance { player, until } => self.advance(&player, until),
            Step::HandoffAgain { player } => self.handoff_again(&player),
            Step::TakePlayerHints { player, hints } => self.take_player_hints(&player, hints),
        }
    }

    fn decode_hints(&self, encoded: &[u8]) -> Reply<Observation> {
        match self.implementation.decode_hints(encoded) {
            Ok((hints, encoded)) => Ok(Observation::done()
                .show("hints", shown::hints(&hints))
                .show("encoded", hex(&encoded))),
            Err(failure) => refused(failure),
        }
    }

    fn unframe(&self, data: &[u8], piece: i64) -> Reply<Observation> {
        let piece = usize::try_from(piece).unwrap_or(0);
        let piece = if piece == 0 { data.len().max(1) } else { piece };
        match self.implementation.unframe(&mut data.chunks(piece)) {
            Ok(found) => {
                let frames = found.iter().map(shown::found).collect();
                Ok(Observation::done().show("frames", frames))
            }
            Err(failure) => refused(failure),
        }
    }

    fn set(&mut self, name: String) -> Reply<&mut Box<dyn SegmentSet>> {
        if !self.sets.contains_key(&name) {
            let set = self.implementation.new_set()?;
            self.sets.insert(name.clone(), set);
        }
        Ok(self.sets.get_mut(&name).expect("the set was just inserted"))
    }

    fn add_segment(&mut self, set: String, segment: &Segment) -> Reply<Observation> {
        let set = self.set(set)?;
        match set.add(segment) {
            Ok(()) => Ok(Observation::done().show("segments", shown::segments(&set.segments()))),
            Err(failure) => refused(failure),
        }
    }

    fn intersect(&mut self, set: String, log: &[u8], first: i64, last: i64) -> Reply<Observation> {
        if first > last {
            return Ok(Observation::impossible());
        }
        match self.set(set)?.intersect(log, first, last) {
            Ok(found) => Ok(Observation::done().show("segments", shown::segments(&found))),
            Err(failure) => refused(failure),
        }
    }

    fn new_fsm(&mut self, name: String, hints: &[u8]) -> Reply<Observation> {
        if self.fsms.contains_key(&name) {
            return Ok(Observation::impossible());
        }
        match self.implementation.new_fsm(hints) {
            Ok(fsm) => {
                let observation = Observation::done().show_next(fsm.next());
                self.fsms.insert(name, fsm);
                Ok(observation)
            }
            Err(failure) => refused(failure),
        }
    }

    /// Hints as they are shown.
    fn shown_hints(&self, encoded: &[u8]) -> Reply<Value> {
        let (hints, _) = self.implementation.decode_hints(encoded)?;
        Ok(shown::hints(&hints))
    }

    fn build_hints(&self, fsm: &str) -> Reply<Observation> {
        let Some(fsm) = self.fsms.get(fsm) else {
            return Ok(Observation::impossible());
        };
        match fsm.build_hints() {
            Ok(encoded) => Ok(Observation::done()
                .show_next(fsm.next())
                .show("hints", self.shown_hints(&encoded)?)),
            Err(failure) => refused(failure),
        }
    }

    fn give_hints(&mut self, name: String, encoded: Bytes) -> Reply<Observation> {
        if self.hints.contains_key(&name) {
            return Ok(Observation::impossible());
        }
        match self.shown_hints(&encoded) {
            Ok(hints) => {
                self.hints.insert(name, encoded);
                Ok(Observation::done().show("hints", hints))
            }
            Err(failure) => refused(failure),
        }
    }

    fn play(
        &mut self,
        name: String,
        hints: Option<String>,
        log: Option<Bytes>,
    ) -> Reply<Observation> {
        let encoded = match (&hints, &log) {
            (Some(hints), _) => self.hints.get(hints).cloned(),
            (None, Some(log)) => Some(self.implementation.hints_of_log(log)),
            (None, None) => None,
        };
        let Some(encoded) = encoded.filter(|_| !self.players.contains_key(&name)) else {
            return Ok(Observation::impossible());
        };
        match self.implementation.new_player(&encoded) {
            Ok(player) => {
                let mut play = Play { player, appended: None };
                let observation = play.show(Observation::done());
                self.players.insert(name, play);
                Ok(observation)
            }
            Err(failure) => refused(failure),
        }
    }

    fn wish(&mut self, player: &str, wish: Wish) -> Reply<Observation> {
        let wished =
            |play: &mut &mut Play| wish != Wish::InjectHandoff(0) && play.player.wish(wish);
        let play = self.players.get_mut(player);
        Ok(match play.and_then(|mut play| wished(&mut play).then_some(play)) {
            Some(play) => play.show(Observation::done()),
            None => Observation::impossible(),
        })
    }

    fn advance(&mut self, player: &str, until: Until) -> Reply<Observation> {
        let play = self.players.get_mut(player);
        let Some(play) = play.filter(|play| play.player.ended().is_none()) else {
            return Ok(Observation::impossible());
        };
        play.advance(&mut self.logs, until);
        Ok(play.show(Observation::done()))
    }

    fn handoff_again(&mut self, player: &str) -> Reply<Observation> {
        let play = self.players.get(player);
        let Some((log, frame)) = play.and_then(|play| play.appended.as_ref()) else {
            return Ok(Observation::impossible());
        };
        let log = self.logs.log(log);
        log.append(frame);
        Ok(Observation::done().show("head", number(log.head())))
    }

    fn take_player_hints(&mut self, player: &str, hints: String) -> Reply<Observation> {
        let taken = self.hints.contains_key(&hints);
        let play = self.players.get_mut(player);
        let Some(play) = play.filter(|play| !taken && play.can_give_hints()) else {
            return Ok(Observation::impossible());
        };
        match play.player.hints() {
            Ok(encoded) => {
                let observation = play.show(Observation::done());
                let observation = observation.show("hints", self.shown_hints(&encoded)?);
                self.hints.insert(hints, encoded);
                Ok(observation)
            }
            Err(failure) => Ok(play.show(refused(failure)?)),
        }
    }

    /// What there is behind the last step (ADP-31).
    pub fn snapshot(&mut self) -> Reply<Value> {
        let mut snapshot = Map::new();
        let sets = self.sets.iter();
        let sets = sets.map(|(name, set)| (name, set.segments()));
        let sets = sets.filter(|(_, segments)| !segments.is_empty());
        let sets = sets.map(|(name, segments)| (name.clone(), shown::segments(&segments)));
        add_unless_empty(&mut snapshot, "sets", sets.collect());
        let mut fsms = Map::new();
        for (name, fsm) in &self.fsms {
            fsms.insert(name.clone(), self.fsm_snapshot(fsm.as_ref())?);
        }
        add_unless_empty(&mut snapshot, "fsms", fsms);
        let players = self.players.iter_mut();
        let players = players.map(|(name, play)| (name.clone(), play.snapshot()));
        add_unless_empty(&mut snapshot, "players", players.collect());
        let logs = self.logs.iter().filter(|(_, log)| log.head() > 0);
        let logs = logs.map(|(name, log)| {
            let digest = Sha256::digest(log.all_from(0));
            let shown = Object::default().member("head", number(log.head()));
            let name = String::from_utf8_lossy(name).into_owned();
            (name, shown.member("sha256", hex(&digest)).value())
        });
        add_unless_empty(&mut snapshot, "logs", logs.collect());
        Ok(Value::Object(snapshot))
    }

    fn fsm_snapshot(&self, fsm: &dyn Fsm) -> Reply<Value> {
        let mut state = fsm.state();
        state.links.sort();
        state.nodes.sort_by_key(|node| node.fnode);
        state.properties.sort();
        let links = state.links.iter().map(|(path, fnode)| {
            let link = Object::default().bytes("path", path);
            link.member("fnode", number(fnode)).value()
        });
        let nodes = state.nodes.iter_mut().map(|node| {
            node.links.sort();
            Object::default()
                .member("fnode", number(node.fnode))
                .member("links", node.links.iter().map(|link| shown::path(link)).collect())
                .member("segments", shown::segments(&node.segments))
                .value()
        });
        let (next_seq_no, next_checksum) = fsm.next();
        let object = Object::default()
            .member("next_seq_no", number(next_seq_no))
            .member("next_checksum", number(next_checksum))
            .bytes("log", &state.log)
            .member("links", links.collect())
            .member("nodes", nodes.collect())
            .member("properties", shown::properties(&state.properties))
            .member("hints_remain", state.hints_remain.into());
        Ok(match fsm.build_hints() {
            Ok(encoded) => object.member("hints", self.shown_hints(&encoded)?),
            Err(failure) => {
                let outcome = format!("refused: {}", refusal(failure)?);
                object.member("hints_refused", outcome.into())
            }
        }
        .value())
    }
}

fn add_unless_empty(snapshot: &mut Map<String, Value>, name: &str, things: Map<String, Value>) {
    if !things.is_empty() {
        snapshot.insert(name.into(), things.into());
    }
}

fn apply(
    fsm: &mut dyn Fsm,
    payload: &[u8],
    log: &[u8],
    first: i64,
    last: i64,
) -> Reply<Observation> {
    let outcome = match fsm.apply(payload, log, first, last) {
        Ok("Applied") => "done".to_string(),
        Ok(name @ "FnodeNotTracked") => format!("untracked: {name}"),
        Ok(name) => format!("rejected: {name}"),
        Err(failure) => return refused(failure),
    };
    Ok(Observation::new(outcome).show_next(fsm.next()))
}

impl Play {
    fn status(&mut self) -> String {
        match self.player.ended() {
            Some(Ended::Complete) => "complete".into(),
            Some(Ended::Failed(error)) => format!("failed: {error}"),
            None if matches!(self.player.ask(), Ask::Append { .. }) => "appending".into(),
            None if self.player.tails() => "tailing".into(),
            None => "reading".into(),
        }
    }

    fn show(&mut self, observation: Observation) -> Observation {
        let status = self.status();
        let observation = observation.show_next(self.player.next());
        observation.show("status", status.into())
    }

    fn can_give_hints(&self) -> bool {
        match self.player.ended() {
            Some(ended) => ended == Ended::Complete,
            None => self.player.tails(),
        }
    }

    /// Does what the player asks for (ADP-26).
    fn advance(&mut self, logs: &mut Journals, until: Until) {
        let mut in_vain = 0;
        loop {
            match self.player.ask() {
                Ask::Nothing => return,
                Ask::Head { log } => self.player.answer(Answer::Head(logs.log(&log).head())),
                Ask::Read { log, offset, waits } => match logs.log(&log).read(offset) {
                    Read::Bytes { offset, bytes } => {
                        self.player.answer(Answer::Bytes { offset, bytes });
                    }
                    Read::NotYet if waits => return,
                    Read::NotYet if until == Until::Head && self.player.tails() => return,
                    Read::NotYet => {
                        in_vain += 1;
                        assert!(
                            in_vain < IN_VAIN,
                            "the player asks for what is not there for ever"
                        );
                        self.player.answer(Answer::NoBytes);
                    }
                },
                Ask::Append { .. } if until == Until::Append => return,
                Ask::Append { log, frame, fence } => {
                    let journal = logs.log(&log);
                    journal.append(&frame);
                    journal.set_register("author", &fence);
                    let end = journal.head();
                    self.appended = Some((log, frame));
                    self.player.answer(Answer::Appended { end });
                }
            }
        }
    }

    fn snapshot(&mut self) -> Value {
        let object = Object::default().member("status", self.status().into());
        if self.player.ended() != Some(Ended::Complete) {
            return object.value();
        }
        let tree = self.player.tree();
        let mut files: Vec<_> =
            tree.iter().flat_map(|file| file.links.iter().map(move |path| (path, file))).collect();
        files.sort_by_key(|(path, _)| *path);
        let files = files.into_iter().map(|(path, file)| {
            Object::default()
                .bytes("path", path)
                .member("size", number(file.size))
                .member("sha256", file.sha256.clone().into())
                .value()
        });
        let mut same: Vec<_> = tree.iter().map(|file| &file.links).collect();
        same.retain(|links| links.len() > 1);
        same.sort();
        let same = same
            .into_iter()
            .map(|links| links.iter().map(|path| shown::path(path)).collect::<Value>());
        object.member("files", files.collect()).member("same_file", same.collect()).value()
    }
}
