----------------------------- MODULE TraceSteps -----------------------------
(***************************************************************************)
(* What a step of a scenario is in World: which of its actions are made,   *)
(* and what whoever executed the step can see behind them.                 *)
(*                                                                         *)
(* A step is a record with the member `do`, as in the scenario language,   *)
(* and the members that the step has. Some is an event of several          *)
(* operations, or commits several appends: then it is several actions, one *)
(* behind the other, of which nobody sees what is between them.            *)
(*                                                                         *)
(* World has what counts for the protocol. What an observer sees besides   *)
(* - names, bytes of files, offsets in bytes - is in `aside`, which no     *)
(* action of World looks at.                                               *)
(***************************************************************************)
EXTENDS WorldOnce

VARIABLE aside

\* The first so many, or all.
UpTo(s, most) == SubSeq(s, 1, IF most < Len(s) THEN most ELSE Len(s))

\* A value that may be missing is a sequence of none or one.
Absent == << >>

\* ids: names, by the index that a thing has in World.
\* side: of each recorder the operations of each append, first of those in its queue, then of those
\*       that landed; the bytes of its files; and what the bounds of its operations were made of.
\* taken: hints by their name. data: what writes wrote, by the label that they have as their path.
NothingAside ==
  [recorders |-> << >>, players |-> << >>, authors |-> << >>, side |-> << >>, taken |-> << >>,
   data |-> << >>]

IndexOf(name, names) ==
  IF \E k \in DOMAIN names : names[k] = name
  THEN CHOOSE k \in DOMAIN names : names[k] = name ELSE 0

\* An author that was not seen yet is drawn next.
AuthorOf(label) ==
  LET k == IndexOf(label, aside.authors) IN IF k = 0 THEN Len(aside.authors) + 1 ELSE k

WithAuthor(authors, label) == IF label \in Range(authors) THEN authors ELSE Append(authors, label)

RECURSIVE SumTo(_, _)
SumTo(s, k) == IF k = 0 THEN 0 ELSE s[k] + SumTo(s, k - 1)
Sum(s) == SumTo(s, Len(s))

------------------------------------------------------------------------------

------------------------------------------------------------------------------
(* Bytes of files.                                                         *)

Overlaid(content, offset, bytes) ==
  IF bytes = << >> THEN content
  ELSE [k \in 1..Max(Len(content), offset + Len(bytes)) |->
          IF k > offset /\ k <= offset + Len(bytes) THEN bytes[k - offset]
          ELSE IF k <= Len(content) THEN content[k] ELSE 0]

\* The bytes of a file which had these writes, of a branch with this history.
RECURSIVE BytesTo(_, _, _)
BytesTo(writes, history, k) ==
  IF k = 0 THEN << >>
  ELSE LET last == aside.data[history[writes[k]][3]]
       IN  Only({Overlaid(before, last.offset, last.bytes) : before \in
                  {BytesTo(writes, history, k - 1)}})

BytesOfPlayer(p) == [n \in DOMAIN p.content |-> BytesTo(p.content[n], p.fsm.next_checksum, Len(p.content[n]))]

TreeShown(f, bytes) == {<<path, bytes[f.links[path]]>> : path \in DOMAIN f.links}
SameShown(f) == {f.live[n].links : n \in {m \in DOMAIN f.live : Cardinality(f.live[m].links) > 1}}

------------------------------------------------------------------------------
(* Actions that a step is made of. Each is a record with its name as `a`.  *)

Side(i) == aside.side[i]

Started(name, author, bytes) ==
  [aside EXCEPT
    !.recorders = Append(@, name),
    !.authors   = WithAuthor(@, author),
    !.side      = Append(@, [queued |-> << >>, landed |-> << >>, bytes |-> bytes, bounds |-> << >>])]

Started1(author, checks) ==
  LET r == recorders'[Len(recorders')] IN r.author = author /\ r.checks = checks

\* [REC-13]
DoStart(m) ==
  /\ Start /\ Started1(AuthorOf(m.author), m.checks)
  /\ aside' = Started(m.recorder, m.author, << >>)

