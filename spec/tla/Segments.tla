------------------------------ MODULE Segments ------------------------------
EXTENDS Integers, Sequences, FiniteSets
Earlier(a, b) == IF b.first_seq_no < a.first_seq_no \/ (b.first_seq_no = a.first_seq_no /\ b.last_seq_no > a.last_seq_no) THEN b ELSE a
Later(a, b) == IF Earlier(a, b) = a THEN b ELSE a
Contradiction(a, b) ==
  IF a.log = b.log /\ a.first_seq_no < b.first_seq_no /\ a.first_offset > b.first_offset THEN "FIRST_OFFSETS_FALL"
  ELSE IF a.first_seq_no < b.first_seq_no /\ a.last_offset = 0 /\ b.last_offset # 0 THEN "KNOWN_AFTER_UNKNOWN"
  ELSE IF a.last_offset = 0 /\ a.log # b.log THEN "OTHER_LOG_AFTER_UNKNOWN"
  ELSE IF a.log = b.log /\ a.last_offset # 0 /\ b.last_offset # 0 /\ ((a.last_seq_no <= b.last_seq_no /\ a.last_offset > b.last_offset) \/ (a.last_seq_no >= b.last_seq_no /\ a.last_offset < b.last_offset)) THEN "LAST_OFFSETS_DISAGREE"
  ELSE IF a.first_seq_no = b.first_seq_no /\ a.first_checksum # b.first_checksum THEN "FIRST_CHECKSUMS_DIFFER"
  ELSE IF a.last_seq_no >= b.first_seq_no /\ a.author # b.author THEN "AUTHORS_DIFFER"
  ELSE IF a.last_seq_no >= b.first_seq_no /\ a.log # b.log THEN "LOGS_DIFFER"
  ELSE "none"
MaxOf(a, b) == IF a > b THEN a ELSE b
Reduce(a, b) ==
  IF a.last_seq_no + 1 < b.first_seq_no \/ a.author # b.author \/ a.log # b.log THEN <<a, b>>
  ELSE <<[a EXCEPT !.first_offset = IF a.first_seq_no = b.first_seq_no THEN MaxOf(a.first_offset, b.first_offset) ELSE @,
     !.last_seq_no = MaxOf(a.last_seq_no, b.last_seq_no),
     !.last_offset = IF a.last_seq_no = b.last_seq_no THEN MaxOf(a.last_offset, b.last_offset) ELSE IF a.last_seq_no > b.last_seq_no THEN @ ELSE b.last_offset]>>
RECURSIVE Absorb(_, _, _)
Absorb(before, w, rest) ==
  IF rest = << >> THEN [segments |-> Append(before, w), refused |-> "none"]
  ELSE LET a == Earlier(Head(rest), w) b == Later(Head(rest), w) r == Reduce(a, b) IN
    IF Contradiction(a, b) # "none" THEN [segments |-> <<>>, refused |-> Contradiction(a, b)]
    ELSE IF Len(r) = 2 THEN [segments |-> Append(before, w) \o rest, refused |-> "none"]
    ELSE Absorb(before, r[1], Tail(rest))
Add(set, s) ==
  LET p == Cardinality({i \in DOMAIN set : set[i].first_seq_no < s.first_seq_no}) IN
  IF p = 0 THEN Absorb(<<>>, s, set)
  ELSE LET a == Earlier(set[p], s) b == Later(set[p], s) r == Reduce(a, b)
           rest == SubSeq(set, p + 1, Len(set)) IN
    IF Contradiction(a, b) # "none" THEN [segments |-> <<>>, refused |-> Contradiction(a, b)]
    ELSE IF Len(r) = 2 THEN Absorb(SubSeq(set, 1, p), s, rest)
    ELSE Absorb(SubSeq(set, 1, p - 1), r[1], rest)
=============================================================================
