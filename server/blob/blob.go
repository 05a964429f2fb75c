// Package blob keeps the files that people upload into plans: what may come in,
// how much, under which name, and that nothing is half-stored.
//
// A file's identity within its plan is the SHA-256 of its content. An upload is
// first written to a temporary file, which tells its size, type and digest and
// can be scanned; only then is it stored, and only the plan's record (one KV
// entry, changed by compare-and-swap) makes it exist. What a crash leaves
// before that is found and removed by Sweep.
package blob

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Store keeps contents in parts; the journal's fits.
type Store interface {
	Put(ctx context.Context, id string, r io.Reader) error
	Open(ctx context.Context, id string) (io.Reader, error)
	Delete(ctx context.Context, id string) error
	IDs(ctx context.Context) ([]string, error)
}

// KV is where records are kept; the journal's fits.
type KV interface {
	Get(ctx context.Context, key string) (val []byte, rev uint64, err error)
	Create(ctx context.Context, key string, val []byte) (uint64, error)
	Update(ctx context.Context, key string, val []byte, rev uint64) (uint64, error)
	Keys(ctx context.Context, prefix string) ([]string, error)
}

// What a zero Config means.
const (
	DefaultMaxBytes  = 25 << 20
	DefaultPlanBytes = 500 << 20
	DefaultScanFor   = time.Minute

	maxFiles  = 500 // per plan
	orphanFor = time.Hour
)

// Config is what New needs. Store, KV and Dir are required.
type Config struct {
	Store          Store
	KV             KV
	NoKey, Changed error  // KV's errors for an absent key and a lost compare-and-swap
	Dir            string // for temporary files; made, and emptied of old uploads

	MaxBytes  int64    // of one file; default DefaultMaxBytes
	PlanBytes int64    // of all files of a plan; default DefaultPlanBytes
	Types     []string // groups of types, of Groups; default documents, images, text
	// Scan is a command that judges a file: exit code 0 lets it in, 1 refuses it,
	// any other means that it could not be judged. An argument "{}" stands for the
	// file's path; without one the file is given on standard input. Empty: none.
	Scan    []string
	ScanFor time.Duration // default DefaultScanFor

	Logger *slog.Logger
	Clock  func() time.Time
}

// Codes of refusals.
const (
	CodeTooBig  = "too-big"
	CodeType    = "file-type"
	CodeEmpty   = "empty"
	CodeFull    = "full"
	CodeScan    = "scan-refused"
	CodeNoScan  = "scan-failed"
	CodeBusy    = "busy"
	CodeNoSpace = "no-space"
	CodeMissing = "not-found"
	CodeDropped = "dropped"
	CodeName    = "name"
)

// Refusal is why a file does not come in, in a sentence for the person.
type Refusal struct{ Code, Message string }

func (r *Refusal) Error() string { return r.Message }

func refuse(code, format string, args ...any) *Refusal {
	return &Refusal{code, fmt.Sprintf(format, args...)}
}

// File is one stored file.
type File struct {
	SHA256 string    `json:"-"`
	Blob   string    `json:"blob"` // id in the store
	Size   int64     `json:"size"`
	Type   string    `json:"type"` // media type, found from the content
	Name   string    `json:"name"` // as first uploaded
	By     string    `json:"by"`   // person id
	At     time.Time `json:"at"`
}

// record is a plan's files by digest.
type record struct {
	Files map[string]File `json:"files"`
}

func (r record) bytes() (n int64) {
	for _, f := range r.Files {
		n += f.Size
	}
	return n
}

// Files is all plans' files. Safe for concurrent use.
type Files struct {
	cfg     Config
	log     *slog.Logger
	now     func() time.Time
	allowed map[string]bool // groups
	turns   chan struct{}

	sendersMu sync.Mutex
	senders   map[string]*sender // by person, while they upload
}

