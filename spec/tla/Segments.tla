------------------------------- MODULE Segments -------------------------------
(* Segments, and sets of them: what ../segments.md states, as functions.         *)
(*                                                                                *)
(* A segment is a record with the fields of that text. A set of segments is a    *)
(* sequence of them. SegmentSets has what can happen to a set.                   *)
(*                                                                                *)
(* `\* [SEG-3]` above a definition says of which clauses it is the meaning.       *)
EXTENDS Integers, Sequences, FiniteSets

Unknown == 0

Max(m, n) == IF m > n THEN m ELSE n

-------------------------------------------------------------------------------
(* One segment. Which texts are names of logs is not told here: all but the empty one are. *)

\* [SEG-1]
BrokenRule(s) ==
    IF s.author = 0 THEN "AUTHOR"
    ELSE IF s.first_seq_no < 1 THEN "FIRST_SEQ_NO"
    ELSE IF s.first_offset < 0 THEN "FIRST_OFFSET"
    ELSE IF s.last_seq_no < s.first_seq_no THEN "LAST_SEQ_NO"
    ELSE IF s.last_offset # Unknown /\ s.last_offset <= s.first_offset THEN "LAST_OFFSET"
    ELSE IF s.log = "" THEN "LOG"
    ELSE "none"

\* [SEG-1]
Valid(s) == BrokenRule(s) = "none"

-------------------------------------------------------------------------------
(* Two segments. `there` is the one that was there first; a is the earlier of two, and b the later. *)

\* [SEG-2]
IsEarlier(s, there) ==
    \/ s.first_seq_no < there.first_seq_no
    \/ s.first_seq_no = there.first_seq_no /\ s.last_seq_no > there.last_seq_no

\* [SEG-2]
Ordered(there, s) == IF IsEarlier(s, there) THEN <<s, there>> ELSE <<there, s>>

\* [SEG-3]
Overlap(a, b) == a.last_seq_no >= b.first_seq_no

\* [SEG-3]
LastOffsetsDisagree(a, b) ==
    /\ a.log = b.log /\ a.last_offset # Unknown /\ b.last_offset # Unknown
    /\ \/ a.last_seq_no <= b.last_seq_no /\ a.last_offset > b.last_offset
       \/ a.last_seq_no >= b.last_seq_no /\ a.last_offset < b.last_offset

\* [SEG-3]
Contradiction(a, b) ==
    IF a.log = b.log /\ a.first_seq_no < b.first_seq_no /\ a.first_offset > b.first_offset
        THEN "FIRST_OFFSETS_FALL"
    ELSE IF a.first_seq_no < b.first_seq_no /\ a.last_offset = Unknown /\ b.last_offset # Unknown
        THEN "KNOWN_AFTER_UNKNOWN"
    ELSE IF a.last_offset = Unknown /\ a.log # b.log
        THEN "OTHER_LOG_AFTER_UNKNOWN"
    ELSE IF LastOffsetsDisagree(a, b)
        THEN "LAST_OFFSETS_DISAGREE"
    ELSE IF a.first_seq_no = b.first_seq_no /\ a.first_checksum # b.first_checksum
        THEN "FIRST_CHECKSUMS_DIFFER"
    ELSE IF Overlap(a, b) /\ a.author # b.author
        THEN "AUTHORS_DIFFER"
    ELSE IF Overlap(a, b) /\ a.log # b.log
        THEN "LOGS_DIFFER"
    ELSE "none"

\* [SEG-4]
Touch(a, b) == a.last_seq_no + 1 >= b.first_seq_no

\* [SEG-4, SEG-5]
ReduceToOne(a, b) == Touch(a, b) /\ a.author = b.author /\ a.log = b.log

\* [SEG-4]
EndOf(a, b) ==
    IF a.last_seq_no = b.last_seq_no THEN Max(a.last_offset, b.last_offset)
    ELSE IF a.last_seq_no > b.last_seq_no THEN a.last_offset
    ELSE b.last_offset

\* [SEG-4]
One(a, b) ==
    [a EXCEPT
        !.first_offset = IF a.first_seq_no = b.first_seq_no THEN Max(@, b.first_offset) ELSE @,
        !.last_seq_no = Max(@, b.last_seq_no),
        !.last_offset = EndOf(a, b)]

-------------------------------------------------------------------------------
(* Sets. *)

\* [SEG-6] In words of its own, so that a wrong Overlap or ReduceToOne is seen by it.
IsSet(segments) ==
    \A n \in 1..(Len(segments) - 1) :
        LET a == segments[n]
            b == segments[n + 1]
        IN  /\ a.last_seq_no < b.first_seq_no
            /\ a.last_seq_no + 1 = b.first_seq_no => a.author # b.author \/ a.log # b.log

\* What an add gives: the set after it, and the answer.
Added(segments) == [set |-> segments, answer |-> [is |-> "added"]]

\* [SEG-7, SEG-8]
Refused(segments, rule) == [set |-> segments, answer |-> [is |-> "refused", rule |-> rule]]

\* [SEG-7, SEG-8]
Contradicted(segments, pair) ==
    [set |-> segments,
     answer |-> [is |-> "refused", rule |-> Contradiction(pair[1], pair[2]),
                 earlier |-> pair[1], later |-> pair[2]]]

\* Step 4: w stands behind all of `before`, and is compared with each of `rest`, until one stays.
RECURSIVE AddBelow(_, _, _, _)
\* [SEG-7]
AddBelow(segments, before, w, rest) ==
    IF rest = << >> THEN Added(Append(before, w))
    ELSE LET pair == Ordered(Head(rest), w)
         IN  IF Contradiction(pair[1], pair[2]) # "none" THEN Contradicted(segments, pair)
             ELSE IF ReduceToOne(pair[1], pair[2])
                THEN AddBelow(segments, before, One(pair[1], pair[2]), Tail(rest))
             ELSE Added(Append(before, w) \o rest)

\* Steps 1 to 3.
\* [SEG-7]
Add(segments, s) ==
    LET p == Cardinality({n \in DOMAIN segments : segments[n].first_seq_no < s.first_seq_no})
        rest == SubSeq(segments, p + 1, Len(segments))
    IN  IF ~Valid(s) THEN Refused(segments, BrokenRule(s))
        ELSE IF p = 0 THEN AddBelow(segments, << >>, s, rest)
        ELSE LET pair == Ordered(segments[p], s)
             IN  IF Contradiction(pair[1], pair[2]) # "none" THEN Contradicted(segments, pair)
                 ELSE IF ReduceToOne(pair[1], pair[2])
                    THEN AddBelow(segments, SubSeq(segments, 1, p - 1), One(pair[1], pair[2]), rest)
                 ELSE AddBelow(segments, SubSeq(segments, 1, p), s, rest)

\* [SEG-10]
Intersect(segments, log, first, last) ==
    LET lies(s) ==
        s.log = log /\ s.first_offset < last /\ (s.last_offset = Unknown \/ s.last_offset > first)
    IN  IF first > last THEN [is |-> "invalid range"]
        ELSE [is |-> "found", segments |-> SelectSeq(segments, lies)]

===============================================================================
