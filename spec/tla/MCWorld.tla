------------------------------- MODULE MCWorld -------------------------------
(***************************************************************************)
(* What is checked of World, and what its constants are.                   *)
(***************************************************************************)
EXTENDS World

\* Two paths; or one.
TwoPaths == {"/a", "/b"}
OnePath == {"/a"}
EmptyHistory == << >>
NoClash == {}

\* Rules that are asked where one is missing.
NoChecksums == Rules \ {"FSM-3"}
NoAuthors == Rules \ {"FSM-1"}

------------------------------------------------------------------------------
(* Safety.                                                                 *)

AllFSMs == {r.fsm : r \in Range(recorders)} \cup {p.fsm : p \in Range(players)}

\* [SEQ-1, SEQ-2]
ChecksumsChain == \A f \in AllFSMs : f.next_seq_no = Len(f.next_checksum) + 1

\* [INV-1]
LinksAgree == \A f \in AllFSMs : LinksAreABijection(f)

\* [INV-2]
SegmentsAgree == \A f \in AllFSMs : SegmentsAreOfTheBranch(f)

Committed(history) ==
  \A n \in DOMAIN history :
    \E op \in Range(log) : /\ op.seq_no = n /\ op.checksum = SubSeq(history, 1, n - 1)
                           /\ Summary(op) = history[n]

\* [REC-14]
HintsNameWhatCommitted == \A p \in Range(players) : Committed(p.taken.at)

\* Offsets of a segment, where the operations that it holds have landed.
OffsetsHold(s, history) ==
  LET at(n) == {i \in DOMAIN log : /\ log[i].seq_no = n
                                   /\ log[i].checksum = SubSeq(history, 1, n - 1)
                                   /\ Summary(log[i]) = history[n]}
  IN  /\ \A i \in at(s.first_seq_no) : s.first_offset <= i - 1
      /\ s.last_offset # 0 => s.last_offset \in at(s.last_seq_no)

\* [REC-12, PLAY-10]
OffsetsAreBounds ==
  \A f \in AllFSMs : \A n \in DOMAIN f.live : \A s \in Range(f.live[n].segments) :
    OffsetsHold(s, f.next_checksum)

\* The theorem.
\* [THM-1, THM-2, THM-3]
TreesAreTheRecorders ==
  \A p \in Range(players) :
    p.status = "complete" /\ ~p.taken.misled =>
      /\ IsPrefix(p.taken.at, p.fsm.next_checksum)
      /\ TreeBuilt(p) = TreeOf(p.fsm.next_checksum)

\* What is hinted and applied is of the branch that the hints were taken of: also if a zombie was asked.
\* [THM-1, FSM-1]
HintsLeadToTheirOwnBranch == \A p \in Range(players) : IsPrefix(p.led, p.taken.at)

\* A play of hints that are no zombie's ends with the files.
\* [THM-1, PLAY-2, PLAY-6]
PlaysDoNotFail ==
  \A p \in Range(players) : p.status \in {"HintsBeyondHead", "HintsRemain"} => p.taken.misled

\* [THM-4]
NoZombieIsAsked == \A p \in Range(players) : ~p.taken.misled

\* [HOF-3]
HandedOffByItsOwnNoOp ==
  \A p \in Range(players) : p.goal = "handoff" =>
    LET history == p.fsm.next_checksum
        own     == {n \in DOMAIN history : history[n] = <<p.heir, "none", None, 0>>}
    IN  IF p.status = "complete" THEN own = {Len(history)} ELSE own = {}

\* [INV-9]
CompleteHasReadItsHints ==
  \A p \in Range(players) : p.status = "complete" => ~Hinted(p.fsm) /\ p.fsm.fnodes = << >>

\* [PLAY-17]
TwoPlayersAgree ==
  \A p, q \in Range(players) :
    (p.taken.hints = q.taken.hints /\ p.offset = q.offset /\ ~Done(p) /\ ~Done(q)
       /\ p.goal = None /\ q.goal = None) => p.fsm = q.fsm /\ p.content = q.content

\* [JRN-1]
LogGrows == [][IsPrefix(log, log')]_vars

\* But for the no-op of a handoff, which may land again: its append has no check.
\* [HOF-2, AUT-4]
FencesHold ==
  [][\A i \in DOMAIN recorders :
       LET r == recorders[i] IN
       (r.checks /\ register \notin {NoAuthor, r.author}) =>
         \A op \in Range(SubSeq(log', Len(log) + 1, Len(log'))) :
           op.author = r.author => op.kind = "none"
    ]_vars

------------------------------------------------------------------------------
(* What must be reachable. Each is told as what never happens.             *)

NoLostRace ==
  ~ \E p \in Range(players) :
      /\ p.status = "complete" /\ p.goal = "handoff" /\ ~p.taken.misled /\ copies = 0
      /\ Cardinality({i \in DOMAIN log : log[i].author = p.heir /\ log[i].kind = "none"}) > 1

NoDeadBranchIsSkipped ==
  ~ \E p \in Range(players) :
      /\ p.status = "complete" /\ p.taken.hints.files # << >> /\ ~p.taken.misled
      /\ copies = 0 /\ Len(log) > Len(p.fsm.next_checksum)
      /\ Len(p.fsm.next_checksum) > Len(p.taken.at)

NoFencedLogIsOrphaned ==
  ~ \E r \in Range(recorders), s \in Range(recorders) :
      /\ r.status = "dead" /\ r.author = register
      /\ s.status = "fenced"

------------------------------------------------------------------------------
(* Liveness.                                                               *)

IsThere(i) == i \in DOMAIN players

\* [PLAY-7, PLAY-8, HOF-4]
WhoIsAskedEnds ==
  \A i \in 1..Players :
    (IsThere(i) /\ players[i].goal # None) ~> (IsThere(i) /\ Done(players[i]))

\* [PLAY-13]
WhoReadsTails ==
  \A i \in 1..Players :
    (IsThere(i) /\ players[i].goal = None)
      ~> (IsThere(i) /\ (Tailing(players[i]) \/ players[i].goal # None \/ Done(players[i])))
==============================================================================
