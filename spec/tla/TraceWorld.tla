----------------------------- MODULE TraceWorld -----------------------------
(***************************************************************************)
(* Traces as behaviours of World: a trace is what somebody saw who         *)
(* executed a scenario. The steps say which actions are made; what was     *)
(* seen must be what World shows then.                                     *)
(*                                                                         *)
(* One run has many traces. It prints a verdict on each:                   *)
(*                                                                         *)
(*   <<"verdict", trace, event, "accepted", {}>>                           *)
(*   <<"verdict", trace, event, "rejected", what World shows instead>>     *)
(*   <<"verdict", trace, event, "uncovered", {}>>   World lacks this step  *)
(*                                                                         *)
(* Offsets that were seen count bytes, those of World operations: a trace  *)
(* has where each operation of its log ends. Checksums that were seen are  *)
(* numbers, those of World histories: a number stands for the history at   *)
(* which it is seen first, and for no other.                               *)
(***************************************************************************)
EXTENDS TraceSteps, TLC

CONSTANTS
  Traces,       \* each a record: log, paths in their order, ends, tells, events
  FirstSum      \* the checksum of a branch without operations, as it is seen

VARIABLE at

traceVars == <<vars, aside, at>>

\* TLC evaluates a constant that a configuration replaces anew wherever it is mentioned.
Kept == 1
Trace == TLCGet(Kept)[at.n]
Event1 == Trace.events[at.i + 1]

------------------------------------------------------------------------------
(* Offsets in bytes.                                                       *)

\* Where the operation at an offset begins; -1: nobody saw so much of the log.
Byte(offset) ==
  IF offset = 0 THEN 0 ELSE IF offset <= Len(Trace.ends) THEN Trace.ends[offset] ELSE -1

SizeOf(op) ==
  IF op \notin Range(log) THEN 0
  ELSE LET k == CHOOSE k \in DOMAIN log : log[k] = op /\ \A j \in 1..(k - 1) : log[j] # op
       IN  Byte(k) - Byte(k - 1)

RECURSIVE SizeTo(_, _)
SizeTo(ops, k) == IF k = 0 THEN 0 ELSE SizeOf(ops[k]) + SizeTo(ops, k - 1)

\* The first offset of a segment: exact if a player read it; else the bound that its recorder knew.
\* [REC-12, PLAY-10]
FirstByte(segment, bounds) ==
  IF segment.first_seq_no \notin DOMAIN bounds THEN Byte(segment.first_offset)
  ELSE LET b == bounds[segment.first_seq_no] IN Byte(b.head) + SizeTo(b.queue, Len(b.queue))

------------------------------------------------------------------------------
(* What World shows behind a step.                                         *)

Nothing(outcome) ==
  [outcome |-> outcome, seq_no |-> Absent, queued |-> Absent, head |-> Absent, status |-> Absent,
   tree |-> Absent, same |-> Absent, hints |-> Absent, log |-> Absent, sums |-> << >>]

AuthorShown(author) == aside.authors[author]

SegmentShown(s, bounds) ==
  [author |-> AuthorShown(s.author), first_seq_no |-> s.first_seq_no,
   first_offset |-> FirstByte(s, bounds), last_seq_no |-> s.last_seq_no,
   last_offset |-> Byte(s.last_offset), log |-> Trace.log]

FileShown(file, bounds) ==
  [fnode |-> file[1],
   segments |-> [k \in DOMAIN file[2] |-> SegmentShown(file[2][k], bounds)]]

\* [HNT-7, HNT-8]
WithHints(shown, hints, bounds) ==
  LET segments == Joined(hints.files)
  IN  [shown EXCEPT
        !.hints = <<[k \in DOMAIN hints.files |-> FileShown(hints.files[k], bounds)]>>,
        !.sums  = @ \o [k \in DOMAIN segments |-> segments[k].first_checksum]]

OpShown(op) ==
  [author |-> AuthorShown(op.author), seq_no |-> op.seq_no, kind |-> op.kind, fnode |-> op.fnode,
   path   |-> IF op.kind = "write" THEN None ELSE op.path,
   offset |-> IF op.kind = "write" THEN aside.data[op.path].offset ELSE 0,
   bytes  |-> IF op.kind = "write" THEN aside.data[op.path].bytes ELSE << >>]

