package server

import (
	"context"
	"path/filepath"

	"coplan/server/blob"
	"coplan/server/journal"
)

// openFiles starts keeping what people upload; leftovers are swept until
// Shutdown.
func (s *Server) openFiles() (*blob.Files, error) {
	files, err := blob.New(blob.Config{
		Store: s.journal.Blobs(), KV: s.journal.KV(), NoKey: journal.ErrNoKey, Changed: journal.ErrKeyChanged,
		Dir: filepath.Join(s.cfg.Data, "uploads"), MaxBytes: s.cfg.FileBytes, PlanBytes: s.cfg.PlanFileBytes,
		Types: s.cfg.FileTypes, Scan: s.cfg.FileScan, ScanFor: s.cfg.FileScanFor, Logger: s.log, Clock: s.cfg.Clock,
	})
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); files.Keep(ctx) }()
	s.onShutdown(func(context.Context) error { stop(); <-done; return nil })
	return files, nil
}
