package openapi

import (
	"slices"
	"strings"
)

type table []struct{ method, path, entity string }

// Entity returns what a route, or a path of it, answers with: the name of a schema of
// entities.json, and "[]" after it for a list.
func Entity(method, path string) (entity string, known bool) {
	for _, e := range entityTable() {
		if e.method == method && fits(e.path, path) {
			return e.entity, true
		}
	}
	return "", false
}

// EntityNames returns the name of every entity that some route answers with.
func EntityNames() []string {
	var names []string
	for _, e := range entityTable() {
		names = append(names, e.entity)
	}
	return names
}

func entityTable() table { return slices.Concat(looked, people, further, entities, ours) }

func fits(pattern, path string) bool {
	want, got := strings.Split(pattern, "/"), strings.Split(path, "/")
	if len(want) != len(got) {
		return false
	}
	for i := range want {
		if want[i] != ":" && want[i] != got[i] {
			return false
		}
	}
	return true
}
