package main

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"coplan/server"
	"coplan/server/access"
)

func newReplay() *cobra.Command {
	var (
		data, nats, url, token string
		replicas               int
		at                     uint64
	)
	cmd := &cobra.Command{
		Use:   "replay PLAN",
		Short: "Print a plan as it was after an entry of its history",
		Long: "Print, as JSON, a plan as it was after the entry at position --at, or as it is now.\n\n" +
			"PLAN is a plan's id, or a document's name such as doc/NAME. The history is read from --data, which no\n" +
			"running server may hold, or from an external --nats. A running server is asked with --url.",
		Args: exactly("PLAN"),
		RunE: func(cmd *cobra.Command, args []string) error {
			var out []byte
			var err error
			if url != "" {
				if token == "" {
					if token, err = adminToken(data); err != nil {
						return err
					}
				}
				out, err = server.AsOfFrom(cmd.Context(), url, token, args[0], at)
			} else {
				cfg := server.Config{
					Data: data, NATSURL: nats, Replicas: replicas,
					Logger: slog.New(slog.NewTextHandler(cmd.ErrOrStderr(), &slog.HandlerOptions{Level: slog.LevelWarn})),
				}
				if err := cfg.Validate(); err != nil {
					return &usageError{err}
				}
				out, err = server.AsOf(cmd.Context(), cfg, args[0], at)
			}
			var inUse *server.InUseError
			if errors.As(err, &inUse) {
				return fmt.Errorf("%w; ask that server instead, with --url http://HOST:PORT", err)
			}
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s\n", out)
			return err
		},
	}
	dataFlag(cmd, &data)
	natsFlags(cmd, &nats, &replicas)
	cmd.Flags().Uint64Var(&at, "at", 0, "position of an entry, as in the history (default: the last one)")
	cmd.Flags().StringVar(&url, "url", "", "running server to ask, http://HOST:PORT")
	cmd.Flags().StringVar(&token, "token", "", "token for --url (default: the admin token in --data)")
	return cmd
}

// adminToken reads the token without making one: the server it is for has
// made it.
func adminToken(data string) (string, error) {
	path := filepath.Join(data, "admin.token")
	if _, err := os.Stat(path); err != nil {
		return "", fmt.Errorf("there is no admin token at %s; give one with --token", path)
	}
	return access.AdminToken(path)
}
