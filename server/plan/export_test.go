package plan

import "coplan/crdt"

var (
	CommentKey   = commentKey
	MarkName     = markName
	CompareUTF16 = compareUTF16
	SliceUTF16   = sliceUTF16
	LenUTF16     = lenUTF16
)

// LayOutWords returns the words of a text field as comment anchors see them.
var LayOutWords = func(f crdt.XMLFragment) string { return layOut(f).words }
