--------------------------------- MODULE FSM ---------------------------------
(***************************************************************************)
(* The state of one branch of a log, and what an operation does to it.     *)
(*                                                                         *)
(* This module has no variables. It defines values and functions on them:  *)
(*                                                                         *)
(*   Begin(log)           the state in which nothing has happened          *)
(*   FromHints(hints)     the state that tracks just what hints lead to    *)
(*   Outcome(f, op)       what a state says to an operation                *)
(*   After(f, op)         the state behind it                              *)
(*   Hints(f)             hints that lead to a state                       *)
(*   Accepted(hints)      whether hints can be begun with, or why not      *)
(*   Built(f)             whether a state gives hints, or why not          *)
(*                                                                         *)
(* The words are those of spec/transitions.md and spec/hints.md; a comment *)
(* above a definition names the clauses that it states.                    *)
(*                                                                         *)
(* A checksum is whatever Digest makes of it. In most configurations it is *)
(* the history of the branch itself, so that no two branches ever have one *)
(* checksum: CRC-32C is taken to be injective.                             *)
(***************************************************************************)
EXTENDS Segments

CONSTANTS
  Digest(_, _),    \* checksum behind an operation, of the one before it and the operation
  FirstChecksum,   \* that of a branch without operations
  Clashing,        \* set of pairs of paths that no directory holds together
  Asked            \* rules of turn that are asked: all four, but in what must fail

Rules == {"FSM-1", "FSM-2", "FSM-3", "FSM-4"}

None == "none"

(* What the current revision allows. A configuration of an older one says  *)
(* otherwise.                                                              *)

\* [RVN-1]
SeveralLogs == TRUE

\* [RVN-2]
PropertyMayChange == TRUE

(***************************************************************************)
(* An operation is a record of                                             *)
(*                                                                         *)
(*   seq_no, checksum, author    as in ENC-2                               *)
(*   kind                        "create", "link", "unlink", "write",      *)
(*                               "property" or "none"                      *)
(*   path, fnode, content        of the kinds that have them; else None    *)
(*   log, first_offset, last_offset   where it was read (ENC-6)            *)
(***************************************************************************)

\* [TRN-1, TRN-2]
Begin(log) ==
  [ log           |-> log,
    next_seq_no   |-> 1,
    next_checksum |-> FirstChecksum,
    live          |-> << >>,     \* fnode -> [links, segments]
    links         |-> << >>,     \* path -> fnode
    properties    |-> << >>,     \* path -> content
    pending       |-> {},
    segments      |-> << >>,     \* hinted segments that were not read
    fnodes        |-> << >>,     \* hinted fnodes that were not created
    arrival       |-> << >>,     \* none, or one segment
    beginning     |-> TRUE ]

Hinted(f) == f.segments # << >>

------------------------------------------------------------------------------
(* Functions whose domain changes.                                         *)

With(m, key, value) == [k \in DOMAIN m \cup {key} |-> IF k = key THEN value ELSE m[k]]

Without(m, keys) == [k \in DOMAIN m \ keys |-> m[k]]

------------------------------------------------------------------------------
(* The rules of turn.                                                      *)

\* [FSM-1]
OtherAuthor(f, op) == Hinted(f) /\ op.author # Head(f.segments).author

\* [FSM-2, SEQ-1]
WrongNumber(f, op) == op.seq_no # f.next_seq_no

\* [FSM-3, SEQ-2]
WrongChecksum(f, op) == op.checksum # f.next_checksum

\* [FSM-4]
NotTheCreate(f, op) ==
  f.fnodes # << >> /\ Head(f.fnodes) = op.seq_no /\ op.kind # "create"

\* The first of them that is asked and broken.
OutOfTurn(f, op) ==
  IF      "FSM-1" \in Asked /\ OtherAuthor(f, op)   THEN "FSM-1"
  ELSE IF "FSM-2" \in Asked /\ WrongNumber(f, op)   THEN "FSM-2"
  ELSE IF "FSM-3" \in Asked /\ WrongChecksum(f, op) THEN "FSM-3"
  ELSE IF "FSM-4" \in Asked /\ NotTheCreate(f, op)  THEN "FSM-4"
  ELSE None

------------------------------------------------------------------------------
(* The rules of a change.                                                  *)

IsProperty(f, path) == path \in DOMAIN f.properties \ f.pending

\* [FSM-5]
LinkExists(f, op) ==
  op.kind \in {"create", "link", "property"} /\ op.path \in DOMAIN f.links

