package store

import "ensemble/models"

// PageOf returns a page of all M, the newest first.
func PageOf[M any](tx *Tx, w Window) ([]*M, error) {
	top := w.Max
	if top == 0 {
		top = models.ID(last)
	}
	rows, err := Find[M](tx, "id < ? AND id > ?"+w.order("id", nil, 0), top, max(w.Since, w.Min))
	return cut(w, rows), err
}
