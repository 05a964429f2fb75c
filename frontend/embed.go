// Package frontend holds the built browser application inside the binary.
package frontend

import (
	"embed"
	"io/fs"
)

// all: keeps the placeholder that lets the package compile before the first
// front-end build.
//
//go:embed all:dist
var dist embed.FS

// FS is the built front end, index.html at its top. Before the first build it
// holds no index.html, and the server says so instead of answering 404.
func FS() fs.FS {
	sub, err := fs.Sub(dist, "dist")
	if err != nil {
		panic("frontend: " + err.Error()) // "dist" is a valid path: fixed at compile time
	}
	return sub
}
