module go.gazette.dev/core

go 1.24
