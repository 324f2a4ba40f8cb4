package files

import (
	"bytes"
	"encoding/binary"
	"slices"
)

// What HEIC and AVIF files are made of (ISO/IEC 23008-12): boxes within boxes, which
// list items: coded pictures, grids of them, masks of transparency, and much that is
// left out here, such as EXIF. Nothing of it is trusted.

const (
	mostItems = 1024 // of a file; a phone makes about 60 tiles
	mostTiles = 400
)

// A heif is such a file, taken apart.
type heif struct {
	bytes   []byte
	end     int // where the boxes end
	primary uint32
	items   map[uint32]*heifItem
	shared  []box // properties, which items point to
	idat    []byte
}

type heifItem struct {
	kind    string // hvc1, av01, grid…
	inIdat  bool
	extents [][2]uint64 // offset and length
	props   []int       // from 1
	tiles   []uint32    // dimg
	masks   uint32      // auxl: the item that this one is a mask of
}

type box struct {
	kind string
	data []byte
}

// nextBox takes the first box off b.
func nextBox(b []byte) (first box, rest []byte, ok bool) {
	if len(b) < 8 {
		return box{}, nil, false
	}
	size, head := uint64(binary.BigEndian.Uint32(b)), uint64(8)
	switch {
	case size == 1 && len(b) >= 16:
		size, head = binary.BigEndian.Uint64(b[8:]), 16
	case size == 0:
		size = uint64(len(b))
	}
	if size < head || size > uint64(len(b)) {
		return box{}, nil, false
	}
	return box{string(b[4:8]), b[head:size]}, b[size:], true
}

// boxes returns those that follow each other in b.
func boxes(b []byte) (all []box) {
	for len(all) < 4*mostItems {
		first, rest, ok := nextBox(b)
		if !ok {
			break
		}
		all, b = append(all, first), rest
	}
	return all
}

// A cursor reads numbers; it gives zeros once it is beyond the end.
type cursor struct {
	b   []byte
	bad bool
}

func (c *cursor) take(n int) []byte {
	if n < 0 || n > len(c.b) {
		c.bad, c.b = true, nil
		return make([]byte, max(0, min(n, 8)))
	}
	taken := c.b[:n]
	c.b = c.b[n:]
	return taken
}

// number reads a number of so many bytes: 0, 1, 2, 3, 4 or 8.
func (c *cursor) number(bytes int) (n uint64) {
	for _, b := range c.take(min(bytes, 8)) {
		n = n<<8 | uint64(b)
	}
	return n
}

// id reads the name of an item, which is longer in later versions.
func (c *cursor) id(long bool) uint32 {
	if long {
		return uint32(c.number(4))
	}
	return uint32(c.number(2))
}

// dissectHEIF takes a file apart; false if it is not such a file.
func dissectHEIF(b []byte) (*heif, bool) {
	h := &heif{bytes: b, items: map[uint32]*heifItem{}}
	var meta []byte
	for rest := b; len(rest) > 0; {
		first, more, ok := nextBox(rest)
		if !ok {
			break
		}
		if first.kind == "meta" && meta == nil {
			meta = first.data
		}
		rest = more
		h.end = len(b) - len(rest)
	}
	if len(meta) < 4 {
		return nil, false
	}
	for _, m := range boxes(meta[4:]) {
		if !h.read(m) {
			return nil, false
		}
	}
	return h, h.items[h.primary] != nil
}

func (h *heif) read(m box) bool {
	c := &cursor{b: m.data}
	if m.kind == "idat" {
		h.idat = m.data
		return true
	}
	if m.kind == "iprp" {
		return h.properties(m.data)
	}
	version := c.number(1)
	c.number(3)
	switch m.kind {
	case "pitm":
		h.primary = c.id(version > 0)
	case "iinf":
		c.number(2 + 2*int(min(version, 1)))
		for _, e := range boxes(c.b) {
			h.named(e)
		}
	case "iloc":
		return h.locations(c, version)
	case "iref":
		for _, r := range boxes(c.b) {
			h.references(r, version > 0)
		}
	}
	return !c.bad && len(h.items) <= mostItems
}

func (h *heif) item(id uint32) *heifItem {
	if h.items[id] == nil {
		h.items[id] = &heifItem{}
	}
	return h.items[id]
}

// named reads an infe box: what kind an item is.
func (h *heif) named(e box) {
	c := &cursor{b: e.data}
	version := c.number(1)
	c.number(3)
	if e.kind != "infe" || version < 2 || len(h.items) > mostItems {
		return
	}
	id := c.id(version > 2)
	c.number(2)
	h.item(id).kind = string(c.take(4))
}

// locations reads an iloc box: where the bytes of items are.
func (h *heif) locations(c *cursor, version uint64) bool {
	sizes := c.number(2)
	offset, length, base, index := int(sizes>>12), int(sizes>>8&15), int(sizes>>4&15), int(sizes&15)
	if version == 0 {
		index = 0
	}
	count := c.id(version > 1)
	for range count {
		if c.bad || len(h.items) > mostItems {
			return false
		}
		item := h.item(c.id(version > 1))
		if version > 0 {
			switch c.number(2) & 15 {
			case 1:
				item.inIdat = true
			case 2:
				return false // in another item: nobody does that
			}
		}
		c.number(2)
		start := c.number(base)
		for range c.number(2) {
			c.number(index)
			at, n := c.number(offset), c.number(length)
			if c.bad || len(item.extents) > mostItems {
				return false
			}
			item.extents = append(item.extents, [2]uint64{start + at, n})
		}
	}
	return !c.bad
}

