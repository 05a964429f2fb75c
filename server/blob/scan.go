package blob

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"
)

// scan asks the configured command about a file and leaves tmp at its
// beginning. A file that could not be judged does not come in either.
func (f *Files) scan(ctx context.Context, tmp *os.File, name string) error {
	if len(f.cfg.Scan) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, f.cfg.ScanFor)
	defer cancel()
	args := slices.Clone(f.cfg.Scan)
	byPath := false
	for i, a := range args {
		if strings.Contains(a, "{}") {
			args[i], byPath = strings.ReplaceAll(a, "{}", tmp.Name()), true
		}
	}
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.WaitDelay = 2 * time.Second // after which its pipes are closed, whoever holds them
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &limited{&said, 2048}, &limited{&said, 2048}
	if !byPath {
		cmd.Stdin = tmp
	}
	err := cmd.Run()
	if _, serr := tmp.Seek(0, io.SeekStart); serr != nil {
		return spoolError(serr)
	}
	var exit *exec.ExitError
	switch {
	case err == nil:
		return nil
	case ctx.Err() == nil && errors.As(err, &exit) && exit.ExitCode() == 1:
		f.log.Warn("blob: the scan refused a file", "said", said.String())
		return refuse(CodeScan, "“%s” was refused: the scan for harmful content found something in it.", name)
	}
	f.log.Error("blob: the scan failed", "command", f.cfg.Scan[0], "error", err, "said", said.String())
	return refuse(CodeNoScan, "“%s” could not be scanned for harmful content, so it was not kept. Try again later.", name)
}

// limited keeps the beginning of what is written.
type limited struct {
	buf  *bytes.Buffer
	left int
}

func (l *limited) Write(p []byte) (int, error) {
	n := min(len(p), l.left)
	l.buf.Write(p[:n])
	l.left -= n
	return len(p), nil
}
