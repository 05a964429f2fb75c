package server

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"coplan/crdt"
	"coplan/server/access"
	"coplan/server/journal"
	"coplan/server/plan"
	"coplan/server/replay"
	"coplan/server/web"
)

// AsOf gives the JSON of a document as it was after the entry at seq, or as it
// is now for 0: a plan's projection, the same as the API's, or a free
// document's content. name is a plan's id, plan/<id>…, or doc/<name>.
//
// It opens the journal itself, so no server may be using the data directory;
// see AsOfFrom for asking one that does.
func AsOf(ctx context.Context, cfg Config, name string, seq uint64) (_ []byte, err error) {
	doc, err := docName(name)
	if err != nil {
		return nil, err
	}
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	cfg = cfg.withDefaults()
	if cfg.NATSURL == "" {
		// Opening would make it.
		if info, err := os.Stat(cfg.Data); err != nil || !info.IsDir() {
			return nil, fmt.Errorf("there is no data directory %s", cfg.Data)
		}
	}
	j, err := openJournal(ctx, cfg)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, j.Close(context.WithoutCancel(ctx))) }()

	last, err := j.Last(ctx, doc)
	switch {
	case err != nil:
		return nil, err
	case last == 0:
		return nil, fmt.Errorf("there is no document %s", doc)
	case seq > last:
		return nil, fmt.Errorf("%s has no entry %d yet; its last is %d", doc, seq, last)
	case seq == 0:
		seq = last
	}
	d, err := replay.At(ctx, j, doc, seq)
	if err != nil {
		return nil, err
	}
	return asOfJSON(d, doc, seq)
}

func asOfJSON(d *crdt.Doc, doc string, seq uint64) ([]byte, error) {
	var v any = map[string]any{"doc": doc, "content": web.Content(d), "seq": seq}
	if p := access.ParseDoc(doc); p.Kind == access.DocPlan {
		v = web.PlanJSON{ID: p.Plan, View: plan.Read(d), Seq: seq}
	}
	return json.MarshalIndent(v, "", "  ")
}

// docName takes a plan's bare id or a document's whole name.
func docName(name string) (string, error) {
	doc := name
	if !strings.Contains(name, "/") {
		doc = "plan/" + name
	}
	if access.ParseDoc(doc).Kind == access.DocInvalid {
		return "", fmt.Errorf("%q is neither a plan's id nor a document's name (plan/ID, doc/NAME)", name)
	}
	return doc, nil
}

// AsOfFrom asks the server at base for what AsOf reads from disk.
func AsOfFrom(ctx context.Context, base, token, name string, seq uint64) ([]byte, error) {
	doc, err := docName(name)
	if err != nil {
		return nil, err
	}
	if err := web.CheckPublicURL(base); err != nil || base == "" {
		return nil, fmt.Errorf("the server's address %q must be just scheme and host, such as http://127.0.0.1:8080", base)
	}
	kind, rest, _ := strings.Cut(doc, "/")
	u := strings.TrimRight(base, "/") + "/api/" + kind + "s/" + url.PathEscape(rest)
	if seq != 0 {
		u += fmt.Sprintf("/at/%d", seq)
	}
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, fmt.Errorf("the server at %s can't be reached: %w", base, err)
	}
	defer res.Body.Close() //nolint:errcheck // read to the end below
	body, err := io.ReadAll(io.LimitReader(res.Body, 64<<20))
	if err != nil {
		return nil, fmt.Errorf("the answer of %s broke off: %w", base, err)
	}
	if res.StatusCode != http.StatusOK {
		var e struct {
			Error struct {
				Message string `json:"message"`
			} `json:"error"`
		}
		if json.Unmarshal(body, &e) == nil && e.Error.Message != "" {
			return nil, errors.New(e.Error.Message)
		}
		return nil, fmt.Errorf("the server at %s answered %s", base, res.Status)
	}
	var out bytes.Buffer
	if err := json.Indent(&out, bytes.TrimSpace(body), "", "  "); err != nil {
		return nil, fmt.Errorf("the answer of %s is not JSON: %w", base, err)
	}
	return out.Bytes(), nil
}

// openJournal opens the journal that cfg, with its defaults filled in, names.
func openJournal(ctx context.Context, cfg Config) (*journal.Journal, error) {
	// The engine reads every file of a directory that was not closed properly,
	// and takes minutes over a badly damaged one, without a word.
	slow := time.AfterFunc(5*time.Second, func() {
		cfg.Logger.Warn("still opening the journal; a large one takes a while after a crash, a damaged one longer", "data", cfg.Data)
	})
	defer slow.Stop()
	j, err := journal.Open(ctx, journal.Config{
		Dir: cfg.Data, URL: cfg.NATSURL, Sync: cfg.Durability, Replicas: cfg.Replicas,
		ReserveBytes: cfg.ReserveBytes, Logger: cfg.Logger, Clock: cfg.Clock,
	})
	switch {
	case errors.Is(err, journal.ErrLocked):
		return nil, &InUseError{Data: cfg.Data, err: err}
	case errors.Is(err, journal.ErrUnavailable) && cfg.NATSURL != "":
		return nil, fmt.Errorf("NATS at %s can't be reached or has no JetStream: %w", RedactURL(cfg.NATSURL), err)
	case err != nil:
		return nil, fmt.Errorf("the journal in %s can't be opened: %w", cfg.Data, err)
	}
	return j, nil
}

// InUseError means that another process has the data directory.
type InUseError struct {
	Data string
	err  error
}

func (e *InUseError) Error() string {
	return fmt.Sprintf("the data directory %s is in use by another coplan (%v)", e.Data, e.err)
}

func (e *InUseError) Unwrap() error { return e.err }
