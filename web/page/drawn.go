package page

import (
	"fmt"
	"html/template"
	"strings"
	"sync"
)

// Drawn belongs to a view that does not change, and keeps the parts of pages that show
// it. The zero value keeps nothing.
type Drawn struct{ parts *sync.Map } // of template.HTML

// NewDrawn returns a Drawn that keeps what is drawn.
func NewDrawn() Drawn { return Drawn{&sync.Map{}} }

func (d Drawn) drawn() *sync.Map { return d.parts }

type partKey struct{ name, lang string }

// Part returns the template of that name with a view, drawn once in each language if the
// view keeps its parts. It knows of no reader, so that it is the same for all of them.
func (p *Page) Part(name string, view interface{ drawn() *sync.Map }) (template.HTML, error) {
	kept, key := view.drawn(), partKey{name, p.Lang}
	if kept != nil {
		if part, ok := kept.Load(key); ok {
			return part.(template.HTML), nil
		}
	}
	alone := p.set.In(p.Lang)
	alone.View = view
	var b strings.Builder
	if err := p.set.templates[p.Lang].ExecuteTemplate(&b, name, alone); err != nil {
		return "", fmt.Errorf("part %s: %w", name, err)
	}
	part := template.HTML(b.String()) //nolint:gosec // a template wrote it
	if kept != nil {
		kept.Store(key, part)
	}
	return part, nil
}
