package replay

import (
	"strings"
	"time"
)

// InEnglish says every message without any values.
func InEnglish() map[string]string {
	said := make(map[string]string, len(english))
	for id := range english {
		said[id] = Say{ID: strings.TrimPrefix(id, "say.")}.in(time.Time{})
	}
	return said
}
