package files

import "time"

// Prune drops what nobody asked for since a moment, and then what was asked for least
// lately until no more than keep bytes are left. It returns how many files that were,
// and how many bytes.
func (c *Cache) Prune(since time.Time, keep int64) (dropped int, freed int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for e := c.order.Back(); e != nil; e = c.order.Back() {
		f := e.Value.(*copied)
		info, err := c.root.Stat(f.name)
		if err == nil && !info.ModTime().Before(since) && c.size <= keep {
			break
		}
		c.forget(e, true)
		if err == nil {
			dropped, freed = dropped+1, freed+f.size
		}
	}
	return dropped, freed
}

// Len returns how many files are kept.
func (c *Cache) Len() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.order.Len()
}
