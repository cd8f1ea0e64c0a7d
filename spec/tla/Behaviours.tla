----------------------------- MODULE Behaviours -----------------------------
(***************************************************************************)
(* Random behaviours of World, told as scenarios: TLC simulates, and each  *)
(* behaviour prints its steps at its end.                                  *)
(***************************************************************************)
EXTENDS TraceSteps, TLC

CONSTANTS
  Lengths     \* how many steps a behaviour can have

VARIABLE told

Files2 == {"/a", "/b"}
\* As many appends as there are.
All == 1000000

New(prefix, k) == prefix \o ToString(k)
NewAuthor == ToString(100 + Len(aside.authors) + 1)
NewHints == New("h", Cardinality(DOMAIN aside.taken) + 1)
NewPlayer == New("p", Len(players) + 1)
Here == Len(told.steps) + 1

Starting ==
  IF Len(recorders) >= 4 THEN {}
  ELSE {[do |-> "start_recorder", recorder |-> New("r", Len(recorders) + 1), player |-> p.player,
         author |-> p.author, checks |-> checks] :
          checks \in BOOLEAN,
          p \in (IF recorders = << >> THEN {[player |-> None, author |-> NewAuthor]} ELSE {})
            \cup {[player |-> aside.players[i],
                   author |-> IF players[i].goal = "handoff" THEN aside.authors[players[i].heir]
                              ELSE NewAuthor] :
                    i \in {j \in DOMAIN players : players[j].status = "complete" /\ ~players[j].used}}}

Recording(i) ==
  LET name  == aside.recorders[i]
      links == recorders[i].fsm.links
      there == DOMAIN links
      label == "write of event " \o ToString(Here)
  IN  {[do |-> "create", recorder |-> name, path |-> p, label |-> label] : p \in Files2}
      \cup {[do |-> "write", recorder |-> name, path |-> p, label |-> label, offset |-> at,
             bytes |-> <<64 + Here>>] : p \in there, at \in {0, 1}}
      \cup {[do |-> "link", recorder |-> name, source |-> p, target |-> q] :
              p \in there, q \in Files2 \ there}
      \cup {[do |-> "rename", recorder |-> name, source |-> p, target |-> q] :
              p \in there, q \in Files2}
      \cup {[do |-> "unlink", recorder |-> name, path |-> p] : p \in there}

Committing(i) ==
  LET name   == aside.recorders[i]
      queued == Side(i).queued
  IN  (IF queued = << >> THEN {}
       ELSE {[do |-> "commit", recorder |-> name, appends |-> n] : n \in {1, All}}
            \cup {[do |-> "die", recorder |-> name, in_flight |-> n] :
                    n \in IF Len(recorders) > 1 /\ Active(recorders[i]) THEN {0, 1} ELSE {}})
      \cup (IF Side(i).landed = << >> \/ copies > 1 THEN {}
            ELSE {[do |-> "append_again", recorder |-> name, back |-> 0]})
      \cup (IF recorders[i].fsm.live = << >> \/ Cardinality(DOMAIN aside.taken) > 3 THEN {}
            ELSE {[do |-> "take_hints", recorder |-> name, hints |-> NewHints]})

Playing ==
  IF Len(players) > 3 THEN {}
  ELSE {[do |-> "play", player |-> NewPlayer, hints |-> h] : h \in DOMAIN aside.taken}
       \cup (IF log # << >> /\ players = << >>
             THEN {[do |-> "play", player |-> NewPlayer, hints |-> None]} ELSE {})

OnPlayers(i) ==
  LET name == aside.players[i]
      p    == players[i]
  IN  (IF Done(p) THEN {}
       ELSE {[do |-> "advance", player |-> name, until |-> u] : u \in {"append", "end", "head"}})
      \cup (IF Done(p) \/ p.goal # None THEN {}
            ELSE {[do |-> "finish_at_write_head", player |-> name],
                  [do |-> "inject_handoff", player |-> name, author |-> NewAuthor]})
      \cup (IF p.handoff = << >> \/ copies > 1 THEN {}
            ELSE {[do |-> "handoff_again", player |-> name]})
      \cup (IF Cardinality(DOMAIN aside.taken) > 3 THEN {}
            ELSE {[do |-> "take_player_hints", player |-> name, hints |-> NewHints]})

Candidates ==
  Starting \cup Playing
    \cup UNION {Committing(i) : i \in DOMAIN recorders}
    \cup UNION {Recording(i) : i \in {j \in DOMAIN recorders : Active(recorders[j])}}
    \cup UNION {OnPlayers(i) : i \in DOMAIN players}

Order == <<"/a", "/b">>

BehavioursInit ==
  /\ Init /\ aside = NothingAside
  /\ \E length \in Lengths :
       told = [length |-> length, steps |-> << >>, todo |-> << >>, told |-> FALSE]

\* What changes nothing, and is no check that fails, tells nothing. Kinds come first, so that none is
\* drawn only because there are many ways to do it.
Chooses ==
  /\ told.todo = << >> /\ Len(told.steps) < told.length
  /\ \E kind \in {s.do : s \in Candidates} :
       LET s == RandomElement({c \in Candidates : c.do = kind})
       IN  \E chosen \in {s} :
             LET answer == StepAnswer(chosen, Order)
             IN  /\ answer.outcome \in {"done", "fenced"}
                 /\ told' = [told EXCEPT !.steps = Append(@, chosen), !.todo = answer.acts]
                 /\ UNCHANGED <<vars, aside>>

Makes ==
  /\ told.todo # << >> /\ Head(told.todo).a # "play_on"
  /\ Do(Head(told.todo))
  /\ told' = [told EXCEPT !.todo = Tail(@)]

Goes ==
  /\ told.todo # << >> /\ Head(told.todo).a = "play_on"
  /\ told' = [told EXCEPT !.todo = PlaysOn(Head(@))]
  /\ UNCHANGED <<vars, aside>>

Tells ==
  /\ told.todo = << >> /\ Len(told.steps) = told.length /\ ~told.told
  /\ PrintT(<<"behaviour", told.steps>>)
  /\ told' = [told EXCEPT !.told = TRUE]
  /\ UNCHANGED <<vars, aside>>

BehavioursNext == Chooses \/ Makes \/ Goes \/ Tells

BehavioursSpec == BehavioursInit /\ [][BehavioursNext]_<<vars, aside, told>>
==============================================================================