// New checks the configuration and clears what an earlier run left in Dir.
func New(cfg Config) (*Files, error) {
	if cfg.Store == nil || cfg.KV == nil || cfg.Dir == "" {
		return nil, errors.New("blob: Config.Store, Config.KV and Config.Dir are required")
	}
	if cfg.MaxBytes == 0 {
		cfg.MaxBytes = DefaultMaxBytes
	}
	if cfg.PlanBytes == 0 {
		cfg.PlanBytes = DefaultPlanBytes
	}
	if cfg.ScanFor == 0 {
		cfg.ScanFor = DefaultScanFor
	}
	if len(cfg.Types) == 0 {
		cfg.Types = []string{"documents", "images", "text"}
	}
	if err := CheckTypes(cfg.Types); err != nil {
		return nil, err
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.Default()
	}
	if cfg.Clock == nil {
		cfg.Clock = time.Now
	}
	if err := os.MkdirAll(cfg.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("blob: make the directory for uploads: %w", err)
	}
	old, err := filepath.Glob(filepath.Join(cfg.Dir, "upload-*"))
	if err != nil {
		return nil, err
	}
	for _, name := range old {
		if err := os.Remove(name); err != nil {
			cfg.Logger.Warn("blob: an unfinished upload was not removed", "file", name, "error", err)
		}
	}
	f := &Files{cfg: cfg, log: cfg.Logger, now: cfg.Clock, allowed: map[string]bool{}, turns: make(chan struct{}, maxUploads), senders: map[string]*sender{}}
	for _, g := range cfg.Types {
		f.allowed[g] = true
	}
	return f, nil
}

// MaxBytes is how large one file may be.
func (f *Files) MaxBytes() int64 { return f.cfg.MaxBytes }

// Save takes a file into a plan. It reads r to its end, unless it refuses the
// file earlier; r failing means that the sender is gone, and nothing is kept.
// The same content again is the file that is there; fresh says whether this
// call stored it.
func (f *Files) Save(ctx context.Context, plan, name, by string, r io.Reader) (file File, fresh bool, err error) {
	release, err := f.turn(ctx, by)
	if err != nil {
		return File{}, false, err
	}
	defer release()
	if name, err = CleanName(name); err != nil {
		return File{}, false, err
	}
	tmp, err := os.CreateTemp(f.cfg.Dir, "upload-*")
	if err != nil {
		return File{}, false, spoolError(err)
	}
	defer func() {
		_ = tmp.Close() // read only by now, or given up
		if rerr := os.Remove(tmp.Name()); rerr != nil {
			f.log.Warn("blob: a temporary file was not removed", "error", rerr)
		}
	}()
	file, err = f.spool(tmp, name, r)
	if err != nil {
		return File{}, false, err
	}
	file.By, file.At = by, f.now().UTC()
	if err := f.scan(ctx, tmp, name); err != nil {
		return File{}, false, err
	}
	return f.keep(ctx, plan, file, tmp)
}

// spool writes r to tmp and says what it is.
func (f *Files) spool(tmp *os.File, name string, r io.Reader) (File, error) {
	head, whole, err := readHead(r)
	if err != nil {
		return File{}, err
	}
	n := len(head)
	if n == 0 {
		return File{}, refuse(CodeEmpty, "“%s” is empty.", name)
	}
	kind, err := f.judge(name, head)
	if err != nil {
		return File{}, err
	}
	sum := sha256.New()
	size := int64(n)
	if _, err := tmp.Write(head); err != nil {
		return File{}, spoolError(err)
	}
	sum.Write(head)
	if !whole {
		more, err := copyOut(tmp, sum, io.LimitReader(r, f.cfg.MaxBytes+1-size))
		if err != nil {
			return File{}, err
		}
		size += more
	}
	if size > f.cfg.MaxBytes {
		return File{}, f.TooBig(name)
	}
	if _, err := tmp.Seek(0, io.SeekStart); err != nil {
		return File{}, spoolError(err)
	}
	return File{SHA256: hex.EncodeToString(sum.Sum(nil)), Size: size, Type: kind, Name: name}, nil
}

// readHead reads the first sniffBytes; whole says that there is no more. It is not
// io.ReadFull, which can't tell a short file from a sender who is gone.
func readHead(r io.Reader) (head []byte, whole bool, err error) {
	head = make([]byte, sniffBytes)
	n := 0
	for n < len(head) {
		m, err := r.Read(head[n:])
		n += m
		if errors.Is(err, io.EOF) {
			return head[:n], true, nil
		}
		if err != nil {
			return nil, false, refuse(CodeDropped, "The upload was interrupted; nothing was kept.")
		}
	}
	return head, false, nil
}

// TooBig is the refusal of a file above the limit.
func (f *Files) TooBig(name string) error {
	return refuse(CodeTooBig, "“%s” is larger than the %s that one file may have.", name, sizeWords(f.cfg.MaxBytes))
}

