package journal_test

import (
	"context"
	"os"
	"testing"

	"github.com/nats-io/nats-server/v2/server"

	"coplan/server/journal"
	"coplan/server/journal/journaltest"
)

func store(open func(t testing.TB, cfg journal.Config) *journal.Journal) journaltest.Store {
	return journaltest.Store{
		Open: open,
		Inject: func(j *journal.Journal, f journaltest.Faults) {
			journal.Inject(j, journal.Faults(f))
		},
		Disconnect: journal.Disconnect,
		OnGroup:    journal.OnGroup,
	}
}

func mustOpen(t testing.TB, cfg journal.Config) *journal.Journal {
	t.Helper()
	if cfg.Logger == nil {
		cfg.Logger = journaltest.Quiet()
	}
	j, err := journal.Open(context.Background(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	return j
}

func TestContractEmbeddedFsync(t *testing.T) {
	journaltest.Run(t, func(t testing.TB) journaltest.Store {
		dir := scratch(t)
		s := store(func(t testing.TB, cfg journal.Config) *journal.Journal {
			cfg.Dir = dir
			return mustOpen(t, cfg)
		})
		s.Batches = true
		return s
	})
}

func TestContractEmbeddedOS(t *testing.T) {
	journaltest.Run(t, func(t testing.TB) journaltest.Store {
		dir := scratch(t)
		return store(func(t testing.TB, cfg journal.Config) *journal.Journal {
			cfg.Dir, cfg.Sync = dir, journal.SyncOS
			return mustOpen(t, cfg)
		})
	})
}

// natsServer is a NATS with JetStream of its own, reached over TCP.
func natsServer(t testing.TB, dir string, port int) *server.Server {
	t.Helper()
	srv, err := server.NewServer(&server.Options{
		ServerName: "external", Host: "127.0.0.1", Port: port, JetStream: true, StoreDir: dir, SyncAlways: true, NoSigs: true, NoLog: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	srv.Start()
	t.Cleanup(func() {
		srv.Shutdown()
		srv.WaitForShutdown()
	})
	return srv
}

func TestContractExternal(t *testing.T) {
	journaltest.Run(t, func(t testing.TB) journaltest.Store {
		srv := natsServer(t, scratch(t), server.RANDOM_PORT)
		s := store(func(t testing.TB, cfg journal.Config) *journal.Journal {
			cfg.URL = srv.ClientURL()
			return mustOpen(t, cfg)
		})
		s.Batches, s.ManyNodes = true, true
		return s
	})
}

// scratch is a directory on a disk in memory where there is one, so that tests
// take no longer on a machine whose disk is busy. TestKill is on a real one.
func scratch(t testing.TB) string {
	dir, err := os.MkdirTemp("/dev/shm", "coplan-journal-")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}
