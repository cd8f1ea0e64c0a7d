-------------------------------- MODULE World --------------------------------
(***************************************************************************)
(* Recorders that append to one log, players that read it, and all that    *)
(* can go wrong between them: zombies, appends that land twice or never,   *)
(* handoffs that race.                                                     *)
(*                                                                         *)
(* Each action is a step of the scenario language, or a few that are made  *)
(* together. An operation is one byte                                      *)
(* long here: it lies at the offset which is the number of those before    *)
(* it.                                                                     *)
(***************************************************************************)
EXTENDS FSM

CONSTANTS
  Paths,          \* paths that files can have
  Recorders,      \* how many recorders there can be
  Starts,         \* how many of them can start in an empty directory
  Players,        \* how many players there can be
  Files,          \* how many files can be created
  Operations,     \* how many operations there can be, in the log and in queues
  QueueLength,    \* how many appends a recorder can have in its queue
  Copies,         \* how many appends can land again
  Checks,         \* whether recorders check registers: a set of booleans
  Tails,          \* whether players read before they are asked to finish
  Steps,          \* "one": a player is told one thing in an action; "all": it goes on until it stops
  Barrier,        \* whether hints wait for what is in the queue
  FreshAuthors,   \* whether each author is drawn once
  OnlyHeirs       \* whether only who was handed the log goes on from a player

VARIABLES
  log,         \* the operations that landed
  register,    \* value of the register `author`: an author, or NoAuthor
  recorders,   \* in the order in which they started
  players,     \* in the order in which they were made
  drawn,       \* how many authors were drawn
  copies       \* how many appends landed again

vars == <<log, register, recorders, players, drawn, copies>>

Log == "a/log"
NoAuthor == 0
Untold == -1

Range(s) == {s[i] : i \in DOMAIN s}
IsPrefix(s, t) == Len(s) <= Len(t) /\ SubSeq(t, 1, Len(s)) = s
Diverged(s, t) == ~IsPrefix(s, t) /\ ~IsPrefix(t, s)

------------------------------------------------------------------------------
(* Operations.                                                             *)

\* [SEQ-1, SEQ-2]
Next1(f, author, kind, path, fnode) ==
  [seq_no |-> f.next_seq_no, checksum |-> f.next_checksum, author |-> author,
   kind |-> kind, path |-> path, fnode |-> fnode, content |-> None]

At(op, first, last) ==
  [seq_no |-> op.seq_no, checksum |-> op.checksum, author |-> op.author, kind |-> op.kind,
   path |-> op.path, fnode |-> op.fnode, content |-> op.content,
   log |-> Log, first_offset |-> first, last_offset |-> last]

\* The operation at an offset, as a player reads it.
\* [PLAY-10]
ReadAt(l, offset) == At(l[offset + 1], offset, offset + 1)

\* The history of a branch, as a checksum: what each of its operations was.
Summary(op) == <<op.author, op.kind, op.path, op.fnode>>
History(sum, op) == Append(sum, Summary(op))

