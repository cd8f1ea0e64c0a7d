-------------------------------- MODULE Branch --------------------------------
(***************************************************************************)
(* One branch: an FSM that is begun without hints or with some, is offered *)
(* operations right and wrong, and is asked for hints; and another one     *)
(* that is begun with these.                                               *)
(*                                                                         *)
(* A checksum is the history of the branch: what each of its operations    *)
(* was. An operation of number n begins at offset n - 1, and ends at n or  *)
(* where nobody knows.                                                     *)
(***************************************************************************)
EXTENDS FSM

CONSTANTS
  \* What is offered.
  Operations,      \* how many operations the branch can have
  Authors, Logs, Kinds, Paths, Fnodes, Contents,
                   \* what the fields of an operation may hold, each a set
  Ends,            \* whether it is known where operations end: a set of booleans
  Wrong,           \* what may be wrong of them: a set of "number" and "checksum"
  Anew,            \* how long a branch may be whose hints another FSM is begun with
  \* What hints there are to begin with: none where HintLogs is empty.
  HintLogs,        \* their own log
  HintedFiles,     \* how many files they may have: with one it may have two segments, else one each
  HintedFnodes,
  HintedPaths,     \* of their properties: a set of sets
  HintedAuthors, HintedRuns, HintedEnds, HintedLogs
                   \* what a segment may hold; HintedRuns are pairs of its sequence numbers

VARIABLES
  fsm,
  begun,     \* "empty" or "hinted"
  places,    \* where each operation was read, <<log, last_offset>>: of an FSM that began empty
  answer     \* to what was asked last

vars == <<fsm, begun, places, answer>>

Log == "a/log"
Content == "hinted"

------------------------------------------------------------------------------
(* Checksums.                                                              *)

Summary(op) == <<op.author, op.kind, op.path, op.fnode, op.content>>
History(checksum, op) == Append(checksum, Summary(op))
EmptyHistory == << >>

\* Histories of which no operation is offered: n no-ops; and one that is nowhere hinted, either.
Foreign(n) == [i \in 1..n |-> <<9, "none", None, 0, None>>]
WrongHistory == <<<<8, "none", None, 0, None>>>>

------------------------------------------------------------------------------
(* The hints that there are to begin with.                                 *)

HintedSegments ==
  {[author         |-> author,
    first_seq_no   |-> run[1],
    first_offset   |-> run[1] - 1,
    first_checksum |-> Foreign(run[1] - 1),
    last_seq_no    |-> run[2],
    last_offset    |-> IF end THEN run[2] ELSE Unknown,
    log            |-> log]
     : author \in HintedAuthors, run \in HintedRuns, end \in HintedEnds, log \in HintedLogs}

UpToOne == {<< >>} \cup {<<s>> : s \in HintedSegments}
UpToTwo == UpToOne \cup (HintedSegments \X HintedSegments)

FilesGiven ==
  {<< >>}
  \cup (IF HintedFiles < 1 THEN {} ELSE {<<file>> : file \in HintedFnodes \X UpToTwo})
  \cup (IF HintedFiles < 2 THEN {}
        ELSE (HintedFnodes \X UpToOne) \X (HintedFnodes \X UpToOne))

Given ==
  {[log |-> log, files |-> files, properties |-> [p \in paths |-> Content]]
     : log \in HintLogs, files \in FilesGiven, paths \in HintedPaths}

------------------------------------------------------------------------------
(* The operations that are offered.                                        *)

Change(kind, path, fnode, content) ==
  [kind |-> kind, path |-> path, fnode |-> fnode, content |-> content]

Changes ==
  {change \in
     {Change("create", path, 0, None) : path \in Paths}
     \cup {Change(kind, path, n, None) : kind \in {"link", "unlink"}, path \in Paths, n \in Fnodes}
     \cup {Change("write", None, n, None) : n \in Fnodes}
     \cup {Change("property", path, 0, content) : path \in Paths, content \in Contents}
     \cup {Change("none", None, 0, None)}
     : change.kind \in Kinds}

Op(number, checksum, author, change, log, last_offset) ==
  [seq_no |-> number, checksum |-> checksum, author |-> author,
   kind |-> change.kind, path |-> change.path, fnode |-> change.fnode, content |-> change.content,
   log |-> log, first_offset |-> number - 1, last_offset |-> last_offset]

Numbers ==
  {fsm.next_seq_no}
  \cup IF "number" \in Wrong THEN {fsm.next_seq_no - 1, fsm.next_seq_no + 1} ELSE {}

Checksums ==
  {fsm.next_checksum} \cup IF "checksum" \in Wrong THEN {WrongHistory} ELSE {}

\* What is said of an operation in an answer; of its checksum, whether it is the right one.
Told(op) ==
  <<op.seq_no, op.checksum = fsm.next_checksum>> \o Summary(op) \o <<op.log, op.last_offset>>

