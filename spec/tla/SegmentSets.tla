------------------------------ MODULE SegmentSets ------------------------------
(* A set of segments: some segment is added, or it is asked which segments lie   *)
(* in a range. The state is the set, and the answer to what was last asked of it. *)
EXTENDS Segments

CONSTANTS
    Authors, SeqNos, FirstOffsets, LastOffsets, Checksums, Logs,
        \* What the fields of an added segment may hold: each a set of numbers, Logs of strings.
    Bounds
        \* The offsets at which a range that is asked for may begin and end.

VARIABLES
    set,
    answer

vars == <<set, answer>>

Universe ==
    [author : Authors, first_seq_no : SeqNos, first_offset : FirstOffsets, first_checksum : Checksums,
     last_seq_no : SeqNos, last_offset : LastOffsets, log : Logs]

-------------------------------------------------------------------------------
(* What can happen. *)

Init ==
    /\ set = << >>
    /\ answer = [is |-> "new"]

\* [SEG-7]
AddSegment(s) ==
    LET given == Add(set, s)
    IN  /\ set' = given.set
        /\ answer' = given.answer

\* [SEG-10]
Ask(log, first, last) ==
    /\ answer' = Intersect(set, log, first, last)
    /\ UNCHANGED set

Next ==
    \/ \E s \in Universe : AddSegment(s)
    \/ \E log \in Logs, first \in Bounds, last \in Bounds : Ask(log, first, last)

Spec == Init /\ [][Next]_vars

-------------------------------------------------------------------------------
(* What always holds. *)

\* [SEG-6]
IsAlwaysASet == IsSet(set)

\* The sequence numbers that a set covers.
Covered(segments) ==
    UNION {segments[n].first_seq_no .. segments[n].last_seq_no : n \in DOMAIN segments}

\* [SEG-7] No add loses a sequence number, or makes one up.
AddCovers ==
    answer.is = "added" =>
        \A s \in Universe :
            LET given == Add(set, s)
            IN  given.answer.is = "added" =>
                    Covered(given.set) = Covered(set) \cup (s.first_seq_no .. s.last_seq_no)

\* [SEG-9]
AddedAgainChangesNothing ==
    answer.is = "added" => \A n \in DOMAIN set : Add(set, set[n]).set = set

\* [SEG-8]
RefusedChangesNothing == [][answer'.is = "refused" => set' = set]_vars

===============================================================================