------------------------------------------------------------------------------
(* The truth: the tree which the recorders of a history have had. It knows *)
(* no sequence numbers, segments or hints. A file's content is the list of *)
(* writes that it has had.                                                 *)

RECURSIVE Dumb(_, _)
Dumb(history, n) ==
  IF n = 0 THEN [links |-> << >>, content |-> << >>]
  ELSE LET d    == Dumb(history, n - 1)
           kind == history[n][2]
           path == history[n][3]
           file == history[n][4]
       IN  CASE kind = "create" -> [links   |-> With(d.links, path, n),
                                    content |-> With(d.content, n, << >>)]
             [] kind = "link"   -> [d EXCEPT !.links = With(@, path, file)]
             [] kind = "unlink" -> [d EXCEPT !.links = Without(@, {path})]
             [] kind = "write"  -> [d EXCEPT !.content[file] = Append(@, n)]
             [] OTHER           -> d

\* [THM-1]
TreeOf(history) ==
  LET d == Dumb(history, Len(history))
  IN  [p \in DOMAIN d.links |-> d.content[d.links[p]]]

(* The branch that is lawful in a log: the first continuation, each time.  *)
RECURSIVE Lawful(_, _)
Lawful(l, n) ==
  IF n = 0 THEN << >>
  ELSE LET before == Lawful(l, n - 1)
       IN  IF l[n].checksum = before /\ l[n].seq_no = Len(before) + 1
           THEN History(before, l[n]) ELSE before

\* [SEQ-4]
LawfulBranch(l) == Lawful(l, Len(l))

------------------------------------------------------------------------------
(* Recorders.                                                              *)

Passes(r) == r.checks => register \in {NoAuthor, r.author}

Active(r) == r.status = "active"

\* Offset that the next operation of a recorder has at least.
\* [REC-12]
Bound(r) == r.head + Len(r.queue)

Recorder(author, from, fsm, checks, misled) ==
  [author |-> author, from |-> from, fsm |-> fsm, queue |-> << >>, landed |-> << >>, head |-> Len(log),
   checks |-> checks, status |-> "active", misled |-> misled]

Recorded(r, op) ==
  [r EXCEPT !.fsm = After(@, At(op, Bound(r), 0)), !.queue = Append(@, op)]

\* What can happen in a directory: the operations that record it.
\* [REC-2, REC-3, REC-6]
Events(r) ==
  LET f    == r.fsm
      free == Paths \ DOMAIN f.links
      new(kind, path, fnode) == Next1(f, r.author, kind, path, fnode)
  IN  {new("create", p, 0) : p \in free}
      \cup {new("unlink", p, f.links[p]) : p \in DOMAIN f.links}
      \cup {new("write", None, n) : n \in DOMAIN f.live}
      \cup {new("link", p, n) : p \in free, n \in DOMAIN f.live}

------------------------------------------------------------------------------
(* Hints, with what only the truth knows of them: the branch of which they *)
(* were taken; whether that had lost the log, or rests on hints of one     *)
(* that had.                                                               *)

Taken(hints, at, misled) ==
  [hints |-> hints, at |-> at, misled |-> misled \/ Diverged(at, LawfulBranch(log))]

\* [REC-14, HNT-11, AUT-4]
RecorderGivesHints(r) ==
  Active(r) /\ (Barrier => r.queue = << >>) /\ GivesLastingHints(r.fsm)

------------------------------------------------------------------------------
(* Players.                                                                *)

\* `led` is for the checks: the branch as of the last hinted operation.
Player(taken) ==
  [taken |-> taken, fsm |-> FromHints(taken.hints), content |-> << >>, offset |-> 0,
   head |-> Untold, goal |-> None, heir |-> NoAuthor, finish |-> Untold, injected |-> << >>,
   handoff |-> << >>, status |-> "reading", used |-> FALSE, led |-> << >>]

Done(p) == p.status \in {"complete", "HintsBeyondHead", "HintsRemain"}

\* [PLAY-13]
Tailing(p) == p.head # Untold /\ ~Hinted(p.fsm) /\ p.offset >= p.head /\ ~Done(p)

\* [PLAY-16]
PlayerGivesHints(p) ==
  (p.status = "complete" \/ Tailing(p)) /\ GivesLastingHints(p.fsm)

Misled(p) == p.taken.misled \/ ~IsPrefix(p.taken.at, p.fsm.next_checksum)

\* [PLAY-12]
FilesAfter(p, op) ==
  LET f    == p.fsm
      done == Outcome(f, op) = "FSM-0"
  IN  IF ~done THEN p.content
      ELSE CASE op.kind = "create" -> With(p.content, op.seq_no, << >>)
             [] op.kind = "write"  -> [p.content EXCEPT ![op.fnode] = Append(@, op.seq_no)]
             [] op.kind = "unlink" /\ f.live[op.fnode].links = {op.path}
                  -> Without(p.content, {op.fnode})
             [] OTHER -> p.content

TreeBuilt(p) == [path \in DOMAIN p.fsm.links |-> p.content[p.fsm.links[path]]]

\* [HOF-3, PLAY-8]
IsInjected(p, op) ==
  /\ p.injected # << >>
  /\ op.kind = "none" /\ op.author = p.injected[1].author /\ op.seq_no = p.injected[1].seq_no

\* [PLAY-4]
Offered(p, op) ==
  [p EXCEPT
    !.fsm     = After(@, op),
    !.content = FilesAfter(p, op),
    !.offset  = @ + 1,
    !.led     = IF Hinted(p.fsm) /\ ~Hinted(After(p.fsm, op)) THEN History(op.checksum, op) ELSE @,
    !.status  = IF Outcome(p.fsm, op) = "FSM-0" /\ IsInjected(p, op) THEN "complete" ELSE @]

\* [PLAY-2]
BeyondHead(p, l) ==
  \E s \in Range(p.fsm.segments) : s.first_offset + 1 > Len(l) \/ s.last_offset > Len(l)

\* [PLAY-1, PLAY-2]
ToldHead(p, l) ==
  IF BeyondHead(p, l) THEN [p EXCEPT !.head = Len(l), !.status = "HintsBeyondHead"]
  ELSE [p EXCEPT !.head = Len(l)]

\* [HOF-1, PLAY-8]
NoOp(p) == Next1(p.fsm, p.heir, "none", None, 0)

\* [PLAY-7, PLAY-8, HOF-4]
AtGoal(p) ==
  IF p.goal = "finish" THEN [p EXCEPT !.status = "complete"]
  ELSE IF p.injected # << >> THEN [p EXCEPT !.injected = << >>, !.finish = Untold]
  ELSE [p EXCEPT !.injected = <<NoOp(p)>>, !.status = "appending"]

\* [PLAY-3]
Seeks(p) == Hinted(p.fsm) /\ Head(p.fsm.segments).first_offset > p.offset

\* What a player makes of the next answer. As it was: it waits for bytes.
\* [PLAY-18]
Told(p, l) ==
  IF p.head = Untold THEN ToldHead(p, l)
  ELSE IF Hinted(p.fsm) /\ p.offset >= p.head THEN [p EXCEPT !.status = "HintsRemain"]
  ELSE IF p.goal # None /\ ~Hinted(p.fsm) /\ p.finish = Untold
       THEN [p EXCEPT !.head = Len(l), !.finish = Len(l)]
  ELSE IF p.goal # None /\ ~Hinted(p.fsm) /\ p.offset >= p.finish THEN AtGoal(p)
  ELSE IF Seeks(p) THEN [p EXCEPT !.offset = Head(p.fsm.segments).first_offset]
  ELSE IF p.offset < Len(l) THEN Offered(p, ReadAt(l, p.offset))
  ELSE p

Stops(p, l) == Done(p) \/ p.status = "appending" \/ Told(p, l) = p

RECURSIVE Run(_, _)
Run(p, l) == IF Stops(p, l) THEN p ELSE Run(Told(p, l), l)

\* Its no-op has landed.
\* [HOF-2]
Landed(p, end) ==
  [p EXCEPT !.status = "reading", !.finish = end, !.handoff = p.injected]

\* It goes on to the end, and appends as often as it must.
RECURSIVE RunToEnd(_, _)
RunToEnd(p, l) ==
  IF p.status # "appending" THEN [player |-> p, log |-> l]
  ELSE LET grown == Append(l, p.injected[1])
       IN  RunToEnd(Run(Landed(p, Len(grown)), grown), grown)

------------------------------------------------------------------------------
(* Bounds.                                                                 *)

RECURSIVE Queued(_)
Queued(rs) == IF rs = << >> THEN 0 ELSE Len(Head(rs).queue) + Queued(Tail(rs))

Creates(ops) == Cardinality({<<op.checksum, op.author>> : op \in {o \in ops : o.kind = "create"}})

InQueues == UNION {Range(r.queue) : r \in Range(recorders)}

Room == Operations - Len(log) - Queued(recorders)

------------------------------------------------------------------------------
(* Actions.                                                                *)

Init ==
  /\ log = << >> /\ register = NoAuthor
  /\ recorders = << >> /\ players = << >>
  /\ drawn = 0 /\ copies = 0

Draw(author) ==
  \/ author = drawn + 1 /\ drawn' = drawn + 1
  \/ ~FreshAuthors /\ author \in 1..drawn /\ UNCHANGED drawn

\* [REC-13]
Start ==
  /\ Len(recorders) < Recorders
  /\ Cardinality({i \in DOMAIN recorders : recorders[i].from = 0}) < Starts
  /\ \E author \in 1..(drawn + 1), checks \in Checks :
       /\ Draw(author)
       /\ recorders' = Append(recorders, Recorder(author, 0, Begin(Log), checks, FALSE))
  /\ UNCHANGED <<log, register, players, copies>>

\* [HOF-6]
Resume(i) ==
  LET p == players[i] IN
  /\ i \in DOMAIN players
  /\ Len(recorders) < Recorders
  /\ p.status = "complete" /\ ~p.used /\ (OnlyHeirs => p.goal = "handoff")
  /\ \E author \in 1..(drawn + 1), checks \in Checks :
       /\ IF p.goal = "finish" THEN Draw(author) ELSE author = p.heir /\ UNCHANGED drawn
       /\ recorders' = Append(recorders, Recorder(author, i, p.fsm, checks, Misled(p)))
  /\ players' = [players EXCEPT ![i].used = TRUE]
  /\ UNCHANGED <<log, register, copies>>

Event(i, op) ==
  LET r == recorders[i] IN
  /\ Active(r) /\ Room > 0 /\ Len(r.queue) < QueueLength
  /\ recorders' = [recorders EXCEPT ![i] = Recorded(r, op)]
  /\ op.kind = "create" => Creates(Range(log) \cup InQueues \cup {op}) <= Files
  /\ UNCHANGED <<log, register, players, drawn, copies>>

\* [AUT-4, JRN-5, REC-15]
Commit(i) ==
  LET r == recorders[i] IN
  /\ i \in DOMAIN recorders
  /\ Active(r) /\ r.queue # << >>
  /\ IF Passes(r)
     THEN /\ log' = Append(log, Head(r.queue))
          /\ recorders' = [recorders EXCEPT ![i] =
               [r EXCEPT !.queue = Tail(@), !.landed = Append(@, Head(r.queue)),
                         !.head = Max(@, Len(log) + 1)]]
     ELSE /\ recorders' = [recorders EXCEPT ![i] = [r EXCEPT !.queue = << >>, !.status = "fenced"]]
          /\ UNCHANGED log
  /\ UNCHANGED <<register, players, drawn, copies>>

