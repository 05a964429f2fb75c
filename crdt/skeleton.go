package crdt

type ID struct{ Client, Clock uint64 }

type Options struct {
	ClientID    uint64
	KeepDeleted bool
	Limits      Limits
}

type Doc struct{ clientID uint64 }

func New(o Options) *Doc { return &Doc{clientID: o.ClientID} }

func (d *Doc) ClientID() uint64                                   { return d.clientID }
func (d *Doc) SetClientID(id uint64)                              { d.clientID = id }
func (d *Doc) Transact(origin any, fn func(tx *Tx))               { panic("todo") }
func (d *Doc) ApplyUpdate(update []byte, origin any) error        { panic("todo") }
func (d *Doc) ApplyUpdateV2(update []byte, origin any) error      { panic("todo") }
func (d *Doc) EncodeStateAsUpdate(sv []byte) ([]byte, error)      { panic("todo") }
func (d *Doc) StateVector() []byte                                { panic("todo") }
func (d *Doc) State(client uint64) uint64                         { panic("todo") }
func (d *Doc) Contains(update []byte) (bool, error)               { panic("todo") }
func (d *Doc) HasPending() bool                                   { panic("todo") }
func (d *Doc) OnUpdate(fn func(update []byte, origin any)) func() { panic("todo") }
func (d *Doc) Text(name string) Text                              { panic("todo") }
func (d *Doc) Map(name string) Map                                { panic("todo") }
func (d *Doc) Array(name string) Array                            { panic("todo") }
func (d *Doc) XMLFragment(name string) XMLFragment                { panic("todo") }
func (d *Doc) Roots() []string                                    { panic("todo") }
func (d *Doc) ToJSON() map[string]any                             { panic("todo") }
func (d *Doc) ObserveDeep(root Type, fn func(events []Event, tx *Tx)) (cancel func()) {
	panic("todo")
}
func (d *Doc) ObserveAll(fn func(events []Event, tx *Tx)) (cancel func()) { panic("todo") }
func (d *Doc) Inspect(update []byte) ([]Touch, error)                     { panic("todo") }
func (d *Doc) Check() error                                               { panic("todo") }

type Tx struct{}

func (tx *Tx) Doc() *Doc   { panic("todo") }
func (tx *Tx) Origin() any { panic("todo") }
func (tx *Tx) Local() bool { panic("todo") }

type Type interface {
	Doc() *Doc
	ID() ID
	IsZero() bool
	Parent() Type
	ref() handle
}

type handle struct {
	d   *Doc
	typ uint32
}

func (h handle) Doc() *Doc    { return h.d }
func (h handle) ID() ID       { panic("todo") }
func (h handle) IsZero() bool { return h.d == nil }
func (h handle) Parent() Type { panic("todo") }
func (h handle) ref() handle  { return h }

type (
	Text        struct{ handle }
	Map         struct{ handle }
	Array       struct{ handle }
	XMLFragment struct{ handle }
	XMLElement  struct{ XMLFragment }
	XMLText     struct{ Text }
)

type undefined struct{}

var Undefined any = undefined{}

type BigInt int64

type Prelim struct{ kind uint8 }

