package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"coplan/server"
	"coplan/server/journal"
)

type serveFlags struct {
	listen, data, nats, durability, publicURL, open, logLevel string
	origins                                                   []string
	replicas                                                  int
	fileMiB, planMiB                                          int64
	fileTypes                                                 []string
	fileScan                                                  string
	fileScanFor                                               time.Duration
	demo                                                      bool
}

func newServe() *cobra.Command {
	var f serveFlags
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Serve plans until interrupted",
		Args:  exactly(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := f.config(cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			return serve(cmd.Context(), cfg, cmd.OutOrStdout())
		},
	}
	fl := cmd.Flags()
	fl.StringVar(&f.listen, "listen", server.DefaultListen, "address to serve on, HOST:PORT")
	dataFlag(cmd, &f.data)
	natsFlags(cmd, &f.nats, &f.replicas)
	fl.StringVar(&f.durability, "durability", string(journal.SyncFsync), "what saved means: fsync (safe against power cuts) or os (faster)")
	fl.StringVar(&f.publicURL, "public-url", "", "scheme and host that links start with (default: as each request came)")
	fl.StringVar(&f.open, "open", "auto", "whether anyone may create plans without a token: yes, no, or auto (only when just this machine can reach the server)")
	fl.StringSliceVar(&f.origins, "origins", nil, "origins of web pages that may open sockets, comma-separated (default: all, as sockets need a token)")
	fl.Int64Var(&f.fileMiB, "files-max", 25, "largest file that can be uploaded into a plan, in MiB")
	fl.Int64Var(&f.planMiB, "files-quota", 500, "what all files of one plan may take together, in MiB")
	fl.StringSliceVar(&f.fileTypes, "files-types", []string{"documents", "images", "text"}, "what may be uploaded, comma-separated: documents, images, text, archives")
	fl.StringVar(&f.fileScan, "files-scan", "", "command that checks each upload: the file on standard input, or its path in place of {}; exit code 0 lets it in, 1 refuses it, any other means it could not be checked (default: none)")
	fl.DurationVar(&f.fileScanFor, "files-scan-timeout", time.Minute, "how long that command may take")
	fl.BoolVar(&f.demo, "demo", false, "have a demo plan and print its links")
	fl.StringVar(&f.logLevel, "log-level", "info", "debug (every request), info, warn or error")
	return cmd
}

func dataFlag(cmd *cobra.Command, data *string) {
	cmd.Flags().StringVar(data, "data", "./data", "directory for everything kept")
}

func natsFlags(cmd *cobra.Command, url *string, replicas *int) {
	cmd.Flags().StringVar(url, "nats", "", "external NATS with JetStream, nats://HOST:PORT (default: one inside)")
	cmd.Flags().IntVar(replicas, "replicas", 1, "copies of each stream on an external NATS cluster")
}

func (f serveFlags) config(stderr io.Writer) (server.Config, error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(f.logLevel)); err != nil {
		return server.Config{}, &usageError{fmt.Errorf("the log level %q is unknown: use debug, info, warn or error", f.logLevel)}
	}
	cfg := server.Config{
		Listen: f.listen, Data: f.data, NATSURL: f.nats, Replicas: f.replicas, Durability: journal.SyncMode(f.durability),
		FileBytes: f.fileMiB << 20, PlanFileBytes: f.planMiB << 20, FileTypes: f.fileTypes,
		FileScan: strings.Fields(f.fileScan), FileScanFor: f.fileScanFor,
		PublicURL: f.publicURL, Origins: f.origins, Demo: f.demo, Version: version,
		Logger: slog.New(slog.NewTextHandler(stderr, &slog.HandlerOptions{Level: level})),
	}
	if f.fileMiB < 1 || f.planMiB < 1 || f.fileMiB > 1<<20 || f.planMiB > 1<<30 {
		return server.Config{}, &usageError{errors.New("--files-max and --files-quota must be at least 1 MiB, and no more than fits a disk")}
	}
	switch f.open {
	case "auto":
	case "yes", "no":
		open := f.open == "yes"
		cfg.Open = &open
	default:
		return server.Config{}, &usageError{fmt.Errorf("--open=%s is unknown: use yes, no or auto", f.open)}
	}
	if err := cfg.Validate(); err != nil {
		return server.Config{}, &usageError{err}
	}
	return cfg, nil
}

func serve(ctx context.Context, cfg server.Config, stdout io.Writer) error {
	srv, err := server.New(cfg)
	if err != nil {
		return &usageError{err}
	}
	if err := srv.Start(ctx); err != nil {
		if errors.Is(err, context.Canceled) && ctx.Err() != nil {
			return nil // interrupted while starting
		}
		return err
	}
	greet(stdout, srv)
	if err := srv.Wait(ctx); err != nil {
		return err
	}
	_, _ = fmt.Fprintln(stdout, "Stopped. Everything saved is kept.")
	return nil
}

// greet says where the server is and what it promises.
func greet(w io.Writer, srv *server.Server) {
	var b strings.Builder
	fmt.Fprintf(&b, "Coplan is at        %s\n", srv.URL())
	fmt.Fprintf(&b, "Durability          %s\n", srv.Durability())
	fmt.Fprintf(&b, "Admin token in      %s\n", srv.AdminTokenFile())
	if links := srv.DemoLinks(); links != nil {
		b.WriteString("Demo plan, as\n")
		for _, role := range []string{"seller", "buyer", "champion", "auditor"} {
			fmt.Fprintf(&b, "  %-17s %s\n", role, links[role])
		}
	}
	_, _ = io.WriteString(w, b.String())
}
