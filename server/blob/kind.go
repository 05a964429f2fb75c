package blob

import (
	"bytes"
	"fmt"
	"net/http"
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// sniffBytes of the beginning decide what a file is.
const sniffBytes = 4096

// Groups are the sets of types that may be let in.
var Groups = []string{"documents", "images", "text", "archives"}

// CheckTypes says which of the groups is unknown, or nil.
func CheckTypes(groups []string) error {
	for _, g := range groups {
		if !slices.Contains(Groups, g) {
			return fmt.Errorf("the group of file types %q is unknown: use some of %s", g, strings.Join(Groups, ", "))
		}
	}
	return nil
}

// kinds is what may come in: by ending, the group, the form its content must
// have, and the media type it is served as. A page or a program has no row, so
// neither does a document that carries macros.
var kinds = map[string]struct{ group, form, media string }{
	".pdf":  {"documents", "pdf", "application/pdf"},
	".rtf":  {"documents", "rtf", "application/rtf"},
	".doc":  {"documents", "ole", "application/msword"},
	".xls":  {"documents", "ole", "application/vnd.ms-excel"},
	".ppt":  {"documents", "ole", "application/vnd.ms-powerpoint"},
	".docx": {"documents", "zip", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
	".xlsx": {"documents", "zip", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
	".pptx": {"documents", "zip", "application/vnd.openxmlformats-officedocument.presentationml.presentation"},
	".odt":  {"documents", "zip", "application/vnd.oasis.opendocument.text"},
	".ods":  {"documents", "zip", "application/vnd.oasis.opendocument.spreadsheet"},
	".odp":  {"documents", "zip", "application/vnd.oasis.opendocument.presentation"},
	".png":  {"images", "image/png", "image/png"},
	".jpg":  {"images", "image/jpeg", "image/jpeg"},
	".jpeg": {"images", "image/jpeg", "image/jpeg"},
	".gif":  {"images", "image/gif", "image/gif"},
	".webp": {"images", "image/webp", "image/webp"},
	".txt":  {"text", "text", "text/plain; charset=utf-8"},
	".md":   {"text", "text", "text/markdown; charset=utf-8"},
	".csv":  {"text", "text", "text/csv; charset=utf-8"},
	".tsv":  {"text", "text", "text/tab-separated-values; charset=utf-8"},
	".json": {"text", "text", "application/json"},
	".ics":  {"text", "text", "text/calendar; charset=utf-8"},
	".zip":  {"archives", "zip", "application/zip"},
	".gz":   {"archives", "application/x-gzip", "application/gzip"},
}

// judge says as what the file is served, or why it does not come in. The content
// decides; the ending has to agree with it.
func (f *Files) judge(name string, head []byte) (string, error) {
	ending := strings.ToLower(path.Ext(name))
	kind, ok := kinds[ending]
	if !ok || !f.allowed[kind.group] {
		what := "files that end in " + ending
		if ending == "" {
			what = "files without an ending in their name"
		}
		return "", refuse(CodeType, "“%s” can't be added: %s are not accepted here. Accepted are %s.", name, what, f.accepted())
	}
	if form := formOf(head); form != kind.form {
		return "", refuse(CodeType, "“%s” can't be added: its content is not what the ending %s says.", name, ending)
	}
	return kind.media, nil
}

// accepted lists the endings that may come in.
func (f *Files) accepted() string {
	var list []string
	for ending, kind := range kinds {
		if f.allowed[kind.group] {
			list = append(list, ending[1:])
		}
	}
	slices.Sort(list)
	return strings.Join(list, ", ")
}

// Accepted are the endings, with their dots, that may come in.
func (f *Files) Accepted() []string {
	list := []string{}
	for ending, kind := range kinds {
		if f.allowed[kind.group] {
			list = append(list, ending)
		}
	}
	slices.Sort(list)
	return list
}

var markup = [][]byte{
	[]byte("<!doctype"), []byte("<html"), []byte("<head"), []byte("<body"), []byte("<script"), []byte("<svg"), []byte("<iframe"), []byte("<?xml"), []byte("<?php"),
}

// formOf finds the form of a content from its beginning; "" for any other.
func formOf(head []byte) string {
	switch {
	case bytes.HasPrefix(head, []byte("%PDF-")):
		return "pdf"
	case bytes.HasPrefix(head, []byte("{\\rtf")):
		return "rtf"
	case bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")):
		return "ole"
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return "zip"
	}
	switch found := http.DetectContentType(head); found {
	case "image/png", "image/jpeg", "image/gif", "image/webp", "application/x-gzip":
		return found
	}
	if isText(head) {
		return "text"
	}
	return ""
}

// isText accepts UTF-8 without control characters that is neither a page nor a
// script.
func isText(head []byte) bool {
	if bytes.HasPrefix(head, []byte("#!")) {
		return false
	}
	lower := bytes.ToLower(head)
	for _, m := range markup {
		if bytes.Contains(lower, m) {
			return false
		}
	}
	for len(head) > 0 {
		r, n := utf8.DecodeRune(head)
		if r == utf8.RuneError && n == 1 {
			// The beginning may end within a character.
			return len(head) < utf8.UTFMax && !utf8.FullRune(head)
		}
		if unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t' && r != '\f' {
			return false
		}
		head = head[n:]
	}
	return true
}

// maxName bounds a file's name, in characters.
const maxName = 150

// CleanName makes a name fit to be offered for saving on any system: the last
// part of a path, without what steers or hides.
func CleanName(name string) (string, error) {
	name = strings.ToValidUTF8(name, "")
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	name = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), strings.ContainsRune(`<>:"|?*`, r):
			return -1
		case unicode.IsSpace(r):
			return ' '
		}
		return r
	}, name)
	name = strings.Trim(name, " .")
	if name == "" {
		return "", refuse(CodeName, "The file needs a name.")
	}
	if runes := []rune(name); len(runes) > maxName {
		ending := []rune(path.Ext(name))
		if len(ending) > 10 {
			ending = nil
		}
		name = strings.TrimRight(string(runes[:maxName-len(ending)]), " .") + string(ending)
	}
	return name, nil
}

// SameKind reports whether both names have the same ending, so that a file may
// be saved under the one as well as under the other.
func SameKind(a, b string) bool { return strings.EqualFold(path.Ext(a), path.Ext(b)) }
