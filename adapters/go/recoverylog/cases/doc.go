// Package cases runs what Gazette has recorded, as spec/cases.md says, and plays the sample logs. It has only tests.
package cases
