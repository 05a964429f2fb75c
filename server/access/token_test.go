package access_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"coplan/server/access"
)

func TestNewTokenIsUniqueAndPlain(t *testing.T) {
	seen := map[string]bool{}
	counts := map[rune]int{}
	for range 2000 {
		token := access.NewToken()
		if seen[token] {
			t.Fatal("a token came twice")
		}
		seen[token] = true
		rest, ok := strings.CutPrefix(token, access.TokenPrefix)
		if !ok || len(rest) != 24 {
			t.Fatalf("token %q: want %s and 24 characters", token, access.TokenPrefix)
		}
		for _, r := range rest {
			counts[r]++
		}
	}
	// 48,000 characters over 62 symbols: 774 each; a biased draw shows.
	if len(counts) != 62 {
		t.Errorf("%d symbols occur, want 62", len(counts))
	}
	for r, n := range counts {
		if n < 600 || n > 950 {
			t.Errorf("symbol %q occurs %d times of 48,000: not evenly drawn", r, n)
		}
	}
}

func TestDeriveTokenRepeatsAndSeparates(t *testing.T) {
	a := access.DeriveToken("secret", "demo seller")
	if b := access.DeriveToken("secret", "demo seller"); a != b {
		t.Errorf("the same secret and purpose gave %q and %q", a, b)
	}
	for _, other := range []string{access.DeriveToken("secret", "demo buyer"), access.DeriveToken("another", "demo seller")} {
		if a == other {
			t.Error("another secret or purpose gave the same token")
		}
	}
	if len(a) != len(access.NewToken()) || !strings.HasPrefix(a, access.TokenPrefix) {
		t.Errorf("derived token %q does not look like the others", a)
	}
}

func TestAdminTokenIsMadeOnceAndPrivate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "admin.token")
	tokens := make([]string, 16)
	var wg sync.WaitGroup
	for i := range tokens {
		wg.Go(func() {
			token, err := access.AdminToken(path)
			if err != nil {
				t.Error(err)
			}
			tokens[i] = token
		})
	}
	wg.Wait()
	for _, token := range tokens {
		if token == "" || token != tokens[0] {
			t.Fatalf("starting together gave different tokens: %q and %q", tokens[0], token)
		}
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, want 0600", info.Mode().Perm())
	}
	left, err := filepath.Glob(filepath.Join(filepath.Dir(path), ".admin*"))
	if err != nil || len(left) != 0 {
		t.Errorf("temporary files are left: %v %v", left, err)
	}
}

func TestAdminTokenNarrowsAWideFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "admin.token")
	token := access.NewToken()
	if err := os.WriteFile(path, []byte(token+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	got, err := access.AdminToken(path)
	if err != nil || got != token {
		t.Fatalf("AdminToken = %q, %v; want the file's", got, err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v; want 0600", info.Mode(), err)
	}
}

func TestAdminTokenRefusesADamagedFile(t *testing.T) {
	for name, content := range map[string]string{
		"empty": "", "short": "cp_abc", "foreign": "hello world, this is not a token", "two": access.NewToken() + " " + access.NewToken(),
		"huge": strings.Repeat("cp_", 1000),
	} {
		path := filepath.Join(t.TempDir(), "admin.token")
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := access.AdminToken(path)
		if err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: error %v, want one that names the file", name, err)
		}
		if after, _ := os.ReadFile(path); string(after) != content {
			t.Errorf("%s: the file was changed", name)
		}
	}
	if _, err := access.AdminToken(t.TempDir()); err == nil {
		t.Error("a directory was taken for a token file")
	}
	if _, err := access.AdminToken(filepath.Join(t.TempDir(), "no", "such", "admin.token")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("in a missing directory: %v", err)
	}
}