func (h *heif) references(r box, long bool) {
	c := &cursor{b: r.data}
	from := c.id(long)
	count := int(c.number(2))
	var to []uint32
	for range min(count, mostTiles+1) {
		to = append(to, c.id(long))
	}
	if c.bad || len(to) == 0 || len(h.items) > mostItems {
		return
	}
	switch r.kind {
	case "dimg":
		h.item(from).tiles = to
	case "auxl":
		h.item(from).masks = to[0]
	}
}

// properties reads an iprp box: what there is to say of items, and of which.
func (h *heif) properties(b []byte) bool {
	for _, p := range boxes(b) {
		switch c := (&cursor{b: p.data}); p.kind {
		case "ipco":
			h.shared = boxes(p.data)
		case "ipma":
			version, flags := c.number(1), c.number(3)
			for range c.number(4) {
				id := c.id(version > 0)
				for range c.number(1) {
					n := int(c.number(1)) & 0x7f // above is whether it is essential
					if flags&1 == 1 {
						n = n<<8 | int(c.number(1))
					}
					if c.bad || len(h.items) > mostItems {
						return false
					}
					h.item(id).props = append(h.item(id).props, n)
				}
				if c.bad {
					return false
				}
			}
		}
	}
	return true
}

// property returns the first of an item that is of a kind.
func (h *heif) property(i *heifItem, kind string) []byte {
	for _, p := range h.of(i) {
		if p.kind == kind {
			return p.data
		}
	}
	return nil
}

func (h *heif) of(i *heifItem) (all []box) {
	for _, n := range i.props {
		if n > 0 && n <= len(h.shared) {
			all = append(all, h.shared[n-1])
		}
	}
	return all
}

// size returns the width and height of an item in pixels, before it is turned.
func (h *heif) size(i *heifItem) (width, height int) {
	c := &cursor{b: h.property(i, "ispe")}
	c.number(4)
	width, height = int(c.number(4)), int(c.number(4))
	if c.bad {
		return 0, 0
	}
	return width, height
}

// data returns the bytes of an item.
func (h *heif) data(i *heifItem) (all []byte, ok bool) {
	from := h.bytes
	if i.inIdat {
		from = h.idat
	}
	for _, e := range i.extents {
		at, n := e[0], e[1]
		if n == 0 && at <= uint64(len(from)) {
			n = uint64(len(from)) - at
		}
		if at > uint64(len(from)) || n > uint64(len(from))-at || len(all)+int(n) > len(h.bytes) {
			return nil, false
		}
		all = append(all, from[at:at+n]...)
	}
	return all, len(all) > 0
}

// mask returns the item that says where an item is transparent, nil if none does.
func (h *heif) mask(of uint32) *heifItem {
	for _, i := range h.items {
		if i.masks == of && (bytes.Contains(h.property(i, "auxC"), []byte("alpha")) || bytes.Contains(h.property(i, "auxC"), []byte("auxid:1\x00"))) {
			return i
		}
	}
	return nil
}

// A mosaic is what a picture is put together from.
type mosaic struct {
	kind          string // hvc1 or av01
	across, down  int
	width, height int // of the whole
	tiles         []*heifItem
}

// mosaic tells how the picture of an item is made; false if it is made otherwise.
func (h *heif) mosaic(i *heifItem) (m mosaic, ok bool) {
	if i.kind == "hvc1" || i.kind == "av01" {
		w, hgt := h.size(i)
		return mosaic{i.kind, 1, 1, w, hgt, []*heifItem{i}}, w > 0 && hgt > 0
	}
	b, there := h.data(i)
	if i.kind != "grid" || !there {
		return m, false
	}
	c := &cursor{b: b}
	c.number(1)
	long := 2 + 2*int(c.number(1)&1)
	m.down, m.across = int(c.number(1))+1, int(c.number(1))+1
	m.width, m.height = int(c.number(long)), int(c.number(long))
	for _, id := range i.tiles {
		if t := h.items[id]; t != nil {
			m.tiles = append(m.tiles, t)
		}
	}
	if c.bad || len(m.tiles) == 0 || len(m.tiles) != m.across*m.down || len(m.tiles) > mostTiles || m.width <= 0 || m.height <= 0 {
		return m, false
	}
	m.kind = m.tiles[0].kind
	w, hgt := h.size(m.tiles[0])
	fits := w*m.across >= m.width && hgt*m.down >= m.height && (w-1)*m.across < m.width+w && (hgt-1)*m.down < m.height+hgt
	same := !slices.ContainsFunc(m.tiles, func(t *heifItem) bool { tw, th := h.size(t); return t.kind != m.kind || tw != w || th != hgt })
	return m, (m.kind == "hvc1" || m.kind == "av01") && w > 0 && hgt > 0 && fits && same
}
