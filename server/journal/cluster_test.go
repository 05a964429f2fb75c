package journal_test

import (
	"fmt"
	"net"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go/jetstream"

	"coplan/server/journal"
)

// cluster is three NATS servers that know each other.
func cluster(t *testing.T) map[string]*server.Server {
	t.Helper()
	var ports []int
	var routes []*url.URL
	for range 3 {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		ports = append(ports, l.Addr().(*net.TCPAddr).Port)
		routes = append(routes, &url.URL{Scheme: "nats", Host: l.Addr().String()})
		l.Close()
	}
	all := map[string]*server.Server{}
	for i := range 3 {
		name := fmt.Sprint("n", i)
		srv, err := server.NewServer(&server.Options{
			ServerName: name, Host: "127.0.0.1", Port: server.RANDOM_PORT, JetStream: true, StoreDir: scratch(t), NoSigs: true, NoLog: true,
			Cluster: server.ClusterOpts{Name: "c", Host: "127.0.0.1", Port: ports[i]}, Routes: routes,
		})
		if err != nil {
			t.Fatal(err)
		}
		go srv.Start()
		all[name] = srv
		t.Cleanup(func() {
			srv.Shutdown()
			srv.WaitForShutdown()
		})
	}
	eventually(t, "the cluster has a leader", func() bool {
		for _, s := range all {
			if s.JetStreamIsLeader() && len(s.JetStreamClusterPeers()) == 3 {
				return true
			}
		}
		return false
	})
	return all
}

// The leader of a stream with three replicas dies under load: appends wait and
// then succeed, nothing acknowledged is lost or doubled, followers see all.
func TestClusterLosesLeader(t *testing.T) {
	if testing.Short() {
		t.Skip("takes an election")
	}
	nodes := cluster(t)
	var urls []string
	for _, s := range nodes {
		urls = append(urls, s.ClientURL())
	}
	j := mustOpen(t, journal.Config{URL: strings.Join(urls, ","), Replicas: 3, RetryFor: 30 * time.Second})
	defer closeNow(t, j)
	ctx := within(t, 60*time.Second)
	const doc = "plan/ha"
	got := make(chan string, 1<<16)
	_, err := j.Follow(ctx, doc, journal.Cursor{}, func(s journal.Stored) { got <- string(s.Update) }, nil)
	if err != nil {
		t.Fatal(err)
	}
	var acked, worst atomic.Int64
	stop := make(chan struct{})
	var wg sync.WaitGroup
	var all sync.Map
	for i := range 8 {
		wg.Go(func() {
			for k := 0; ; k++ {
				select {
				case <-stop:
					return
				default:
				}
				text := fmt.Sprintf("%d:%d", i, k)
				began := time.Now()
				if _, err := j.Append(ctx, text, update(doc, text)); err != nil {
					t.Errorf("append: %v", err)
					return
				}
				worst.Store(max(worst.Load(), int64(time.Since(began))))
				all.Store(text, true)
				acked.Add(1)
			}
		})
	}
	eventually(t, "appends", func() bool { return acked.Load() > 100 })
	js, err := jetstream.New(journal.Conn(j))
	if err != nil {
		t.Fatal(err)
	}
	stream, _ := journal.Subject(doc)
	s, err := js.Stream(ctx, stream)
	if err != nil {
		t.Fatal(err)
	}
	nodes[s.CachedInfo().Cluster.Leader].Shutdown()
	before := acked.Load()
	eventually(t, "appends go on", func() bool { return acked.Load() > before+100 })
	close(stop)
	wg.Wait()
	log := readTexts(t, j, doc)
	for i, text := range log {
		if _, ok := all.LoadAndDelete(text); !ok {
			t.Errorf("entry %d, %q, is there twice or was never acknowledged", i, text)
		}
		select {
		case s := <-got:
			if s != text {
				t.Fatalf("followed %q, the log says %q", s, text)
			}
		case <-ctx.Done():
			t.Fatalf("entry %d of %d never came", i, len(log))
		}
	}
	all.Range(func(k, _ any) bool {
		t.Errorf("acknowledged entry %v is gone", k)
		return true
	})
	t.Logf("%d entries, longest append %v", len(log), time.Duration(worst.Load()).Round(time.Millisecond))
	if d := j.Status().Damage; len(d) > 0 {
		t.Errorf("damage was reported: %v", d)
	}
}