LogShown ==
  [Nothing("done") EXCEPT
    !.head = <<Byte(Len(log))>>,
    !.log  = <<[k \in DOMAIN log |-> OpShown(log[k])]>>,
    !.sums = [k \in DOMAIN log |-> log[k].checksum]]

RecorderShown(outcome, i) ==
  LET r == recorders[i]
      bytes == aside.side[i].bytes
  IN  [Nothing(outcome) EXCEPT
        !.seq_no = <<r.fsm.next_seq_no>>, !.sums = <<r.fsm.next_checksum>>,
        !.queued = <<Len(aside.side[i].queued)>>,
        !.tree   = <<TreeShown(r.fsm, bytes)>>, !.same = <<SameShown(r.fsm)>>]

CommitShown(outcome, i) ==
  IF recorders[i].status = "dead" THEN [Nothing(outcome) EXCEPT !.head = <<Byte(Len(log))>>]
  ELSE [RecorderShown(outcome, i) EXCEPT !.tree = Absent, !.same = Absent, !.head = <<Byte(Len(log))>>]

\* [PLAY-13, PLAY-18]
StatusShown(p) ==
  IF p.status \in {"HintsBeyondHead", "HintsRemain"} THEN "failed: " \o p.status
  ELSE IF Tailing(p) /\ p.status # "appending" THEN "tailing" ELSE p.status

PlayerShown(outcome, i) ==
  LET p     == players[i]
      whole == p.status = "complete"
  IN  [Nothing(outcome) EXCEPT
        !.seq_no = <<p.fsm.next_seq_no>>, !.sums = <<p.fsm.next_checksum>>,
        !.status = <<StatusShown(p)>>,
        !.tree   = IF whole THEN <<TreeShown(p.fsm, BytesOfPlayer(p))>> ELSE Absent,
        !.same   = IF whole THEN <<SameShown(p.fsm)>> ELSE Absent]

OfRecorderShown(s, outcome) ==
  LET i == IndexOf(s.recorder, aside.recorders)
      r == recorders[i]
  IN  IF s.do = "append_again" THEN [Nothing(outcome) EXCEPT !.head = <<Byte(Len(log))>>]
      ELSE IF s.do = "die" THEN Nothing(outcome)
      ELSE IF s.do = "commit" \/ (s.do = "take_hints" /\ outcome = "refused")
      THEN CommitShown(outcome, i)
      ELSE IF s.do = "take_hints"
      THEN WithHints(RecorderShown(outcome, i), Hints(r.fsm), aside.side[i].bounds)
      ELSE RecorderShown(outcome, i)

OfPlayerShown(s, outcome) ==
  LET i    == IndexOf(s.player, aside.players)
      bare == [PlayerShown(outcome, i) EXCEPT !.tree = Absent, !.same = Absent]
  IN  IF s.do = "handoff_again" THEN [Nothing(outcome) EXCEPT !.head = <<Byte(Len(log))>>]
      ELSE IF s.do # "take_player_hints" THEN PlayerShown(outcome, i)
      ELSE IF outcome = "refused" THEN bare ELSE WithHints(bare, Hints(players[i].fsm), << >>)

Shown(s, outcome) ==
  IF outcome \in {"impossible", "fenced"} \/ s.do = "roll" THEN Nothing(outcome)
  ELSE IF s.do = "read_log" THEN LogShown
  ELSE IF s.do = "start_recorder" \/ s.do \in OfRecorders THEN OfRecorderShown(s, outcome)
  ELSE OfPlayerShown(s, outcome)

------------------------------------------------------------------------------
(* What was seen, compared.                                                *)

\* The histories for which numbers stand, with those that are seen now from the k-th on; or why it
\* cannot be.
RECURSIVE RecognizedFrom(_, _, _, _)
RecognizedFrom(k, names, sums, histories) ==
  IF k > Len(sums) THEN [names |-> names, wrong |-> {}]
  ELSE IF sums[k] \in DOMAIN names /\ names[sums[k]] = histories[k]
       THEN RecognizedFrom(k + 1, names, sums, histories)
  ELSE IF sums[k] \in DOMAIN names
       THEN [names |-> names, wrong |-> {<<sums[k], histories[k], names[sums[k]]>>}]
  ELSE IF histories[k] \in Range(names)
       THEN [names |-> names, wrong |-> {<<sums[k], histories[k]>>}]
  ELSE Only({RecognizedFrom(k + 1, more, sums, histories) : more \in
               {With(names, sums[k], histories[k])}})

