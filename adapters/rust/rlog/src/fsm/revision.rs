//! Releases of the protocol (RVN).

/// A release of the protocol. They differ in two ways only.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Revision {
    /// `2020-06`
    V2020_06,
    /// `2021-05`
    V2021_05,
    /// `2023-12`
    #[default]
    V2023_12,
}

impl Revision {
    /// The revision of a name such as `2023-12`.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "2020-06" => Some(Revision::V2020_06),
            "2021-05" => Some(Revision::V2021_05),
            "2023-12" => Some(Revision::V2023_12),
            _ => None,
        }
    }

    /// Whether hints and a branch can span several logs (RVN-1).
    pub fn has_several_logs(self) -> bool {
        self >= Revision::V2021_05
    }

    /// Whether a property can be recorded again with other content (RVN-2).
    pub fn lets_properties_change(self) -> bool {
        self >= Revision::V2023_12
    }
}
