module rlog-model/adapters/go

go 1.24
