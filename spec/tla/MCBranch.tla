------------------------------- MODULE MCBranch -------------------------------
(* Branch, as TLC explores it, and what shows that its checks can fail. *)
EXTENDS Branch

\* One below the other.
Below == {<<"/a", "/a/b">>, <<"/a/b", "/a">>}
NoClash == {}

\* A configuration file can't hold pairs.
ShortRuns == {<<1, 1>>, <<1, 3>>}
Runs == {<<1, 1>>, <<1, 2>>, <<2, 2>>, <<3, 3>>}
WrongRuns == {<<0, 1>>, <<1, 1>>, <<2, 2>>, <<2, 1>>}

-------------------------------------------------------------------------------
(* Defects, which a configuration puts in the place of a definition: rules that are not asked, *)

NoNumbers == Rules \ {"FSM-2"}
NoChecksums == Rules \ {"FSM-3"}
NeverTaken(f, op) == FALSE

(* and what is done otherwise. *)
NotExtended(segments, op) == segments

ExtendedByAnyone(segments, op) ==
  [segments EXCEPT ![Len(segments)].last_seq_no = op.seq_no, ![Len(segments)].last_offset = op.last_offset]

AfterEach(f, op) == Moved(f, IF Outcome(f, op) = "FSM-0" THEN Changed(f, op) ELSE f, op)

AfterUntracked(f, op) ==
  IF IsTransition(Outcome(f, op)) THEN Moved(f, Changed(f, op), op) ELSE f

NoFileRule(files, n) == None

YieldingTooMuch(f, path) == [f EXCEPT !.properties = Without(@, {path})]

AllNamed(segments, log) == segments

-------------------------------------------------------------------------------
(* What does not hold without what hints assume of a branch. *)

\* [THM-5]
LeadsWhoeverComesBack == (begun = "empty" /\ NoAuthorAlternates /\ EndsAreOfRecorders) => Leads

\* [THM-5]
LeadsWhoeverAlternates == (begun = "empty" /\ NoAuthorComesBack /\ EndsAreOfRecorders) => Leads

\* [TRN-11]
GoesOnWhateverClashes == Lawful => PlaysOn
===============================================================================