\* [JRN-2]
Again(i, j) ==
  LET r == recorders[i] IN
  /\ copies < Copies /\ Room > 0 /\ Passes(r)
  /\ log' = Append(log, r.landed[j])
  /\ copies' = copies + 1
  /\ UNCHANGED <<register, recorders, players, drawn>>

Die(i) ==
  LET r == recorders[i] IN
  /\ i \in DOMAIN recorders
  /\ Active(r) /\ r.queue # << >>
  /\ recorders' = [recorders EXCEPT ![i] = [r EXCEPT !.queue = << >>, !.status = "dead"]]
  /\ UNCHANGED <<log, register, players, drawn, copies>>

PlayHints(taken) ==
  /\ Len(players) < Players
  /\ players' = Append(players, Player(taken))
  /\ UNCHANGED <<log, register, recorders, drawn, copies>>

Play(i) ==
  LET r == recorders[i] IN
  /\ i \in DOMAIN recorders
  /\ RecorderGivesHints(r) /\ PlayHints(Taken(Hints(r.fsm), r.fsm.next_checksum, r.misled))

PlayLog == PlayHints(Taken([log |-> Log, files |-> << >>, properties |-> << >>], << >>, FALSE))

PlayPlayer(i) ==
  LET p == players[i] IN
  /\ i \in DOMAIN players
  /\ PlayerGivesHints(p) /\ PlayHints(Taken(Hints(p.fsm), p.fsm.next_checksum, Misled(p)))

