package plan

import "time"

// dateLayout is a calendar date without time or zone, as dates are stored.
const dateLayout = "2006-01-02"

// Stamp formats a moment as the plan stores it: UTC with milliseconds, the same
// text JavaScript's Date.toISOString gives.
func Stamp(t time.Time) string {
	return t.UTC().Format("2006-01-02T15:04:05.000Z")
}

// ValidDate reports whether s is a real calendar date written YYYY-MM-DD, year
// 0001 or later.
func ValidDate(s string) bool {
	_, ok := parseDate(s)
	return ok
}

func parseDate(s string) (time.Time, bool) {
	if len(s) != len(dateLayout) || s[:4] == "0000" {
		return time.Time{}, false
	}
	t, err := time.Parse(dateLayout, s)
	return t, err == nil
}