func NewText(s string) Prelim                               { panic("todo") }
func NewMap(entries ...map[string]any) Prelim               { panic("todo") }
func NewArray(values ...any) Prelim                         { panic("todo") }
func NewXMLFragment(children ...Prelim) Prelim              { panic("todo") }
func NewXMLElement(name string, children ...Prelim) Prelim  { panic("todo") }
func NewXMLText(s string) Prelim                            { panic("todo") }
func (m Map) Get(key string) (any, bool)                    { panic("todo") }
func (m Map) Has(key string) bool                           { panic("todo") }
func (m Map) Len() int                                      { panic("todo") }
func (m Map) Keys() []string                                { panic("todo") }
func (m Map) Range(fn func(key string, v any) bool)         { panic("todo") }
func (m Map) ToJSON() map[string]any                        { panic("todo") }
func (m Map) Set(tx *Tx, key string, value any)             { panic("todo") }
func (m Map) SetMap(tx *Tx, key string) Map                 { panic("todo") }
func (m Map) SetText(tx *Tx, key string) Text               { panic("todo") }
func (m Map) SetArray(tx *Tx, key string) Array             { panic("todo") }
func (m Map) SetXMLFragment(tx *Tx, key string) XMLFragment { panic("todo") }
func (m Map) Delete(tx *Tx, key string)                     { panic("todo") }
func (m Map) Text(key string) (Text, bool)                  { panic("todo") }
func (m Map) Map(key string) (Map, bool)                    { panic("todo") }
func (m Map) Array(key string) (Array, bool)                { panic("todo") }
func (m Map) XMLFragment(key string) (XMLFragment, bool)    { panic("todo") }
func (a Array) Len() int                                    { panic("todo") }
func (a Array) Get(i int) any                               { panic("todo") }
func (a Array) Range(fn func(i int, v any) bool)            { panic("todo") }
func (a Array) Insert(tx *Tx, i int, values ...any)         { panic("todo") }
func (a Array) Push(tx *Tx, values ...any)                  { panic("todo") }
func (a Array) Delete(tx *Tx, i, n int)                     { panic("todo") }
func (a Array) ToJSON() []any                               { panic("todo") }
func (a Array) InsertMap(tx *Tx, i int) Map                 { panic("todo") }
func (a Array) InsertText(tx *Tx, i int) Text               { panic("todo") }
func (a Array) InsertArray(tx *Tx, i int) Array             { panic("todo") }
func (t Text) Len() int                                     { panic("todo") }
func (t Text) String() string                               { panic("todo") }
func (t Text) ToDelta() []DeltaOp                           { panic("todo") }
func (t Text) Insert(tx *Tx, index int, s string, attrs map[string]any) {
	panic("todo")
}
func (t Text) InsertEmbed(tx *Tx, index int, embed any, attrs map[string]any) {
	panic("todo")
}
func (t Text) Delete(tx *Tx, index, n int)                                { panic("todo") }
func (t Text) Format(tx *Tx, index, n int, attrs map[string]any)          { panic("todo") }
func (t Text) ApplyDelta(tx *Tx, delta []DeltaOp)                         { panic("todo") }
func (f XMLFragment) Len() int                                            { panic("todo") }
func (f XMLFragment) Get(i int) Type                                      { panic("todo") }
func (f XMLFragment) Insert(tx *Tx, i int, children ...Prelim)            { panic("todo") }
func (f XMLFragment) InsertElement(tx *Tx, i int, name string) XMLElement { panic("todo") }
func (f XMLFragment) InsertText(tx *Tx, i int) XMLText                    { panic("todo") }
func (f XMLFragment) Delete(tx *Tx, i, n int)                             { panic("todo") }
func (f XMLFragment) String() string                                      { panic("todo") }
func (f XMLFragment) Children() []Type                                    { panic("todo") }
func (e XMLElement) Name() string                                         { panic("todo") }
func (e XMLElement) Attributes() map[string]any                           { panic("todo") }
func (e XMLElement) Attribute(key string) (any, bool)                     { panic("todo") }
func (e XMLElement) SetAttribute(tx *Tx, key string, v any)               { panic("todo") }
func (e XMLElement) RemoveAttribute(tx *Tx, key string)                   { panic("todo") }
func (t XMLText) String() string                                          { panic("todo") }

type DeltaOp struct {
	Insert     any
	Delete     int
	Retain     int
	Attributes map[string]any
}

type KeyChange struct {
	Action   string
	Old, New any
}

type Event struct {
	Target Type
	Path   []any
	Keys   map[string]KeyChange
	Delta  []DeltaOp
	Origin any
	Local  bool
}

type TouchKind uint8

const (
	TouchInsert TouchKind = iota + 1
	TouchSet
	TouchDelete
	TouchFormat
)

type PathStep struct {
	Key string
	ID  ID
}

type Touch struct {
	Kind       TouchKind
	Root       string
	Path       []PathStep
	Key        string
	Client     uint64
	Clock, Len uint64
	Implicit   bool
	Unresolved bool
}

func MergeUpdates(updates ...[]byte) ([]byte, error)            { panic("todo") }
func DiffUpdate(update, sv []byte) ([]byte, error)              { panic("todo") }
func EncodeStateVectorFromUpdate(update []byte) ([]byte, error) { panic("todo") }
func DecodeStateVector(b []byte) (map[uint64]uint64, error)     { panic("todo") }
func UpdateClients(update []byte) (map[uint64][2]uint64, error) { panic("todo") }
func ConvertUpdateV1ToV2(update []byte) ([]byte, error)         { panic("todo") }
func ConvertUpdateV2ToV1(update []byte) ([]byte, error)         { panic("todo") }

type RelativePosition struct {
	Type    *ID
	Root    string
	HasRoot bool
	Item    *ID
	Assoc   int
}

func (t Text) RelativePosition(index, assoc int) RelativePosition   { panic("todo") }
func (a Array) RelativePosition(index, assoc int) RelativePosition  { panic("todo") }
func (d *Doc) ResolvePosition(p RelativePosition) (Type, int, bool) { panic("todo") }
func (p RelativePosition) Encode() []byte                           { panic("todo") }
func DecodeRelativePosition(b []byte) (RelativePosition, error)     { panic("todo") }
func (p RelativePosition) MarshalJSON() ([]byte, error)             { panic("todo") }
func (p *RelativePosition) UnmarshalJSON(b []byte) error            { panic("todo") }