// copyOut tells who failed: the disk, or the sender.
func copyOut(tmp *os.File, sum hash.Hash, r io.Reader) (int64, error) {
	buf := make([]byte, 64<<10)
	var size int64
	for {
		n, err := r.Read(buf)
		if n > 0 {
			sum.Write(buf[:n])
			if _, werr := tmp.Write(buf[:n]); werr != nil {
				return size, spoolError(werr)
			}
			size += int64(n)
		}
		if errors.Is(err, io.EOF) {
			return size, nil
		}
		if err != nil {
			return size, refuse(CodeDropped, "The upload was interrupted; nothing was kept.")
		}
	}
}

func spoolError(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return refuse(CodeNoSpace, "The server's disk is full; the file was not kept. Tell whoever runs it.")
	}
	return fmt.Errorf("blob: write a temporary file: %w", err)
}

// keep stores the content and then makes the file exist by the plan's record.
func (f *Files) keep(ctx context.Context, plan string, file File, content io.Reader) (File, bool, error) {
	rec, _, err := f.record(ctx, plan)
	if err != nil {
		return File{}, false, err
	}
	if have, ok := rec.Files[file.SHA256]; ok {
		have.SHA256 = file.SHA256
		return have, false, nil
	}
	if err := f.room(rec, file); err != nil {
		return File{}, false, err
	}
	file.Blob = f.newID()
	if err := f.cfg.Store.Put(ctx, file.Blob, content); err != nil {
		return File{}, false, fmt.Errorf("blob: store: %w", err)
	}
	kept, fresh, err := f.enter(ctx, plan, file)
	if err != nil || !fresh {
		undo, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		if derr := f.cfg.Store.Delete(undo, file.Blob); derr != nil {
			f.log.Warn("blob: content nobody needs stays until the next sweep", "blob", file.Blob, "error", derr)
		}
	}
	return kept, fresh, err
}

// enter puts file into the plan's record, or returns the one that is there. The
// quota is checked in the same turn, so two uploads can't both take what is left.
func (f *Files) enter(ctx context.Context, plan string, file File) (File, bool, error) {
	for {
		rec, rev, err := f.record(ctx, plan)
		if err != nil {
			return File{}, false, err
		}
		if have, ok := rec.Files[file.SHA256]; ok {
			have.SHA256 = file.SHA256
			return have, false, nil
		}
		if err := f.room(rec, file); err != nil {
			return File{}, false, err
		}
		rec.Files[file.SHA256] = file
		err = f.write(ctx, plan, rec, rev)
		if err == nil {
			return file, true, nil
		}
		if !errors.Is(err, f.cfg.Changed) {
			return File{}, false, err
		}
	}
}

// room refuses what would go beyond the plan's share.
func (f *Files) room(rec record, file File) error {
	used := rec.bytes()
	if used+file.Size > f.cfg.PlanBytes {
		return refuse(CodeFull, "The files of this plan may take %s together, and %s are taken; “%s” does not fit.",
			sizeWords(f.cfg.PlanBytes), sizeWords(used), file.Name)
	}
	if len(rec.Files) >= maxFiles {
		return refuse(CodeFull, "This plan holds %d files, which is as many as it can.", len(rec.Files))
	}
	return nil
}

// Forget takes a file out again that its uploader could not put to use.
func (f *Files) Forget(ctx context.Context, plan string, file File) error {
	for {
		rec, rev, err := f.record(ctx, plan)
		if err != nil {
			return err
		}
		if rec.Files[file.SHA256].Blob != file.Blob {
			return nil
		}
		delete(rec.Files, file.SHA256)
		err = f.write(ctx, plan, rec, rev)
		if err == nil {
			return f.cfg.Store.Delete(ctx, file.Blob)
		}
		if !errors.Is(err, f.cfg.Changed) {
			return err
		}
	}
}

func key(plan string) string { return "files." + plan }

func (f *Files) record(ctx context.Context, plan string) (record, uint64, error) {
	rec := record{Files: map[string]File{}}
	b, rev, err := f.cfg.KV.Get(ctx, key(plan))
	if errors.Is(err, f.cfg.NoKey) {
		return rec, 0, nil
	}
	if err != nil {
		return rec, 0, err
	}
	if err := json.Unmarshal(b, &rec); err != nil {
		return rec, 0, fmt.Errorf("blob: the record of plan %s is unreadable: %w", plan, err)
	}
	if rec.Files == nil {
		rec.Files = map[string]File{}
	}
	return rec, rev, nil
}

