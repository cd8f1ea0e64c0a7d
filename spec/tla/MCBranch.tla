------------------------------- MODULE MCBranch -------------------------------
(* Branch, as TLC explores it, and what shows that its checks can fail. *)
EXTENDS Branch

\* One below the other.
Below == {<<"/a", "/a/b">>, <<"/a/b", "/a">>}
NoClash == {}

\* A configuration file can't hold pairs.
ShortRuns == {<<1, 1>>, <<1, 2>>}
Runs == {<<1, 1>>, <<1, 2>>, <<2, 2>>, <<3, 3>>}
RunsAndOneBackwards == {<<1, 1>>, <<1, 2>>, <<2, 2>>, <<2, 1>>}

-------------------------------------------------------------------------------
(* Rules that are asked where one is missing. *)

NoNumbers == Rules \ {"FSM-2"}
NoChecksums == Rules \ {"FSM-3"}

-------------------------------------------------------------------------------
(* What does not hold without what hints assume of a branch. *)

\* [THM-5]
LeadsWhoeverComesBack == (begun = "empty" /\ NoAuthorAlternates /\ EndsAreOfRecorders) => Leads

\* [THM-5]
LeadsWhoeverAlternates == (begun = "empty" /\ NoAuthorComesBack /\ EndsAreOfRecorders) => Leads

\* [HNT-12]
LeadsWhateverClashes == Lawful => Leads
===============================================================================
