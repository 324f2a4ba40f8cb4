//go:build !linux

package main

import "testing"

func smallDisk(t *testing.T, _ int) string {
	t.Skip("this system lets a test have no disk of its own")
	return ""
}