\* [FSM-6, RVN-2]
PropertyExists(f, op) ==
  /\ op.kind \in {"create", "link", "property"}
  /\ IsProperty(f, op.path)
  /\ op.kind = "property" => ~PropertyMayChange /\ op.content # f.properties[op.path]

\* [FSM-7]
NotTracked(f, op) ==
  \/ op.kind = "create" /\ Hinted(f) /\ (f.fnodes = << >> \/ Head(f.fnodes) # op.seq_no)
  \/ op.kind \in {"link", "unlink", "write"} /\ op.fnode \notin DOMAIN f.live

\* [FSM-8]
NoSuchLink(f, op) == op.kind = "unlink" /\ op.path \notin f.live[op.fnode].links

\* [TRN-3]
Refusal(f, op) ==
  IF LinkExists(f, op) THEN "FSM-5"
  ELSE IF PropertyExists(f, op) THEN "FSM-6"
  ELSE IF NotTracked(f, op) THEN "FSM-7"
  ELSE IF NoSuchLink(f, op) THEN "FSM-8"
  ELSE "FSM-0"

\* [FSM-0]
Outcome(f, op) == IF OutOfTurn(f, op) # None THEN OutOfTurn(f, op) ELSE Refusal(f, op)

\* [TRN-5]
IsTransition(outcome) == outcome \in {"FSM-0", "FSM-7"}

------------------------------------------------------------------------------
(* What an applied operation does to files.                                *)

SegmentOf(op) ==
  [ author         |-> op.author,
    first_seq_no   |-> op.seq_no,
    first_offset   |-> op.first_offset,
    first_checksum |-> op.checksum,
    last_seq_no    |-> op.seq_no,
    last_offset    |-> op.last_offset,
    log            |-> op.log ]

\* [TRN-9]
Extended(segments, op) ==
  LET last == segments[Len(segments)]
  IN  IF last.author = op.author /\ last.log = op.log
      THEN [segments EXCEPT ![Len(segments)] =
              [last EXCEPT !.last_seq_no = op.seq_no, !.last_offset = op.last_offset]]
      ELSE Append(segments, SegmentOf(op))

\* [TRN-11]
Yielding(f, path) ==
  IF Hinted(f) THEN f
  ELSE LET gone == {p \in f.pending : p = path \/ <<p, path>> \in Clashing}
       IN  [f EXCEPT !.properties = Without(@, gone), !.pending = @ \ gone]

\* [TRN-6]
Created(f, op) ==
  Yielding([f EXCEPT
    !.live  = With(@, op.seq_no, [links |-> {op.path}, segments |-> <<SegmentOf(op)>>]),
    !.links = With(@, op.path, op.seq_no)], op.path)

\* [TRN-7]
Linked(f, op) ==
  LET file == f.live[op.fnode]
  IN  Yielding([f EXCEPT
        !.live  = With(@, op.fnode, [links    |-> file.links \cup {op.path},
                                     segments |-> Extended(file.segments, op)]),
        !.links = With(@, op.path, op.fnode)], op.path)

\* [TRN-8]
Unlinked(f, op) ==
  LET file == f.live[op.fnode]
  IN  [f EXCEPT
        !.live  = IF file.links = {op.path} THEN Without(@, {op.fnode})
                  ELSE With(@, op.fnode, [links    |-> file.links \ {op.path},
                                          segments |-> Extended(file.segments, op)]),
        !.links = Without(@, {op.path})]

\* [TRN-8]
Written(f, op) == [f EXCEPT !.live[op.fnode].segments = Extended(@, op)]

\* [TRN-10]
PropertySet(f, op) ==
  LET content == IF Hinted(f) /\ op.path \in DOMAIN f.properties
                 THEN f.properties[op.path] ELSE op.content
      cleared == Yielding(f, op.path)
  IN  [cleared EXCEPT !.properties = With(@, op.path, content), !.pending = @ \ {op.path}]

\* [TRN-12]
Changed(f, op) ==
  CASE op.kind = "create"   -> Created(f, op)
    [] op.kind = "link"     -> Linked(f, op)
    [] op.kind = "unlink"   -> Unlinked(f, op)
    [] op.kind = "write"    -> Written(f, op)
    [] op.kind = "property" -> PropertySet(f, op)
    [] op.kind = "none"     -> f

------------------------------------------------------------------------------
(* A transition.                                                           *)

\* [TRN-13]
SegmentRead(f, op) == Hinted(f) /\ Head(f.segments).last_seq_no = op.seq_no

FnodeRead(f, op) == f.fnodes # << >> /\ Head(f.fnodes) = op.seq_no

\* [TRN-5, TRN-14, TRN-17]
Moved(f, changed, op) ==
  LET left  == IF SegmentRead(f, op) THEN Tail(f.segments) ELSE f.segments
      skips == SegmentRead(f, op) /\ left # << >>
      stays == op.log = f.log
  IN  [changed EXCEPT
        !.log           = op.log,
        !.segments      = left,
        !.fnodes        = IF FnodeRead(f, op) THEN Tail(@) ELSE @,
        !.next_seq_no   = IF skips THEN left[1].first_seq_no ELSE op.seq_no + 1,
        !.next_checksum = IF skips THEN left[1].first_checksum ELSE Digest(op.checksum, op),
        !.arrival       = IF stays THEN @ ELSE <<SegmentOf(op)>>,
        !.beginning     = @ /\ (stays \/ op.seq_no = 1)]

\* [TRN-4, TRN-5]
After(f, op) ==
  LET outcome == Outcome(f, op)
  IN  CASE outcome = "FSM-0" -> Moved(f, Changed(f, op), op)
        [] outcome = "FSM-7" -> Moved(f, f, op)
        [] OTHER -> f

------------------------------------------------------------------------------
(* Hints: [log, files, properties], where files are <<fnode, segments>>. A *)
(* segment whose log is empty is in the hints' own log.                    *)

RECURSIVE Sorted(_)
Sorted(numbers) ==
  IF numbers = {} THEN << >>
  ELSE LET least == CHOOSE n \in numbers : \A m \in numbers : n <= m
       IN  <<least>> \o Sorted(numbers \ {least})

RECURSIVE AddAll(_, _)
AddAll(given, more) ==
  IF more = << >> \/ given.answer.is = "refused" THEN given
  ELSE AddAll(Add(given.set, Head(more)), Tail(more))

RECURSIVE Joined(_)
Joined(files) == IF files = << >> THEN << >> ELSE Head(files)[2] \o Joined(Tail(files))

SetOf(segments) == AddAll(Added(<< >>), segments)

\* [HNT-1]
Named(segments, log) ==
  [i \in DOMAIN segments |->
     IF segments[i].log = "" THEN [segments[i] EXCEPT !.log = log] ELSE segments[i]]

\* [HNT-7]
Unnamed(segments, log) ==
  [i \in DOMAIN segments |->
     IF segments[i].log = log THEN [segments[i] EXCEPT !.log = ""] ELSE segments[i]]

\* At no file, fnode is 0.
RefusedAt(rule, fnode) ==
  [set |-> << >>, answer |-> [is |-> "refused", rule |-> rule, fnode |-> fnode]]

\* [HNT-3]
FileRule(files, n) ==
  IF n > 1 /\ files[n][1] <= files[n - 1][1] THEN "FNODE_ORDER"
  ELSE IF files[n][2] = << >> THEN "FNODE_CREATE"
  ELSE IF files[n][2][1].first_seq_no # files[n][1] THEN "FNODE_CREATE"
  ELSE None

RECURSIVE FilesAdded(_, _, _)
\* [HNT-3]
FilesAdded(hints, n, given) ==
  IF n > Len(hints.files) \/ given.answer.is = "refused" THEN given
  ELSE LET file == hints.files[n]
           rule == FileRule(hints.files, n)
       IN  IF rule # None THEN RefusedAt(rule, file[1])
           ELSE FilesAdded(hints, n + 1, AddAll(given, Named(file[2], hints.log)))

\* The set of all segments, or what is refused.
\* [HNT-3, HNT-4, LOG-3]
Flattening(hints) ==
  LET flat == FilesAdded(hints, 1, Added(<< >>))
  IN  IF flat.answer.is = "refused" \/ flat.set = << >> THEN flat
      ELSE IF flat.set[Len(flat.set)].log # hints.log THEN RefusedAt("LAST_LOG", 0)
      ELSE flat

Flattened(hints) == Flattening(hints).set

Flattens(hints) == Flattening(hints).answer.is = "added"

\* What hints are told that an FSM is to be begun with.
\* [HNT-5, RVN-1]
Accepted(hints) ==
  LET flat == Flattening(hints)
  IN  IF hints.log = "" THEN RefusedAt("NO_LOG", 0).answer
      ELSE IF flat.answer.is = "added" /\ ~SeveralLogs
              /\ \E i \in DOMAIN flat.set : flat.set[i].log # hints.log
           THEN RefusedAt("ONE_LOG", 0).answer
      ELSE flat.answer

\* The rule that segment m of file n breaks, of those which hints alone are asked.
\* [HNT-2]
SegmentRule(hints, n, m) ==
  LET segment == hints.files[n][2][m]
  IN  IF segment.log # "" /\ segment.log = hints.log THEN "OWN_LOG_NAMED"
      ELSE BrokenRule(Named(<<segment>>, hints.log)[1])

RECURSIVE ValidatedFrom(_, _, _)
\* [HNT-2]
ValidatedFrom(hints, n, m) ==
  IF n > Len(hints.files) THEN None
  ELSE IF m > Len(hints.files[n][2]) THEN ValidatedFrom(hints, n + 1, 1)
  ELSE IF SegmentRule(hints, n, m) # None THEN SegmentRule(hints, n, m)
  ELSE ValidatedFrom(hints, n, m + 1)

\* The rule by which hints are not valid.
\* [HNT-2]
Validated(hints) == ValidatedFrom(hints, 1, 1)

RECURSIVE OnceEach(_)
OnceEach(names) ==
  IF names = << >> THEN << >>
  ELSE <<Head(names)>> \o OnceEach(SelectSeq(Tail(names), LAMBDA name : name # Head(names)))

\* [HNT-6]
LogsOf(hints) ==
  LET segments == Named(Joined(hints.files), hints.log)
  IN  OnceEach([i \in 1..(Len(segments) + 1) |->
        IF i > Len(segments) THEN hints.log ELSE segments[i].log])

\* [TRN-2, HNT-5]
FromHints(hints) ==
  LET flat  == Flattened(hints)
      begun == [Begin(hints.log) EXCEPT
                  !.properties = hints.properties,
                  !.pending    = DOMAIN hints.properties,
                  !.segments   = flat,
                  !.fnodes     = [i \in DOMAIN hints.files |-> hints.files[i][1]]]
  IN  IF flat = << >> THEN begun
      ELSE [begun EXCEPT !.next_seq_no   = flat[1].first_seq_no,
                         !.next_checksum = flat[1].first_checksum,
                         !.beginning     = flat[1].first_seq_no = 1]

\* [HNT-7, HNT-8]
Hints(f) ==
  LET fnodes  == Sorted(DOMAIN f.live)
      files   == [i \in DOMAIN fnodes |-> <<fnodes[i], f.live[fnodes[i]].segments>>]
      last(i) == files[i][2][Len(files[i][2])].last_seq_no
      owed    == /\ f.arrival # << >> /\ files # << >>
                 /\ \A i \in DOMAIN files : last(i) < f.arrival[1].first_seq_no
      led     == IF owed THEN [files EXCEPT ![Len(files)][2] = @ \o f.arrival] ELSE files
  IN  [ log        |-> f.log,
        files      |-> [i \in DOMAIN led |-> <<led[i][1], Unnamed(led[i][2], f.log)>>],
        properties |-> f.properties ]

\* What is told who asks for hints: whether they are built.
\* [HNT-9, HNT-10]
Built(f) ==
  IF f.arrival # << >> /\ DOMAIN f.live = {} /\ ~f.beginning
  THEN RefusedAt("NO_LIVE_FILE", 0).answer
  ELSE Flattening(Hints(f)).answer

\* [HNT-9, HNT-10, HNT-11]
GivesLastingHints(f) == (DOMAIN f.live = {} => f.beginning) /\ Flattens(Hints(f))

------------------------------------------------------------------------------
(* What holds of every state that a branch comes to.                       *)

\* [INV-1]
LinksAreABijection(f) ==
  /\ \A p \in DOMAIN f.links : f.links[p] \in DOMAIN f.live /\ p \in f.live[f.links[p]].links
  /\ \A n \in DOMAIN f.live  : \A p \in f.live[n].links : p \in DOMAIN f.links /\ f.links[p] = n
  /\ \A n \in DOMAIN f.live  : f.live[n].links # {}

\* [INV-2]
SegmentsAreOfTheBranch(f) ==
  /\ \A n \in DOMAIN f.live :
       /\ f.live[n].segments[1].first_seq_no = n
       /\ \A i \in DOMAIN f.live[n].segments :
            f.live[n].segments[i].last_seq_no < f.next_seq_no
  /\ LET fnodes == Sorted(DOMAIN f.live)
         files  == [i \in DOMAIN fnodes |-> <<fnodes[i], f.live[fnodes[i]].segments>>]
     IN  SetOf(Joined(files)).answer.is = "added"
==============================================================================
