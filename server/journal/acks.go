package journal

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/nats-io/nats.go"
)

// reply is what came back for one published message or batch.
type reply struct {
	seq  uint64 // of the (last) message stored
	err  error  // nil: stored
	code int    // JetStream error code when the server said no; 0 otherwise
	sent bool   // false: the message never left this process
}

// stored is known false for these; a reply with another error leaves it open.
func (r reply) definitelyNot() bool {
	return !r.sent || r.code != 0 || errors.Is(r.err, nats.ErrNoResponders)
}

// hooks let tests lose messages at the places a network would. nil functions
// lose nothing.
type hooks struct {
	losePublish func(m *nats.Msg) bool               // before it leaves
	loseAck     func() bool                          // after it was stored
	loseLive    func(subject string, seq uint64) int // deliver 0, 1 or more times
}

// ackInbox matches publish acknowledgements to those waiting for them, with one
// subscription for all.
type ackInbox struct {
	nc     *nats.Conn
	prefix string
	sub    *nats.Subscription
	hooks  *atomic.Pointer[hooks]

	mu      sync.Mutex // guards what follows
	next    uint64
	waiting map[uint64]func(reply)
}

func newAckInbox(nc *nats.Conn, h *atomic.Pointer[hooks]) (*ackInbox, error) {
	a := &ackInbox{nc: nc, prefix: nats.NewInbox() + ".", hooks: h, waiting: map[uint64]func(reply){}}
	sub, err := nc.Subscribe(a.prefix+"*", a.receive)
	if err != nil {
		return nil, err
	}
	if err := sub.SetPendingLimits(-1, -1); err != nil { // bounded by what is in flight
		return nil, err
	}
	a.sub = sub
	return a, nil
}

// publish sends m and calls done exactly once, from another goroutine, unless
// the returned cancel comes first. A failure to send is the returned error.
func (a *ackInbox) publish(m *nats.Msg, done func(reply)) (cancel func(), err error) {
	a.mu.Lock()
	a.next++
	token := a.next
	a.waiting[token] = done
	a.mu.Unlock()
	cancel = func() {
		a.mu.Lock()
		delete(a.waiting, token)
		a.mu.Unlock()
	}
	m.Reply = a.prefix + strconv.FormatUint(token, 36)
	if err := a.send(m); err != nil {
		cancel()
		return nil, err
	}
	return cancel, nil
}

// send hands m to the connection; an error means that it wasn't sent.
func (a *ackInbox) send(m *nats.Msg) error {
	if h := a.hooks.Load(); h != nil && h.losePublish != nil && h.losePublish(m) {
		return nil
	}
	return a.nc.PublishMsg(m)
}

func (a *ackInbox) receive(m *nats.Msg) {
	if h := a.hooks.Load(); h != nil && h.loseAck != nil && h.loseAck() {
		return
	}
	token, err := strconv.ParseUint(strings.TrimPrefix(m.Subject, a.prefix), 36, 64)
	if err != nil {
		return
	}
	a.mu.Lock()
	done := a.waiting[token]
	delete(a.waiting, token)
	a.mu.Unlock()
	if done != nil {
		done(parseAck(m))
	}
}

func parseAck(m *nats.Msg) reply {
	if m.Header.Get("Status") == "503" {
		return reply{sent: true, err: nats.ErrNoResponders}
	}
	var ack struct {
		Error *struct {
			Code        int    `json:"code"`
			ErrCode     int    `json:"err_code"`
			Description string `json:"description"`
		} `json:"error"`
		Stream string `json:"stream"`
		Seq    uint64 `json:"seq"`
	}
	if err := json.Unmarshal(m.Data, &ack); err != nil {
		return reply{sent: true, err: fmt.Errorf("acknowledgement not understood: %w", err)}
	}
	if ack.Error != nil {
		return reply{sent: true, code: max(ack.Error.ErrCode, 1), err: errors.New(ack.Error.Description)}
	}
	if ack.Seq == 0 {
		return reply{sent: true, err: fmt.Errorf("acknowledgement without a sequence: %.80q", m.Data)}
	}
	return reply{seq: ack.Seq, sent: true}
}