Recognized(sums, histories) == RecognizedFrom(1, at.names, sums, histories)

Members ==
  {"seq_no", "queued", "head", "status", "tree", "same", "hints", "log"}

\* What differs, with what World shows.
Differences(seen, shown) ==
  IF seen.outcome # shown.outcome THEN {<<"outcome", shown.outcome>>}
  ELSE LET differ == {m \in Members : seen[m] # shown[m]}
       IN  IF differ # {} THEN {<<m, shown[m]>> : m \in differ}
           ELSE IF Len(seen.sums) # Len(shown.sums) THEN {<<"sums", shown.sums>>}
           ELSE {<<"checksum", wrong>> : wrong \in Recognized(seen.sums, shown.sums).wrong}

Verdict(word, differences) ==
  /\ PrintT(<<"verdict", at.n, at.i + 1, word, differences>>)
  /\ at' = [at EXCEPT !.verdict = word]
  /\ UNCHANGED <<vars, aside>>

------------------------------------------------------------------------------
(* The traces, one behind the other: each is a behaviour of its own.       *)

TraceInit ==
  /\ TLCSet(Kept, Traces)
  /\ Init
  /\ aside = NothingAside
  /\ \E n \in DOMAIN Traces :
       at = [n |-> n, i |-> 0, outcome |-> None, todo |-> << >>, names |-> (FirstSum :> << >>),
             verdict |-> None]

Begins ==
  /\ at.outcome = None /\ at.i < Len(Trace.events)
  /\ LET answer == StepAnswer(Event1.step, Trace.paths)
     IN  IF answer.outcome = "uncovered" THEN Verdict("uncovered", {})
         ELSE /\ at' = [at EXCEPT !.outcome = answer.outcome, !.todo = answer.acts]
              /\ UNCHANGED <<vars, aside>>

\* An action of World. Answers are such that it is enabled: a trace without a verdict shows an error
\* in TraceSteps. (ENABLED would tell, and TLC does not keep what LET names while it finds out.)
Acts ==
  /\ at.todo # << >> /\ Head(at.todo).a # "play_on"
  /\ Do(Head(at.todo))
  /\ at' = [at EXCEPT !.todo = Tail(@)]

Goes ==
  /\ at.todo # << >> /\ Head(at.todo).a = "play_on"
  /\ at' = [at EXCEPT !.todo = PlaysOn(Head(@))]
  /\ UNCHANGED <<vars, aside>>

Compares ==
  /\ at.outcome # None /\ at.todo = << >>
  /\ \E shown \in {Shown(Event1.step, at.outcome)} :
       IF Trace.tells
       THEN /\ PrintT(<<"shows", at.n, at.i + 1, shown>>)
            /\ at' = [at EXCEPT !.i = @ + 1, !.outcome = None]
            /\ UNCHANGED <<vars, aside>>
       ELSE \E differ \in {Differences(Event1.seen, shown)} :
              IF differ # {} THEN Verdict("rejected", differ)
              ELSE /\ at' = [at EXCEPT !.i = @ + 1, !.outcome = None,
                                !.names = Recognized(Event1.seen.sums, shown.sums).names]
                   /\ UNCHANGED <<vars, aside>>

Ends ==
  /\ at.outcome = None /\ at.i = Len(Trace.events)
  /\ Verdict("accepted", {})

TraceNext ==
  /\ at.verdict = None
  /\ Begins \/ Acts \/ Goes \/ Compares \/ Ends

TraceSpec == TraceInit /\ [][TraceNext]_traceVars

\* What holds in all states of World is asked where a play has gone on: that is where it can fail,
\* and TLC takes long to find the trees of long histories.
\* [THM-1, THM-2, THM-3]
TheoremHolds ==
  (at.outcome # None /\ at.todo = << >> /\ Event1.step.do = "advance") =>
    /\ TreesAreTheRecorders /\ HintsLeadToTheirOwnBranch /\ PlaysDoNotFail
    /\ HandedOffByItsOwnNoOp /\ CompleteHasReadItsHints /\ HintsNameWhatCommitted
==============================================================================