\* What an outcome tells besides the rule, in the order of its clause.
\* [FSM-1, FSM-2, FSM-3, FSM-4, FSM-5, FSM-6, FSM-7, FSM-8]
Fields(f, op, rule) ==
  CASE rule = "FSM-0" -> << >>
    [] rule = "FSM-1" -> <<Head(f.segments).author, op.author>>
    [] rule = "FSM-2" -> <<f.next_seq_no, op.seq_no>>
    [] rule = "FSM-3" -> <<f.next_checksum, op.checksum>>
    [] rule = "FSM-4" -> <<op.seq_no>>
    [] rule = "FSM-5" -> <<op.path, f.links[op.path]>>
    [] rule = "FSM-6" -> <<op.path, f.properties[op.path]>>
    [] rule = "FSM-7" -> <<IF op.kind = "create" THEN op.seq_no ELSE op.fnode>>
    [] rule = "FSM-8" -> <<op.fnode, op.path>>

------------------------------------------------------------------------------
(* What can happen.                                                        *)

Begins(hints) ==
  [is |-> "given", hints |-> hints, valid |-> Validated(hints), logs |-> LogsOf(hints),
   accepted |-> Accepted(hints)]

IsAccepted(hints) == Accepted(hints).is = "added"

Init ==
  /\ places = << >>
  /\ IF HintLogs = {}
     THEN fsm = Begin(Log) /\ begun = "empty" /\ answer = [is |-> "new"]
     ELSE \E hints \in Given :
            /\ fsm = IF IsAccepted(hints) THEN FromHints(hints) ELSE Begin(hints.log)
            /\ begun = "hinted"
            /\ answer = Begins(hints)

\* Only a transition moves an FSM, so nothing is lost where nothing follows a rejection.
GoesOn ==
  CASE answer.is = "new"     -> TRUE
    [] answer.is = "given"   -> answer.accepted.is = "added"
    [] answer.is = "offered" -> IsTransition(answer.rule)
    [] answer.is = "asked"   -> FALSE

\* [TRN-4]
Offer(op) ==
  LET rule == Outcome(fsm, op)
  IN  /\ fsm' = After(fsm, op)
      /\ answer' = [is |-> "offered", op |-> Told(op), rule |-> rule, fields |-> Fields(fsm, op, rule)]
      /\ places' = IF begun = "empty" /\ IsTransition(rule)
                   THEN Append(places, <<op.log, op.last_offset>>) ELSE places
      /\ UNCHANGED begun

OfferAny ==
  /\ GoesOn
  /\ fsm.next_seq_no <= Operations
  /\ \E author \in Authors, change \in Changes, log \in Logs, end \in Ends,
        number \in Numbers, checksum \in Checksums :
       Offer(Op(number, checksum, author, change, log, IF end THEN number ELSE Unknown))

\* [HNT-7, HNT-10, HNT-11]
Ask ==
  /\ GoesOn
  /\ answer' = [is      |-> "asked",
                built   |-> Built(fsm),
                lasting |-> GivesLastingHints(fsm),
                hints   |-> IF Built(fsm).is = "added" THEN <<Hints(fsm)>> ELSE << >>]
  /\ UNCHANGED <<fsm, begun, places>>

\* [HNT-12]
BeginAnew ==
  /\ answer.is = "asked" /\ answer.hints # << >>
  /\ begun = "empty" /\ Len(places) <= Anew
  /\ IF IsAccepted(answer.hints[1]) THEN fsm' = FromHints(answer.hints[1]) ELSE UNCHANGED fsm
  /\ begun' = "hinted"
  /\ places' = << >>
  /\ answer' = Begins(answer.hints[1])

Next == OfferAny \/ Ask \/ BeginAnew

------------------------------------------------------------------------------
(* The operations of a branch that began empty, as they were read.         *)

Read(n) ==
  LET summary == fsm.next_checksum[n]
  IN  Op(n, SubSeq(fsm.next_checksum, 1, n - 1), summary[1],
         Change(summary[2], summary[3], summary[4], summary[5]), places[n][1], places[n][2])

\* Who plays hints reads in the log that they lead to.
\* [PLAY-3, LOG-4, LOG-7]
IsRead(f, op) == op.log = IF Hinted(f) THEN Head(f.segments).log ELSE f.log

RECURSIVE Replayed(_, _)
Replayed(f, numbers) ==
  IF numbers = << >> THEN f
  ELSE LET op == Read(Head(numbers))
       IN  Replayed(IF IsRead(f, op) THEN After(f, op) ELSE f, Tail(numbers))

All == [n \in DOMAIN places |-> n]

\* The numbers of those which the segments of hints hold.
Held(hints) ==
  LET flat == Flattened(hints)
      IsHeld(n) == \E i \in DOMAIN flat :
        flat[i].first_seq_no <= n /\ n <= flat[i].last_seq_no /\ flat[i].log = places[n][1]
  IN  SelectSeq(All, IsHeld)

\* [THM-5, AUT-1]
NoAuthorComesBack ==
  \A i, j, k \in DOMAIN places :
    i < j /\ j < k /\ Read(i).author = Read(k).author => Read(j).author = Read(i).author

