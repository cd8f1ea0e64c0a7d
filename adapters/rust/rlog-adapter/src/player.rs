//! The steps of the tier *player*.

use crate::convert;
use rlog::player;
use rlog_kit::{Answer, Ask, Bytes, Ended, Failure, Reply, TreeFile, Wish};

pub struct Play(pub player::Player);

impl rlog_kit::Player for Play {
    fn next(&self) -> (u64, u32) {
        (self.0.fsm().next_seq_no(), self.0.fsm().next_checksum())
    }

    fn ended(&self) -> Option<Ended> {
        self.0.ended().map(|ended| match ended {
            player::Ended::Complete(_) => Ended::Complete,
            player::Ended::Failed(error) => Ended::Failed(error.name().into()),
        })
    }

    fn tails(&self) -> bool {
        self.0.tails()
    }

    fn wish(&mut self, wish: Wish) -> bool {
        let wish = match wish {
            Wish::FinishAtWriteHead => player::Wish::Finish,
            Wish::InjectHandoff(author) => player::Wish::HandOff(author),
        };
        self.0.wish(wish).is_ok()
    }

    fn ask(&mut self) -> Ask {
        match self.0.ask() {
            player::Ask::Head { log } => Ask::Head { log },
            player::Ask::Read { log, offset, waits } => Ask::Read { log, offset, waits },
            player::Ask::Append { log, frame, fence } => Ask::Append { log, frame, fence },
            player::Ask::Nothing => Ask::Nothing,
        }
    }

    fn answer(&mut self, answer: Answer<'_>) {
        self.0.answer(match answer {
            Answer::Head(head) => player::Answer::Head(head),
            Answer::Bytes { offset, bytes } => player::Answer::Bytes { offset, bytes },
            Answer::NoBytes => player::Answer::NoBytes,
            Answer::Appended { end } => player::Answer::Appended { end },
        });
    }

    fn hints(&self) -> Reply<Bytes> {
        match self.0.hints() {
            Some(hints) => Ok(hints.map_err(convert::refused)?.encode()),
            None => Err(Failure::Refused("HintsNotPlayed".into())),
        }
    }

    fn tree(&self) -> Vec<TreeFile> {
        let Some(player::Ended::Complete(tree)) = self.0.ended() else {
            return Vec::new();
        };
        let files = tree.files.iter().map(|file| {
            let links = file.links.iter().cloned().collect();
            TreeFile::of_parts(links, |sink| file.content.read(sink))
        });
        let properties = tree.properties.iter();
        let properties =
            properties.map(|(path, content)| TreeFile::of_bytes(vec![path.clone()], content));
        files.chain(properties).collect()
    }
}
