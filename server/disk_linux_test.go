package server_test

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"coplan/server"
)

// A disk that is really full, and space on it again.
func TestFullDisk(t *testing.T) {
	const size, reserve = 48 << 20, 8 << 20
	disk := t.TempDir()
	if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, fmt.Sprintf("size=%d", size)); err != nil {
		t.Skipf("a small disk can't be mounted here (%v); TestReserveIsKept covers the rest", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(disk, 0); err != nil {
			t.Error(err)
		}
	})
	p := start(t, func(c *server.Config) { c.Data, c.ReserveBytes = filepath.Join(disk, "data"), reserve })
	filler := filepath.Join(disk, "filler")
	outage(t, p, p.create("quick-start"),
		func() {
			f, err := os.Create(filler)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			chunk := make([]byte, 1<<20)
			for err == nil {
				_, err = f.Write(chunk)
			}
		},
		func() {
			if err := os.Remove(filler); err != nil {
				t.Fatal(err)
			}
		})
	before := p.do("GET", "/api/plans", p.admin, nil).raw
	p.restart(nil)
	if got := p.do("GET", "/api/plans", p.admin, nil).raw; got != before {
		t.Errorf("after a restart the plans are %s, were %s", got, before)
	}
}