\* [HOF-6]
DoResume(m) ==
  /\ Resume(m.i) /\ Started1(AuthorOf(m.author), m.checks)
  /\ aside' = Started(m.recorder, m.author, BytesOfPlayer(players[m.i]))

\* World's writes have no path: here it is the label of what is written.
OpOf(m) ==
  LET r    == recorders[m.i]
      file == IF m.kind = "create" THEN 0 ELSE r.fsm.links[m.source]
  IN  Next1(r.fsm, r.author, m.kind, IF m.kind = "write" THEN m.label ELSE m.path, file)

AsInWorld(op) == IF op.kind = "write" THEN [op EXCEPT !.path = None] ELSE op

BytesAfter(bytes, op, m) ==
  CASE op.kind = "create" -> With(bytes, op.seq_no, << >>)
    [] op.kind = "write"  -> [bytes EXCEPT ![op.fnode] = Overlaid(@, m.offset, m.bytes)]
    [] OTHER -> bytes

\* [REC-12]
DoRecord(m) ==
  LET op == OpOf(m)
      r  == recorders[m.i]
  IN  /\ AsInWorld(op) \in Events(r)
      /\ Event(m.i, op)
      /\ aside' =
           [aside EXCEPT
             !.side[m.i].queued = IF m.first THEN Append(@, 1) ELSE [@ EXCEPT ![Len(@)] = @ + 1],
             !.side[m.i].bytes  = BytesAfter(@, op, m),
             !.side[m.i].bounds = With(@, op.seq_no, [head |-> r.head, queue |-> r.queue]),
             !.data = IF op.kind = "write"
                      THEN With(@, m.label, [offset |-> m.offset, bytes |-> m.bytes]) ELSE @]

\* World's dead have nothing in flight. What is, lands as it would of one that is alive.
\* [AUT-4, JRN-5]
LateCommit(i) ==
  LET r == recorders[i] IN
  /\ r.status = "dead" /\ r.queue # << >>
  /\ IF Passes(r)
     THEN /\ log' = Append(log, Head(r.queue))
          /\ recorders' = [recorders EXCEPT ![i] =
               [r EXCEPT !.queue = Tail(@), !.landed = Append(@, Head(r.queue))]]
     ELSE recorders' = [recorders EXCEPT ![i] = [r EXCEPT !.queue = << >>]] /\ UNCHANGED log
  /\ UNCHANGED <<register, players, drawn, copies>>

DoCommit(m) ==
  LET r    == recorders[m.i]
      left == Side(m.i).queued
      done == Side(m.i).landed
  IN
  /\ IF Active(r) THEN Commit(m.i) ELSE LateCommit(m.i)
  /\ aside' =
       IF ~Passes(r) THEN [aside EXCEPT !.side[m.i].queued = << >>]
       ELSE [aside EXCEPT
              !.side[m.i].queued = IF Head(@) = 1 THEN Tail(@) ELSE [@ EXCEPT ![1] = @ - 1],
              !.side[m.i].landed = IF m.first THEN Append(@, 1) ELSE [@ EXCEPT ![Len(@)] = @ + 1]]

\* World's Die is of one whose queue is lost with it: nothing comes of any other death there.
DoDie(m) ==
  LET r    == recorders[m.i]
      kept == UpTo(Side(m.i).queued, m.keep)
  IN
  /\ IF kept = << >> /\ r.queue # << >> THEN Die(m.i)
     ELSE /\ recorders' = [recorders EXCEPT ![m.i] =
               [r EXCEPT !.status = "dead", !.queue = SubSeq(@, 1, Sum(kept))]]
          /\ UNCHANGED <<log, register, players, drawn, copies>>
  /\ aside' = [aside EXCEPT !.side[m.i].queued = kept]

Keep(name, taken) == aside' = [aside EXCEPT !.taken = With(@, name, taken)] /\ UNCHANGED vars

