package blob_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"coplan/server/blob"
	"coplan/server/journal"
)

func open(t *testing.T, change func(*blob.Config)) (*blob.Files, *journal.Journal) {
	t.Helper()
	j, err := journal.Open(t.Context(), journal.Config{Dir: t.TempDir(), Sync: journal.SyncOS})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := j.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	cfg := blob.Config{Store: j.Blobs(), KV: j.KV(), NoKey: journal.ErrNoKey, Changed: journal.ErrKeyChanged, Dir: t.TempDir()}
	if change != nil {
		change(&cfg)
	}
	f, err := blob.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return f, j
}

// pages gives a large PDF without ever holding it.
type pages struct{ left int }

func (p *pages) Read(b []byte) (int, error) {
	if p.left == 0 {
		return 0, io.EOF
	}
	n := min(len(b), p.left)
	for i := range b[:n] {
		b[i] = byte(p.left + i)
	}
	p.left -= n
	return n, nil
}

// A file many times larger than what may be held goes in and comes out.
func TestMemoryStaysBounded(t *testing.T) {
	const size, bound = 240 << 20, 96 << 20 // the embedded NATS server and its caches are in it
	f, _ := open(t, func(c *blob.Config) { c.MaxBytes, c.PlanBytes = 256<<20, 512<<20 })
	var peak atomic.Uint64
	stop, done := make(chan struct{}), make(chan struct{})
	heap := func() uint64 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapInuse
	}
	runtime.GC()
	before := heap()
	go func() {
		defer close(done)
		for {
			select {
			case <-stop:
				return
			case <-time.After(10 * time.Millisecond):
				peak.Store(max(peak.Load(), heap()))
			}
		}
	}()
	file, fresh, err := f.Save(t.Context(), "p1", "big.pdf", "ben", io.MultiReader(strings.NewReader("%PDF-1.7\n"), &pages{size}))
	if err != nil || !fresh {
		t.Fatal(err)
	}
	_, r, err := f.Open(t.Context(), "p1", file.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	n, err := io.Copy(io.Discard, r)
	close(stop)
	<-done
	if err != nil || n != file.Size || n < size {
		t.Fatalf("%d of %d bytes came out: %v", n, file.Size, err)
	}
	if grown := int64(peak.Load()) - int64(before); grown > bound {
		t.Errorf("%d MiB were held at once for a file of %d MiB", grown>>20, size>>20)
	} else if peak.Load() == 0 {
		t.Error("nothing was measured")
	}
}

// What a crash left is removed, what a record names stays.
func TestSweep(t *testing.T) {
	now := time.Now()
	f, j := open(t, func(c *blob.Config) { c.Clock = func() time.Time { return now } })
	file, _, err := f.Save(t.Context(), "p1", "a.txt", "ben", strings.NewReader("words"))
	if err != nil {
		t.Fatal(err)
	}
	orphan := strings.Repeat("0", 15) + "1" + strings.Repeat("a", 24) // of 1970
	if err := j.Blobs().Put(t.Context(), orphan, strings.NewReader("left")); err != nil {
		t.Fatal(err)
	}
	now = now.Add(2 * time.Hour)
	if err := f.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	ids, err := j.Blobs().IDs(t.Context())
	if err != nil || len(ids) != 1 || ids[0] != file.Blob {
		t.Errorf("stored: %v, %v; want only %s", ids, err, file.Blob)
	}
	if _, err := j.Blobs().Open(t.Context(), orphan); !errors.Is(err, journal.ErrNoKey) {
		t.Errorf("the leftover: %v", err)
	}
}

// A content that lost a part in the store is never handed out as if it were whole.
func TestDamagedContent(t *testing.T) {
	content := append([]byte("%PDF-1.7\n"), bytes.Repeat([]byte("0123456789"), 40_000)...)
	other := bytes.Clone(content)
	other[200_000] ^= 1
	for what, instead := range map[string][]byte{"shorter": content[:len(content)-100_000], "one bit": other, "longer": append(bytes.Clone(other), 'x')} {
		f, _ := open(t, func(c *blob.Config) { c.Store = swapped{c.Store.(journal.BlobStore), instead} })
		file, _, err := f.Save(t.Context(), "p1", "a.pdf", "ben", bytes.NewReader(content))
		if err != nil {
			t.Fatal(err)
		}
		_, r, err := f.Open(t.Context(), "p1", file.SHA256)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(r); err == nil || len(got) >= len(content) {
			t.Errorf("%s: %d of %d bytes and no error", what, len(got), len(content))
		}
	}
}

