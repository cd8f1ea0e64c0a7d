module rlog-model/adapters/gazette

go 1.24

require (
	go.gazette.dev/core v0.0.0
	rlog-model/adapters/go v0.0.0
)

// Only declarations: README.md says how to build with Gazette itself.
replace go.gazette.dev/core => ./declarations

replace rlog-model/adapters/go => ../go
