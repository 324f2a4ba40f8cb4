package api

import "ensemble/models"

// limitsView is what an operator may choose, as it is here: rates are of five
// minutes, and -1 is none.
func limitsView(site models.Site) map[string]int {
	most := site.Most()
	out := map[string]int{}
	for _, l := range most.All() {
		out[l.Name] = l.Value()
	}
	return out
}
