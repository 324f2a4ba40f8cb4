package page

// An Entry leads to a part of the program.
type Entry struct {
	To, Icon, Label string
	Current         bool
	Count           int
	Waiting         string // what the count is of
}

// Entries are where people go all the time.
func (p *Page) Entries() []Entry {
	return []Entry{
		p.entry("/home", "home", 0),
		p.entry("/notifications", "bell", p.Me.Notifications),
		p.entry("/requests", "together", p.Me.Requests),
		p.entry("/search", "search", 0),
	}
}

// More are where people go now and then.
func (p *Page) More() []Entry {
	list := []Entry{
		{To: string(p.Me.URL), Icon: "person", Label: p.T("frame.profile"), Current: p.Section == "profile"},
		p.entry("/local", "people", 0),
		p.entry("/public", "globe", 0),
		p.entry("/conversations", "mail", 0),
		p.entry("/collabs", "layers", 0),
		p.entry("/lists", "list", 0),
		p.entry("/bookmarks", "bookmark", 0),
		p.entry("/favourites", "heart", 0),
		p.entry("/drafts", "clock", 0),
		p.entry("/settings", "settings", 0),
	}
	if p.Me.Role.Staff() {
		list = append(list, p.entry("/admin", "shield", 0))
	}
	return list
}

func (p *Page) entry(to, icon string, count int) Entry {
	name := to[1:]
	e := Entry{To: to, Icon: icon, Label: p.T("frame." + name), Current: p.Section == name, Count: count}
	if count > 0 {
		e.Waiting = p.T("frame.waiting")
	}
	return e
}