\* Who plays hints later is, in World, who has them from the start and has not begun to read.
\* [REC-14, HNT-11]
DoTake(m) ==
  LET r == recorders[m.i] IN
  RecorderGivesHints(r) /\ Keep(m.hints, Taken(Hints(r.fsm), r.fsm.next_checksum, r.misled))

\* [PLAY-16]
DoTakeOfPlayer(m) ==
  LET p == players[m.i] IN
  PlayerGivesHints(p) /\ Keep(m.hints, Taken(Hints(p.fsm), p.fsm.next_checksum, Misled(p)))

DoPlay(m) ==
  /\ IF m.hints = None THEN PlayLog ELSE PlayHints(aside.taken[m.hints])
  /\ aside' = [aside EXCEPT !.players = Append(@, m.player)]

DoHandOff(m) ==
  HandOff(m.i) /\ aside' = [aside EXCEPT !.authors = Append(@, m.author)]

Do(m) ==
  CASE m.a = "start"      -> DoStart(m)
    [] m.a = "resume"     -> DoResume(m)
    [] m.a = "record"     -> DoRecord(m)
    [] m.a = "commit"     -> DoCommit(m)
    [] m.a = "again"      -> Again(m.i, m.j) /\ UNCHANGED aside
    [] m.a = "die"        -> DoDie(m)
    [] m.a = "take"       -> DoTake(m)
    [] m.a = "take_of"    -> DoTakeOfPlayer(m)
    [] m.a = "play"       -> DoPlay(m)
    [] m.a = "finish"     -> Finish(m.i) /\ UNCHANGED aside
    [] m.a = "hand_off"   -> DoHandOff(m)
    [] m.a = "land"       -> Land(m.i) /\ UNCHANGED aside
    [] m.a = "advance"    -> Advance(m.i) /\ UNCHANGED aside
    [] m.a = "land_again" -> LandAgain(m.i) /\ UNCHANGED aside

------------------------------------------------------------------------------
(* The answer to a step: its outcome, and the actions that it begins with. *)

Answer(outcome, acts) == [outcome |-> outcome, acts |-> acts]
Does(acts) == Answer("done", acts)
Impossible == Answer("impossible", << >>)
Fenced == Answer("fenced", << >>)
Refuses(acts) == Answer("refused", acts)
\* World has no action for it.
Uncovered == Answer("uncovered", << >>)

Act(kind, i, path, source) ==
  [a |-> "record", i |-> i, kind |-> kind, path |-> path, source |-> source, first |-> FALSE,
   label |-> None, offset |-> 0, bytes |-> << >>]
WriteAct(i, path, label, offset, bytes) ==
  [Act("write", i, None, path) EXCEPT !.label = label, !.offset = offset, !.bytes = bytes]

\* One event is one append.
AsEvent(acts) == IF acts = << >> THEN Does(acts) ELSE Does([acts EXCEPT ![1].first = TRUE])

\* Another file takes the place of the one at a path, at all its paths in their order.
\* [REC-4]
Replaced(s, i, path, content, order) ==
  LET f     == recorders[i].fsm
      at    == SelectSeq(order, LAMBDA p : p \in f.live[f.links[path]].links)
      first == at[1]
      gone  == [k \in DOMAIN at |-> Act("unlink", i, at[k], at[k])]
      links == [k \in 1..(Len(at) - 1) |-> Act("link", i, at[k + 1], first)]
  IN  gone \o <<Act("create", i, first, None)>> \o links
      \o (IF content = << >> THEN << >> ELSE <<WriteAct(i, first, s.label, 0, content)>>)

\* [REC-2, REC-4]
Opened(s, i, flags, order) ==
  LET there == s.path \in DOMAIN recorders[i].fsm.links
  IN  IF there /\ "exclusive" \in flags THEN Refuses(<< >>)
      ELSE IF ~there /\ "create" \notin flags THEN Refuses(<< >>)
      ELSE IF ~there THEN AsEvent(<<Act("create", i, s.path, None)>>)
      ELSE IF "truncate" \in flags THEN AsEvent(Replaced(s, i, s.path, << >>, order))
      ELSE AsEvent(<< >>)

