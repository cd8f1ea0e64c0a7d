//! The directory that a complete play lays out.

use super::{PlayError, SparseFile};
use crate::fsm::{paths, Fsm};
use crate::Bytes;
use std::collections::{BTreeMap, BTreeSet};

/// A file and all its paths, which are hard links of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TreeFile {
    pub links: BTreeSet<Bytes>,
    pub content: SparseFile,
}

/// Exactly the linked files and the properties (PLAY-15).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tree {
    pub files: Vec<TreeFile>,
    pub properties: BTreeMap<Bytes, Bytes>,
}

impl Tree {
    pub(super) fn of(fsm: &Fsm, files: &BTreeMap<i64, SparseFile>) -> Tree {
        let live = fsm.live_files().iter();
        let files = live.map(|(fnode, file)| TreeFile {
            links: file.links.clone(),
            content: files.get(fnode).cloned().unwrap_or_default(),
        });
        Tree { files: files.collect(), properties: fsm.properties().clone() }
    }
}

/// Whether a directory can hold the files and properties of an FSM (PLAY-9).
pub(super) fn check(fsm: &Fsm, log: &[u8]) -> Result<(), PlayError> {
    let all = || fsm.links().keys().chain(fsm.properties().keys());
    let paths: BTreeSet<&[u8]> = all().map(Vec::as_slice).collect();
    if let Some(path) = paths.iter().find(|path| !paths::is_clean(path)) {
        return Err(PlayError::UnplayablePath { log: log.to_vec(), path: path.to_vec() });
    }
    for path in &paths {
        let twice = fsm.links().contains_key(*path) && fsm.properties().contains_key(*path);
        let slashes = path.iter().enumerate().filter(|(_, &byte)| byte == b'/');
        let mut above = slashes.map(|(at, _)| &path[..at]);
        let upper = match above.find(|upper| paths.contains(upper)) {
            Some(upper) => upper,
            None if twice => path,
            None => continue,
        };
        return Err(PlayError::UnplayableTree {
            log: log.to_vec(),
            upper: upper.to_vec(),
            lower: path.to_vec(),
        });
    }
    Ok(())
}