func (f *Files) write(ctx context.Context, plan string, rec record, rev uint64) error {
	b, err := json.Marshal(rec)
	if err != nil {
		return err
	}
	if rev == 0 {
		_, err = f.cfg.KV.Create(ctx, key(plan), b)
	} else {
		_, err = f.cfg.KV.Update(ctx, key(plan), b, rev)
	}
	return err
}

// Used is how many bytes the plan's files take, and how many they may.
func (f *Files) Used(ctx context.Context, plan string) (used, of int64, err error) {
	rec, _, err := f.record(ctx, plan)
	return rec.bytes(), f.cfg.PlanBytes, err
}

// Open finds a file of a plan by its digest. Its reader checks the content as it
// goes and fails before the last bytes if they are not what was uploaded, so
// that a damaged file is never handed out whole.
func (f *Files) Open(ctx context.Context, plan, digest string) (File, io.Reader, error) {
	rec, _, err := f.record(ctx, plan)
	if err != nil {
		return File{}, nil, err
	}
	file, ok := rec.Files[digest]
	if !ok {
		return File{}, nil, refuse(CodeMissing, "There is no such file in this plan.")
	}
	file.SHA256 = digest
	r, err := f.cfg.Store.Open(ctx, file.Blob)
	if err != nil {
		return File{}, nil, fmt.Errorf("blob: open %s of plan %s: %w", digest, plan, err)
	}
	return file, &checked{r: r, left: file.Size, sum: sha256.New(), want: digest}, nil
}

// checked holds each piece back until it knows that it is not the last one of
// something else.
type checked struct {
	r    io.Reader
	left int64
	sum  hash.Hash
	want string
}

var errDamaged = errors.New("blob: the stored content is not what was uploaded")

func (c *checked) Read(p []byte) (int, error) {
	if c.left == 0 {
		return 0, io.EOF
	}
	if int64(len(p)) > c.left {
		p = p[:c.left]
	}
	n, err := c.r.Read(p)
	c.sum.Write(p[:n])
	c.left -= int64(n)
	if c.left == 0 && hex.EncodeToString(c.sum.Sum(nil)) != c.want {
		return 0, errDamaged
	}
	if errors.Is(err, io.EOF) && c.left > 0 {
		return 0, errDamaged
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return n, err
}

// newID begins with the time, by which Sweep knows how old a leftover is.
func (f *Files) newID() string {
	var b [12]byte
	_, _ = rand.Read(b[:]) // never fails: the runtime aborts instead
	return fmt.Sprintf("%016x", f.now().Unix()) + hex.EncodeToString(b[:])
}

// Sweep removes contents that no record names and that are older than any
// upload can take.
func (f *Files) Sweep(ctx context.Context) error {
	ids, err := f.cfg.Store.IDs(ctx)
	if err != nil {
		return err
	}
	old := map[string]bool{}
	for _, id := range ids {
		if at, err := strconv.ParseInt(id[:min(16, len(id))], 16, 64); err == nil && f.now().Sub(time.Unix(at, 0)) > orphanFor {
			old[id] = true
		}
	}
	if len(old) == 0 {
		return nil
	}
	plans, err := f.cfg.KV.Keys(ctx, "files.")
	if err != nil {
		return err
	}
	for _, k := range plans {
		rec, _, err := f.record(ctx, strings.TrimPrefix(k, "files."))
		if err != nil {
			return err // better to keep too much
		}
		for _, file := range rec.Files {
			delete(old, file.Blob)
		}
	}
	var errs []error
	for id := range old {
		f.log.Info("blob: removed what an unfinished upload left", "blob", id)
		errs = append(errs, f.cfg.Store.Delete(ctx, id))
	}
	return errors.Join(errs...)
}

// Keep sweeps now and every hour until ctx ends.
func (f *Files) Keep(ctx context.Context) {
	tick := time.NewTicker(time.Hour)
	defer tick.Stop()
	for {
		if err := f.Sweep(ctx); err != nil && ctx.Err() == nil {
			f.log.Warn("blob: sweeping failed; it is tried again in an hour", "error", err)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

func sizeWords(n int64) string {
	switch {
	case n >= 1<<30:
		return strings.TrimSuffix(fmt.Sprintf("%.1f", float64(n)/(1<<30)), ".0") + " GiB"
	case n >= 1<<20:
		return strings.TrimSuffix(fmt.Sprintf("%.1f", float64(n)/(1<<20)), ".0") + " MiB"
	case n >= 1<<10:
		return fmt.Sprintf("%d KiB", n>>10)
	}
	return fmt.Sprintf("%d bytes", n)
}