\* [REC-4, REC-5]
Truncated(s, i, order) ==
  LET content == Side(i).bytes[recorders[i].fsm.links[s.path]]
      size    == Len(content)
  IN  IF s.size = size /\ size > 0 THEN AsEvent(<< >>)
      ELSE IF s.size > size THEN AsEvent(<<WriteAct(i, s.path, s.label, s.size - 1, <<0>>)>>)
      ELSE AsEvent(Replaced(s, i, s.path, SubSeq(content, 1, s.size), order))

\* [REC-7]
Renamed(s, i) ==
  LET links == recorders[i].fsm.links
  IN  IF s.source \notin DOMAIN links THEN Refuses(<< >>)
      ELSE IF s.target \in DOMAIN links /\ links[s.source] = links[s.target] THEN AsEvent(<< >>)
      ELSE AsEvent(
             (IF s.target \in DOMAIN links THEN <<Act("unlink", i, s.target, s.target)>> ELSE << >>)
             \o <<Act("link", i, s.target, s.source), Act("unlink", i, s.source, s.source)>>)

\* [REC-1, REC-6]
EventAnswer(s, i, order) ==
  LET paths == DOMAIN recorders[i].fsm.links
  IN  CASE s.do = "create" -> Opened(s, i, {"write", "create", "truncate"}, order)
        [] s.do = "open"   -> Opened(s, i, s.flags, order)
        [] s.do = "write"  ->
             IF s.path \notin paths THEN Impossible
             ELSE AsEvent(<<WriteAct(i, s.path, s.label, s.offset, s.bytes)>>)
        [] s.do = "truncate" -> IF s.path \notin paths THEN Impossible ELSE Truncated(s, i, order)
        [] s.do = "link" ->
             IF s.source \notin paths \/ s.target \in paths THEN Refuses(<< >>)
             ELSE AsEvent(<<Act("link", i, s.target, s.source)>>)
        [] s.do = "unlink" ->
             IF s.path \notin paths THEN Refuses(<< >>)
             ELSE AsEvent(<<Act("unlink", i, s.path, s.path)>>)
        [] s.do = "rename" -> Renamed(s, i)

\* The commits of the next appends; one, where the check fails.
RECURSIVE CommitsFrom(_, _, _)
CommitsFrom(i, sizes, k) ==
  IF k > Len(sizes) THEN << >>
  ELSE [n \in 1..sizes[k] |-> [a |-> "commit", i |-> i, first |-> n = 1]]
       \o CommitsFrom(i, sizes, k + 1)

CommitAnswer(i, appends) ==
  LET queued == Side(i).queued
      acts   == CommitsFrom(i, UpTo(queued, appends), 1)
  IN  IF acts = << >> \/ Passes(recorders[i]) THEN Does(acts) ELSE Answer("fenced", <<acts[1]>>)

AgainAnswer(i, back) ==
  LET landed == Side(i).landed
      k      == Len(landed) - back
  IN  IF k < 1 THEN Impossible
      ELSE IF ~Passes(recorders[i]) THEN Fenced
      ELSE LET before == Sum(SubSeq(landed, 1, k - 1))
           IN  Does([j \in 1..landed[k] |-> [a |-> "again", i |-> i, j |-> before + j]])

\* [REC-14, HNT-11]
TakeAnswer(s, i) ==
  LET all == CommitAnswer(i, Len(Side(i).queued))
      take == [a |-> "take", i |-> i, hints |-> s.hints]
  IN  IF s.hints \in DOMAIN aside.taken THEN Impossible
      ELSE IF all.outcome = "fenced" THEN all
      ELSE IF GivesLastingHints(recorders[i].fsm) THEN Does(Append(all.acts, take))
      ELSE Refuses(all.acts)

