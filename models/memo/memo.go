// Package memo remembers what was made of things, until one of them changes. It
// knows neither what the things are nor who changes them: whoever remembers names
// what it was made of, and whoever learns of changes has them forgotten.
package memo

import (
	"container/list"
	"sync"
)

// A Ref names a thing that may change: what kind of thing, by a letter, and which.
type Ref struct {
	What byte
	ID   int64
}

// All is the change of everything.
var All = Ref{What: '*'}

// each is what an entry costs beside its value, and ref what each of its Refs does,
// in bytes.
const (
	each = 300
	ref  = 100
)

// kept is how many changes are known by name.
const kept = 8192

// A Memo holds as much as fits in its limit, and forgets what was not asked for
// longest. Its methods may be called at once.
type Memo struct {
	mu    sync.Mutex
	limit int // bytes
	size  int
	order list.List // of *item; the front was asked for last
	items map[any]*list.Element
	of    map[Ref]map[*list.Element]struct{}
	// past are the last changes, the newest of which is number seq.
	past []Ref
	seq  int64
}

type item struct {
	key, value any
	size       int
	refs       []Ref
}

// New returns a Memo of so many bytes.
func New(limit int) *Memo {
	return &Memo{limit: limit, items: map[any]*list.Element{}, of: map[Ref]map[*list.Element]struct{}{}, seq: 1}
}

// Seq returns the number of the last change, which is 1 before there was any.
func (m *Memo) Seq() int64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.seq
}

// Since returns what changed after number seq, and the number of the last of it; ok
// is false where that is too much to be known.
func (m *Memo) Since(seq int64) (changed []Ref, now int64, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	changed, ok = m.since(seq)
	return changed, m.seq, ok
}

func (m *Memo) since(seq int64) ([]Ref, bool) {
	n := m.seq - seq
	if n > int64(len(m.past)) {
		return nil, false
	}
	return m.past[int64(len(m.past))-n:], true
}

// Get returns what is remembered by key.
func (m *Memo) Get(key any) (value any, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	e := m.items[key]
	if e == nil {
		return nil, false
	}
	m.order.MoveToFront(e)
	return e.Value.(*item).value, true
}

// Put remembers value, which takes so many bytes and is made of refs as they were when
// change number seq was the last one. It does nothing if one of them changed since.
func (m *Memo) Put(key, value any, size int, seq int64, refs ...Ref) {
	m.mu.Lock()
	defer m.mu.Unlock()
	size += each + ref*len(refs)
	changed, ok := m.since(seq)
	if !ok || size > m.limit/8 || overlap(changed, refs) {
		return
	}
	if old := m.items[key]; old != nil {
		m.drop(old)
	}
	e := m.order.PushFront(&item{key, value, size, refs})
	m.items[key] = e
	m.size += size
	for _, r := range refs {
		if m.of[r] == nil {
			m.of[r] = map[*list.Element]struct{}{}
		}
		m.of[r][e] = struct{}{}
	}
	for m.size > m.limit {
		m.drop(m.order.Back())
	}
}

func overlap(changed, refs []Ref) bool {
	for _, c := range changed {
		if c == All {
			return true
		}
		for _, r := range refs {
			if r == c {
				return true
			}
		}
	}
	return false
}

// Forget drops what is made of the things that changed.
func (m *Memo) Forget(changed ...Ref) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, c := range changed {
		m.note(c)
		if c == All {
			m.order.Init()
			clear(m.items)
			clear(m.of)
			m.size = 0
			continue
		}
		for e := range m.of[c] {
			m.drop(e)
		}
	}
}

func (m *Memo) note(c Ref) {
	if len(m.past) == 2*kept {
		m.past = append(make([]Ref, 0, 2*kept), m.past[kept:]...) // whoever reads the old ones goes on
	}
	m.past = append(m.past, c)
	m.seq++
}

func (m *Memo) drop(e *list.Element) {
	it := m.order.Remove(e).(*item)
	delete(m.items, it.key)
	m.size -= it.size
	for _, r := range it.refs {
		delete(m.of[r], e)
		if len(m.of[r]) == 0 {
			delete(m.of, r)
		}
	}
}