// swapped gives out something else than what was stored.
type swapped struct {
	journal.BlobStore
	instead []byte
}

func (s swapped) Open(context.Context, string) (io.Reader, error) {
	return bytes.NewReader(s.instead), nil
}

// A store that is away leaves no record, and the file can be sent again.
func TestStoreAway(t *testing.T) {
	var away atomic.Bool
	f, _ := open(t, func(c *blob.Config) { c.Store = flaky{c.Store.(journal.BlobStore), &away} })
	away.Store(true)
	if _, _, err := f.Save(t.Context(), "p1", "a.txt", "ben", strings.NewReader("words")); !errors.Is(err, journal.ErrUnavailable) {
		t.Fatalf("saved while the store is away: %v", err)
	}
	if used, _, err := f.Used(t.Context(), "p1"); used != 0 || err != nil {
		t.Errorf("used %d, %v", used, err)
	}
	away.Store(false)
	file, fresh, err := f.Save(t.Context(), "p1", "a.txt", "ben", strings.NewReader("words"))
	if err != nil || !fresh {
		t.Fatal(err)
	}
	_, r, err := f.Open(t.Context(), "p1", file.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(r); string(got) != "words" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
}

// flaky fails after the content was stored, as a lost acknowledgement does.
type flaky struct {
	journal.BlobStore
	away *atomic.Bool
}

func (s flaky) Put(ctx context.Context, id string, r io.Reader) error {
	if err := s.BlobStore.Put(ctx, id, r); err != nil || !s.away.Load() {
		return err
	}
	return journal.ErrUnavailable
}

func TestCleanName(t *testing.T) {
	for given, want := range map[string]string{
		"DPA.pdf":                          "DPA.pdf",
		"../../etc/passwd.txt":             "passwd.txt",
		`C:\Users\x\a.docx`:                "a.docx",
		" .hidden.pdf ":                    "hidden.pdf",
		"invoice\u202efdp.exe":             "invoicefdp.exe",
		"a\tb\nc.txt":                      "abc.txt",
		"Überblick – Ärger.pdf":            "Überblick – Ärger.pdf",
		strings.Repeat("ä", 300) + ".pdf":  strings.Repeat("ä", 146) + ".pdf",
		"a.pdf" + strings.Repeat("x", 300): "a.pdf" + strings.Repeat("x", 145),
		"con<>:\"|?*.pdf":                  "con.pdf",
		"\xff\xfea.pdf":                    "a.pdf",
	} {
		if got, err := blob.CleanName(given); got != want || err != nil {
			t.Errorf("%q became %q (%v), want %q", given, got, err, want)
		}
	}
	for _, none := range []string{"", " ", "..", "/", "\u200b"} {
		if got, err := blob.CleanName(none); err == nil {
			t.Errorf("%q became %q", none, got)
		}
	}
}

// However many files one person sends, and however slowly, others can send theirs.
func TestOnePersonLeavesRoomForOthers(t *testing.T) {
	f, _ := open(t, nil)
	const sent = 20
	results := make(chan error, sent)
	pipes := make([]*io.PipeWriter, sent)
	for i := range sent {
		r, w := io.Pipe()
		pipes[i] = w
		go func() {
			_, _, err := f.Save(t.Context(), "p1", "a.txt", "mallory", r)
			results <- err
		}()
	}
	began := 0
	for deadline := time.Now().Add(10 * time.Second); began < 6 && time.Now().Before(deadline); {
		began = f.Uploading()
		time.Sleep(time.Millisecond)
	}
	if began != 6 {
		t.Fatalf("%d uploads of one person began, want 6", began)
	}
	if _, _, err := f.Save(t.Context(), "p1", "b.txt", "dana", strings.NewReader("b")); err != nil {
		t.Errorf("another's: %v", err)
	}
	for i, w := range pipes {
		go func() {
			_, _ = io.WriteString(w, strings.Repeat("x", i+1)) // each another file
			_ = w.Close()
		}()
	}
	for range sent {
		if err := <-results; err != nil {
			t.Errorf("one that waited: %v", err)
		}
	}
	if n := f.Uploading(); n != 0 {
		t.Errorf("%d uploads go on", n)
	}
}
