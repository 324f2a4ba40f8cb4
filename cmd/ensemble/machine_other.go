//go:build !unix

package main

import (
	"errors"
	"os"
)

// lockFolder only makes the folder: that nobody else uses it is for the operator
// to see where there is no flock.
func lockFolder(folder string) (unlock func(), err error) {
	return func() {}, os.MkdirAll(folder, 0o700)
}

func freeSpace(string) (free, total uint64, err error) {
	return 0, 0, errors.ErrUnsupported
}
