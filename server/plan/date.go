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

func formatDate(t time.Time) string { return t.Format(dateLayout) }

// addBusinessDays moves a date by n working days (Monday to Friday); n may be
// negative. A date on a weekend first moves to the nearest working day in the
// direction of travel (backwards for n == 0), so the result is a working day.
func addBusinessDays(t time.Time, n int) time.Time {
	step := 1
	if n <= 0 {
		step = -1
	}
	for isWeekend(t) {
		t = t.AddDate(0, 0, step)
	}
	for ; n != 0; n -= step {
		t = t.AddDate(0, 0, step)
		for isWeekend(t) {
			t = t.AddDate(0, 0, step)
		}
	}
	return t
}

func isWeekend(t time.Time) bool {
	return t.Weekday() == time.Saturday || t.Weekday() == time.Sunday
}
