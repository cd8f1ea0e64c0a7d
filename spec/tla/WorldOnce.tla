------------------------------ MODULE WorldOnce ------------------------------
(***************************************************************************)
(* Recursive functions of World and FSM, told so that TLC evaluates each   *)
(* part once. They take the place of the others where logs are long: the   *)
(* configurations of spec/traces name which one takes the place of which.  *)
(***************************************************************************)
EXTENDS MCWorld

\* The member of a set of one. Bound to its variable, an expression is evaluated once.
Only(set) == CHOOSE x \in set : TRUE

\* LawfulBranch and TreeOf of World, from the first operation on.
RECURSIVE LawfulFrom(_, _, _)
LawfulFrom(l, k, before) ==
  IF k > Len(l) THEN before
  ELSE Only({LawfulFrom(l, k + 1, next) : next \in
               {IF l[k].checksum = before /\ l[k].seq_no = Len(before) + 1
                THEN History(before, l[k]) ELSE before}})

\* [SEQ-4]
LawfulBranchOnce(l) == LawfulFrom(l, 1, << >>)

DumbStep(d, n, kind, path, file) ==
  CASE kind = "create" -> [links |-> With(d.links, path, n), content |-> With(d.content, n, << >>)]
    [] kind = "link"   -> [d EXCEPT !.links = With(@, path, file)]
    [] kind = "unlink" -> [d EXCEPT !.links = Without(@, {path})]
    [] kind = "write"  -> [d EXCEPT !.content[file] = Append(@, n)]
    [] OTHER           -> d

RECURSIVE DumbFrom(_, _, _)
DumbFrom(history, n, d) ==
  IF n > Len(history) THEN d
  ELSE Only({DumbFrom(history, n + 1, next) : next \in
               {DumbStep(d, n, history[n][2], history[n][3], history[n][4])}})

\* [THM-1]
TreeOfOnce(history) ==
  Only({[p \in DOMAIN d.links |-> d.content[d.links[p]]] :
          d \in {DumbFrom(history, 1, [links |-> << >>, content |-> << >>])}})

RECURSIVE AllAdded(_, _, _)
AllAdded(given, k, segments) ==
  IF k > Len(segments) \/ given.answer.is = "refused" THEN given
  ELSE Only({AllAdded(next, k + 1, segments) : next \in {Add(given.set, segments[k])}})

SetOfOnce(segments) == AllAdded(Added(<< >>), 1, segments)

SortedOnce(numbers) ==
  [k \in 1..Cardinality(numbers) |->
     CHOOSE n \in numbers : Cardinality({m \in numbers : m < n}) = k - 1]

RECURSIVE JoinedFrom(_, _)
JoinedFrom(files, k) == IF k > Len(files) THEN << >> ELSE files[k][2] \o JoinedFrom(files, k + 1)
JoinedOnce(files) == JoinedFrom(files, 1)
==============================================================================
