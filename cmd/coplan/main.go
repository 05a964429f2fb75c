// Command coplan is the whole program: the server and the tools around it.
//
// Exit codes: 0 done; 1 it could not be done, and standard error says why in a
// sentence; 2 the command line or environment is wrong.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

func main() {
	// The first signal asks for a graceful end; stop gives signals back to the
	// system after it, so that a second one ends the process at once.
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run is the program without the process around it. It returns the exit code.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	root := newRoot()
	root.SetArgs(append([]string{}, args...)) // nil would mean the process's own
	root.SetOut(stdout)
	root.SetErr(stderr)
	cmd, err := root.ExecuteContextC(ctx)
	if err == nil {
		return 0
	}
	var usage *usageError
	if errors.As(err, &usage) || strings.HasPrefix(err.Error(), "unknown command") {
		_, _ = fmt.Fprintf(stderr, "coplan: %v\nSee: %s --help\n", err, cmd.CommandPath())
		return 2
	}
	_, _ = fmt.Fprintf(stderr, "coplan: %v\n", err)
	return 1
}

// usageError is a mistake in the command line or the environment.
type usageError struct{ err error }

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:           "coplan",
		Short:         "Mutual action plans that two sides write together",
		Long:          "Coplan serves mutual action plans that a selling and a buying team write together, live.\n\nEvery flag can also be set in the environment: --data as COPLAN_DATA, and so on. A flag wins.",
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          cobra.NoArgs,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			return fromEnvironment(cmd.Flags())
		},
	}
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return &usageError{err} })
	root.CompletionOptions.HiddenDefaultCmd = true
	root.AddCommand(newServe(), newReplay(), newVersion())
	return root
}

// fromEnvironment gives each flag that was not on the command line its value
// from COPLAN_*, if there is one. An empty variable counts as absent.
func fromEnvironment(flags *pflag.FlagSet) error {
	var first error
	flags.VisitAll(func(f *pflag.Flag) {
		name := "COPLAN_" + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
		val := os.Getenv(name)
		if f.Changed || val == "" || f.Name == "help" || first != nil {
			return
		}
		if err := flags.Set(f.Name, val); err != nil {
			first = &usageError{fmt.Errorf("the environment's %s=%q is not valid: %w", name, val, err)}
		}
	})
	return first
}

// exactly is cobra.ExactArgs with a sentence that says what is missing.
func exactly(names ...string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		switch {
		case len(args) < len(names):
			return &usageError{fmt.Errorf("%s is missing", names[len(args)])}
		case len(args) > len(names):
			return &usageError{fmt.Errorf("%q is one argument too many", args[len(names)])}
		}
		return nil
	}
}
