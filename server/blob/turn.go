package blob

import "context"

const (
	maxUploads    = 16 // at once on this node
	maxOwnUploads = 6  // of one person; what they send beyond that waits
)

// sender is somebody who uploads.
type sender struct {
	turns   chan struct{}
	uploads int // waiting ones too; guarded by sendersMu
}

// turn waits until a person may upload, so that nobody takes up all there is
// room for, however slowly they send. release gives the turn back.
func (f *Files) turn(ctx context.Context, person string) (release func(), err error) {
	f.sendersMu.Lock()
	s := f.senders[person]
	if s == nil {
		s = &sender{turns: make(chan struct{}, maxOwnUploads)}
		f.senders[person] = s
	}
	s.uploads++
	f.sendersMu.Unlock()
	leave := func() {
		f.sendersMu.Lock()
		defer f.sendersMu.Unlock()
		if s.uploads--; s.uploads == 0 {
			delete(f.senders, person)
		}
	}
	select {
	case s.turns <- struct{}{}:
	case <-ctx.Done():
		leave()
		return nil, refuse(CodeDropped, "The upload was interrupted; nothing was kept.")
	}
	select {
	case f.turns <- struct{}{}:
	default:
		<-s.turns
		leave()
		return nil, refuse(CodeBusy, "Many files are being uploaded at this moment. Try again in a minute.")
	}
	return func() {
		<-f.turns
		<-s.turns
		leave()
	}, nil
}
