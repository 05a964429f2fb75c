package replay

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Say is a sentence, or a part of one, before it is put into a language: a page
// says it in the reader's, with dates as the reader writes them. Its English is
// in sentences.json, in ICU message syntax, which the front end reads as well.
//
// A value is a string or a number, to choose by, or one of Title, Quote, Plain,
// Date, Titles and Say, to be shown.
type Say struct {
	ID     string         `json:"id"`
	Values map[string]any `json:"values,omitempty"`
}

// Title is how something in the plan is called; Kind says what it is (a node's
// kind, else empty), for the case that it is called nothing.
type Title struct {
	Title string `json:"title"`
	Kind  string `json:"kind,omitempty"`
}

// Quote is words somebody wrote, shown between quotation marks.
type Quote struct {
	Quote string `json:"quote"`
}

// Plain is words shown as they are.
type Plain struct {
	Text string `json:"text"`
}

// Date is a calendar date, YYYY-MM-DD. Where it is one end of a span, the other
// end says what English can leave out: “3 to 10 Mar”.
type Date struct {
	Date string `json:"date"`
	From string `json:"-"`
	To   string `json:"-"`
}

// Titles is some of many things, and how many more there are.
type Titles struct {
	Titles []Title `json:"titles"`
	More   int     `json:"more"`
}

// say makes a Say of an id and pairs of a name and a value.
func say(id string, pairs ...any) Say {
	s := Say{ID: id}
	for i := 0; i+1 < len(pairs); i += 2 {
		if s.Values == nil {
			s.Values = make(map[string]any, len(pairs)/2)
		}
		s.Values[pairs[i].(string)] = pairs[i+1]
	}
	return s
}

//go:embed sentences.json
var sentencesJSON []byte

// english holds the messages by "say." and id.
var english = func() map[string]string {
	var m map[string]string
	if err := json.Unmarshal(sentencesJSON, &m); err != nil {
		panic("replay: sentences.json: " + err.Error()) // embedded: seen by the first test
	}
	return m
}()

// in says s in English as of a moment, whose year dates leave out.
func (s Say) in(at time.Time) string {
	message, ok := english["say."+s.ID]
	if !ok {
		return s.ID
	}
	text, _ := fill(message, s.Values, "", at)
	return text
}

// fill puts values into a message up to its end or an unmatched brace, and
// returns what is left of it. number stands for # in a plural.
func fill(message string, values map[string]any, number string, at time.Time) (text, rest string) {
	var b strings.Builder
	for message != "" {
		i := strings.IndexAny(message, "{}#")
		if i < 0 {
			b.WriteString(message)
			return b.String(), ""
		}
		b.WriteString(message[:i])
		c := message[i]
		message = message[i+1:]
		switch {
		case c == '}':
			return b.String(), message
		case c == '#' && number != "":
			b.WriteString(number)
		case c == '#':
			b.WriteByte(c)
		default:
			var part string
			part, message = hole(message, values, number, at)
			b.WriteString(part)
		}
	}
	return b.String(), ""
}

// hole is what stands for {name}, {name, plural, …} or {name, select, …}, the
// brace read already.
func hole(message string, values map[string]any, number string, at time.Time) (text, rest string) {
	end := strings.IndexAny(message, ",}")
	name := strings.TrimSpace(message[:end])
	v := values[name]
	if message[end] == '}' {
		return show(v, at), message[end+1:]
	}
	message = message[end+1:]
	end = strings.IndexByte(message, ',')
	plural := strings.TrimSpace(message[:end]) == "plural"
	message = message[end+1:]
	choice := fmt.Sprint(v)
	if n, ok := v.(int); ok && plural {
		number = strconv.Itoa(n)
		choice = "other"
		if n == 1 {
			choice = "one"
		}
	}
	chosen, found := "", false
	for {
		message = strings.TrimLeft(message, " ")
		if message == "" || message[0] == '}' {
			return chosen, strings.TrimPrefix(message, "}")
		}
		open := strings.IndexByte(message, '{')
		key := strings.TrimSpace(message[:open])
		var branch string
		branch, message = fill(message[open+1:], values, number, at)
		if key == choice || key == "other" && !found {
			chosen, found = branch, key == choice
		}
	}
}

func (v Date) in(at time.Time) string {
	d, _ := calendarDate(v.Date)
	if to, ok := calendarDate(v.To); ok {
		if to.Year() == d.Year() && to.Month() == d.Month() {
			return strconv.Itoa(d.Day())
		}
		return day(d, to.Year() != d.Year())
	}
	from, ok := calendarDate(v.From)
	return day(d, d.Year() != at.Year() || ok && from.Year() != d.Year())
}

// show is a value in an English sentence. Titles are emphasised by asterisks.
func show(v any, at time.Time) string {
	switch v := v.(type) {
	case Title:
		return name(v.Title, v.Kind)
	case Quote:
		return quote(v.Quote)
	case Plain:
		return v.Text
	case Date:
		return v.in(at)
	case Titles:
		list := make([]string, len(v.Titles))
		for i, t := range v.Titles {
			list[i] = name(t.Title, t.Kind)
		}
		if v.More > 0 {
			return fmt.Sprintf("%s and %d more", strings.Join(list, ", "), v.More)
		}
		return strings.Join(list[:len(list)-1], ", ") + " and " + list[len(list)-1]
	case Say:
		return v.in(at)
	}
	return fmt.Sprint(v)
}
