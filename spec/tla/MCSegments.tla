------------------------------ MODULE MCSegments ------------------------------
(* Segments, as TLC explores it, and what shows that its checks can fail. *)
EXTENDS SegmentSets

\* Only an add that is not refused changes the set. So what can follow any other answer can follow
\* the state before it too, and nothing is lost where TLC does not go on from there.
NextOfNewSets ==
    /\ answer.is \in {"new", "added"}
    /\ Next

\* A configuration file can't hold a negative number.
FromMinusOne == {-1, 0, 1}

-------------------------------------------------------------------------------
(* Defects, which a configuration puts in the place of a definition. *)

OnlyOverlapTouches(a, b) == Overlap(a, b)

NoneOverlap(a, b) == FALSE

-------------------------------------------------------------------------------
(* Witnesses: each says that something is never reached. *)

\* Three segments stand in one set.
NeverThree == Len(set) < 3

\* Two valid segments are reduced to one that is not: with the greater of two lower bounds, it
\* begins where it ends. SEG-6 asks of no set that its segments be valid.
\* [SEG-1, SEG-4]
NeverInvalid == \A n \in DOMAIN set : Valid(set[n])

===============================================================================
