package fsm

// Revision is a release of the protocol (RVN).
type Revision struct {
	Name             string
	SeveralLogs      bool // RVN-1
	PropertiesChange bool // RVN-2
}

// The revisions.
var (
	Revision202006 = Revision{Name: "2020-06"}
	Revision202105 = Revision{Name: "2021-05", SeveralLogs: true}
	Revision202312 = Revision{Name: "2023-12", SeveralLogs: true, PropertiesChange: true}
)

// Revisions are all revisions, the oldest first.
var Revisions = []Revision{Revision202006, Revision202105, Revision202312}