GoesOn(p) == IF Steps = "all" THEN Run(p, log) ELSE p

\* [PLAY-14]
Finish(i) ==
  LET p == players[i] IN
  /\ i \in DOMAIN players
  /\ p.goal = None /\ ~Done(p)
  /\ players' = [players EXCEPT ![i] = GoesOn([p EXCEPT !.goal = "finish"])]
  /\ UNCHANGED <<log, register, recorders, drawn, copies>>

\* [HOF-1, HOF-5]
HandOff(i) ==
  LET p == players[i] IN
  /\ i \in DOMAIN players
  /\ p.goal = None /\ ~Done(p)
  /\ drawn' = drawn + 1
  /\ players' = [players EXCEPT ![i] =
       GoesOn([p EXCEPT !.goal = "handoff", !.heir = drawn + 1])]
  /\ UNCHANGED <<log, register, recorders, copies>>

\* A player goes on without a wish; or, one step at a time, with one.
Advance(i) ==
  LET p == players[i] IN
  /\ i \in DOMAIN players
  /\ ~Stops(p, log)
  /\ IF Steps = "all" THEN Tails /\ p.goal = None /\ players' = [players EXCEPT ![i] = Run(p, log)]
     ELSE players' = [players EXCEPT ![i] = Told(p, log)]
  /\ UNCHANGED <<log, register, recorders, drawn, copies>>

