package access

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"os"
	"path/filepath"
	"strings"
)

// TokenPrefix starts every token, so that a leaked one is found by scanners.
const TokenPrefix = "cp_"

const (
	base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	// tokenChars base62 characters carry 142 bits: beyond guessing, and free of
	// the punctuation that mail programs cut from the end of a link.
	tokenChars = 24
	// maxTokenBytes bounds what is hashed for an unauthenticated caller.
	maxTokenBytes = 128
)

var lowerBase32 = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// NewToken makes a secret from the system's random source.
func NewToken() string { return TokenPrefix + randomBase62(tokenChars) }

// randomBase62 draws n characters without bias: bytes past the last whole
// multiple of 62 are drawn again.
func randomBase62(n int) string {
	out := make([]byte, 0, n)
	var buf [64]byte
	for len(out) < n {
		_, _ = rand.Read(buf[:]) // never fails: the runtime aborts instead
		for _, b := range buf {
			if b < 248 && len(out) < n {
				out = append(out, base62[b%62])
			}
		}
	}
	return string(out)
}

// DeriveToken makes the same token again from the same secret and purpose, so
// that it need not be stored. Whoever lacks the secret can't tell it from a
// random one.
func DeriveToken(secret, purpose string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte("coplan link: " + purpose))
	n, base, digit := new(big.Int).SetBytes(mac.Sum(nil)), big.NewInt(int64(len(base62))), new(big.Int)
	out := make([]byte, tokenChars)
	for i := range out {
		n.DivMod(n, base, digit)
		out[i] = base62[digit.Int64()]
	}
	return TokenPrefix + string(out)
}

// newID makes a public identifier of 80 random bits in lower-case letters and
// digits, usable in URLs, NATS subjects and keys alike.
func newID() string {
	var b [10]byte
	_, _ = rand.Read(b[:])
	return lowerBase32.EncodeToString(b[:])
}

// hashToken is what is stored in place of a token: whoever reads the data
// directory learns no link. Plain SHA-256 is enough for 142 random bits.
func hashToken(token string) string {
	sum := sha256.Sum256([]byte(token))
	return lowerBase32.EncodeToString(sum[:])
}

// plausible reports whether token could be one of ours, before it is hashed
// and looked up.
func plausible(token string) bool {
	if len(token) > maxTokenBytes || !strings.HasPrefix(token, TokenPrefix) {
		return false
	}
	for _, r := range token[len(TokenPrefix):] {
		if !strings.ContainsRune(base62, r) {
			return false
		}
	}
	return len(token) > len(TokenPrefix)
}

func sameToken(a, b string) bool {
	return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1
}

// AdminToken reads the operator's token from path, writing a new one at the
// first start. The file appears whole or not at all, with mode 0600: it is
// written aside, synced and linked into place, so a crash leaves at worst a
// stray temporary file, and of two processes starting together one wins and
// both read the same token.
func AdminToken(path string) (string, error) {
	token, err := readAdminToken(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return token, err
	}
	if err := createAdminToken(path); err != nil {
		return "", fmt.Errorf("create the admin token file %s: %w", path, err)
	}
	return readAdminToken(path)
}

func readAdminToken(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", fmt.Errorf("read the admin token: %w", err)
	}
	if !info.Mode().IsRegular() || info.Size() > 4*maxTokenBytes {
		return "", fmt.Errorf("the admin token file %s is not a small regular file; move it away to have a new one written", path)
	}
	if info.Mode().Perm()&0o077 != 0 {
		// Somebody widened it. Others may have read it, but refusing to start
		// over that would be worse than narrowing it again.
		if err := os.Chmod(path, 0o600); err != nil {
			return "", fmt.Errorf("the admin token file %s is readable by others (mode %#o) and can't be narrowed: %w", path, info.Mode().Perm(), err)
		}
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("read the admin token: %w", err)
	}
	token := strings.TrimSpace(string(data))
	if !plausible(token) || len(token) < len(TokenPrefix)+tokenChars {
		return "", fmt.Errorf("the admin token file %s holds no valid token; move it away to have a new one written", path)
	}
	return token, nil
}

func createAdminToken(path string) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".admin.token-*") // mode 0600
	if err != nil {
		return err
	}
	defer func() {
		if rmErr := os.Remove(f.Name()); err == nil {
			err = rmErr
		}
	}()
	_, err = f.WriteString(NewToken() + "\n")
	err = errors.Join(err, f.Sync(), f.Close())
	if err != nil {
		return err
	}
	// Link, unlike rename, never replaces a token somebody else just made.
	if err := os.Link(f.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}
