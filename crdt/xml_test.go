package crdt_test

import (
	"encoding/json"
	"testing"

	"coplan/crdt"
)

// A fragment can be walked and read without type switches, and filled in place.
func TestXMLNavigation(t *testing.T) {
	d := crdt.New(crdt.Options{ClientID: 1})
	body := d.XMLFragment("body")
	d.Transact(nil, func(tx *crdt.Tx) {
		body.Push(tx, crdt.NewXMLElement("h1", crdt.NewXMLText("Plan")), crdt.NewXMLElement("p"))
		p, _ := body.Element(1)
		p.SetAttribute(tx, "align", "left")
		p.SetAttribute(tx, "level", 2)
		body.InsertAfter(tx, p, crdt.NewXMLText("end"))
		body.InsertAfter(tx, nil, crdt.NewXMLElement("nav"))
		gone := body.InsertElement(tx, 2, "gone")
		body.InsertAfter(tx, gone, crdt.NewXMLElement("hr"))
		body.Delete(tx, 2, 1)
	})
	const want = `<nav></nav><h1>Plan</h1><hr></hr><p align="left" level="2"></p>end`
	if body.ToJSON() != want {
		t.Fatalf("body is %s", body.ToJSON())
	}
	var names []string
	for c := body.Get(0); c != nil; {
		switch e := c.(type) {
		case crdt.XMLElement:
			names = append(names, e.Name())
			if next := e.NextSibling(); next != nil && sibling(next, false) != c {
				t.Errorf("the one in front of the one behind %s is %v", e, sibling(next, false))
			}
			c = e.NextSibling()
		case crdt.XMLText:
			names = append(names, e.ToJSON())
			c = e.NextSibling()
		}
	}
	if got, _ := json.Marshal(names); string(got) != `["nav","h1","hr","p","end"]` {
		t.Errorf("walked along %s", got)
	}
	p, ok := body.Element(3)
	align, isString := p.AttributeString("align")
	if !ok || align != "left" || !isString || !p.HasAttribute("level") || p.HasAttribute("style") || p.ToJSON() != p.String() {
		t.Errorf("attributes of %s: %q %v", p, align, isString)
	}
	if s, ok := p.AttributeString("level"); ok {
		t.Errorf("a number is the string %q", s)
	}
	if text, ok := body.Text(4); !ok || text.String() != "end" {
		t.Errorf("text is %v", text)
	}
	if _, ok := body.Text(0); ok {
		t.Error("an element is a text")
	}
	d.Transact(nil, func(tx *crdt.Tx) {
		body.Delete(tx, 3, 1)
		if sibling(p, true) != nil || sibling(p, false) != nil {
			t.Error("a deleted element has siblings")
		}
		defer func() {
			if recover() == nil {
				t.Error("inserted behind what is not there")
			}
		}()
		body.InsertAfter(tx, p, crdt.NewXMLElement("x"))
	})
	if err := d.Check(); err != nil {
		t.Error(err)
	}
}

func sibling(t crdt.Type, next bool) crdt.Type {
	e, isElement := t.(crdt.XMLElement)
	x, _ := t.(crdt.XMLText)
	switch {
	case isElement && next:
		return e.NextSibling()
	case isElement:
		return e.PrevSibling()
	case next:
		return x.NextSibling()
	}
	return x.PrevSibling()
}

// Values of the kind asked for, and only those.
func TestTypedGetters(t *testing.T) {
	d := crdt.New(crdt.Options{ClientID: 1})
	list, m := d.Array("list"), d.Map("map")
	d.Transact(nil, func(tx *crdt.Tx) {
		list.Push(tx, crdt.NewText("a"), crdt.NewMap(), crdt.NewArray(1), 5)
		m.Set(tx, "element", crdt.NewXMLElement("p"))
		m.Set(tx, "text", crdt.NewXMLText("x"))
	})
	text, isText := list.Text(0)
	_, isMap := list.Map(1)
	inner, isArray := list.Array(2)
	if !isText || !isMap || !isArray || text.ToJSON() != "a" || inner.Len() != 1 {
		t.Errorf("%v %v %v", isText, isMap, isArray)
	}
	_, isText = list.Text(3)
	_, isMap = list.Map(0)
	_, isArray = list.Array(1)
	if isText || isMap || isArray {
		t.Errorf("%v %v %v", isText, isMap, isArray)
	}
	e, isElement := m.XMLElement("element")
	x, isXMLText := m.XMLText("text")
	if !isElement || !isXMLText || e.Name() != "p" || x.String() != "x" {
		t.Errorf("%v %v", e, x)
	}
	_, isElement = m.XMLElement("text")
	_, isXMLText = m.XMLText("nothing")
	if isElement || isXMLText {
		t.Errorf("%v %v", isElement, isXMLText)
	}
}
