//go:build !(linux || darwin || freebsd)

package journal

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// lockDir takes dir for this process by creating a file. After a crash the
// file stays and must be removed by hand; the error says so.
func lockDir(dir string) (unlock func(), err error) {
	path := filepath.Join(dir, lockFile)
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("%w (if that process has crashed, remove %s)", errHeld(dir), path)
	}
	if err != nil {
		return nil, fmt.Errorf("journal: data directory %s is not writable: %w", dir, err)
	}
	fmt.Fprintf(f, "%d\n", os.Getpid())
	return func() {
		f.Close()
		os.Remove(path)
	}, nil
}

// freeBytes is unknown here: the reserve isn't watched on this system.
func freeBytes(string) (int64, bool) { return 0, false }
