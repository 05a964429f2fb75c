//go:build linux

package journal_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"coplan/server/journal"
)

// tmpfs is a small disk of its own. It needs the right to mount.
func tmpfs(t *testing.T, size, mode string) string {
	t.Helper()
	dir := t.TempDir()
	var flags uintptr
	if mode == "ro" {
		flags = syscall.MS_RDONLY
	}
	if err := syscall.Mount("tmpfs", dir, "tmpfs", flags, "size="+size); err != nil {
		t.Skipf("can't mount a small disk: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// fill appends until the journal says no, and returns the acknowledged texts.
func fill(t *testing.T, j *journal.Journal, round string, most int) (acked []string, err error) {
	t.Helper()
	pad := make([]byte, 16<<10)
	for i := range pad {
		pad[i] = byte(' ' + rand.IntN(90))
	}
	for i := range most {
		text := fmt.Sprintf("%s-%d ", round, i) + string(pad)
		if _, err := j.Append(within(t, 10*time.Second), fmt.Sprint(round, i), update("doc/full", text)); err != nil {
			return acked, err
		}
		acked = append(acked, text)
	}
	return acked, nil
}

// wantAll checks that all acked are in the log, in their order. Others may be
// there too: those whose fate was unknown.
func wantAll(t *testing.T, j *journal.Journal, acked []string) {
	t.Helper()
	log := readTexts(t, j, "doc/full")
	i := 0
	for _, s := range log {
		if i < len(acked) && s == acked[i] {
			i++
		}
	}
	if i < len(acked) {
		t.Fatalf("acknowledged entry %d of %d (%.20q) is gone; the log has %d", i, len(acked), acked[i], len(log))
	}
}

// The disk fills up for real: the engine fails to write. Nothing acknowledged is
// lost, reading goes on, and once there is room again so does writing.
func TestDiskFull(t *testing.T) {
	dir := tmpfs(t, "24m", "rw")
	ballast := filepath.Join(dir, "ballast")
	if err := os.WriteFile(ballast, make([]byte, 10<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg := journal.Config{Dir: dir, ReserveBytes: -1, AttemptFor: 300 * time.Millisecond, RetryFor: time.Second}
	j := mustOpen(t, cfg)
	defer func() { closeNow(t, j) }()
	acked, err := fill(t, j, "a", 2000)
	if len(acked) < 50 || !errors.Is(err, journal.ErrUnavailable) || errors.Is(err, journal.ErrRefused) {
		t.Fatalf("after %d entries: %v", len(acked), err)
	}
	t.Logf("after %d entries: %v", len(acked), err)
	st := j.Status()
	if st.Ready || !strings.Contains(st.Reason, "disk refuses writes") {
		t.Fatalf("status is %+v", st)
	}
	wantAll(t, j, acked)
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	eventually(t, "ready again", func() bool { return j.Status().Ready })
	more, err := fill(t, j, "b", 20)
	if err != nil {
		t.Fatalf("after space was freed: %v", err)
	}
	acked = append(acked, more...)
	wantAll(t, j, acked)
	closeNow(t, j)
	j = mustOpen(t, cfg)
	wantAll(t, j, acked)
	if d := j.Status().Damage; len(d) > 0 {
		t.Errorf("damage: %v", d)
	}
}

// With a reserve the journal stops before the disk is full, says so at once and
// resumes by itself.
func TestDiskReserve(t *testing.T) {
	dir := tmpfs(t, "24m", "rw")
	j := mustOpen(t, journal.Config{Dir: dir, ReserveBytes: 8 << 20})
	defer closeNow(t, j)
	acked, err := fill(t, j, "a", 20)
	if err != nil {
		t.Fatal(err)
	}
	ballast := filepath.Join(dir, "ballast")
	if err := os.WriteFile(ballast, make([]byte, 18<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the reserve is noticed", func() bool { return !j.Status().Ready })
	began := time.Now()
	_, err = j.Append(context.Background(), "x", update("doc/full", "x"))
	if !errors.Is(err, journal.ErrUnavailable) || !errors.Is(err, journal.ErrNotStored) || !strings.Contains(err.Error(), "free some space") || time.Since(began) > time.Second {
		t.Fatalf("after %v: %v", time.Since(began), err)
	}
	if err := j.PutSnapshot(within(t, 5*time.Second), journal.Snapshot{Doc: "doc/full", Seq: 1, Ordinal: 1}); !errors.Is(err, journal.ErrUnavailable) {
		t.Errorf("snapshot on a full disk: %v", err)
	}
	wantAll(t, j, acked)
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	eventually(t, "ready again", func() bool { return j.Status().Ready })
	if _, err := j.Append(within(t, 5*time.Second), "x", update("doc/full", "x")); err != nil {
		t.Fatal(err)
	}
}

// The engine's own limit is reached.
func TestStoreLimit(t *testing.T) {
	t.Parallel()
	dir := scratch(t)
	j := mustOpen(t, journal.Config{Dir: dir, MaxStoreBytes: 2 << 20})
	defer func() { closeNow(t, j) }()
	acked, err := fill(t, j, "a", 500)
	if len(acked) < 50 || !errors.Is(err, journal.ErrUnavailable) || !errors.Is(err, journal.ErrNotStored) {
		t.Fatalf("after %d entries: %v", len(acked), err)
	}
	t.Logf("after %d entries: %v", len(acked), err)
	wantAll(t, j, acked)
	closeNow(t, j)
	j = mustOpen(t, journal.Config{Dir: dir}) // the operator raised the limit
	more, err := fill(t, j, "b", 10)
	if err != nil {
		t.Fatal(err)
	}
	wantAll(t, j, append(acked, more...))
}
