package journal_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"coplan/server/journal"
	"coplan/server/journal/journaltest"
)

func within(t testing.TB, d time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), d)
	t.Cleanup(cancel)
	return ctx
}

func closeNow(t testing.TB, j *journal.Journal) {
	t.Helper()
	if err := j.Close(within(t, 10*time.Second)); err != nil {
		t.Error(err)
	}
}

func update(doc, text string) journal.Entry {
	return journal.Entry{Doc: doc, Kind: journal.KindUpdate, Update: []byte(text)}
}

func readTexts(t testing.TB, j *journal.Journal, doc string) []string {
	t.Helper()
	var all []string
	for s, err := range j.Read(within(t, 20*time.Second), doc, 0, 0) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, string(s.Update))
	}
	return all
}

// eventually waits for something that happens by itself.
func eventually(t testing.TB, what string, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(15 * time.Second); !is(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("it never happened: %s", what)
		}
	}
}

// Each way Open can't work says what and where, in words for an operator.
func TestOpenErrors(t *testing.T) {
	t.Parallel()
	held := scratch(t)
	j := mustOpen(t, journal.Config{Dir: held})
	defer closeNow(t, j)
	file := filepath.Join(scratch(t), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	busy, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()
	gone, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	gone.Close()
	plain, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: server.RANDOM_PORT, NoSigs: true, NoLog: true})
	if err != nil {
		t.Fatal(err)
	}
	plain.Start()
	defer plain.Shutdown()

	for _, c := range []struct {
		name string
		cfg  journal.Config
		is   error
		says []string
	}{
		{"nothing given", journal.Config{}, nil, []string{"neither a data directory nor a NATS URL"}},
		{"durability", journal.Config{Dir: "x", Sync: "maybe"}, nil, []string{`"maybe"`, `"fsync"`}},
		{"replicas without cluster", journal.Config{Dir: "x", Replicas: 3}, nil, []string{"external NATS cluster"}},
		{"held by another", journal.Config{Dir: held}, journal.ErrLocked, []string{held, fmt.Sprint("process ", os.Getpid())}},
		{"not a directory", journal.Config{Dir: file}, nil, []string{file, "not a directory"}},
		{"below a file", journal.Config{Dir: filepath.Join(file, "sub")}, nil, []string{file}},
		{"port in use", journal.Config{Dir: scratch(t), Listen: busy.Addr().String()}, nil, []string{busy.Addr().String(), "in use"}},
		{"listen address", journal.Config{Dir: scratch(t), Listen: "nonsense"}, nil, []string{`"nonsense"`}},
		{"unreachable", journal.Config{URL: "nats://user:secret@" + gone.Addr().String(), ConnectFor: 100 * time.Millisecond}, journal.ErrUnavailable, []string{gone.Addr().String(), "can't be reached"}},
		{"no JetStream", journal.Config{URL: plain.ClientURL(), ConnectFor: 100 * time.Millisecond}, journal.ErrUnavailable, []string{"JetStream is not enabled"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.cfg.Logger = journaltest.Quiet()
			j, err := journal.Open(within(t, 10*time.Second), c.cfg)
			if err == nil {
				closeNow(t, j)
				t.Fatal("it opened")
			}
			if c.is != nil && !errors.Is(err, c.is) {
				t.Errorf("error is not %v: %v", c.is, err)
			}
			for _, s := range append(c.says, "journal:") {
				if !strings.Contains(err.Error(), s) {
					t.Errorf("error doesn't say %q: %v", s, err)
				}
			}
			if strings.Contains(err.Error(), "secret") {
				t.Errorf("error tells the password: %v", err)
			}
		})
	}
	// None of them disturbed the journal that is open, and its lock goes with it.
	if _, err := j.Append(within(t, 5*time.Second), "a", update("doc/a", "a")); err != nil {
		t.Error(err)
	}
	closeNow(t, j)
	closeNow(t, mustOpen(t, journal.Config{Dir: held}))
}

func TestOpenReadOnlyDir(t *testing.T) {
	dir := tmpfs(t, "1m", "ro")
	_, err := journal.Open(within(t, 5*time.Second), journal.Config{Dir: dir, Logger: journaltest.Quiet()})
	if err == nil || !strings.Contains(err.Error(), dir) || !strings.Contains(err.Error(), "not writable") {
		t.Fatalf("opening a read-only directory: %v", err)
	}
}

// A journal with Listen serves other nodes, which share documents, records and
// presence with it.
func TestListenForOtherNodes(t *testing.T) {
	t.Parallel()
	a := mustOpen(t, journal.Config{Dir: scratch(t), Listen: "127.0.0.1:0"})
	defer closeNow(t, a)
	b := mustOpen(t, journal.Config{URL: a.Address()})
	defer closeNow(t, b)
	if _, err := b.Append(within(t, 5*time.Second), "a", update("doc/a", "from b")); err != nil {
		t.Fatal(err)
	}
	if got := readTexts(t, a, "doc/a"); len(got) != 1 || got[0] != "from b" {
		t.Fatalf("a reads %q", got)
	}
}

// The external NATS goes away and comes back: what was being appended is
// stored once, reading says it can't, followers go on by themselves.
func TestExternalOutage(t *testing.T) {
	t.Parallel()
	dir := scratch(t)
	srv := natsServer(t, dir, server.RANDOM_PORT)
	port := srv.Addr().(*net.TCPAddr).Port
	j := mustOpen(t, journal.Config{URL: srv.ClientURL(), AttemptFor: 300 * time.Millisecond})
	defer closeNow(t, j)
	ctx := within(t, 30*time.Second)
	got := make(chan string, 100)
	if _, err := j.Follow(ctx, "doc/o", journal.Cursor{}, func(s journal.Stored) { got <- string(s.Update) }, func(err error) {
		if !errors.Is(err, journal.ErrClosed) {
			t.Errorf("lost: %v", err)
		}
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := j.Append(ctx, "1", update("doc/o", "before")); err != nil {
		t.Fatal(err)
	}
	srv.Shutdown()
	srv.WaitForShutdown()
	eventually(t, "degraded", func() bool { return !j.Status().Ready })

	short, cancel := context.WithTimeout(ctx, 300*time.Millisecond)
	defer cancel()
	if _, err := j.Append(short, "2", update("doc/o", "given up")); !errors.Is(err, journal.ErrNotStored) || !errors.Is(err, journal.ErrUnavailable) {
		t.Fatalf("append while NATS is away: %v", err)
	}
	stored := make(chan error)
	go func() {
		_, err := j.Append(ctx, "3", update("doc/o", "during"))
		stored <- err
	}()
	natsServer(t, dir, port)
	if err := <-stored; err != nil {
		t.Fatalf("append across the outage: %v", err)
	}
	for _, want := range []string{"before", "during"} {
		select {
		case s := <-got:
			if s != want {
				t.Fatalf("followed %q, want %q", s, want)
			}
		case <-ctx.Done():
			t.Fatalf("%q never came", want)
		}
	}
	eventually(t, "ready", func() bool { return j.Status().Ready })
	if all := readTexts(t, j, "doc/o"); len(all) != 2 {
		t.Fatalf("the log is %q", all)
	}
}
