package schedule

// A day is a number: 0 is 0001-01-01, a Monday, so that day mod 7 is the weekday.
const lastDay = 3652058 // 9999-12-31

// parseDay reads a real calendar date, YYYY-MM-DD, year 0001 or later.
func parseDay(s string) (int, bool) {
	if len(s) != 10 || s[4] != '-' || s[7] != '-' {
		return 0, false
	}
	for i := range len(s) {
		if i != 4 && i != 7 && (s[i] < '0' || s[i] > '9') {
			return 0, false
		}
	}
	y, m, d := digits(s[:4]), digits(s[5:7]), digits(s[8:])
	if y < 1 || m < 1 || m > 12 || d < 1 || d > monthLength(y, m) {
		return 0, false
	}
	return dayNumber(y, m, d), true
}

func digits(s string) int {
	n := 0
	for i := range len(s) {
		n = n*10 + int(s[i]-'0')
	}
	return n
}

func monthLength(y, m int) int {
	switch m {
	case 2:
		if y%4 == 0 && y%100 != 0 || y%400 == 0 {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

// dayNumber counts days with years that begin in March, so that the leap day
// comes last.
func dayNumber(y, m, d int) int {
	if m <= 2 {
		y--
	}
	era := floorDiv(y, 400)
	yoe := y - era*400
	doy := (153*((m+9)%12)+2)/5 + d - 1
	doe := yoe*365 + yoe/4 - yoe/100 + doy
	return era*146097 + doe - 306
}

// dateOf splits a day into year, month and day of month. Days before the year 1
// and after 9999 are cut to it.
func dateOf(day int) (y, m, d int) {
	z := min(max(day, 0), lastDay) + 306
	era := floorDiv(z, 146097)
	doe := z - era*146097
	yoe := (doe - doe/1460 + doe/36524 - doe/146096) / 365
	doy := doe - (365*yoe + yoe/4 - yoe/100)
	mp := (5*doy + 2) / 153
	d = doy - (153*mp+2)/5 + 1
	m = (mp+2)%12 + 1
	y = yoe + era*400
	if m <= 2 {
		y++
	}
	return y, m, d
}

func formatDay(day int) string {
	y, m, d := dateOf(day)
	b := []byte("0000-00-00")
	two := func(i, n int) { b[i], b[i+1] = byte('0'+n/10), byte('0'+n%10) }
	two(0, y/100)
	two(2, y%100)
	two(5, m)
	two(8, d)
	return string(b)
}

func floorDiv(a, b int) int {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// DaysBetween counts calendar days from one date to another, negative when the
// other comes first; false when either is no date.
func DaysBetween(from, to string) (int, bool) {
	a, okA := parseDay(from)
	b, okB := parseDay(to)
	return b - a, okA && okB
}