RecorderAnswer(s, i, order) ==
  LET r == recorders[i] IN
  IF s.do = "append_again" THEN AgainAnswer(i, s.back)
  ELSE IF s.do = "commit" /\ r.status = "dead" /\ r.queue = << >> THEN Impossible
  ELSE IF s.do = "commit" /\ r.status # "fenced" THEN CommitAnswer(i, s.appends)
  ELSE IF r.status = "dead" THEN Impossible
  ELSE IF r.status = "fenced" THEN Fenced
  ELSE IF s.do = "die" THEN Does(<<[a |-> "die", i |-> i, keep |-> s.in_flight]>>)
  ELSE IF s.do = "take_hints" THEN TakeAnswer(s, i)
  ELSE EventAnswer(s, i, order)

StartAnswer(s) ==
  LET i == IndexOf(s.player, aside.players)
      start(a) == Does(<<[a |-> a, i |-> i, recorder |-> s.recorder, author |-> s.author,
                           checks |-> s.checks]>>)
  IN  IF IndexOf(s.recorder, aside.recorders) # 0 THEN Impossible
      ELSE IF s.player = None THEN start("start")
      ELSE IF i = 0 THEN Impossible
      ELSE IF players[i].used \/ players[i].status # "complete" THEN Impossible
      ELSE IF players[i].goal = "handoff" /\ AuthorOf(s.author) # players[i].heir THEN Uncovered
      ELSE start("resume")

\* [PLAY-1]
PlayAnswer(s) ==
  IF IndexOf(s.player, aside.players) # 0 THEN Impossible
  ELSE IF s.hints # None /\ s.hints \notin DOMAIN aside.taken THEN Impossible
  ELSE Does(<<[a |-> "play", player |-> s.player, hints |-> s.hints]>>)

\* [PLAY-14, HOF-1, PLAY-16]
PlayerAnswer(s, i) ==
  LET p == players[i] IN
  IF s.do = "handoff_again"
  THEN IF p.handoff = << >> THEN Impossible ELSE Does(<<[a |-> "land_again", i |-> i]>>)
  ELSE IF s.do = "take_player_hints"
  THEN IF s.hints \in DOMAIN aside.taken \/ ~(p.status = "complete" \/ Tailing(p)) THEN Impossible
       ELSE IF GivesLastingHints(p.fsm) THEN Does(<<[a |-> "take_of", i |-> i, hints |-> s.hints]>>)
       ELSE Refuses(<< >>)
  ELSE IF Done(p) THEN Impossible
  ELSE IF s.do = "advance" THEN Does(<<[a |-> "play_on", i |-> i, until |-> s.until]>>)
  ELSE IF p.goal # None THEN Impossible
  ELSE IF s.do = "finish_at_write_head" THEN Does(<<[a |-> "finish", i |-> i]>>)
  ELSE IF s.author \in Range(aside.authors) THEN Uncovered
  ELSE Does(<<[a |-> "hand_off", i |-> i, author |-> s.author]>>)

OfRecorders ==
  {"create", "open", "write", "truncate", "link", "unlink", "rename", "commit", "append_again", "die",
   "take_hints"}

StepAnswer(s, order) ==
  IF s.do \in {"roll", "read_log"} THEN Does(<< >>)
  ELSE IF s.do = "start_recorder" THEN StartAnswer(s)
  ELSE IF s.do = "play" THEN PlayAnswer(s)
  ELSE IF s.do \in OfRecorders
  THEN LET i == IndexOf(s.recorder, aside.recorders)
       IN  IF i = 0 THEN Impossible ELSE RecorderAnswer(s, i, order)
  ELSE LET i == IndexOf(s.player, aside.players)
       IN  IF i = 0 THEN Impossible ELSE PlayerAnswer(s, i)

\* A player is told one thing after the other, until it stops.
\* [PLAY-18]
PlaysOn(m) ==
  LET p == players[m.i]
      next(a) == <<[a |-> a, i |-> m.i], m>>
  IN  IF p.status = "appending" THEN IF m.until = "append" THEN << >> ELSE next("land")
      ELSE IF Stops(p, log) THEN << >> ELSE next("advance")
==============================================================================
