//go:build unix

package journal_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"coplan/server/journal"
	"coplan/server/journal/journaltest"
)

const victimDir, victimRound, victimSync = "COPLAN_JOURNAL_VICTIM", "COPLAN_JOURNAL_ROUND", "COPLAN_JOURNAL_SYNC"

func TestMain(m *testing.M) {
	if dir := os.Getenv(victimDir); dir != "" {
		victim(dir, os.Getenv(victimRound), journal.SyncMode(os.Getenv(victimSync)))
	}
	os.Exit(m.Run())
}

// victim appends from many goroutines and prints a line for each entry that was
// acknowledged (ack) or that a follower saw (saw), until it is killed.
func victim(dir, round string, sync_ journal.SyncMode) {
	die := func(err error) {
		if err != nil {
			fmt.Println("error", err)
			os.Exit(1)
		}
	}
	ctx := context.Background()
	j, err := journal.Open(ctx, journal.Config{Dir: dir, Sync: sync_, Logger: journaltest.Quiet()})
	die(err)
	var mu sync.Mutex
	say := func(what, doc, text string) {
		mu.Lock()
		defer mu.Unlock()
		fmt.Println(what, doc, text) // one write each: nothing is buffered when the kill comes
	}
	var wg sync.WaitGroup
	for i := range 64 {
		doc := fmt.Sprintf("plan/k%d", i%6)
		if i < 6 {
			_, err := j.Follow(ctx, doc, journal.Cursor{}, func(s journal.Stored) {
				if strings.HasPrefix(string(s.Update), round+":") {
					say("saw", doc, string(s.Update))
				}
			}, nil)
			die(err)
		}
		wg.Go(func() {
			for k := 0; ; k++ {
				text := fmt.Sprintf("%s:%d:%d", round, i, k)
				_, err := j.Append(ctx, text, journal.Entry{Doc: doc, Kind: journal.KindUpdate, Update: []byte(text)})
				die(err)
				say("ack", doc, text)
			}
		})
	}
	wg.Wait()
}

// kill -9 at any moment loses nothing that was acknowledged or seen, and doubles
// nothing.
func TestKill(t *testing.T) {
	t.Parallel()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, mode := range []journal.SyncMode{journal.SyncFsync, journal.SyncOS} {
		t.Run(string(mode), func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			promised := map[string]string{} // text → document
			for round := range 3 {
				cmd := exec.Command(exe)
				cmd.Env = append(os.Environ(), victimDir+"="+dir, victimSync+"="+string(mode), fmt.Sprintf("%s=%d", victimRound, round))
				out, err := cmd.StdoutPipe()
				if err != nil {
					t.Fatal(err)
				}
				if err := cmd.Start(); err != nil {
					t.Fatal(err)
				}
				lines := bufio.NewScanner(out)
				for n := 0; lines.Scan(); {
					f := strings.Fields(lines.Text())
					if len(f) != 3 || f[0] == "error" {
						t.Errorf("the process said %q", lines.Text())
						cmd.Process.Kill()
						continue
					}
					promised[f[2]] = f[1]
					if n++; n == 100*(round+1) {
						cmd.Process.Kill() // in the middle of things; what it still said counts
					}
				}
				cmd.Wait()
				if t.Failed() {
					return
				}
			}
			j := mustOpen(t, journal.Config{Dir: dir})
			defer closeNow(t, j)
			if d := j.Status().Damage; len(d) > 0 {
				t.Errorf("damage: %v", d)
			}
			n := 0
			for i := range 6 {
				doc, seen := fmt.Sprintf("plan/k%d", i), map[string]bool{}
				for _, text := range readTexts(t, j, doc) {
					if seen[text] {
						t.Errorf("%s is there twice", text)
					}
					seen[text] = true
					if promised[text] == doc {
						delete(promised, text)
						n++
					}
				}
			}
			for text, doc := range promised {
				t.Errorf("%s of %s was acknowledged or seen and is gone", text, doc)
			}
			t.Logf("%d entries acknowledged or seen, all there", n)
		})
	}
}