\* [HOF-2, HOF-4, JRN-4]
Land(i) ==
  LET p == players[i]
      grown == Append(log, p.injected[1])
      end == RunToEnd(p, log)
  IN
  /\ i \in DOMAIN players
  /\ p.status = "appending"
  /\ IF Steps = "all" THEN /\ log' = end.log /\ players' = [players EXCEPT ![i] = end.player]
     ELSE /\ log' = grown /\ players' = [players EXCEPT ![i] = Landed(p, Len(grown))]
  /\ Steps = "all" => Len(log') + Queued(recorders) <= Operations
  /\ register' = p.heir
  /\ UNCHANGED <<recorders, drawn, copies>>

LandAgain(i) ==
  LET p == players[i] IN
  /\ i \in DOMAIN players
  /\ copies < Copies /\ Room > 0 /\ p.handoff # << >>
  /\ log' = Append(log, p.handoff[1])
  /\ register' = p.heir
  /\ copies' = copies + 1
  /\ UNCHANGED <<recorders, players, drawn>>

Happens(i) == i \in DOMAIN recorders /\ \E op \in Events(recorders[i]) : Event(i, op)

AppendsAgain(i) == i \in DOMAIN recorders /\ \E j \in DOMAIN recorders[i].landed : Again(i, j)

\* The quantifiers are over constants, and each action asks by itself whether there is such a
\* recorder or player: so TLC calls the steps of a trace by the actions' names.
Next ==
  \/ Start \/ PlayLog
  \/ \E i \in 1..Recorders :
       \/ Happens(i) \/ Commit(i) \/ AppendsAgain(i) \/ Die(i) \/ Play(i)
  \/ \E i \in 1..Players :
       \/ Advance(i) \/ Finish(i) \/ HandOff(i) \/ Land(i) \/ LandAgain(i)
       \/ Resume(i) \/ PlayPlayer(i)

Spec == Init /\ [][Next]_vars

------------------------------------------------------------------------------
(* Fairness: who plays goes on, and a no-op that is to be appended is.     *)

Fairness ==
  \A i \in 1..Players :
    /\ WF_vars(Advance(i))
    /\ WF_vars(Land(i))

FairSpec == Spec /\ Fairness
==============================================================================