\* [THM-5]
NoAuthorAlternates ==
  \A i, j, k \in DOMAIN places :
    (i < j /\ j < k /\ Read(i).author = Read(j).author /\ Read(j).author = Read(k).author
       /\ Read(i).log = Read(k).log) => Read(j).log = Read(i).log

\* Who doesn't know where operations end neither moves, nor gets to know it. What was known before
\* was read by a player: another author's operations, and the no-op of a handoff.
\* [REC-11, LOG-3]
EndsAreOfRecorders ==
  /\ \A i \in 1..(Len(places) - 1) :
       places[i][2] = Unknown => places[i + 1] = <<places[i][1], Unknown>>
  /\ \A i, j \in DOMAIN places :
       (places[i][2] # Unknown /\ places[j][2] = Unknown /\ Read(i).author = Read(j).author)
         => Read(i).kind = "none"

\* What a directory holds beside each other.
NoPathsClash ==
  \A i, j \in DOMAIN places : <<Read(i).path, Read(j).path>> \in Clashing => Read(i).path = Read(j).path

Lawful == begun = "empty" /\ NoAuthorComesBack /\ NoAuthorAlternates /\ EndsAreOfRecorders

------------------------------------------------------------------------------
(* What always holds.                                                      *)

\* [SEQ-1, SEQ-2]
ChecksumsChain == fsm.next_seq_no = Len(fsm.next_checksum) + 1

\* [INV-1]
LinksAgree == LinksAreABijection(fsm)

\* [INV-2]
SegmentsAgree == Lawful => SegmentsAreOfTheBranch(fsm)

IsOn(op, fnode) ==
  (op.kind = "create" /\ op.seq_no = fnode) \/ (op.kind \in {"link", "unlink", "write"} /\ op.fnode = fnode)

\* All operations on a live file are in its segments.
\* [TRN-6, TRN-7, TRN-8, TRN-9]
SegmentsHoldAll ==
  begun = "empty" =>
    \A fnode \in DOMAIN fsm.live : \A n \in DOMAIN places :
      (n >= fnode /\ IsOn(Read(n), fnode)) =>
        LET segments == fsm.live[fnode].segments
        IN  \E i \in DOMAIN segments :
              /\ segments[i].author = Read(n).author /\ segments[i].log = places[n][1]
              /\ segments[i].first_seq_no <= n /\ n <= segments[i].last_seq_no

\* [TRN-1]
PendingAreProperties == fsm.pending \subseteq DOMAIN fsm.properties

\* [TRN-13, TRN-14]
NextIsHinted ==
  Hinted(fsm) => fsm.next_seq_no \in Head(fsm.segments).first_seq_no..Head(fsm.segments).last_seq_no

\* No hinted fnode outlives the segment that its create is in.
\* [TRN-13, TRN-15]
FnodesAreInSegments ==
  \A i \in DOMAIN fsm.fnodes :
    /\ fsm.fnodes[i] >= fsm.next_seq_no
    /\ \E j \in DOMAIN fsm.segments :
         fsm.fnodes[i] \in fsm.segments[j].first_seq_no..fsm.segments[j].last_seq_no

\* [TRN-4]
RejectedChangesNothing ==
  [][answer'.is = "offered" /\ ~IsTransition(answer'.rule) => fsm' = fsm]_vars

\* [TRN-5]
UntrackedChangesNoFile ==
  [][answer'.is = "offered" /\ answer'.rule = "FSM-7" =>
       /\ fsm'.live = fsm.live /\ fsm'.links = fsm.links
       /\ fsm'.properties = fsm.properties /\ fsm'.pending = fsm.pending]_vars

HasTheFiles(f) ==
  f.live = fsm.live /\ f.links = fsm.links /\ f.properties = fsm.properties

\* Whether hints lead to where they were built.
Leads ==
  (answer.is = "asked" /\ answer.hints # << >>) =>
    LET hints == answer.hints[1]
        there == Replayed(FromHints(hints), Held(hints))
    IN  HasTheFiles(there) /\ there.segments = << >> /\ there.fnodes = << >>

\* [HNT-12, INV-9]
HintsLeadHere == Lawful => Leads

\* Whether who plays hints of a log that holds just the branch comes to its end.
PlaysOn ==
  (answer.is = "asked" /\ answer.hints # << >>) =>
    LET there == Replayed(FromHints(answer.hints[1]), All)
    IN  /\ HasTheFiles(there)
        /\ there.next_seq_no = fsm.next_seq_no /\ there.next_checksum = fsm.next_checksum
        /\ there.log = fsm.log

\* [THM-1]
BranchGoesOn == (Lawful /\ NoPathsClash) => PlaysOn

\* [HNT-2, HNT-10]
BuiltAreInOrder ==
  (answer.is = "asked" /\ answer.hints # << >> /\ SeveralLogs) =>
    /\ IsAccepted(answer.hints[1])
    /\ Validated(answer.hints[1]) = None
===============================================================================
